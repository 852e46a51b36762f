"""
Tests of :mod:`eliot.twisted._amp_call`.
"""

from __future__ import annotations

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionDone
from twisted.protocols.amp import Command, InvalidSignature, UnknownRemoteError

from eliot import current_action, start_action
from eliot.read import JSON
from eliot.twisted._amp_call import call_remote
from tests.examples.stories import Done, Fields, Said, failed
from tests.twisted.weighing import (
    Note,
    OldScales,
    Scales,
    TooHeavy,
    Weigh,
    WeighingTestCase,
    WeighOld,
)


def call(status: str, *parts: Said | Done, end: Fields | None = None) -> Done:
    """
    Tell of a call, as it must have been logged.
    """
    return Done("eliot:amp_call", status, {"command": "Weigh"}, end or {}, list(parts))


def answer(status: str, **end: JSON) -> Done:
    """
    Tell of what the scales have done.
    """
    parts = [Said("scales:creak")]
    return Done("eliot:amp_answer", status, {"command": "Weigh"}, end, parts)


class CallRemoteTests(WeighingTestCase):
    """
    Calls over real connections.
    """

    async def test_answered(self) -> None:
        """
        A call is an action inside the current one, and what the other side does is a part of it.
        """
        client = await self.connect(Scales())
        with start_action(action_type="ferry:load"):
            response = await call_remote(client, Weigh, cars=2)
        self.assertEqual(response, {"tons": 4})
        parts = [call("succeeded", answer("succeeded"))]
        self.assertEqual(self.stories(), [Done("ferry:load", "succeeded", parts=parts)])

    async def test_outside(self) -> None:
        """
        Outside of all actions a call is a task.
        """
        client = await self.connect(Scales())
        await call_remote(client, Weigh, cars=2)
        self.assertEqual(self.stories(), [call("succeeded", answer("succeeded"))])

    async def test_again(self) -> None:
        """
        Each call of several at once has an identifier of its own.
        """
        client = await self.connect(Scales())
        with start_action(action_type="ferry:load"):
            calls = [call_remote(client, Weigh, cars=cars) for cars in (1, 2, 3)]
            tons = [(await each)["tons"] for each in calls]
        self.assertEqual(tons, [2, 4, 6])
        parts = [call("succeeded", answer("succeeded"))] * 3
        self.assertEqual(self.stories(), [Done("ferry:load", "succeeded", parts=parts)])

    async def test_error(self) -> None:
        """
        An error that the command declares fails the action on both sides.
        """
        client = await self.connect(Scales())
        await self.assertFailure(call_remote(client, Weigh, cars=4), TooHeavy)
        end = failed("tests.twisted.weighing.TooHeavy", "4 cars")
        self.assertEqual(self.stories(), [call("failed", answer("failed", **end), end=end)])

    async def test_unknown_error(self) -> None:
        """
        Of any other error the caller only learns that there was one; the tree tells which.
        """
        client = await self.connect(Scales())
        called = call_remote(client, Weigh, cars=-1)
        error = await self.assertFailure(called, UnknownRemoteError)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        reason = failed("builtins.ZeroDivisionError", "below nothing")
        end = failed("twisted.protocols.amp.UnknownRemoteError", str(error))
        self.assertEqual(self.stories(), [call("failed", answer("failed", **reason), end=end)])

    async def test_connection_lost(self) -> None:
        """
        The action fails with the connection.
        """
        scales = Scales()
        client = await self.connect(scales)
        called = call_remote(client, WeighOld, cars=0)
        client.hang_up()
        await self.assertFailure(called, ConnectionDone)
        await scales.lost
        scales.waiting.callback({"tons": 0})
        # The scales were told of no task, and so have one of their own.
        here, there = sorted(self.stories(), key=lambda story: story.type, reverse=True)
        end = failed("twisted.internet.error.ConnectionDone", "Connection was closed cleanly.")
        self.assertEqual([here, there], [call("failed", end=end), answer("succeeded")])

    async def test_after_connection_lost(self) -> None:
        """
        So does the action of a call that comes too late.
        """
        client = await self.connect(Scales())
        client.hang_up()
        await client.lost
        await self.assertFailure(call_remote(client, WeighOld, cars=1), ConnectionDone)
        end = failed("twisted.internet.error.ConnectionDone", "Connection was closed cleanly.")
        self.assertEqual(self.stories(), [call("failed", end=end)])

    async def test_cancelled(self) -> None:
        """
        A call that is cancelled has failed at once; the other side goes on, in its place.
        """
        scales = Scales()
        client = await self.connect(scales)
        called = call_remote(client, Weigh, cars=0)
        called.cancel()
        await self.assertFailure(called, CancelledError)
        # What is asked later is answered later.
        scales.waiting.callback({"tons": 0})
        await client.callRemote(WeighOld, cars=1)
        mine, _ = self.stories()
        end = failed("twisted.internet.defer.CancelledError", "")
        self.assertEqual(mine, call("failed", answer("succeeded"), end=end))

    async def test_no_answer(self) -> None:
        """
        Where no answer is asked for, the action ends when the command has been sent.
        """
        scales = Scales()
        client = await self.connect(scales)
        self.assertIsNone(self.successResultOf(call_remote(client, Note, text="rust")))
        self.assertEqual(await scales.noted, "rust")
        # Once this is answered, the other one has been dealt with.
        await client.callRemote(Weigh, cars=1)
        start = {"command": "Note"}
        parts = [Done("eliot:amp_answer", "succeeded", start)]
        [mine] = [each for each in self.stories() if each.type == "eliot:amp_call"]
        self.assertEqual(mine, Done("eliot:amp_call", "succeeded", start, parts=parts))

    async def test_wrong_arguments(self) -> None:
        """
        Where Twisted raises, the Deferred fails, and the action with it.
        """
        client = await self.connect(Scales())
        for wrong in ({}, {"cars": 1, "dogs": 2}, {"cars": "many"}):
            with start_action(action_type="ferry:load"):
                failure = self.failureResultOf(call_remote(client, WeighOld, **wrong))
            failure.trap(InvalidSignature, TypeError)
        for story in self.stories():
            assert isinstance(story, Done)
            [part] = story.parts
            assert isinstance(part, Done)
            self.assertEqual((part.type, part.status), ("eliot:amp_call", "failed"))

    async def test_old_peer(self) -> None:
        """
        A peer that does not know of identifiers answers all the same.
        """
        client = await self.connect(OldScales())
        called = call_remote(client, Weigh, cars=2)
        self.assertEqual(await called, {"tons": 4})
        # The place was taken, and is empty.
        self.assertEqual([each["task_level"] for each in self.messages], [[1], [3]])

    async def test_context(self) -> None:
        """
        Whoever calls is in the same action afterwards, and so is what waits for the answer.
        """
        client = await self.connect(Scales())
        with start_action(action_type="ferry:load") as action:
            called = call_remote(client, Weigh, cars=2)
            self.assertIs(current_action(), action)
            await called
            self.assertIs(current_action(), action)
            seen: list[object] = []
            done = call_remote(client, Weigh, cars=2)
            done.addBoth(lambda _: seen.append(current_action()))
        await done
        self.assertEqual(seen, [action])

    def test_positional(self) -> None:
        """
        Arguments without names, as commands have that switch protocols, are handed on.
        """
        given: list[object] = []

        class Recording:
            """
            A connection that sends nothing.
            """

            def callRemote(
                self, command: type[Command], /, *args: object, **arguments: object
            ) -> Deferred[object] | None:
                """
                Keep what was given.
                """
                given.extend([command, args, arguments])
                return None

        self.successResultOf(call_remote(Recording(), Weigh, "factory", protocol=1, command=2))
        self.assertEqual(given, [Weigh, ("factory",), {"protocol": 1, "command": 2}])
