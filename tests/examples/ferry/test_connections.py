"""
Connections, services, and a reactor that leaks nothing.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from tests.examples.stories import Done, Fields, Said, failed, stories_of

_CLEAN = "Connection was closed cleanly."


class RadioTests(SynchronousTestCase):
    """
    A ferry calls the harbour.
    """

    def test_call(self) -> None:
        """
        The connection is a task for the harbour, and a part of the call for the ferry.
        """
        heard = Said("radio:heard", {"text": "Where can we moor?"})
        answered = Said("radio:heard", {"text": "Berth B 3 is yours."})
        harbour = Done(
            "harbour:radio",
            "succeeded",
            {"peer": "unix:", "host": "unix:radio"},
            {"reason": _CLEAN},
            [heard],
        )
        ferry = Done(
            "ferry:radio",
            "succeeded",
            {"peer": "unix:radio", "host": "unix:"},
            {"reason": _CLEAN},
            [answered],
        )
        call = Done("ferry:call", "succeeded", {"ferry": "Gull"}, {}, [ferry])
        opened = Done("harbour:open", "succeeded")
        self.assertEqual(stories_of("ferry/radio.py"), [opened, harbour, call])


class WatchTests(SynchronousTestCase):
    """
    A ferry stays in touch with the harbour.
    """

    def test_watch(self) -> None:
        """
        Each attempt is a task, and who waits goes on in its own action.
        """
        service: Fields = {"service": "eliot.twisted.ClientService"}
        endpoint = "twisted.internet.endpoints.UNIXClientEndpoint"
        attempt: Fields = {"endpoint": endpoint, "channel": 16}
        radio = Done(
            "ferry:radio",
            "succeeded",
            {"peer": "unix:radio", "host": "unix:"},
            {"reason": _CLEAN},
        )
        reason = "An error occurred while connecting: 2: No such file or directory."
        self.assertEqual(
            stories_of("ferry/watch.py"),
            [
                Done("eliot:service_start", "succeeded", service),
                Done(
                    "eliot:connect",
                    "failed",
                    {**attempt, "attempt": 1},
                    failed("twisted.internet.error.ConnectError", reason),
                ),
                Done("ferry:get_in_touch", "succeeded", {}, {}, [Said("ferry:in_touch")]),
                Done("eliot:connect", "succeeded", {**attempt, "attempt": 2}, {}, [radio]),
                Done("eliot:service_stop", "succeeded", service),
            ],
        )


class BeaconTests(SynchronousTestCase):
    """
    A timer on asyncio.
    """

    def test_flash(self) -> None:
        """
        It is in no action.
        """
        self.assertEqual(
            stories_of("ferry/beacon.py"),
            [Done("beacon:light", "succeeded"), Said("beacon:flash")],
        )
