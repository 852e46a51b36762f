"""
Tests of :mod:`eliot.twisted._turns`.
"""

from __future__ import annotations

import asyncio
import selectors
import sys
from collections.abc import Callable
from threading import get_ident
from types import FrameType

from twisted.internet.defer import Deferred
from twisted.internet.selectreactor import SelectReactor
from twisted.trial.unittest import SynchronousTestCase

from eliot import log_call
from eliot.twisted._turns import Turns, as_text, frame_of_thread, snapshot
from tests.helpers import record


class OwnReactor:
    """
    A reactor as Twisted's are.
    """

    def mainLoop(self, function: Callable[[], FrameType]) -> FrameType:  # noqa: N802
        """
        Go round once.
        """
        return function()

    def doIteration(self) -> FrameType:  # noqa: N802
        """
        Wait.
        """
        return sys._getframe()


class TurnsTests(SynchronousTestCase):
    """
    What a reactor does.
    """

    def setUp(self) -> None:
        """
        Make a reactor.
        """
        self.reactor = OwnReactor()
        self.turns = Turns(self.reactor)

    def test_waits(self) -> None:
        """
        A reactor waits if the innermost frame is that of its iteration.
        """
        self.assertTrue(self.turns.waits(self.reactor.doIteration()))
        self.assertFalse(self.turns.waits(sys._getframe()))
        self.assertIn(
            SelectReactor.doSelect.__code__, Turns(object.__new__(SelectReactor))._waiting
        )

    def test_unknown(self) -> None:
        """
        Of an object that has no such functions, it is not known.
        """
        turns = Turns(object())
        self.assertFalse(turns.waits(self.reactor.doIteration()))
        self.assertEqual(list(turns.frames(None)), [])

    def test_asyncio(self) -> None:
        """
        The loop of asyncio waits where it has called its selector; others may call selectors, too.
        """
        seen: list[tuple[bool, bool]] = []
        waits: list[bool] = []

        class Looking(selectors.SelectSelector):
            """
            Looks who calls it.
            """

        def watched(frame: FrameType, event: str, argument: object) -> None:
            if event == "c_call" and frame.f_code.co_name == "select":
                waits.append(turns.waits(frame))

        loop = asyncio.SelectorEventLoop(Looking())
        self.addCleanup(loop.close)
        reactor = OwnReactor()
        reactor._asyncioEventloop = loop  # type: ignore[attr-defined]  # as Twisted's has
        turns = Turns(reactor)

        async def work() -> None:
            await asyncio.sleep(0.001)
            before = len(waits)
            with selectors.SelectSelector() as selector:
                selector.select(0)
            seen.append((any(waits[:before]), any(waits[before:])))

        sys.setprofile(watched)
        try:
            loop.run_until_complete(work())
        finally:
            sys.setprofile(None)
        self.assertEqual(seen, [(True, False)])

    def test_frames(self) -> None:
        """
        Frames end where the reactor has called.
        """

        def work() -> FrameType:
            return sys._getframe()

        frame = self.reactor.mainLoop(work)
        self.assertEqual(list(self.turns.frames(frame)), [frame])
        self.assertIn(frame.f_back, list(Turns(object()).frames(frame)))

    def test_of_thread(self) -> None:
        """
        Threads are found by their identifier, if there are any.
        """
        frame = frame_of_thread(get_ident())
        assert frame is not None
        self.assertIs(frame.f_back, sys._getframe())
        self.assertIs(frame_of_thread(-1), None)


class TextTests(SynchronousTestCase):
    """
    Frames as people read them.
    """

    def test_text(self) -> None:
        """
        The innermost is the last; each has its file, line, function and source.
        """
        lines = as_text(snapshot([sys._getframe()])).splitlines()
        self.assertRegex(lines[0], r'^File ".*test_turns\.py", line \d+, in TextTests\.test_text$')
        self.assertEqual(
            lines[1:], ["    lines = as_text(snapshot([sys._getframe()])).splitlines()"]
        )

    def test_left_out(self) -> None:
        """
        Frames of Deferreds and of this package are left out between those of others, but not if
        the code is in these.
        """
        record(self)
        texts: list[str] = []

        @log_call
        def work(_: object) -> None:
            taken = snapshot(list(Turns(object()).frames(sys._getframe())))
            texts.append(as_text(taken[:6]))
            texts.append(as_text(taken[2:6]))

        deferred: Deferred[None] = Deferred()
        deferred.addCallback(work)
        deferred.callback(None)
        self.assertIn("in TextTests.test_left_out.<locals>.work", texts[0])
        self.assertNotIn("defer.py", texts[0])
        self.assertNotIn("log_call>", texts[0])
        self.assertIn("defer.py", texts[1])

    def test_bounded(self) -> None:
        """
        Of very many frames, those in the middle are left out.
        """

        def recur(depth: int) -> str:
            if depth:
                return recur(depth - 1)
            return as_text(snapshot(list(Turns(object()).frames(sys._getframe()))))

        text = recur(200)
        self.assertLess(len(text.splitlines()), 110)
        self.assertRegex(text, r"\n\.\.\. \(\d+ more\) \.\.\.\n")

    def test_no_source(self) -> None:
        """
        Code without a source, and with a name that is no text, is shown all the same.
        """
        names: dict[str, object] = {"sys": sys}
        exec(compile("frame = sys._getframe()", "\udcff" + "x" * 1000, "exec"), names)
        frame = names["frame"]
        assert isinstance(frame, FrameType)
        text = as_text(snapshot([frame]))
        self.assertIn("\\udcff", text)
        self.assertTrue(text.endswith(", line 1, in <module>"), text)
