"""
Tests of :mod:`eliot.twisted._delivery`.
"""

from __future__ import annotations

from errno import EAGAIN, ENOSPC
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._encode import encode
from eliot._interfaces import NotWritten
from eliot.twisted._counts import Ledger
from eliot.twisted._delivery import Delivery
from eliot.twisted._notes import Notes
from eliot.twisted._queue import LineQueue
from tests.helpers import Fields, fresh_destinations, of_type
from tests.twisted.helpers import messages_in

FULL = OSError(ENOSPC, "No space left on device")
PIPE_FULL = BlockingIOError(EAGAIN, "Resource temporarily unavailable")
LINES = b"one\ntwo\nthree\n"


class UnhurriedQueue(LineQueue):
    """
    A queue in which nobody really waits.
    """

    def __init__(self) -> None:
        super().__init__(1 << 20, 0.0)
        #: How long somebody would have waited, each time.
        self.pauses: list[float] = []
        #: After so many times it is given up.
        self.patience = 1000

    def pause(self, seconds: float) -> None:
        """
        Remember that somebody waits.
        """
        self.pauses.append(seconds)
        if len(self.pauses) >= self.patience:
            self.given_up = True


class Flaky:
    """
    Writes as it is told to.

    :param outcomes: what each call does: takes so many bytes, then raises
        the error; at the end all is taken.
    """

    def __init__(self, *outcomes: tuple[int, Exception]) -> None:
        self.outcomes = list(outcomes)
        #: What each call was given.
        self.given: list[bytes] = []
        #: All that got through.
        self.written = b""

    def __call__(self, lines: bytes) -> None:
        """
        Write lines.
        """
        self.given.append(lines)
        if not self.outcomes:
            self.written += lines
            return
        taken, error = self.outcomes.pop(0)
        self.written += lines[:taken]
        if isinstance(error, OSError) and error.errno in {ENOSPC, EAGAIN}:
            raise NotWritten(error, lines[taken:])
        raise error


class DeliveryTestCase(SynchronousTestCase):
    """
    Delivers lines.
    """

    def setUp(self) -> None:
        """
        Start without destinations.
        """
        fresh_destinations(self)
        self.queue = UnhurriedQueue()
        self.ledger = self.queue.ledger
        self.complaints: list[Exception] = []

    def delivery(self, write: Flaky) -> Delivery:
        """
        Make a delivery.
        """
        return Delivery(write, self.queue, self.ledger, Notes(encode), self.complaints.append)

    def counts(self) -> tuple[int, int, int]:
        """
        Tell how many lines were written and dropped, and how many attempts have failed.
        """
        return self.ledger.written, self.ledger.dropped, self.ledger.failures

    def told(self, write: Flaky) -> list[Fields]:
        """
        List the messages that were written after the lines.
        """
        self.assertEqual(write.written[: len(LINES)], LINES)
        return messages_in(write.written[len(LINES) :])


class RetryTests(DeliveryTestCase):
    """
    What cannot be written now is tried again.
    """

    def test_exactly_the_rest(self) -> None:
        """
        Each attempt is given just what is left, so nothing is lost nor written twice.
        """
        write = Flaky((5, FULL), (0, FULL), (3, FULL))
        self.delivery(write).deliver(LINES)
        self.assertEqual(write.given[:4], [LINES, LINES[5:], LINES[5:], LINES[8:]])
        self.assertEqual(self.counts(), (3, 0, 3))
        self.assertEqual(len(self.complaints), 3)

    def test_pauses(self) -> None:
        """
        It waits twice as long each time, a second at the most, and begins anew after progress.
        """
        write = Flaky(*[(0, FULL)] * 7, (1, FULL), (0, FULL))
        self.delivery(write).deliver(LINES)
        expected = [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0, 0.05, 0.1]
        self.assertEqual(self.queue.pauses, expected)

    def test_recovered(self) -> None:
        """
        When it works again, the destination is told what was the matter, how often it failed, and
        for how long; nothing was dropped.
        """
        write = Flaky((0, FULL), (0, FULL))
        delivery = self.delivery(write)
        delivery.deliver(LINES)
        (told,) = self.told(write)
        self.assertEqual(told["message_type"], "eliot:destination_recovered")
        self.assertEqual(told["count"], 2)
        self.assertIn("No space left on device", str(told["reason"]))
        self.assertIn("NotWritten", str(told["exception"]))
        self.assertIsInstance(told["duration"], float)
        write.written = b""
        delivery.deliver(LINES)
        self.assertEqual(self.told(write), [])

    def test_given_up(self) -> None:
        """
        When the time for stopping has passed, what is left is counted, and each later batch is
        tried once.
        """
        write = Flaky((5, FULL), *[(0, FULL)] * 50)
        self.queue.patience = 4
        delivery = self.delivery(write)
        delivery.deliver(LINES)
        self.assertEqual(len(write.given), 5)
        self.assertEqual(self.counts(), (1, 2, 5))
        delivery.deliver(LINES)
        self.assertEqual(len(write.given), 6)
        self.assertEqual(self.counts(), (1, 5, 6))

    def test_pipe(self) -> None:
        """
        A pipe that takes a part at a time works: nobody complains, and it is not kept waiting.
        """
        write = Flaky((5, PIPE_FULL), (2, PIPE_FULL), (1, PIPE_FULL))
        self.delivery(write).deliver(LINES)
        self.assertEqual((self.complaints, write.written), ([], LINES))
        self.assertLess(max(self.queue.pauses), 0.05)

    def test_pipe_that_nobody_reads(self) -> None:
        """
        One that takes nothing does not work.
        """
        write = Flaky((5, PIPE_FULL), (0, PIPE_FULL))
        self.delivery(write).deliver(LINES)
        self.assertEqual(len(self.complaints), 1)
        (told,) = self.told(write)
        self.assertEqual(told["message_type"], "eliot:destination_recovered")

    def test_help(self) -> None:
        """
        Where something was done between two attempts, such as opening a file anew, no line is
        continued: the rest begins with a whole one.
        """
        write = Flaky((5, FULL), (1, FULL), (0, FULL))
        delivery = self.delivery(write)
        delivery.try_to_help = lambda: len(write.given) == 2
        delivery.deliver(LINES)
        self.assertEqual(write.given[2:4], [b"two\nthree\n"] * 2)
        self.assertEqual(self.counts(), (3, 0, 3))

    @given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from([FULL, PIPE_FULL])), max_size=8))
    def test_nothing_lost(self, outcomes: list[tuple[int, Exception]]) -> None:
        """
        In whatever parts a destination takes the lines, it gets them all, once.
        """
        self.queue = UnhurriedQueue()
        self.ledger = self.queue.ledger
        write = Flaky(*outcomes)
        self.delivery(write).deliver(LINES)
        self.assertEqual(write.written[: len(LINES)], LINES)
        self.assertEqual(self.counts()[:2], (3, 0))
        for before, after in pairwise(write.given):
            if after in before:
                self.assertTrue(before.endswith(after))


class FailureTests(DeliveryTestCase):
    """
    Other failures cost what was to be written.
    """

    def test_lost(self) -> None:
        """
        It is not tried again, but counted; once something can be written, the destination is told
        that it works, then how much is missing.
        """
        write = Flaky((0, ValueError("closed")), (0, ValueError("closed")))
        delivery = self.delivery(write)
        delivery.deliver(LINES)
        delivery.deliver(LINES)
        self.assertEqual((self.counts(), self.queue.pauses), ((0, 6, 2), []))
        delivery.deliver(LINES)
        recovered, dropped = self.told(write)
        self.assertEqual(recovered["message_type"], "eliot:destination_recovered")
        self.assertEqual((recovered["count"], recovered["reason"]), (2, "closed"))
        self.assertEqual(dropped["message_type"], "eliot:messages_dropped")
        self.assertEqual(dropped["count"], 6)

    def test_told_once(self) -> None:
        """
        What was dropped is told of once, also if the first attempt to tell it fails.
        """
        write = Flaky()
        delivery = self.delivery(write)
        self.ledger.dropped = 7
        write.outcomes = [(0, ValueError("no"))]
        delivery.tell()
        delivery.tell()
        self.assertEqual(len(write.given), 1)
        delivery.deliver(LINES)
        delivery.deliver(b"")
        delivery.tell()
        dropped = of_type(messages_in(write.written[len(LINES) :]), "eliot:messages_dropped")
        self.assertEqual([each["count"] for each in dropped], [7])

    def test_trouble_while_telling(self) -> None:
        """
        If telling it meets with trouble, that is told of the next time.
        """
        write = Flaky((0, FULL))
        delivery = self.delivery(write)
        self.ledger.dropped = 7
        delivery.tell()
        delivery.tell()
        delivery.tell()
        dropped, recovered = messages_in(write.written)
        self.assertEqual((dropped["count"], recovered["count"]), (7, 1))

    def test_next_delivery(self) -> None:
        """
        A later delivery with the same ledger, as after a restart, tells what the one before could
        not.
        """
        failing = Flaky(*[(0, ValueError("no"))] * 9)
        self.delivery(failing).deliver(LINES)
        write = Flaky()
        self.delivery(write).deliver(LINES)
        recovered, dropped = self.told(write)
        self.assertEqual((recovered["count"], dropped["count"]), (1, 3))

    def test_abandoned(self) -> None:
        """
        What was being written when something ended the thread is counted.
        """

        class Exit(BaseException):
            """
            Passes everything.
            """

        def write(lines: bytes) -> None:
            raise Exit

        delivery = Delivery(write, self.queue, self.ledger, Notes(encode), self.complaints.append)
        self.assertRaises(Exit, delivery.deliver, LINES)
        delivery.abandon()
        self.assertEqual((self.counts(), delivery.in_flight), ((0, 3, 0), 0))


class OnceTests(DeliveryTestCase):
    """
    For somebody who cannot wait, there is one attempt.
    """

    def test_once(self) -> None:
        """
        What could not be written is complained of, counted, and told of by the next who can.
        """
        write = Flaky((5, FULL), (0, ValueError("no")))
        delivery = self.delivery(write)
        delivery.deliver_once(LINES)
        delivery.deliver_once(LINES)
        self.assertEqual((self.counts(), self.queue.pauses), ((1, 5, 2), []))
        self.assertEqual(len(self.complaints), 2)
        write.written = b""
        delivery.deliver_once(LINES)
        recovered, dropped = self.told(write)
        self.assertEqual((recovered["count"], dropped["count"]), (2, 5))
        self.assertEqual(self.ledger.told, self.ledger.dropped)


class LedgerTests(SynchronousTestCase):
    """
    The numbers of a writer.
    """

    def test_forked(self) -> None:
        """
        In a forked child, the parent tells of what was dropped before.
        """
        ledger = Ledger()
        ledger.dropped = 3
        ledger.fail(FULL)
        ledger._renew_after_fork()
        self.assertEqual((ledger.dropped, ledger.told, ledger.trouble), (3, 3, None))
