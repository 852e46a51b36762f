"""
Check links, one after the other: ``python linkcheck.py URL...``.

What happens is logged to ``linkcheck.log``; ``eliot tree linkcheck.log`` shows it. This is the
plainest use there is, without Twisted; for that, see the demo.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from http.client import HTTPException
from urllib.request import urlopen

from eliot import start_action, to_file

_PATIENCE = 10.0  # seconds for an answer


def check_links(urls: Sequence[str]) -> None:
    """
    Download all links, up to the first that is broken.

    :param urls: the links.
    :raises ValueError: if one is broken; the text says how.
    """
    with start_action(action_type="check_links", urls=urls):
        for url in urls:
            try:
                download(url)
            except (OSError, HTTPException) as error:
                raise ValueError(f"{url}: {error}") from error


def download(url: str) -> None:
    """
    Download a page.

    :param url: where it is.
    :raises OSError: if there is no page, or nobody who answers.
    :raises HTTPException: if the answer is not understood.
    :raises ValueError: if ``url`` is none.
    """
    with (
        start_action(action_type="download", url=url) as action,
        urlopen(url, timeout=_PATIENCE) as answer,
    ):
        action.add_success_fields(bytes=len(answer.read()))


if __name__ == "__main__":
    with open("linkcheck.log", "wb") as log:
        to_file(log)
        try:
            check_links(sys.argv[1:])
        except ValueError:
            sys.exit("Not all links were valid.")
