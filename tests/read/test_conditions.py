"""
Tests of :mod:`eliot.read._conditions`.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON, Message, Selection
from eliot.read._conditions import remembering
from tests.read.selecting import ended, fits, message, started, task


class TypeTests(SynchronousTestCase):
    """
    By type.
    """

    def test_message(self) -> None:
        """
        A message is of its type.
        """
        self.assertTrue(fits(Selection(types=["shop:note"]), message(message_type="shop:note")))
        self.assertFalse(fits(Selection(types=["shop"]), message(message_type="shop:note")))

    def test_action(self) -> None:
        """
        An action is of its type, wherever it stands.
        """
        log = task(started(), {"message_type": "shop:note"}, ended())
        self.assertTrue(fits(Selection(types=["shop:order"]), *log))
        self.assertTrue(fits(Selection(types=["shop:note"]), *log))

    def test_glob(self) -> None:
        """
        Patterns are those of a shell, with the case as it is.
        """
        for pattern in ["shop:*", "*note", "shop:n?te", "shop:[n]ote", "*"]:
            self.assertTrue(
                fits(Selection(types=[pattern]), message(message_type="shop:note")), pattern
            )
        self.assertFalse(fits(Selection(types=["Shop:*"]), message(message_type="shop:note")))

    def test_any(self) -> None:
        """
        One of several suffices.
        """
        self.assertTrue(fits(Selection(types=["b", "a"]), message(message_type="a")))

    def test_untyped(self) -> None:
        """
        What has no type has an empty one.
        """
        self.assertTrue(fits(Selection(types=[""]), message()))


class StatusTests(SynchronousTestCase):
    """
    By the way in which actions ended.
    """

    def test_ended(self) -> None:
        """
        An action that has ended has succeeded or failed.
        """
        for status, other in [("succeeded", "failed"), ("failed", "succeeded")]:
            log = task(started(), ended(status))
            self.assertTrue(fits(Selection(statuses=[status]), *log))
            self.assertFalse(fits(Selection(statuses=[other, "unfinished"]), *log))

    def test_unfinished(self) -> None:
        """
        An action of which only the start was found is unfinished.
        """
        log = task(started())
        self.assertTrue(fits(Selection(statuses=["unfinished"]), *log))
        self.assertTrue(fits(Selection(statuses=["failed", "unfinished"]), *log))
        self.assertFalse(fits(Selection(statuses=["failed"]), *log))

    def test_no_start(self) -> None:
        """
        An action of which only the end was found has ended.
        """
        (_, end) = task(started(), ended("failed"))
        self.assertTrue(fits(Selection(statuses=["failed"]), end))
        self.assertFalse(fits(Selection(statuses=["unfinished"]), end))

    def test_message(self) -> None:
        """
        A message has no status.
        """
        every = Selection(statuses=["succeeded", "failed", "unfinished"])
        self.assertFalse(fits(every, message(action_status="odd")))

    def test_second_end(self) -> None:
        """
        An end that is not that of its action, since that has ended before, counts for itself.
        """
        log = task(started(), {"message_type": "m"}, ended(), ended("failed"))
        start, _, end, second = log
        self.assertTrue(fits(Selection(statuses=["failed"]), second, start, end))
        # Together with a condition that an end alone cannot meet.
        both = Selection(statuses=["failed"], min_duration=0)
        self.assertFalse(fits(both, second, start, end))

    def test_unknown(self) -> None:
        """
        What is no status is refused, with those that are.
        """
        error = self.assertRaises(ValueError, Selection, statuses=["broken"])
        self.assertEqual(str(error), "'broken' is no status: say succeeded, failed or unfinished")


class ExceptionTests(SynchronousTestCase):
    """
    By exception.
    """

    def test_names(self) -> None:
        """
        An exception is known by its full name and by the last part of it.
        """
        log = task(started(), ended("failed", exception="shop.errors.SoldOut"))
        for pattern in ["SoldOut", "shop.errors.SoldOut", "*.SoldOut", "shop.*", "Sold*"]:
            self.assertTrue(fits(Selection(exceptions=[pattern]), *log), pattern)
        for pattern in ["errors.SoldOut", "Sold", "soldout", "*.errors"]:
            self.assertFalse(fits(Selection(exceptions=[pattern]), *log), pattern)

    def test_traceback(self) -> None:
        """
        Tracebacks tell of exceptions as well.
        """
        log = message(message_type="eliot:traceback", exception="builtins.ValueError")
        self.assertTrue(fits(Selection(exceptions=["KeyError", "ValueError"]), log))


class DurationTests(SynchronousTestCase):
    """
    By duration.
    """

    def test_bounds(self) -> None:
        """
        Both bounds are within.
        """
        log = task(started(), ended())  # one second
        for least, most, expected in [
            (1.0, None, True),
            (None, 1.0, True),
            (1.0, 1.0, True),
            (1.1, None, False),
            (None, 0.9, False),
        ]:
            selection = Selection(min_duration=least, max_duration=most)
            self.assertEqual(fits(selection, *log), expected, (least, most))

    def test_measured(self) -> None:
        """
        What the action measured itself comes first.
        """
        log = task(started(), ended() | {"eliot:duration": 5.0})
        self.assertTrue(fits(Selection(min_duration=4.0), *log))

    def test_unknown(self) -> None:
        """
        What is unfinished, and what is no action, took no time that is known.
        """
        self.assertFalse(fits(Selection(min_duration=0.0), *task(started())))
        self.assertFalse(fits(Selection(max_duration=9.0), message()))

    def test_nan(self) -> None:
        """
        What is not a number is refused.
        """
        for name in ["min_duration", "max_duration", "since", "until"]:
            self.assertRaises(ValueError, Selection, **{name: float("nan")})


class TimeTests(SynchronousTestCase):
    """
    By time.
    """

    def test_message(self) -> None:
        """
        A message is within from the very beginning, and to the very end it is not.
        """
        for timestamp, expected in [(0.9, False), (1.0, True), (1.9, True), (2.0, False)]:
            selection = Selection(since=1.0, until=2.0)
            self.assertEqual(fits(selection, message(timestamp=timestamp)), expected, timestamp)

    def test_one_side(self) -> None:
        """
        One bound is enough.
        """
        self.assertTrue(fits(Selection(since=1.0), message(timestamp=5.0)))
        self.assertFalse(fits(Selection(since=6.0), message(timestamp=5.0)))
        self.assertTrue(fits(Selection(until=6.0), message(timestamp=5.0)))
        self.assertFalse(fits(Selection(until=5.0), message(timestamp=5.0)))

    def test_going_on(self) -> None:
        """
        An action fits if it went on at the time, though nothing was logged then.
        """
        log = task(started(), ended())  # at 1 and 2
        self.assertTrue(fits(Selection(since=1.2, until=1.4), *log))
        self.assertFalse(fits(Selection(since=2.1), *log))
        self.assertFalse(fits(Selection(until=1.0), *log))

    def test_half(self) -> None:
        """
        Of an action of which one half was found, its time counts.
        """
        start, end = task(started(), ended())
        self.assertTrue(fits(Selection(until=1.5), start))
        self.assertFalse(fits(Selection(since=1.5), start))
        self.assertTrue(fits(Selection(since=1.5), end))
        self.assertFalse(fits(Selection(until=1.5), end))

    def test_no_node(self) -> None:
        """
        A task that went on is not enough if none of its actions and messages did.
        """
        early, late = task({"message_type": "a"}, {"message_type": "b"})
        self.assertFalse(fits(Selection(since=1.2, until=1.4), late, early))

    def test_clock_set_back(self) -> None:
        """
        An action that ended before it began went on in between.
        """
        start, end = task(started(timestamp=5.0), ended(timestamp=3.0))
        self.assertTrue(fits(Selection(since=4.0, until=4.1), start, end))


class LevelTests(SynchronousTestCase):
    """
    By level.
    """

    def fits(self, level: str | float, said: JSON) -> bool:
        """
        Ask of a message that says its level.
        """
        return fits(Selection(level=level), message(log_level=said))

    def test_order(self) -> None:
        """
        The names of the standard library's logging and of Twisted's log have an order, in capitals
        or not.
        """
        names = ["debug", "info", "warn", "error", "critical"]
        for index, lowest in enumerate(names):
            for other, said in enumerate(names):
                self.assertEqual(self.fits(lowest, said), other >= index, (lowest, said))
        for one, two in [("warn", "WARNING"), ("Warning", "warn"), ("fatal", "critical")]:
            self.assertTrue(self.fits(one, two))

    def test_numbers(self) -> None:
        """
        Numbers are levels, also as text.
        """
        self.assertTrue(self.fits(25, "warn"))
        self.assertTrue(self.fits("25", 30))
        self.assertTrue(self.fits("info", "25"))
        self.assertFalse(self.fits("warn", 25.5))

    def test_none(self) -> None:
        """
        What has no level, or one that nobody knows, does not fit.
        """
        self.assertFalse(fits(Selection(level="debug"), message()))
        odd_ones: list[JSON] = [None, True, "for the crew", "", [], {}, "9" * 5_000, float("nan")]
        for odd in odd_ones:
            self.assertFalse(self.fits("notset", odd), odd)

    def test_unknown(self) -> None:
        """
        What is no level is refused, with those that are.
        """
        error = self.assertRaises(ValueError, Selection, level="loud")
        self.assertIn("'loud' is no level: say notset, debug, info,", str(error))


class ProcessTests(SynchronousTestCase):
    """
    By process.
    """

    def test_fields(self) -> None:
        """
        Several fields tell of a process, as text or as a number.
        """
        for name in ["program", "process", "pid", "host", "hostname"]:
            self.assertTrue(fits(Selection(processes=["b*"]), message({name: "box"})), name)
            self.assertTrue(fits(Selection(processes=["x", "17"]), message({name: 17})), name)
            self.assertFalse(fits(Selection(processes=["1"]), message({name: 17})), name)
        self.assertFalse(fits(Selection(processes=["box"]), message(other="box")))
        self.assertFalse(fits(Selection(processes=["*"]), message(host=True, program=[], pid=None)))


class SameNodeTests(SynchronousTestCase):
    """
    All conditions must hold of the same node.
    """

    def log(self) -> list[Message]:
        """
        An action that failed, with one in it that did not.
        """
        fields: list[tuple[list[int], dict[str, JSON]]] = [
            ([1], started(path="/a")),
            ([2, 1], started(action_type="shop:pay", path="/b")),
            ([2, 2], ended(action_type="shop:pay", status_code=200)),
            ([3], ended("failed", exception="x.Y")),
        ]
        return [
            Message({"task_uuid": "t", "task_level": [*level], "timestamp": 1.0, **rest})
            for level, rest in fields
        ]

    def test_same(self) -> None:
        """
        What holds of two nodes does not hold of one.
        """
        for name, status, expected in [
            ("shop:order", "failed", True),
            ("shop:pay", "failed", False),
            ("shop:pay", "succeeded", True),
        ]:
            selection = Selection(types=[name], statuses=[status])
            self.assertEqual(fits(selection, *self.log()), expected, (name, status))

    def test_start_and_end(self) -> None:
        """
        An action is its start and its end together.
        """
        self.assertTrue(fits(Selection(fields=["path=/b", "status_code=200"]), *self.log()))
        self.assertTrue(fits(Selection(fields=["path=/a"], exceptions=["Y"]), *self.log()))
        self.assertFalse(fits(Selection(fields=["path=/a", "status_code=200"]), *self.log()))


class RememberingTests(SynchronousTestCase):
    """
    Answers are remembered.
    """

    def test_once(self) -> None:
        """
        Of the same text is asked once.
        """
        asked: list[str] = []

        def ask(text: str) -> bool:
            asked.append(text)
            return text == "a"

        known = remembering(ask)
        self.assertEqual([known(each) for each in "abab"], [True, False, True, False])
        self.assertEqual(asked, ["a", "b"])

    def test_many(self) -> None:
        """
        Not all answers are kept for ever.
        """
        asked: list[str] = []

        def ask(text: str) -> bool:
            asked.append(text)
            return True

        known = remembering(ask)
        for number in range(20_001):
            known(str(number))
        known("0")
        self.assertEqual(asked.count("0"), 2)
