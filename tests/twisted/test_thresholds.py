"""
Tests of :mod:`eliot.twisted._thresholds`.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.logger import (
    ILogFilterPredicate,
    LogEvent,
    LogLevel,
    LogLevelFilterPredicate,
    PredicateResult,
)
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from eliot.twisted._thresholds import Thresholds, threshold_from
from tests.hostile import Hostile, LyingStr

_NAMES = [level.name for level in LogLevel.iterconstants()]
_NAMESPACES = st.sampled_from(["a", "a.b", "a.b.c", "ab", "b"])


class ThresholdsTests(SynchronousTestCase):
    """
    Events below a level are left out.
    """

    @given(
        st.dictionaries(_NAMESPACES | st.just(""), st.sampled_from(_NAMES)),
        _NAMESPACES,
        st.sampled_from(_NAMES),
    )
    def test_as_twisted(self, levels: dict[str, str], namespace: str, name: str) -> None:
        """
        It decides about usual events as Twisted's predicate does.
        """
        twisteds = LogLevelFilterPredicate(LogLevel.debug)
        for each, least in levels.items():
            twisteds.setLogLevelForNamespace(each, LogLevel.levelWithName(least))
        level = LogLevel.levelWithName(name)
        event: LogEvent = {"log_namespace": namespace, "log_level": level}
        self.assertIs(Thresholds(levels)(event), twisteds(event))

    def test_interface(self) -> None:
        """
        It is a predicate, as Twisted wants them.
        """
        verifyObject(ILogFilterPredicate, Thresholds({}))

    def test_no_namespace(self) -> None:
        """
        What has no namespace is like what is in none that was named.
        """
        predicate = Thresholds({"": "warn", "a": "debug"})
        for namespace in (None, "", 3, Hostile(""), LyingStr("a")):
            for level, expected in [
                (LogLevel.info, PredicateResult.no),
                (LogLevel.warn, PredicateResult.maybe),
            ]:
                event: LogEvent = {"log_level": level, "log_namespace": namespace}
                self.assertIs(predicate(event), expected)

    def test_no_level(self) -> None:
        """
        What has no level, or none of Twisted's, is kept.
        """
        predicate = Thresholds({"": "critical"})
        for level in (None, "info", 3, Hostile("")):
            event: LogEvent = {"log_level": level, "log_namespace": "a"}
            self.assertIs(predicate(event), PredicateResult.maybe)


class ThresholdFromTests(SynchronousTestCase):
    """
    Levels are read.
    """

    def test_read(self) -> None:
        """
        A level, or one of a namespace.
        """
        for text, expected in {
            "warn": ("", "warn"),
            "CRITICAL": ("", "critical"),
            "twisted.web=error": ("twisted.web", "error"),
            "a=b=info": ("a=b", "info"),
        }.items():
            self.assertEqual(threshold_from(text), expected)

    def test_refused(self) -> None:
        """
        What is none is refused, and what is wrong is named.
        """
        for text, reason in {
            "": "'' is not a level; there are debug, info, warn, error and critical",
            "app=": "'' is not a level",
            "loud": "'loud' is not a level",
            "=warn": "no namespace before",
        }.items():
            error = self.assertRaises(ValueError, threshold_from, text)
            self.assertIn(reason, str(error))
