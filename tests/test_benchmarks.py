"""Tests for the benchmarks: that they run, count what they do, and compare. None asserts a time."""

from __future__ import annotations

import json
import os
import sys
from importlib.metadata import version
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import eliot
from benchmarks import peers
from benchmarks.programs import Figures, Program, WorkloadFailed, clean_environment, figures, run
from benchmarks.report import as_json, as_text
from benchmarks.results import (
    AnyResult,
    PauseResult,
    Result,
    Spread,
    Verdict,
    compare,
    compare_any,
)
from benchmarks.rounds import interleave, programs_of
from benchmarks.rows import (
    MEMORY,
    PAUSES,
    ROWS,
    Context,
    Measure,
    MemoryRow,
    PauseRow,
    Row,
)

PEER = peers.Peer("other 1.0", ("other==1.0",), ("orjson",))
OURS = Program("work", 10)
THEIRS = Program("work", 10, PEER)
FLOOR = Program("floor", 10)
ROW = Row(
    1,
    "some work",
    Measure(OURS),
    PEER,
    Measure(THEIRS),
    at_least=2.0,
    goal=3.0,
    context=Context("two floors", Measure(FLOOR), times=2, goal=1.5),
)

#: An ``eliot`` that says yes to everything and writes nothing.
FORGETFUL = """
from contextlib import nullcontext

def FileDestination(file): return file
def add_destinations(*destinations): pass
def start_action(**fields): return nullcontext()
def log_message(**fields): pass
"""


def result(ours: list[float], theirs: list[float], floor: list[float]) -> Result:
    """Compare programs that took these times, in nanoseconds, one a round."""
    times = {OURS: ours, THEIRS: theirs, FLOOR: floor}
    return compare(ROW, {program: [{"operation": t} for t in times[program]] for program in times})


PAUSE_ROW = PauseRow(2, "a stall", OURS, PEER, THEIRS, at_least=20.0, goal=5.0, memory=1_000_000)


def pauses(p999: float, maximum: float, memory: float) -> PauseResult:
    """Compare programs of which ours pauses for so many milliseconds, and grows by so much."""
    ours = dict(zip(PAUSES, (p999 * 1e6, maximum * 1e6, 1e6, 2e6, memory), strict=True))
    theirs = dict(zip(PAUSES, (3e6, 4e6, 1e6, 2e6, 9e6), strict=True))
    found: AnyResult = compare_any(PAUSE_ROW, {OURS: [ours], THEIRS: [theirs]})
    assert isinstance(found, PauseResult)
    return found


class WorkloadTests(SynchronousTestCase):
    """Workloads run in processes of their own, with the interpreter that runs the tests."""

    def run_workload(self, program: Program, operations: int, search: Path) -> Figures:
        """Run a workload that finds ``eliot`` in a folder; nothing may be left behind."""
        folder = Path(self.mktemp())
        folder.mkdir()
        environment = {**clean_environment(), "PYTHONPATH": str(search.absolute())}
        try:
            return run(program, Path(sys.executable), folder.absolute(), operations, environment)
        finally:
            self.assertEqual(os.listdir(folder), [])

    def test_ours(self) -> None:
        """Each workload of ours ends well and prints the figures that its rows want."""
        wanted: dict[Program, set[str]] = {}
        for row in ROWS:
            if isinstance(row, PauseRow):
                wanted.setdefault(row.ours, set()).update(PAUSES)
                continue
            if isinstance(row, MemoryRow):
                wanted.setdefault(row.ours, set()).update(MEMORY)
                continue
            context = [row.context.measure] if row.context else []
            for measure in [row.ours, *context]:
                wanted.setdefault(measure.program, set()).add(measure.figure)
        for program, names in wanted.items():
            found = self.run_workload(program, 20, Path(eliot.__file__).parent.parent)
            self.assertLessEqual(names, set(found), program)

    def test_lost_messages(self) -> None:
        """A logger that loses messages gets no time: the workload fails and says how many."""
        search = Path(self.mktemp())
        search.mkdir()
        (search / "eliot.py").write_text(FORGETFUL, encoding="utf-8")
        program = Program("message_in_action", 10)
        error = self.assertRaises(WorkloadFailed, self.run_workload, program, 10, search)
        self.assertIn("14 lines expected, 0 found", str(error))

    def test_no_result(self) -> None:
        """Output that is no result is refused."""
        for output in ("", "[]", "{}", '{"nanoseconds": 1}', '{"nanoseconds": {"operation": "x"}}'):
            self.assertRaises(WorkloadFailed, figures, output)

    def test_environment(self) -> None:
        """A workload inherits the environment, but none of the variables that steer Python."""
        self.patch(os, "environ", {"PATH": "/bin", "PYTHONPATH": "/x", "PYTHONOPTIMIZE": "1"})
        self.assertEqual(clean_environment(), {"PATH": "/bin"})


class PeerTests(SynchronousTestCase):
    """The environments of the others."""

    def test_shared_versions(self) -> None:
        """What both sides use is pinned to the version that this interpreter has."""
        self.assertEqual(PEER.contents(), ["other==1.0", f"orjson=={version('orjson')}"])

    def test_kept(self) -> None:
        """An environment that was made for the same contents is used again as it is."""
        lines: list[str] = []
        folder = Path(self.mktemp()).absolute()
        environment = folder / peers.folder_name(PEER)
        environment.mkdir(parents=True)
        (environment / "contents.txt").write_text(peers.stamp(PEER), encoding="utf-8")
        executable = peers.interpreter(PEER, folder, lines.append)
        self.assertEqual(executable, environment / "bin" / "python")
        self.assertEqual(lines, [])


class RoundTests(SynchronousTestCase):
    """The order in which programs run."""

    def test_once_each(self) -> None:
        """A program that several rows need runs once a round, next to the others of its row."""
        other = Program("other", 10)
        second = Row(2, "more work", Measure(OURS), PEER, Measure(other), 1.0, 1.0)
        self.assertEqual(programs_of([ROW, second]), [OURS, THEIRS, FLOOR, other])

    def test_interleaved(self) -> None:
        """Each round runs every program; one that needs more rounds goes on alone."""
        noisy = Program("noisy", 10, least_rounds=3)
        self.assertEqual([Program("long", 10, most_rounds=3).rounds(n) for n in (1, 9)], [1, 3])
        ran: list[Program] = []

        def record(program: Program) -> Figures:
            ran.append(program)
            return {"operation": float(len(ran))}

        lines: list[str] = []
        found = interleave([OURS, noisy], 2, record, lines.append)
        self.assertEqual(ran, [OURS, noisy, OURS, noisy, noisy])
        self.assertEqual(found[OURS], [{"operation": 1.0}, {"operation": 3.0}])
        self.assertEqual(len(lines), 3)


class ResultTests(SynchronousTestCase):
    """Ratios and verdicts."""

    def test_ratio(self) -> None:
        """The ratio is the median of the ratios within each round, whatever slowed a round down."""
        found = result([10, 100, 10], [30, 300, 50], [4, 40, 4])
        self.assertEqual(found.ratio, Spread([3, 3, 5]))
        self.assertEqual(found.ratio.median, 3)
        self.assertEqual((found.ratio.lowest, found.ratio.highest), (3, 5))

    def test_context(self) -> None:
        """The context is multiplied as the row says: two floors are twice the floor's time."""
        found = result([10], [30], [4])
        self.assertEqual(found.context, Spread([8]))
        self.assertEqual(found.context_ratio, Spread([1.25]))
        self.assertEqual(found.peer_context_ratio, Spread([3.75]))

    def test_verdicts(self) -> None:
        """The goal is reached only if that beside the context is reached, too."""
        self.assertIs(result([10], [19], [5]).verdict, Verdict.NOT_REACHED)
        self.assertIs(result([10], [20], [5]).verdict, Verdict.REACHED)
        self.assertIs(result([10], [30], [3]).verdict, Verdict.REACHED)
        self.assertIs(result([10], [30], [5]).verdict, Verdict.GOAL_REACHED)


class ReportTests(SynchronousTestCase):
    """What is shown."""

    def test_text(self) -> None:
        """The table has a heading, the floor, and for each row its figures, verdict and context."""
        text = as_text([result([1000], [2500], [400])], Spread([400]))
        heading, floor, row, context = text.splitlines()
        self.assertIn("at least", heading)
        self.assertEqual(floor.split()[-1], "0.40")
        self.assertIn("1.00       2.50   2.50 x  (2.50 - 2.50)        2 x    3 x  reached", row)
        self.assertIn("two floors: 0.80 us; ours takes 1.25 times as long", context)
        self.assertTrue(context.endswith(", the peer's 3.12 times"), context)

    def test_pauses(self) -> None:
        """The longest pause counts, and memory; the peer's are shown, but not compared."""
        self.assertIs(pauses(1, 5, 1_000_000).verdict, Verdict.GOAL_REACHED)
        self.assertIs(pauses(1, 6, 1_000_000).verdict, Verdict.REACHED)
        self.assertIs(pauses(6, -1, 1_000_000).verdict, Verdict.REACHED)
        self.assertIs(pauses(1, 21, 1_000_000).verdict, Verdict.NOT_REACHED)
        self.assertIs(pauses(1, 1, 1_000_001).verdict, Verdict.NOT_REACHED)
        _, row, figures, _, memory, peer = as_text([pauses(1, 6, 500_000)], None).splitlines()
        self.assertIn("a stall: reached", row)
        self.assertIn("p99.9 1.00 ms, maximum 6.00 ms", figures)
        self.assertIn("memory +0.5 MB of 1.0 MB", memory)
        self.assertIn("other 1.0: p99.9 3.00 ms, maximum 4.00 ms, memory +9.0 MB", peer)
        report = json.loads(json.dumps(as_json([pauses(1, 6, 5)], None, {})))
        self.assertEqual(report["rows"][0]["ours"]["maximum"]["rounds"], [6e6])
        self.assertEqual(report["rows"][0]["theirs"]["memory"]["median"], 9e6)

    def test_memory(self) -> None:
        """The peak counts, and is told in megabytes."""
        row = MemoryRow(3, "much", OURS, at_least=200_000_000, goal=100_000_000)
        verdicts = []
        for peak in (100e6, 101e6, 201e6):
            found = compare_any(row, {OURS: [{"peak": peak, "operation": 2000.0}]})
            verdicts.append(found.verdict)
            heading, figures, time = as_text([found], None).splitlines()[1:]
            self.assertTrue(heading.endswith(f"much: {found.verdict.value}"), heading)
            self.assertIn(f"at most {peak / 1e6:.1f} MB for", figures)
            self.assertIn("2.00 us a message", time)
            (shown,) = json.loads(json.dumps(as_json([found], None, {})))["rows"]
            self.assertEqual((shown["peak"]["median"], shown["goal_bytes"]), (peak, 1e8))
        self.assertEqual(verdicts, [Verdict.GOAL_REACHED, Verdict.REACHED, Verdict.NOT_REACHED])

    def test_json(self) -> None:
        """The JSON form has every round of every figure, and what it was measured on."""
        report = as_json([result([10, 20], [30, 60], [4, 8])], None, {"python": "3.11.7"})
        read = json.loads(json.dumps(report))
        self.assertEqual(read["machine"], {"python": "3.11.7"})
        (row,) = read["rows"]
        self.assertEqual(row["ours"]["rounds"], [10, 20])
        self.assertEqual(row["ratio"]["median"], 3)
        self.assertEqual(row["verdict"], "goal reached")
