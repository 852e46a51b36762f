"""
``eliot-prettyprint`` of release 1.18, whose layouts people know.

It has the same import name, so it is installed elsewhere: the environment variable
``ELIOT_PEER_PYTHON`` is the path of the interpreter of that environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from unittest import skipUnless

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot.read import JSON
from tests.forests import line

PEER = os.environ.get("ELIOT_PEER_PYTHON", "")

# It takes a backslash that is followed by "n" or "t" for an escape, and lets control characters
# through where no value is; and orjson writes neither surrogates nor what exceeds 64 bits.
TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"], exclude_characters="\\")
) | st.text("ab '\"\n+[{é%", max_size=120)
NAMES = st.text("abcdefgh_% é", min_size=1, max_size=12) | st.sampled_from(
    [
        *("action_type", "action_status", "message_type", "exception", "reason"),
    ]
)


def larger(inner: st.SearchStrategy[JSON]) -> st.SearchStrategy[JSON]:
    """
    Draw a container.
    """
    lists: st.SearchStrategy[JSON] = st.lists(inner, max_size=8)
    return lists | st.dictionaries(TEXTS, inner, max_size=5)


SCALARS: st.SearchStrategy[JSON] = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)

MESSAGES = st.builds(
    lambda fields, task_uuid, level, timestamp: {
        **fields,
        "task_uuid": task_uuid,
        "task_level": level,
        "timestamp": timestamp,
    },
    st.dictionaries(NAMES, st.recursive(SCALARS, larger, max_leaves=12), max_size=5),
    st.uuids().map(str),
    st.lists(st.integers(1, 2**63), min_size=1, max_size=5),
    st.floats(0, 2**33) | st.integers(0, 2**33) | st.floats(1.7e9, 1.8e9),
)


@skipUnless(PEER, "ELIOT_PEER_PYTHON names no interpreter with release 1.18")
class PrettyPrintTests(SynchronousTestCase):
    """
    The layouts are the same, byte for byte.
    """

    @settings(max_examples=300)
    @given(st.lists(MESSAGES, max_size=10))
    def test_same(self, messages: list[dict[str, JSON]]) -> None:
        """
        Messages of all kinds look the same.
        """
        log = b"".join(map(line, messages)) + b'not JSON\n{"no": "message"}\n'
        ours = [sys.executable, "-m", "eliot.prettyprint"]
        # The peer must not find our package.
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
        theirs = [PEER, "-P", "-c", "from eliot.prettyprint import _main; _main()"]
        for options in [[], ["--compact"], ["--local-timezone"]]:
            expected = subprocess.run(
                [*theirs, *options], input=log, capture_output=True, check=True, env=environment
            )
            shown = subprocess.run([*ours, *options], input=log, capture_output=True, check=False)
            self.assertEqual(shown.stdout.decode(), expected.stdout.decode())
