"""
A request that this program makes, as an action: from being made until its answer
has been read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from twisted.internet.error import ConnectError, ConnectingCancelledError, DNSLookupError
from twisted.python.failure import Failure
from twisted.web.client import ResponseDone
from twisted.web.error import SchemeNotSupported
from twisted.web.http import PotentialDataLoss
from twisted.web.http_headers import Headers
from twisted.web.iweb import IResponse

from eliot._action import Action
from eliot._context import current_action
from eliot._direct import write_message
from eliot._ids import new_task_uuid, parse
from eliot._propagation import REMOTE_TASK_ID, TASK_ID_HEADER, headers_for
from eliot._text import decode, shorten
from eliot._tracebacks import write_traceback
from eliot.twisted._exchange import Exchange
from eliot.twisted._urls import WithoutSecrets, show_url

#: The type of the action.
REQUEST: Final = "eliot:http_request"

#: The type of the message that stands where the other side might have gone on.
NOT_CONTINUED: Final = "eliot:not_continued"

# What is raised before anything has been sent.
_NOT_SENT: Final = (
    ConnectError,
    ConnectingCancelledError,
    DNSLookupError,
    SchemeNotSupported,
)

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LONGEST_ID: Final = 200

# The places that were sent with requests which are not answered yet.
_open_places: WeakKeyDictionary[Action, str] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """
    How requests are logged.

    :ivar action_type: what kind of action they are.
    :ivar query: whether the query of an address is logged.
    :ivar headers: the names of the headers of requests that are logged.
    :ivar propagate: whether the other side is told the task; or what is asked that,
        with the address as it is logged.
    :ivar shared: whether it is told by an identifier that is good for several of them.
    """

    action_type: str = REQUEST
    query: bool = False
    headers: tuple[str, ...] = ()
    propagate: bool | Callable[[str], bool] = True
    shared: bool = False


class RequestOut:
    """
    A request, and the action that it is.  One thread uses it.

    :param method: its method.
    :param url: its address.
    :param headers: its headers; they stay as they are.
    :param options: how it is logged.
    :ivar action: the action; it has started.
    :ivar headers: the headers to send.
    """

    __slots__ = ("_bytes", "_reading", "action", "headers")

    def __init__(
        self, method: bytes, url: bytes, headers: Headers | None, options: RequestOptions
    ) -> None:
        self._bytes = 0
        self._reading = False
        shown = show_url(url, query=options.query)
        fields: dict[str, object] = {"method": _text(method), "url": shown.text}
        self.headers = Headers() if headers is None else headers.copy()
        if options.headers:
            fields["headers"] = {
                name: [decode(value) for value in self.headers.getRawHeaders(name.encode(), [])]
                for name in options.headers
            }
        propagates, error = _ask(options.propagate, shown.text)
        around = current_action()
        task_uuid, level = _take_over(around, self.headers) if propagates else (None, [])
        if task_uuid is None:
            task_uuid, level = (
                (new_task_uuid(), []) if around is None else (around.task_uuid, around.next_level())
            )
        serializers = WithoutSecrets(shown.secrets) if shown.secrets else None
        self.action = action = Exchange(None, task_uuid, level, options.action_type, serializers)
        action._start(fields)
        if error is not None:
            action.run(write_traceback, exc_info=(type(error), error, error.__traceback__))
        if propagates:
            told = headers_for(action, shared=options.shared)
            for name, value in told.items():
                self.headers.setRawHeaders(name, [value])
            if not options.shared:
                _open_places[action] = told[TASK_ID_HEADER]

    def answered(self, response: IResponse) -> None:
        """
        Note that an answer has begun to come.  Where it has no body, or one that
        nobody is expected to read, the request has ended.
        """
        self.action.ending["status"] = response.code
        self._settle(response.headers.getRawHeaders(TASK_ID_HEADER.encode(), []))
        if response.length == 0:
            self._succeed(self._bytes)
        elif response.code in _REDIRECTS and response.headers.hasHeader(b"Location"):
            self._succeed()

    def begin_reading(self) -> bool:
        """
        Note that somebody reads the answer's body.

        :returns: whether that is a part of the request: not if it has ended, nor if
            there is somebody else already.
        """
        if self._reading or self.action._row.message.effect is not None:
            return False
        self._reading = True
        return True

    def got(self, data: bytes) -> None:
        """
        Note that a part of the body has come.
        """
        self._bytes += len(data)

    def body_ended(self, reason: Failure) -> None:
        """
        End the action: nothing more will come.

        :param reason: why.
        """
        if reason.check(ResponseDone, PotentialDataLoss):
            self._succeed(self._bytes)
        else:
            self.fail(reason)

    def abandoned(self) -> None:
        """
        End the action if nobody has begun to read the body: it cannot be read any more.
        """
        if not self._reading:
            self._succeed()

    def fail(self, reason: Failure | BaseException, *, unsent: bool = False) -> None:
        """
        End the action: no answer came, or not the whole of it.

        :param reason: why.
        :param unsent: whether the request has surely not been sent.
        """
        error = reason.value if isinstance(reason, Failure) else reason
        if unsent or isinstance(error, _NOT_SENT):
            self._settle(())
        else:
            # Whether the other side has gone on, and will log that, nobody knows.
            _open_places.pop(self.action, None)
        if "status" in self.action.ending:
            self.action.ending["bytes"] = self._bytes
        self.action.finish(reason)

    def _succeed(self, received: int | None = None) -> None:
        if received is not None:
            self.action.ending["bytes"] = received
        self.action.finish()

    def _settle(self, answers: Sequence[bytes]) -> None:
        """
        Put a message where the other side has not gone on, so that nobody misses
        anything there.

        :param answers: where it has logged the request, by what it says.
        """
        sent = _open_places.pop(self.action, None)
        if sent is None:
            return
        theirs = _text(answers[0]) if answers else ""
        if _is_within(theirs, sent):
            return
        task_uuid, level = parse(sent)
        message: dict[str, object] = {
            "task_uuid": task_uuid,
            "task_level": level,
            "message_type": NOT_CONTINUED,
        }
        if theirs:
            message[REMOTE_TASK_ID] = theirs
        write_message(message)


def _ask(propagate: bool | Callable[[str], bool], url: str) -> tuple[bool, Exception | None]:
    if not callable(propagate):
        return propagate, None
    try:
        return bool(propagate(url)), None
    except Exception as error:
        return False, error


def _take_over(around: Action | None, headers: Headers) -> tuple[str | None, list[int]]:
    """
    Find the place that an action around this one has meant for the other side, if this
    request is what it is waiting for: the headers name another place from now on.

    So a request logged above what follows redirects, and again below, has no gap.
    """
    if around is not None:
        sent = _open_places.get(around)
        if sent is not None and headers.getRawHeaders(TASK_ID_HEADER) == [sent]:
            del _open_places[around]
            return parse(sent)
    return None, []


def _is_within(theirs: str, ours: str) -> bool:
    """
    Tell whether the other side says that it has gone on where it was told to.

    :param theirs: the task that it names, with a place in it or without.
    :param ours: the place that was sent.
    """
    task_uuid, _, path = ours.partition("@")
    their_uuid, _, their_path = theirs.partition("@")
    if their_uuid != task_uuid:
        return False
    their_path = their_path.strip("/")
    return not their_path or f"/{their_path}/".startswith(f"{path}/")


def _text(value: bytes | str) -> str:
    text = value if isinstance(value, str) else decode(value[: 2 * _LONGEST_ID])
    return shorten(text, _LONGEST_ID)
