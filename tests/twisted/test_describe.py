"""
Tests of :mod:`eliot.twisted._describe`, of what all kinds have in common, and of the help about it.
"""

from __future__ import annotations

from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from twisted.application.service import IService, Service
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from eliot import FileDestination
from eliot._console import console_encoder
from eliot.twisted import (
    DescriptionError,
    IDestinationParser,
    Surroundings,
    ThreadedWriter,
    destination_from_string,
)
from eliot.twisted._attachment import Attachment
from eliot.twisted._collect import Kind, collect_kinds
from eliot.twisted._describe import check_places, describe
from eliot.twisted._help import help_text
from eliot.twisted._stages import COMMON, STAGES, TAKEN, stages_from
from tests.helpers import fresh_destinations, scratch
from tests.twisted.helpers import Disk, FakeReactor


@implementer(IDestinationParser)
class Recording:
    """
    A kind that makes what the test says.

    :param kind: what it is called.
    :param made: what it makes; an exception is raised.
    :param threaded: whether it may block.
    """

    usage = "USAGE"
    summary = "SUMMARY"

    def __init__(self, kind: str, made: object, threaded: bool = False) -> None:
        self.kind = kind
        self.threaded = threaded
        self._made = made
        #: What it was given.
        self.calls: list[tuple[Surroundings, str, str, str | None]] = []

    def parse(
        self, surroundings: Surroundings, first: str, second: str = "", *, option: str | None = None
    ) -> object:
        """
        Note what was given.
        """
        self.calls.append((surroundings, first, second, option))
        if isinstance(self._made, Exception):
            raise self._made
        return self._made


class DescribeTestCase(SynchronousTestCase):
    """
    Describes destinations.
    """

    def setUp(self) -> None:
        """
        Have kinds.
        """
        fresh_destinations(self)
        self.surroundings = Surroundings(FakeReactor())
        self.disk = Disk()
        self.plain = Recording("plain", print)
        self.slow = Recording("slow", self.disk, threaded=True)
        self.kinds: dict[str, Kind] = self.found(self.plain, self.slow)

    def found(self, *parsers: Recording) -> dict[str, Kind]:
        """
        Collect some kinds.
        """
        return dict(collect_kinds(lambda: list(parsers)))

    def describe(self, text: str) -> IService:
        """
        Describe a destination.
        """
        return describe(self.surroundings, text, self.kinds).service

    def refuse(self, text: str, *reasons: str, part: str) -> DescriptionError:
        """
        Describe what cannot be.
        """
        error: DescriptionError = self.assertRaises(DescriptionError, self.describe, text)
        self.assertEqual((error.description, error.part), (text, part))
        for reason in reasons:
            self.assertIn(reason, str(error))
        return error


class DescribeTests(DescribeTestCase):
    """
    A description makes a service.
    """

    def test_plain(self) -> None:
        """
        What does not block is attached; its parser is given the surroundings, arguments, options.
        """
        service = self.describe(r"plain:a\:b:c:option=d")
        verifyObject(IService, service)
        assert isinstance(service, Attachment)
        self.assertIs(service.destination, print)
        self.assertEqual(self.plain.calls, [(self.surroundings, "a:b", "c", "d")])

    def test_threaded(self) -> None:
        """
        What may block is behind a writer, whose queue is as it was asked for; the common options
        are not given to the parser.
        """
        service = self.describe("slow:a:queue=1kB:overflow=block:timeout=2s:format=json")
        assert isinstance(service, ThreadedWriter)
        self.assertEqual(service._queue_bytes, 1000)
        self.assertEqual(service._overflow, "block")
        self.assertEqual(service._stop_timeout, 2.0)
        self.assertEqual(self.slow.calls, [(self.surroundings, "a", "", None)])

    def test_service(self) -> None:
        """
        A parser may make a service itself.
        """
        made = Service()
        self.kinds = self.found(Recording("own", made, threaded=True))
        self.assertIs(self.describe("own:a"), made)
        self.refuse("own:a:queue=1MB", "no queue", part="queue=1MB")

    def test_format(self) -> None:
        """
        The surroundings say how to encode; who cannot is not asked to.
        """

        class Encoded(Recording):
            def parse(  # type: ignore[override]
                self, surroundings: Surroundings
            ) -> object:
                self.disk = Disk()
                self.disk.encoder = surroundings.encoder
                return self.disk

        encoded = Encoded("encoded", None)
        self.kinds |= self.found(encoded)
        self.describe("encoded:format=console")
        self.assertIs(encoded.disk.encoder, console_encoder(False))
        self.refuse("slow:a:format=console", "no other format", part="format=console")
        self.refuse("plain:a:format=json", "no other format", part="format=json")

    def test_names(self) -> None:
        """
        Arguments and options that a kind does not have, and those that are missing, are told, with
        what it has.
        """
        self.refuse("plain", "FIRST is missing; write USAGE", part="plain")
        self.refuse("plain:a:b:c", "'c' is one argument too many", "USAGE", part="c")
        self.refuse(
            "plain:a:optoin=5",
            "'plain' has no option 'optoin'; it has option, and all kinds have format, queue",
            part="optoin=5",
        )
        self.refuse("plain:a:fromat=x", "all kinds have format, ", part="fromat=x")

    def test_unknown(self) -> None:
        """
        An unknown kind is told with those that there are, and first those that may be meant.
        """
        self.refuse("slwo:x", "no kind 'slwo'; the kinds are slow and plain", part="slwo")

    def test_values(self) -> None:
        """
        Values of common options that cannot be are told.
        """
        for part, reason in [
            ("queue=1M", "not a size"),
            ("overflow=drop", "drop-newest, drop-oldest or block"),
            ("timeout=soon", "not a duration"),
            ("format=xml", "json or console"),
        ]:
            self.refuse(f"slow:a:{part}", reason, part=part)
        self.refuse("plain:a:timeout=5", "no queue", part="timeout=5")

    def test_parser_raises(self) -> None:
        """
        Whatever a parser raises is about the description: at the option or argument that it names,
        or at all of it.
        """
        for error, part, reason in [
            (DescriptionError("bad", option="option"), "option=c", "bad"),
            (DescriptionError("bad", argument=1), "b", "bad"),
            (DescriptionError("bad", argument=7), "x:a:b:option=c", "bad"),
            (ValueError("these do not go together."), "x:a:b:option=c", "go together."),
            (ValueError("option=: too small"), "option=c", "too small"),
            (ValueError(), "x:a:b:option=c", "ValueError"),
            (OSError("no"), "x:a:b:option=c", "OSError: no"),
        ]:
            self.kinds = self.found(Recording("x", error))
            self.refuse("x:a:b:option=c", reason, part=part)

    def test_nonsense(self) -> None:
        """
        A parser that makes something else is told.
        """
        self.kinds = self.found(Recording("x", 5))
        self.refuse("x:a", "5", "neither a destination nor a service", part="x:a")

    @given(text=st.text(st.sampled_from("filestdoun:=\\-") | st.characters(), max_size=30))
    def test_anything(self, text: str) -> None:
        """
        Whatever the description is, there is a service, or an error that shows it.
        """
        for each in (text, f"plain:{text}", f"slow:a:{text}"):
            try:
                self.describe(each)
            except DescriptionError as error:
                self.assertEqual(error.description, each)

    def test_public(self) -> None:
        """
        The function for everybody uses all kinds that there are, and opens nothing.
        """
        folder = scratch(self)
        service = destination_from_string(FakeReactor(), "file:x.json", directory=str(folder))
        assert isinstance(service, ThreadedWriter)
        self.assertEqual(list(folder.iterdir()), [])
        self.assertRaises(
            DescriptionError, destination_from_string, FakeReactor(), "stdout", daemon=True
        )


class PlacesTests(DescribeTestCase):
    """
    Two destinations do not write to the same place.
    """

    def check(self, *texts: str) -> None:
        """
        Describe some destinations together.
        """
        surroundings = Surroundings(FakeReactor(), directory=str(scratch(self)))
        check_places([describe(surroundings, each) for each in texts])

    def test_different(self) -> None:
        """
        Different ones may be there, and such that have no place.
        """
        self.check("file:a", "file:b", "stdout", "stderr", "null", "null")

    def test_same(self) -> None:
        """
        The same is refused, however it is written.
        """
        for first, second in [
            ("file:a:mode=600", "file:./a"),
            ("stdout", "file:-"),
            ("stdout:format=console", "fd:1"),
        ]:
            error = self.assertRaises(DescriptionError, self.check, first, "null", second)
            self.assertIn(f"'{second}'", str(error))
            self.assertIn(f"written to already, by '{first}'", str(error))


class StagesTests(SynchronousTestCase):
    """
    The stages of a destination.
    """

    def test_order(self) -> None:
        """
        They have a fixed order, in which their options are told.
        """
        self.assertEqual(list(STAGES), ["select", "redact", "cap", "encode", "queue", "write"])
        self.assertEqual(COMMON, ("format", "queue", "overflow", "timeout"))
        self.assertLessEqual({"select", "write", "queue", "timeout"}, TAKEN)

    def test_defaults(self) -> None:
        """
        Without options, all is as a writer has it; and JSON shares its encoder with all others.
        """
        stages = stages_from({})
        writer = ThreadedWriter(print, FakeReactor())
        self.assertEqual(stages.queue_bytes, writer._queue_bytes)
        self.assertEqual(stages.timeout, writer._stop_timeout)
        self.assertEqual(stages.overflow, writer._overflow)
        self.assertIs(stages.encoder, FileDestination(BytesIO()).encoder)
        self.assertIs(stages.terminal_encoder, stages.encoder)

    def test_console(self) -> None:
        """
        For people, there are colours on terminals only.
        """
        stages = stages_from({"format": "console"})
        self.assertIs(stages.encoder, console_encoder(False))
        self.assertIs(stages.terminal_encoder, console_encoder(True))


class HelpTests(SynchronousTestCase):
    """
    Help at the command line.
    """

    def test_all(self) -> None:
        """
        Each kind, each common option, and examples that can be taken as they are, within the width
        of a terminal.
        """
        kinds = collect_kinds()
        text = help_text(kinds)
        for kind in kinds.values():
            self.assertIn(f"\n  {kind.usage}\n", text)
            self.assertIn(kind.summary.split(".")[0], text)
        for name in COMMON:
            self.assertIn(f"\n  {name}=", text)
        surroundings = Surroundings(FakeReactor(), visible=False)
        examples = [
            line.strip()
            for line in text.partition("Examples:\n")[2].splitlines()
            if line.startswith("  ") and not line.startswith("   ")
        ]
        self.assertGreater(len(examples), 3)
        for example in examples:
            describe(surroundings, example, kinds)
        self.assertLess(max(map(len, text.splitlines())), 110)
