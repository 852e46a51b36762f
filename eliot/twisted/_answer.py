"""
The action of a request: from the time when the request is there to the end of its response.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple, cast

from twisted.python.failure import Failure
from twisted.web.server import Request

from eliot._interfaces import ILogger
from eliot._propagation import TASK_ID_HEADER, TRACEPARENT_HEADER, read_headers
from eliot._text import decode, shorten
from eliot._tracebacks import write_traceback
from eliot.twisted._address import describe_address
from eliot.twisted._exchange import Exchange
from eliot.twisted._trust import Trust, begin_asked
from eliot.twisted._urls import show_url

#: The type of an action that lasts from a request to its response.
ANSWER: Final = "eliot:http_answer"

# As they are looked up soonest.
_TASK_ID: Final = TASK_ID_HEADER.encode().lower()
_TRACEPARENT: Final = TRACEPARENT_HEADER.encode().lower()

_FIRST_ERROR: Final = 500
_LONGEST: Final = 2000  # characters of what is not bounded otherwise


class ErrorStatus(Exception):
    """
    A request was answered with a status of 500 or above, and no exception is known that was the
    cause.  This is what its action has failed with.

    :param status: the status.
    :param phrase: what that means in words.
    :ivar status: the status.
    """

    def __init__(self, status: int, phrase: str) -> None:
        super().__init__(status, phrase)
        self.status = status
        self._phrase = phrase

    def __str__(self) -> str:
        return f"{self.status} {self._phrase}"


class Answer(Exchange):
    """
    The action of a request.

    :ivar cause: why it will have failed, if that is known.
    :ivar suspect: why, if it turns out that it has.
    """

    __slots__ = ("cause", "suspect")

    cause: BaseException | Failure | None
    suspect: Failure | None

    def __init__(
        self, logger: ILogger | None, task_uuid: str, task_level: list[int], action_type: str
    ) -> None:
        Exchange.__init__(self, logger, task_uuid, task_level, action_type)
        self.cause = self.suspect = None

    @property
    def incident_id(self) -> str:
        """
        The place of the action: where a reader finds it.
        """
        return f"{self.task_uuid}@/{'/'.join(map(str, self._prefix))}"

    def end(self, request: Request, reason: Failure | None = None) -> None:
        """
        End the action.  Again, this does nothing.

        :param request: what was answered.
        :param reason: why it was not, if so.
        """
        ending = self.ending
        status = cast("object", request.code)
        if request.startedWriting:
            # What was not sent was no answer.
            ending["status"] = status
        ending["bytes"] = request.sentLength
        cause: BaseException | Failure | None = self.cause or reason
        if cause is None and isinstance(status, int) and status >= _FIRST_ERROR:
            cause = self.suspect or ErrorStatus(status, decode(request.code_message))
        self.cause = self.suspect = None
        self.finish(cause)

    def hand_over(self) -> None:
        """
        End the action: whatever comes by the connection from now on, it is no response.
        """
        self.add_success_fields(upgraded=True)
        self.finish()


class Asked(NamedTuple):
    """
    How the requests of a site are logged.

    :ivar trusted: whether identifiers that come in are believed.
    :ivar action_type: what kind of action a request is.
    :ivar query: whether the query is logged.
    :ivar headers: the names of the headers that are logged.
    :ivar incident_id: whether a client that is not trusted is told where the request is found.
    """

    trusted: Trust[Request]
    action_type: str
    query: bool
    headers: Collection[str]
    incident_id: bool

    def begin(self, request: Request) -> Answer:
        """
        Start the action of a request.  Never raises.

        :param request: what has come, as a whole.
        """
        error = None
        headers = request.requestHeaders
        try:
            remote = read_headers(
                headers.getRawHeaders(_TASK_ID), headers.getRawHeaders(_TRACEPARENT)
            )
            fields = self._describe(request)
        except Exception as raised:
            # A request of somebody else's class, which is not as Twisted's is.
            fields, remote, error = {}, read_headers(None), raised
        answer = begin_asked(Answer, self.action_type, fields, remote, self.trusted, request)
        if error is not None:
            answer.run(write_traceback, None, (type(error), error, error.__traceback__))
        if self.incident_id or answer._prefix:
            # A trusted caller waits for it, to know that its task was gone on with.
            request.setHeader(TASK_ID_HEADER.encode(), answer.incident_id.encode())
        return answer

    def _describe(self, request: Request) -> dict[str, object]:
        fields: dict[str, object] = {
            "method": decode(request.method),
            "path": _show_path(decode(request.path)),
            "peer": describe_address(request.getClientAddress()),
        }
        if self.query:
            _, mark, query = request.uri.partition(b"?")
            if mark:
                fields["query"] = shorten(decode(query), _LONGEST)
        if self.headers:
            fields["headers"] = {
                name: [shorten(decode(each), _LONGEST) for each in values]
                for name in self.headers
                if (values := request.requestHeaders.getRawHeaders(name.encode())) is not None
            }
        return fields


def _show_path(path: str) -> str:
    # Whoever takes us for a proxy sends a whole URL, or a host for a tunnel.
    return shorten(path, _LONGEST) if path.startswith("/") else show_url(path).text
