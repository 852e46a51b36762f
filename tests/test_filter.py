"""
Tests of :mod:`eliot.filter` and :mod:`eliot.read._expression`.
"""

from __future__ import annotations

import json
import signal
from io import StringIO

from hypothesis import given
from twisted.trial.unittest import SynchronousTestCase

from eliot.filter import EliotFilter
from eliot.read import JSON
from eliot.read._expression import main
from tests.forests import line
from tests.helpers import PATIENCE, scratch
from tests.read.test_pretty import OBJECTS
from tests.test_prettyprint import ProgramCase

LINES = b'{"a": 1, "u": "\xc3\xbc"}\n{"a": 0}\n\n{"b": null}\n'


class EliotFilterTests(SynchronousTestCase):
    """
    An expression is evaluated for each line.
    """

    def evaluate(self, expression: str, *lines: str) -> str:
        """
        Evaluate an expression.
        """
        output = StringIO()
        EliotFilter(expression, lines, output).run()
        return output.getvalue()

    def test_names(self) -> None:
        """
        The expression knows the message, two classes, and how to leave a message out; also in what
        has names of its own.
        """
        for expression, shown in [
            ("J", '{"a": 1}\n'),
            ("J['a'] + 1", "2\n"),
            ("None", "null\n"),
            ("0", "0\n"),
            ("SKIP", ""),
            ("datetime(2026, 11, 22) + timedelta(days=1)", '"2026-11-23T00:00:00"\n'),
            ("[J['a'] for _ in (1, 2)]", "[1, 1]\n"),
            ("(lambda: J['a'])()", "1\n"),
            ("'\u00fc\x1b'", '"\\u00fc\\u001b"\n'),
            ("float('nan')", "NaN\n"),
            ("(2 ** 70, True)", "[1180591620717411303424, true]\n"),
        ]:
            self.assertEqual(self.evaluate(expression, '{"a": 1}\n'), shown)

    def test_nothing_left_behind(self) -> None:
        """
        What is named for one message is not known to the next.
        """
        expression = "globals().get('x', 0) or [x := 1]"
        self.assertEqual(self.evaluate(expression, "1", "1"), "[1]\n[1]\n")

    def test_raises(self) -> None:
        """
        As a library, it raises whatever the expression does.
        """
        for expression, error in [
            ("J['b']", KeyError),
            ("timedelta(1)", TypeError),
            ("[SKIP]", TypeError),
            ("J[", SyntaxError),
        ]:
            with self.assertRaises(error):
                self.evaluate(expression, '{"a": 1}')

    @given(OBJECTS)
    def test_identity(self, fields: dict[str, JSON]) -> None:
        """
        A message that is handed through is the same.
        """
        text = json.dumps(fields)
        self.assertEqual(self.evaluate("J", text), f"{text}\n")


class FilterProgramTests(ProgramCase):
    """
    The same as a program.
    """

    program = "eliot.filter"

    def test_all(self) -> None:
        """
        Each line gives one, but for empty ones.
        """
        run = self.run_program("J.get('a')", stdin=LINES)
        self.assertEqual(run, (0, "1\n0\nnull\n", ""))

    def test_error(self) -> None:
        """
        An expression that raises for a message leaves it out; the others go on. It is told, and so
        is a line that is not JSON.
        """
        status, output, errors = self.run_program("J['a']", stdin=LINES + b"x\x1b\n")
        self.assertEqual((status, output), (1, "1\n0\n"))
        first, second = errors.splitlines()
        self.assertEqual(first, "standard input:4: KeyError: 'a': {\"b\": null}")
        self.assertTrue(second.startswith("standard input:5: not JSON"))
        self.assertTrue(second.endswith(r": x\x1b"))

    def test_hostile_error(self) -> None:
        """
        An error whose text raises is told by its name.
        """
        expression = (
            "(_ for _ in ()).throw(type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})())"
        )
        self.assertEqual(
            self.run_program(expression, stdin=b"1\n"), (1, "", "standard input:1: Odd: 1\n")
        )

    def test_syntax(self) -> None:
        """
        What is no expression is told, with its place, and without a traceback.
        """
        shown = "SyntaxError: '[' was never closed\n  J[\n   ^\n"
        told = f"The expression is not one of Python: {shown}"
        self.assertEqual(self.run_program("J["), (2, "", told))
        for expression in ["x = 1", "", " J", "(" * 10_000, "9" * 5_000, "\udcff"]:
            self.assertEqual(self.run_program(expression)[:2], (2, ""))

    def test_minus(self) -> None:
        """
        An expression may begin with a minus sign.
        """
        self.assertEqual(self.run_program("-J", stdin=b"5\n"), (0, "-5\n", ""))

    def test_files(self) -> None:
        """
        Files can be named after the expression.
        """
        path = scratch(self) / "one.log"
        path.write_bytes(line({"a": 1}))
        self.assertEqual(self.run_program("J['a']", str(path), str(path)), (0, "1\n1\n", ""))

    def test_usage(self) -> None:
        """
        Without an expression there is a hint, and on demand help, which says what not to do.
        """
        status, output, errors = self.run_program()
        self.assertEqual((status, output), (2, ""))
        for option in ["-h", "--help"]:
            self.assertEqual(self.run_program(option), (0, errors, ""))
        self.assertIn("run as Python code", errors)

    def test_exit(self) -> None:
        """
        What came before the expression ends the program is written.
        """
        run = self.run_program("J or exit(7)", stdin=b"1\n0\n1\n")
        self.assertEqual(run, (7, "1\n", ""))

    def test_streams(self) -> None:
        """
        A line is written while the input is still open; Ctrl-C then ends it quietly.
        """
        process = self.start("J")
        assert process.stdin is not None
        assert process.stdout is not None and process.stderr is not None
        process.stdin.write(b"1\n")
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), b"1\n")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE), 130)
        self.assertEqual(process.stderr.read(), b"")

    def test_closed_pipe(self) -> None:
        """
        When whoever reads has had enough, it ends at once, without a word.
        """
        path = scratch(self) / "large.log"
        path.write_bytes(b"1\n" * 500_000)
        process = self.start("J", str(path))
        assert process.stdout is not None and process.stderr is not None
        self.assertEqual(process.stdout.readline(), b"1\n")
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_arguments(self) -> None:
        """
        Other programs can hand in the arguments.
        """
        self.assertEqual(main(["J", "/no/such/file"]), 1)
