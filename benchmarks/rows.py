"""
What is compared, and what is to be reached.

The numbers of the rows are those of the project's table of targets. The rows that are absent here
measure other things than the cost of writing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from benchmarks.peers import ALONE, ELIOT, ELIOT_TREE, OPENTELEMETRY, STRUCTLOG, TWISTED, Peer
from benchmarks.programs import Program


@dataclass(frozen=True)
class Measure:
    """
    One figure of a program.

    :ivar program: The program.
    :ivar figure: The name of the figure among those that it prints.
    """

    program: Program
    figure: str = "operation"


@dataclass(frozen=True)
class Context:
    """
    What our time is set beside, apart from the peer's.

    :ivar name: What people call it.
    :ivar measure: How it is measured.
    :ivar times: How many of them make one operation of ours.
    :ivar goal: How many times as long as that our operation may take, if there is a goal.
    """

    name: str
    measure: Measure
    times: int = 1
    goal: float | None = None


@dataclass(frozen=True)
class Row:
    """
    One comparison.

    :ivar number: Its number in the table of targets.
    :ivar work: What is done.
    :ivar ours: How our time is measured.
    :ivar peer: Who does the same.
    :ivar theirs: How the peer's time is measured.
    :ivar at_least: How many times as fast as the peer we must be.
    :ivar goal: How many times as fast as the peer we want to be.
    :ivar context: What else our time is set beside.
    """

    number: int
    work: str
    ours: Measure
    peer: Peer
    theirs: Measure
    at_least: float
    goal: float
    context: Context | None = None

    def programs(self) -> list[Program]:
        """All that has to be run for it, the two sides next to each other."""
        measures = [self.ours, self.theirs, *([self.context.measure] if self.context else [])]
        return [measure.program for measure in measures]


#: The figures of a program that measures pauses.
PAUSES = ("p99.9", "maximum", "p99.9 alone", "maximum alone", "memory")


@dataclass(frozen=True)
class PauseRow:
    """
    How long the reactor stands still, which nobody is to be compared with: the peer is context.

    :ivar number: Its number in the table of targets.
    :ivar work: What is done.
    :ivar ours: Our program. It prints the figures in :data:`PAUSES`.
    :ivar peer: Who does the same.
    :ivar theirs: The peer's program.
    :ivar at_least: The longest pause may take so many milliseconds.
    :ivar goal: We want it to take at most so many.
    :ivar memory: By how many bytes the process may grow.
    """

    number: int
    work: str
    ours: Program
    peer: Peer
    theirs: Program
    at_least: float
    goal: float
    memory: int

    def programs(self) -> list[Program]:
        """All that has to be run for it."""
        return [self.ours, self.theirs]


#: The figures of a program that measures its memory.
MEMORY = ("peak", "operation")


@dataclass(frozen=True)
class MemoryRow:
    """
    How much memory a process takes, which nobody is compared with.

    :ivar number: Its number in the table of targets.
    :ivar work: What is done.
    :ivar ours: The program; its figure ``peak`` counts.
    :ivar at_least: The process may take so many bytes.
    :ivar goal: We want it to take at most so many.
    """

    number: int
    work: str
    ours: Program
    at_least: int
    goal: int

    def programs(self) -> list[Program]:
        """All that has to be run for it."""
        return [self.ours]


#: A row of any kind.
AnyRow = Row | PauseRow | MemoryRow


def _ours(workload: str, operations: int, least_rounds: int = 1) -> Program:
    return Program(workload, operations, None, least_rounds)


def _eliot(ours: Program) -> Program:
    """Have the same file run by the other eliot."""
    return replace(ours, peer=ELIOT)


FLOOR = _ours("floor", 40_000)
_ACTION_FLOOR = _ours("action_floor", 20_000)
_MESSAGE = _ours("message_in_action", 40_000)
_ACTION = _ours("nested_action", 20_000)
_ALONE = _ours("message_alone", 30_000)
_CALL = _ours("log_call", 20_000)
_DEFERRED = _ours("deferred_context", 15_000)
_BARE_DEFERRED = _ours("bare_deferred", 40_000)
_IMPORT = _ours("import_time", 1, least_rounds=15)
_WRITER = _ours("threaded_writer", 40_000)
#: An operation is a tick that logs, each millisecond: so the disk stands still for twice as long.
STALL = Program("stalled_writer", 10_000, most_rounds=3)
_MONITORED = _ours("monitored_reactor", 400_000)
_WRAPPERS = _ours("wrappers", 5_000)
_PARSER = _ours("parse_stream", 70_000)
_DECODING = _ours("decode", 70_000)
_TREE = _ours("tree_command", 70_000)
_TREE_OF_OTHERS = Program("tree_command", 70_000, ELIOT_TREE, most_rounds=5)
_PRETTYPRINT = _ours("prettyprint_command", 70_000)
_MEMORY = Program("stream_memory", 10_000_000, most_rounds=1)
_EVENT = Program("structlog_message", 40_000, STRUCTLOG)
_SPAN = Program("opentelemetry_span", 15_000, OPENTELEMETRY)


def _wrapper(number: int, work: str, figure: str, at_least: float, goal: float) -> Row:
    """Compare what keeps the action with what Twisted has, both in the same process."""
    ours, bare = Measure(_WRAPPERS, figure), Measure(_WRAPPERS, f"bare {figure}")
    return Row(number, work, ours, TWISTED, bare, at_least, goal)


#: The bound of a queue, unless it is told otherwise, and what a process takes beside it.
_QUEUE = 16 << 20
_BESIDE = 4 << 20

ROWS: tuple[AnyRow, ...] = (
    Row(
        1,
        "a message of three fields in an action, to a file",
        Measure(_MESSAGE),
        ELIOT,
        Measure(_eliot(_MESSAGE)),
        at_least=2.5,
        goal=3.2,
        context=Context("the floor", Measure(FLOOR), goal=1.4),
    ),
    Row(
        2,
        "a nested action, two messages, to a file",
        Measure(_ACTION),
        ELIOT,
        Measure(_eliot(_ACTION)),
        at_least=1.9,
        goal=2.5,
        context=Context("two floors", Measure(FLOOR), times=2, goal=1.6),
    ),
    Row(
        3,
        "a message outside any action, to a file",
        Measure(_ALONE),
        ELIOT,
        Measure(_eliot(_ALONE)),
        at_least=2.2,
        goal=3.0,
        context=Context("the floor", Measure(FLOOR)),
    ),
    Row(
        4,
        "log_call on two arguments, to nowhere",
        Measure(_CALL),
        ELIOT,
        Measure(_eliot(_CALL)),
        at_least=4.0,
        goal=6.0,
    ),
    Row(
        5,
        "an action and DeferredContext, three callbacks",
        Measure(_DEFERRED),
        ELIOT,
        Measure(_eliot(_DEFERRED)),
        at_least=1.8,
        goal=2.5,
        context=Context("a bare Deferred", Measure(_BARE_DEFERRED)),
    ),
    Row(
        6,
        "import what each program uses of eliot",
        Measure(_IMPORT),
        ELIOT,
        Measure(_eliot(_IMPORT)),
        at_least=1.0,
        goal=1.1,
        context=Context("zope.interface, automat, orjson", Measure(_IMPORT, "dependencies")),
    ),
    Row(
        7,
        "a message of three fields in an action, to a file",
        Measure(_MESSAGE),
        STRUCTLOG,
        Measure(_EVENT),
        at_least=2.3,
        goal=3.0,
        context=Context("the floor", Measure(FLOOR)),
    ),
    Row(
        8,
        "a nested action to a file, beside a span to nowhere",
        Measure(_ACTION),
        OPENTELEMETRY,
        Measure(_SPAN),
        at_least=5.0,
        goal=7.0,
        context=Context("the calls of an action, with two floors", Measure(_ACTION_FLOOR)),
    ),
    Row(
        9,
        "ThreadedWriter over a file, in the caller",
        Measure(_WRITER, "caller"),
        ELIOT,
        Measure(_eliot(_WRITER), "caller"),
        at_least=1.5,
        goal=2.5,
    ),
    Row(
        10,
        "ThreadedWriter over a file, until all is on disk",
        Measure(_WRITER, "durable"),
        ELIOT,
        Measure(_eliot(_WRITER), "durable"),
        at_least=2.5,
        goal=4.0,
    ),
    PauseRow(
        11,
        "the reactor's pause, 10,000 messages/s, stalled disk",
        STALL,
        ELIOT,
        _eliot(STALL),
        at_least=20.0,
        goal=5.0,
        memory=_QUEUE + _BESIDE,
    ),
    Row(
        12,
        "Parser.parse_stream, from lines to tasks",
        Measure(_PARSER),
        ELIOT,
        Measure(_eliot(_PARSER)),
        at_least=60,
        goal=100,
        context=Context("orjson.loads alone", Measure(_DECODING)),
    ),
    Row(
        13,
        "the trees of a log as text, whole process",
        Measure(replace(_TREE, most_rounds=5)),
        ELIOT_TREE,
        Measure(_TREE_OF_OTHERS),
        at_least=30,
        goal=60,
    ),
    Row(
        14,
        "eliot-prettyprint, whole process",
        Measure(_PRETTYPRINT),
        ELIOT,
        Measure(_eliot(_PRETTYPRINT)),
        at_least=5,
        goal=10,
    ),
    MemoryRow(
        15,
        "ten million messages through the parser",
        _MEMORY,
        at_least=200_000_000,
        goal=100_000_000,
    ),
    Row(
        16,
        "a turn of a busy reactor that is monitored",
        Measure(_MONITORED, "monitored"),
        ALONE,
        Measure(_MONITORED, "alone"),
        at_least=0.95,
        goal=0.98,
    ),
    _wrapper(17, "bind: a call, beside one of the function itself", "bind", 0.1, 0.15),
    _wrapper(18, "call_later: a call that is asked for and made", "call_later", 0.6, 0.75),
    _wrapper(19, "defer_later, and to await it", "defer_later", 0.45, 0.55),
    _wrapper(20, "LoopingCall: a call, which is an action", "LoopingCall", 0.4, 0.5),
    _wrapper(21, "Cooperator: a step of a generator", "Cooperator", 0.4, 0.5),
    _wrapper(22, "defer_to_thread, and to await it", "defer_to_thread", 0.5, 0.65),
    _wrapper(23, "call_from_thread, from the reactor's own", "call_from_thread", 0.6, 0.8),
    _wrapper(24, "DeferredLock: to wait for it and get it", "DeferredLock", 0.25, 0.3),
    _wrapper(25, "DeferredQueue: to wait for an object and get it", "DeferredQueue", 0.25, 0.3),
    _wrapper(26, "gather_results of two Deferreds", "gather_results", 0.65, 0.75),
)
