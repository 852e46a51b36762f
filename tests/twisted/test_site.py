"""
Tests of sites whose requests are actions.
"""

from __future__ import annotations

from functools import partial
from inspect import iscoroutinefunction
from io import StringIO

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.python import log
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.iweb import IAccessLogFormatter
from twisted.web.server import Request, Site
from zope.interface.verify import verifyObject

from eliot import current_action
from eliot.twisted.web import (
    LoggedSite,
    access_log_formatter,
    in_request,
    incident_id,
    log_requests,
    request_action,
)
from tests.helpers import level_of, record, run_child, scratch
from tests.twisted.sites import Connection, Page, Waiting, header_in, site_of


class SiteTestCase(SynchronousTestCase):
    """
    What is logged.
    """

    def setUp(self) -> None:
        """
        Record it.
        """
        self.messages = record(self)

    def kept_request(self) -> Request:
        """
        Have a site keep a request.
        """
        waiting = Waiting()
        Connection(site_of(waiting)).get()
        return waiting.requests[0]


class LogRequestsTests(SiteTestCase):
    """
    Sites of all kinds.
    """

    def actions(self) -> list[object]:
        """
        List the types of the actions that were started.
        """
        return [each["action_type"] for each in self.messages if level_of(each)[-1] == 1]

    def test_any_site(self) -> None:
        """
        A site that somebody else has made is logged from then on.
        """
        site = Site(Page(lambda _: b""), reactor=Clock())
        Connection(site).get()
        self.assertEqual(self.messages, [])
        self.assertIs(log_requests(site), site)
        Connection(site).get()
        self.assertEqual(self.actions(), ["eliot:http_answer"])

    def test_again(self) -> None:
        """
        What is said last counts, and nothing is logged twice.
        """
        for factory in (Request, partial(Request)):
            self.messages.clear()
            site = site_of(lambda _: b"", requestFactory=factory)
            log_requests(site, action_type="one")
            log_requests(site, action_type="two")
            Connection(site).get()
            self.assertEqual(self.actions(), ["two"])

    def test_options(self) -> None:
        """
        A logged site takes all that may be said.
        """
        site = site_of(
            lambda _: b"",
            trusted=True,
            action_type="request",
            query=True,
            headers=iter(["Host"]),
            incident_id=False,
        )
        task_id = "0af76519-16cd-43dd-8448-eb211c80319c@/2"
        Connection(site).get("/?a", X_Eliot_Task_Id=task_id)
        response = Connection(site).get("/?a", X_Eliot_Task_Id=task_id)
        first, _, second, repeated, _ = self.messages
        self.assertEqual((first["action_type"], first["query"]), ("request", "a"))
        self.assertEqual(first["headers"], {"Host": ["example.com"]})
        self.assertEqual(second["headers"], {"Host": ["example.com"]})
        self.assertEqual((level_of(first), level_of(second)), ([2, 1], [1]))
        self.assertEqual(repeated["message_type"], "eliot:repeated_task_id")
        self.assertIsNone(header_in(response, "X-Eliot-Task-Id"))

    def test_for_site(self) -> None:
        """
        All else goes to Twisted's site.
        """
        site = LoggedSite(Page(lambda _: b""), timeout=5, reactor=Clock())
        self.assertEqual(site.timeOut, 5)


class TextLogTests(SiteTestCase):
    """
    The access log in text.
    """

    def started(self, site: LoggedSite) -> LoggedSite:
        """
        Start a site, for the test.
        """
        site.startFactory()
        self.addCleanup(site.stopFactory)
        return site

    def test_not_in_twisted(self) -> None:
        """
        What Twisted would write to its own log, the action says already.
        """
        events: list[object] = []
        log.addObserver(events.append)
        self.addCleanup(log.removeObserver, events.append)
        site = self.started(site_of(lambda _: b""))
        events.clear()
        Connection(site).get()
        self.assertEqual(events, [])

    def test_file(self) -> None:
        """
        A file of its own is written to as ever, inside the action.
        """
        path = scratch(self) / "access.log"
        site = self.started(site_of(lambda _: b"Ahoy!", logPath=str(path)))
        Connection(site).get("/ferry?x")
        self.assertIn('"GET /ferry?x HTTP/1.1" 200 5 "-" "-"\n', path.read_text(encoding="utf-8"))
        seen: list[object] = []

        def formatter(timestamp: str, request: Request) -> str:
            seen.append(current_action())
            seen.append(request_action(request))
            return ""

        site = self.started(site_of(lambda _: b"", logPath=str(path), logFormatter=formatter))
        Connection(site).get()
        self.assertIsNotNone(seen[0])
        self.assertIs(seen[0], seen[1])

    def test_formatter(self) -> None:
        """
        It may say where the action is found.
        """
        verifyObject(IAccessLogFormatter, access_log_formatter)
        path = scratch(self) / "access.log"
        site = self.started(
            site_of(lambda _: b"", logPath=str(path), logFormatter=access_log_formatter)
        )
        response = Connection(site).get(Referer="a")
        told = header_in(response, "X-Eliot-Task-Id")
        self.assertTrue(path.read_text(encoding="utf-8").endswith(f' "a" "-" "{told}"\n'))

    def test_not_logged(self) -> None:
        """
        So it may for a site that is not logged, where there is nothing to be found.
        """
        site = Site(Page(lambda _: b""), reactor=Clock(), logFormatter=access_log_formatter)
        file = StringIO()
        site.startFactory()
        self.addCleanup(site.stopFactory)
        site.logFile = file
        Connection(site).get()
        self.assertTrue(file.getvalue().endswith(' "-" "-" "-"\n'), file.getvalue())
        self.addCleanup(setattr, site, "logFile", log.logfile)

    def test_redefined(self) -> None:
        """
        A site that logs in its own way goes on with that.
        """
        logged: list[object] = []

        class Mine(LoggedSite):
            def log(self, request: object) -> None:
                logged.append(request)

        Connection(Mine(Page(lambda _: b""), reactor=Clock())).get()
        self.assertEqual(len(logged), 1)

    def test_other_request(self) -> None:
        """
        Requests that were there before the site was logged are written down, too.
        """
        path = scratch(self) / "access.log"
        waiting = Waiting()
        site = Site(Page(waiting), reactor=Clock(), logPath=str(path))
        site.startFactory()
        self.addCleanup(site.stopFactory)
        Connection(site).get("/early")
        log_requests(site)
        waiting.requests[0].finish()
        self.assertIn("/early", path.read_text(encoding="utf-8"))
        self.assertEqual(self.messages, [])


class RequestActionTests(SiteTestCase):
    """
    What is known of a request.
    """

    def test_action(self) -> None:
        """
        Its action is found, also when it is not current, or has ended.
        """
        request = self.kept_request()
        action = request_action(request)
        assert action is not None
        self.assertEqual(action.task_uuid, self.messages[0]["task_uuid"])
        self.assertEqual(incident_id(request), f"{action.task_uuid}@/")
        action.add_success_fields(ferry="Gull")
        request.finish()
        self.assertIs(request_action(request), action)
        self.assertEqual(self.messages[-1]["ferry"], "Gull")

    def test_not_logged(self) -> None:
        """
        What is not logged has none.
        """
        self.assertIsNone(request_action(object()))
        self.assertIsNone(incident_id(object()))


class InRequestTests(SiteTestCase):
    """
    Functions that are given a request.
    """

    def test_function(self) -> None:
        """
        A function runs in the action of the request, wherever among its arguments that is.
        """

        @in_request
        def work(*args: object, **kwargs: object) -> object:
            """
            Do it.
            """
            return current_action()

        request = self.kept_request()
        action = request_action(request)
        self.assertIs(work(request), action)
        self.assertIs(work(1, request, 2), action)
        self.assertIs(work(1, that=request), action)
        self.assertIsNone(work(1, that=2))
        self.assertIsNone(current_action())
        self.assertEqual(work.__name__, "work")

    def test_raises(self) -> None:
        """
        What it raises goes on its way.
        """

        @in_request
        def work(request: Request) -> None:
            raise ZeroDivisionError

        request = self.kept_request()
        self.assertRaises(ZeroDivisionError, work, request)
        self.assertIsNone(current_action())

    def test_coroutine(self) -> None:
        """
        So does a coroutine, to its end.
        """
        gate: Deferred[None] = Deferred()

        @in_request
        async def work(request: object) -> object:
            before = current_action()
            await gate
            return before, current_action()

        self.assertTrue(iscoroutinefunction(work))
        request = self.kept_request()
        working = Deferred.fromCoroutine(work(request))
        nothing = Deferred.fromCoroutine(work(None))
        gate.callback(None)
        action = request_action(request)
        self.assertEqual(self.successResultOf(working), (action, action))
        self.assertEqual(self.successResultOf(nothing), (None, None))

    def test_gives_coroutine(self) -> None:
        """
        Nor does it matter if a function only gives a coroutine.
        """

        async def work() -> object:
            return current_action()

        request = self.kept_request()
        wrapped = in_request(lambda request: work())
        self.assertIs(
            self.successResultOf(Deferred.fromCoroutine(wrapped(request))), request_action(request)
        )


class ImportsTests(SynchronousTestCase):
    """
    What is loaded by what.
    """

    def loaded(self, module: str) -> list[str]:
        """
        Import a module in a new interpreter.

        :returns: the large modules that are loaded then.
        """
        names = ["twisted.web.server", "twisted.web.http", "klein"]
        child = run_child(f"import sys, {module}; print(*(set({names}) & set(sys.modules)))")
        self.assertEqual(child.stderr, "")
        return sorted(child.stdout.split())

    def test_light(self) -> None:
        """
        Who has no site does not load what sites need, and who has one does not load Klein.
        """
        self.assertEqual(self.loaded("eliot.twisted"), [])
        self.assertEqual(
            self.loaded("eliot.twisted.web"), ["twisted.web.http", "twisted.web.server"]
        )
