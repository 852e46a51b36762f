"""
What is logged before there is any destination.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from eliot._buffer import CAPACITY, MAXIMUM_BYTES, StartUpBuffer
from tests.helpers import Fields, in_threads


class StartUpBufferTests(SynchronousTestCase):
    """
    Holding messages, and handing them out.
    """

    def setUp(self) -> None:
        """
        Make a buffer, and somewhere to deliver to.
        """
        self.buffer = StartUpBuffer()
        self.delivered: list[Fields] = []

    def numbers(self) -> list[object]:
        """
        List what has been delivered.
        """
        return [each["number"] for each in self.delivered]

    def test_order(self) -> None:
        """
        Messages come out in the order in which they came in, once.
        """
        for number in range(5):
            self.buffer({"number": number})
        self.buffer.replay(self.delivered.append)
        self.buffer.replay(self.delivered.append)
        self.assertEqual(self.numbers(), [0, 1, 2, 3, 4])

    def test_of_others(self) -> None:
        """
        What another process has logged comes out in its turn, another way where there is one.
        """
        others: list[Fields] = []
        self.buffer({"number": 0})
        self.buffer.hold({"number": 1}, as_it_is=True)
        self.buffer({"number": 2})
        self.buffer.replay(self.delivered.append, others.append)
        self.buffer.hold({"number": 3}, as_it_is=True)
        self.assertEqual((self.numbers(), others), ([0, 2], [{"number": 1}, {"number": 3}]))

    def test_capacity(self) -> None:
        """
        A thousand are held, as documented; then the oldest go, and are counted.
        """
        self.assertEqual(CAPACITY, 1000)
        for number in range(1000):
            self.buffer({"number": number})
        self.assertEqual(self.buffer.dropped, 0)
        for number in range(1000, 1010):
            self.buffer({"number": number})
        self.assertEqual(self.buffer.dropped, 10)
        self.buffer.replay(self.delivered.append)
        self.assertEqual(self.numbers(), list(range(10, 1010)))

    def test_bytes(self) -> None:
        """
        No more is held than a number of bytes, either: the oldest go first, and are counted.
        """
        for number in range(40):
            self.buffer({"number": number, "text": ["x" * (MAXIMUM_BYTES // 20)]})
        self.buffer.replay(self.delivered.append)
        self.assertEqual(self.numbers(), list(range(21, 40)))
        self.assertEqual(self.buffer.dropped, 21)

    def test_too_large(self) -> None:
        """
        A message that is too large by itself is dropped, and no other on account of it.
        """
        self.buffer({"number": 1})
        self.buffer({"number": 2, "text": b"x" * MAXIMUM_BYTES})
        self.buffer({"number": 3})
        self.buffer.replay(self.delivered.append)
        self.assertEqual(self.numbers(), [1, 3])
        self.assertEqual(self.buffer.dropped, 1)

    def test_frozen(self) -> None:
        """
        Later changes of a message, and of the dictionaries and lists in it, do not show.
        """
        message: Fields = {"number": [1, {"a": [2]}], "other": {"b": 1}}
        self.buffer(message)
        number, other = message["number"], message["other"]
        assert isinstance(number, list)
        assert isinstance(other, dict)
        number[1]["a"].append(3)
        number.append(4)
        other.clear()
        message["new"] = 1
        self.buffer.replay(self.delivered.append)
        self.assertEqual(self.delivered, [{"number": [1, {"a": [2]}], "other": {"b": 1}}])

    def test_frozen_in_tuple(self) -> None:
        """
        Nor do those of a list within a tuple.
        """
        inner = [1]
        self.buffer({"number": (inner, {"a": (inner,)})})
        inner.append(2)
        self.buffer.replay(self.delivered.append)
        self.assertEqual(self.delivered, [{"number": ([1], {"a": ([1],)})}])

    def test_nested_tuples(self) -> None:
        """
        Tuples in each other, however many, and the same one twice, cost no more than they are.
        """
        nested: tuple[object, ...] = ([1],)
        for _ in range(5000):
            nested = (nested, nested)
        self.buffer({"nested": nested})
        self.buffer.replay(self.delivered.append)
        self.assertEqual(len(self.delivered), 1)

    def test_shared(self) -> None:
        """
        A list that is in a message twice is copied once; one that contains itself does no harm.
        """
        shared: list[object] = [1]
        loop: list[object] = []
        loop.append(loop)
        self.buffer({"number": [shared, shared], "loop": loop})
        self.buffer.replay(self.delivered.append)
        [copy] = self.delivered
        pair, copied_loop = copy["number"], copy["loop"]
        assert isinstance(pair, list)
        assert isinstance(copied_loop, list)
        self.assertIs(pair[0], pair[1])
        self.assertIsNot(pair[0], shared)
        self.assertIs(copied_loop[0], copied_loop)

    def test_deep(self) -> None:
        """
        Nor does one that is nested very deeply.
        """
        deep: list[object] = []
        for _ in range(50_000):
            deep = [deep]
        self.buffer({"number": deep})
        self.buffer.replay(self.delivered.append)
        self.assertEqual(len(self.delivered), 1)

    def test_other_values(self) -> None:
        """
        Values of other types are held as they are: copying them might do anything.
        """
        value = object()
        self.buffer({"number": [value]})
        self.buffer.replay(self.delivered.append)
        self.assertEqual(self.numbers(), [[value]])

    def test_straggler(self) -> None:
        """
        A message that comes after the replay, from a thread that had not noticed, is delivered.
        """
        self.buffer.replay(self.delivered.append)
        self.buffer({"number": 1})
        self.assertEqual(self.numbers(), [1])

    def test_among_threads(self) -> None:
        """
        Whatever threads log during the replay is delivered, once.
        """

        def run(number: int) -> None:
            if number == 0:
                self.buffer.replay(self.delivered.append)
                return
            for each in range(200):
                self.buffer({"number": (number, each)})

        in_threads(5, run)
        expected = [(number, each) for number in range(1, 5) for each in range(200)]
        self.assertEqual(sorted(self.numbers(), key=repr), sorted(expected, key=repr))

    def test_interrupted(self) -> None:
        """
        If the delivery is interrupted, by Ctrl-C for example, what remains is delivered as soon as
        something else is.
        """

        def interrupted(message: Fields) -> None:
            self.delivered.append(message)
            if message["number"] == 1:
                raise KeyboardInterrupt

        for number in range(5):
            self.buffer({"number": number})
        self.assertRaises(KeyboardInterrupt, self.buffer.replay, interrupted)
        self.buffer({"number": 5})
        self.assertEqual(self.numbers(), [0, 1, 2, 3, 4, 5])
