"""
Addresses as they are logged: without what is secret in them.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from eliot._interfaces import MessageSerializer
from eliot._text import decode, shorten

_LONGEST: Final = 2000

# What RFC 3986 says, of which all parts but the path may be absent.  No text fails to match.
_PARTS = re.compile(r"((?:[^:/?#]+:)?(?://)?)([^/?#]*)([^?#]*)(\?[^#]*)?", re.DOTALL)


class ShownURL(NamedTuple):
    """
    An address for the log.

    :ivar text: what to show.
    :ivar secrets: what was left out, which must not be shown elsewhere either.
    """

    text: str
    secrets: tuple[str, ...]


def show_url(url: bytes | str, *, query: bool = False) -> ShownURL:
    """
    Make an address fit for a log.  It has no user and password there, and no
    fragment.

    :param url: the address, however malformed; a long one is cut.
    :param query: whether its query is shown.
    """
    text = (url if isinstance(url, str) else decode(url)).strip()
    match = _PARTS.match(text)
    assert match is not None
    start, authority, path, asked = match.groups("")
    secrets = []
    # What there is before the "@" may itself look like a scheme: "user:password@host".
    whole = start + authority if "//" not in start else authority
    user, at, host = whole.rpartition("@")
    if at:
        secrets.append(user + at)
        start, authority = (start if "//" in start else ""), host
    if asked and not query:
        secrets.append(asked)
        asked = ""
    return ShownURL(shorten(start + authority + path + asked, _LONGEST), tuple(secrets))


class WithoutSecrets:
    """
    Leaves out of a failed action's end what was left out of its start: exceptions
    like to show addresses.  It has the attributes of
    :class:`eliot._action.ActionSerializers`.

    :param secrets: what to leave out.
    """

    __slots__ = ("__weakref__", "_secrets", "failure", "start", "success")

    def __init__(self, secrets: tuple[str, ...]) -> None:
        self._secrets = secrets
        self.start: MessageSerializer | None = None
        self.success: MessageSerializer | None = None
        self.failure: MessageSerializer | None = self

    def serialize(self, message: dict[str, object]) -> None:
        """
        Leave them out of all texts.
        """
        for name, value in message.items():
            if isinstance(value, str):
                for secret in self._secrets:
                    value = value.replace(secret, "")  # noqa: PLW2901
                message[name] = value
