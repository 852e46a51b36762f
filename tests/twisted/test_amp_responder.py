"""
Tests of :mod:`eliot.twisted._amp_responder`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.protocols.amp import AmpBox, Command, CommandLocator, Integer, RemoteAmpError, Unicode
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, current_action, log_message, start_action, start_task
from eliot.twisted._amp_responder import logged_responder
from eliot.twisted._trust import Trust, all_places
from tests.helpers import Fields, identity_of, of_type, record, said, text_of
from tests.twisted.weighing import TooHeavy, Weigh, WeighOld


class Stow(Command):
    """
    A command whose arguments have names of all kinds.
    """

    arguments = [
        (b"car-count", Integer()),
        (b"timestamp", Integer()),
        (b"command", Unicode()),
        (b"secret", Unicode()),
        (b"note", Unicode(optional=True)),
    ]


def scales(
    respond: Callable[[], Any], command: type[Command] = Weigh, **options: Any
) -> CommandLocator:
    """
    Make what answers a command.

    :param respond: makes the answer.
    :param options: those of the decorator.
    """

    class Scales(CommandLocator):
        """
        What answers.
        """

        @logged_responder(command, **options)
        def weigh(self, **arguments: object) -> object:
            """
            Weigh some cars.
            """
            log_message("scales:creak", given=sorted(arguments))
            return respond()

    return Scales()


def ask(
    locator: CommandLocator, command: type[Command] = Weigh, /, **strings: bytes
) -> Deferred[Any]:
    """
    Have a command answered that has come in.

    :param strings: what has come.
    """
    responder = locator.locateResponder(command.commandName)
    answered: Deferred[Any] = responder(
        AmpBox({name.encode(): value for name, value in strings.items()})
    )
    return answered


def heavy() -> dict[str, object]:
    """
    Answer.
    """
    return {"tons": 2}


class RespondingTestCase(SynchronousTestCase):
    """
    A base for tests of responders.
    """

    def setUp(self) -> None:
        """
        Record messages; no identifier has come before.
        """
        self.messages = record(self)
        self.patch(all_places, "_taken", {})

    def action(self) -> tuple[Fields, list[Fields], Fields]:
        """
        Get the one action of a responder: its start, what was logged in it, and its end.
        """
        start, end = of_type(self.messages, "eliot:amp_answer")
        task, level = identity_of(start)
        inside = [
            each
            for each in self.messages
            if identity_of(each)[0] == task and identity_of(each)[1][:-1] == level[:-1]
        ]
        self.assertIs(inside[0], start)
        return start, [each for each in inside if each not in (start, end)], end


class OutcomeTests(RespondingTestCase):
    """
    From a command to its response.
    """

    def test_value(self) -> None:
        """
        The response is sent, and the action succeeds; the method is not given the identifier.
        """
        with start_task(action_type="ferry:load") as caller:
            task_id = caller.serialize_task_id()
        box = self.successResultOf(ask(scales(heavy), cars=b"1", task_id=task_id))
        self.assertEqual(box, {b"tons": b"2"})
        start, [creak], end = self.action()
        self.assertEqual(identity_of(start), (caller.task_uuid, (2, 1)))
        self.assertEqual(said(start), {"command": "Weigh"})
        self.assertEqual(creak["given"], ["cars"])
        self.assertEqual((end["action_status"], said(end)), ("succeeded", {}))

    def test_deferred(self) -> None:
        """
        The action lasts until a Deferred has fired.
        """
        waiting: Deferred[dict[str, object]] = Deferred()
        answered = ask(scales(lambda: waiting), cars=b"1")
        self.assertNoResult(answered)
        self.assertEqual(len(of_type(self.messages, "eliot:amp_answer")), 1)
        waiting.callback(heavy())
        self.assertEqual(self.successResultOf(answered), {b"tons": b"2"})
        self.assertEqual(self.action()[2]["action_status"], "succeeded")

    def test_coroutine(self) -> None:
        """
        A coroutine runs in the action, and the action lasts until it returns.
        """
        waiting: Deferred[None] = Deferred()
        seen: list[Action | None] = []

        async def weigh() -> dict[str, object]:
            seen.append(current_action())
            await waiting
            seen.append(current_action())
            log_message("scales:done")
            return heavy()

        answered = ask(scales(weigh), cars=b"1")
        self.assertIsNone(current_action())
        with start_action(action_type="other"):
            waiting.callback(None)
        self.assertEqual(self.successResultOf(answered), {b"tons": b"2"})
        self.assertEqual(seen[0], seen[1])
        _, inside, end = self.action()
        self.assertEqual([text_of(each, "message_type") for each in inside][-1], "scales:done")
        self.assertEqual(end["action_status"], "succeeded")

    def test_raised(self) -> None:
        """
        The action fails with what the method raises, and the caller gets what the command says.
        """

        def fail() -> object:
            raise TooHeavy("4 cars")

        failure = self.failureResultOf(ask(scales(fail), cars=b"4"), RemoteAmpError)
        self.assertEqual(failure.value.errorCode, b"TOO_HEAVY")
        end = self.action()[2]
        self.assertEqual(end["action_status"], "failed")
        self.assertEqual(end["reason"], "4 cars")

    def test_failed(self) -> None:
        """
        So it does with what a Deferred fails with.
        """
        waiting: Deferred[dict[str, object]] = Deferred()
        answered = ask(scales(lambda: waiting), cars=b"1")
        waiting.errback(TooHeavy("by far"))
        self.failureResultOf(answered, RemoteAmpError)
        self.assertEqual(self.action()[2]["reason"], "by far")

    def test_cancelled(self) -> None:
        """
        Cancelling cancels what is waited for.
        """
        cancelled: list[object] = []
        waiting: Deferred[dict[str, object]] = Deferred(cancelled.append)
        ask(scales(lambda: waiting), cars=b"1").addErrback(lambda _: None).cancel()
        self.assertEqual(cancelled, [waiting])
        end = self.action()[2]
        self.assertEqual(end["exception"], "twisted.internet.defer.CancelledError")

    def test_context(self) -> None:
        """
        The action is the current one inside, and nothing of it is left outside.
        """
        seen: list[Action | None] = []

        def look() -> dict[str, object]:
            seen.append(current_action())
            return heavy()

        with start_action(action_type="connection") as connection:
            ask(scales(look), cars=b"1")
            self.assertIs(current_action(), connection)
        [action] = seen
        assert action is not None
        self.assertEqual(action.action_type, "eliot:amp_answer")

    def test_dressed(self) -> None:
        """
        The method looks as it was written, and can be called by others.
        """
        locator = scales(heavy)
        weigh = locator.weigh  # type: ignore[attr-defined]  # what the class has that was made
        self.assertEqual((weigh.__name__, weigh.__doc__.strip()), ("weigh", "Weigh some cars."))
        self.assertEqual(self.successResultOf(weigh(cars=1)), heavy())
        self.action()

    def test_type(self) -> None:
        """
        The action can be of a type of one's own.
        """
        ask(scales(heavy, action_type="scales:weigh"), cars=b"1")
        self.assertEqual(len(of_type(self.messages, "scales:weigh")), 2)


class ArgumentsTests(RespondingTestCase):
    """
    Which arguments are logged.
    """

    strings = {
        "car-count": b"2",
        "timestamp": b"3",
        "command": b"hoist",
        "secret": b"swordfish",
    }

    def test_included(self) -> None:
        """
        Those that are asked for, under names that are nobody else's.
        """
        names = ["car_count", "timestamp", "command", "note"]
        locator = scales(dict, Stow, include_args=names)
        self.successResultOf(ask(locator, Stow, **self.strings))
        start, [creak], _ = self.action()
        self.assertEqual(
            said(start),
            {"car_count": 2, "timestamp_": 3, "command_": "hoist", "note": None, "command": "Stow"},
        )
        self.assertEqual(creak["given"], ["car_count", "command", "note", "secret", "timestamp"])

    def test_not_included(self) -> None:
        """
        None unless they are asked for.
        """
        ask(scales(dict, Stow), Stow, **self.strings)
        self.assertEqual(said(self.action()[0]), {"command": "Stow"})

    def test_unknown(self) -> None:
        """
        What the command does not have is refused at once; so is the identifier.
        """
        for wrong in ("cats", "task_id"):
            error = self.assertRaises(
                ValueError, logged_responder, Weigh, include_args=["cars", wrong]
            )
            self.assertEqual(str(error), f"include_args has what is no argument of Weigh: {wrong}.")


class PlaceTests(RespondingTestCase):
    """
    Where the action is.
    """

    def assert_new_task(self, start: Fields) -> None:
        """
        Assert that an action is the root of a new task.
        """
        self.assertEqual(start["task_level"], [1])

    def test_none(self) -> None:
        """
        Without an identifier it is a new task, also where a connection has an action of its own.
        """
        with start_action(action_type="connection"):
            ask(scales(heavy), cars=b"1")
        self.assert_new_task(self.action()[0])

    def test_no_argument(self) -> None:
        """
        So it is for a command that has no such argument, whatever is sent.
        """
        ask(scales(heavy, WeighOld), cars=b"1", task_id=b"x@/2")
        start = self.action()[0]
        self.assert_new_task(start)
        self.assertEqual(said(start), {"command": "Weigh"})

    def test_shared(self) -> None:
        """
        A shared identifier is good for any number of calls.
        """
        task = start_task(action_type="ferry:load")
        task_id = task.serialize_task_id(shared=True)
        for _ in range(2):
            ask(scales(heavy), cars=b"1", task_id=task_id)
        starts = [each for each in self.messages if said(each) == {"command": "Weigh"}]
        identities = {identity_of(each) for each in starts}
        self.assertEqual((len(identities), {task for task, _ in identities}), (2, {task.task_uuid}))

    def test_repeated(self) -> None:
        """
        Any other is good for one; what comes with it again is a new task, which says so.
        """
        ask(scales(heavy), cars=b"1", task_id=b"x@/2")
        self.messages.clear()
        answered = ask(scales(heavy), cars=b"1", task_id=b"x@/2")
        self.assertEqual(self.successResultOf(answered), {b"tons": b"2"})
        start, [complaint, _], _ = self.action()
        self.assert_new_task(start)
        self.assertEqual(start["remote_task_id"], "x@/2")
        self.assertEqual(complaint["message_type"], "eliot:repeated_task_id")

    def test_malformed(self) -> None:
        """
        One that is malformed costs its place only: a message in the new task says what was wrong.
        """
        hostile = b"\x1b[31m\n" + b"x" * 60_000
        answered = ask(scales(heavy), cars=b"1", task_id=hostile)
        self.assertEqual(self.successResultOf(answered), {b"tons": b"2"})
        start, [complaint, _], _ = self.action()
        self.assert_new_task(start)
        self.assertEqual(complaint["message_type"], "eliot:malformed_task_id")
        reason = text_of(complaint, "reason")
        self.assertIn("longer than 4096 characters", reason)
        self.assertTrue(reason.isprintable() and reason.isascii() and len(reason) < 200, reason)

    def test_untrusted(self) -> None:
        """
        One that is not trusted is written down, in a new task.
        """
        answered = ask(scales(heavy, trusted=False), cars=b"1", task_id=b"x@/2")
        self.assertEqual(self.successResultOf(answered), {b"tons": b"2"})
        start = self.action()[0]
        self.assert_new_task(start)
        self.assertEqual(said(start), {"command": "Weigh", "remote_task_id": "x@/2"})

    def test_predicate(self) -> None:
        """
        Whom to trust can be asked, with the object whose method answers.
        """
        for believed in (True, False):
            self.messages.clear()
            all_places._taken.clear()
            asked: list[object] = []

            def trusts(peer: object, asked: list[object] = asked, said: bool = believed) -> bool:
                asked.append(peer)
                return said

            trusted: Trust[object] = trusts
            locator = scales(heavy, trusted=trusted)
            ask(locator, cars=b"1", task_id=b"x@/2")
            self.assertEqual(asked, [locator])
            self.assertEqual(self.action()[0]["task_uuid"] == "x", believed)

    def test_predicate_not_asked(self) -> None:
        """
        Where nothing has come, there is nothing to ask.
        """
        asked: list[object] = []
        ask(scales(heavy, trusted=asked.append), cars=b"1")
        self.assertEqual(asked, [])

    def test_predicate_raises(self) -> None:
        """
        Nobody is trusted by a predicate that raises, which is told.
        """

        def fail(_: object) -> bool:
            raise LookupError("who?")

        answered = ask(scales(heavy, trusted=fail), cars=b"1", task_id=b"x@/2")
        self.assertEqual(self.successResultOf(answered), {b"tons": b"2"})
        start, [told, _], _ = self.action()
        self.assert_new_task(start)
        self.assertEqual(start["remote_task_id"], "x@/2")
        self.assertEqual((told["message_type"], told["reason"]), ("eliot:traceback", "who?"))

    @given(st.one_of(st.binary(), st.text().map(str.encode), st.from_regex(rb"\A.*@/[0-9/]*\Z")))
    def test_any(self, task_id: bytes) -> None:
        """
        Whatever comes, the call is answered, and is in one action.
        """
        self.messages.clear()
        answered = ask(scales(heavy), cars=b"1", task_id=task_id)
        self.assertEqual(self.successResultOf(answered), {b"tons": b"2"})
        start, _, end = self.action()
        self.assertEqual(end["action_status"], "succeeded")
        complaints = [
            *of_type(self.messages, "eliot:malformed_task_id"),
            *of_type(self.messages, "eliot:repeated_task_id"),
        ]
        self.assertEqual(len(complaints), 1 if start["task_level"] == [1] else 0)
