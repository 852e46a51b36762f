"""
Tests of :mod:`eliot.twisted._collect`.
"""

from __future__ import annotations

import os
from pathlib import Path

from twisted.logger import ILogObserver, LogEvent, formatEvent, globalLogPublisher
from twisted.plugin import IPlugin
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from eliot.plugins import eliot_kinds
from eliot.twisted import IDestinationParser, Surroundings
from eliot.twisted._collect import collect_kinds, find_plugins
from tests.helpers import run_child, scratch


@implementer(IDestinationParser)
class Plugin:
    """
    A plug-in of somebody else.
    """

    kind = "other"
    usage = "other:A:B"
    summary = "Something."
    threaded = False

    def parse(self, surroundings: Surroundings, a: str, b: str = "", *, option: str = "") -> object:
        """
        Make nothing.
        """
        return print


class CollectTests(SynchronousTestCase):
    """
    Kinds are found.
    """

    def setUp(self) -> None:
        """
        Note what is reported.
        """
        self.reports: list[str] = []

        @implementer(ILogObserver)
        def note(event: LogEvent) -> None:
            if event["log_namespace"] == "eliot":
                self.reports.append(formatEvent(event))

        globalLogPublisher.addObserver(note)
        self.addCleanup(globalLogPublisher.removeObserver, note)

    def test_own(self) -> None:
        """
        Those that come with the package are there, and are what they say.
        """
        self.assertLessEqual(
            {"file", "stdout", "stderr", "fd", "twisted", "null"}, set(collect_kinds())
        )
        for name in eliot_kinds.__all__:
            verifyObject(IDestinationParser, getattr(eliot_kinds, name))
            verifyObject(IPlugin, getattr(eliot_kinds, name))
            self.assertEqual(getattr(eliot_kinds, name).kind, name)
        self.assertEqual(self.reports, [])

    def test_signature(self) -> None:
        """
        What the arguments and options of a kind are is read off its function.
        """
        kind = collect_kinds(lambda: [Plugin()])["other"]
        self.assertEqual((kind.arguments, kind.most_arguments), (("a",), 2))
        self.assertEqual((kind.options, kind.any_option), (("option",), False))

    def test_any(self) -> None:
        """
        It may take any number of arguments, and options of any name.
        """

        class Any(Plugin):
            def parse(self, *arguments: object, **options: str) -> object:  # type: ignore[override]
                return print

        kind = collect_kinds(lambda: [Any()])["other"]
        self.assertEqual((kind.arguments, kind.most_arguments), ((), None))
        self.assertEqual((kind.options, kind.any_option), ((), True))

    def refuse(self, plugin: object, reason: str) -> None:
        """
        Find something that is no proper plug-in.
        """
        self.reports.clear()
        self.assertEqual(collect_kinds(lambda: [plugin, Plugin()]).keys(), {"other"})
        (report,) = self.reports
        self.assertIn("is skipped: ", report)
        self.assertIn(reason, report)
        self.assertIn(__name__, report)

    def test_skipped(self) -> None:
        """
        One that is not what it should be is reported, and skipped; the others are there.
        """

        class Incomplete:
            kind = "incomplete"

        class Numbered(Plugin):
            kind = 5  # type: ignore[assignment]

        class Odd(Plugin):
            kind = "With Spaces"

        class Speechless(Plugin):
            kind = "speechless"
            usage = None  # type: ignore[assignment]

        class Deaf(Plugin):
            kind = "deaf"

            def parse(self) -> object:  # type: ignore[override]
                return print

        class Grabbing(Plugin):
            kind = "grabbing"

            def parse(self, surroundings: Surroundings, *, queue: str = "") -> object:  # type: ignore[override]
                return print

        class Raising(Plugin):
            @property
            def kind(self) -> str:  # type: ignore[override]
                raise ZeroDivisionError

        self.refuse(Incomplete(), "IDestinationParser")
        self.refuse(Numbered(), "5")
        self.refuse(Odd(), "'With Spaces'")
        self.refuse(Speechless(), "must be text")
        self.refuse(Deaf(), "surroundings")
        self.refuse(Grabbing(), "queue")
        self.refuse(Raising(), "ZeroDivisionError")

    def test_twice(self) -> None:
        """
        Of two with one kind, ours is there; and the other is reported.
        """

        class Impostor(Plugin):
            kind = "file"

        kinds = collect_kinds(lambda: [Impostor(), *find_plugins()])
        self.assertEqual(kinds["file"].summary, eliot_kinds.file.summary)
        self.assertIn("another of the kind 'file'", self.reports[0])

    def test_real(self) -> None:
        """
        A module in a folder ``eliot/plugins`` of somebody else is found; one that cannot be loaded
        is reported, and skipped.
        """
        folder = scratch(self) / "eliot" / "plugins"
        folder.mkdir(parents=True)
        (folder / "wrong.py").write_text("raise RuntimeError('cannot be loaded')\n")
        (folder / "right.py").write_text(
            "from tests.twisted.test_collect import Plugin\nplugin = Plugin()\n"
        )
        program = (
            "import sys\n"
            f"sys.path += [{str(folder.parent.parent)!r}, {str(Path(__file__).parents[2])!r}]\n"
            "from eliot.twisted._collect import collect_kinds\n"
            "print(*collect_kinds())\n"
        )
        # Coverage would miss what is in the folder, once that is gone.
        process = run_child(program, measured=False)
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertEqual(process.stdout, "fd file null other stderr stdout twisted\n")
        self.assertIn("cannot be loaded", process.stderr)
        self.assertFalse(os.path.exists(folder / "__init__.py"))
