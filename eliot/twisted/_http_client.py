"""
Requests by treq, as actions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from treq.client import HTTPClient
from twisted.web.iweb import IAgent

from eliot.twisted._agent import LoggedAgent
from eliot.twisted._request_out import REQUEST


class LoggedHTTPClient(HTTPClient):
    """
    A client of treq each of whose requests is an action.

    The actions are those of :class:`LoggedAgent`, also for each request that follows a
    redirect.  It is used as a :class:`treq.client.HTTPClient` is::

        client = LoggedHTTPClient(Agent(reactor))
        with start_action(action_type="yourapp:ask"):
            response = await client.get("https://example.com/")
            answer = await response.json()

    The body of an answer is read inside the action of the request, by its methods and
    by treq's functions.

    :param agent: what makes the requests.
    :param args: further arguments of :class:`treq.client.HTTPClient`, of any name.
    :param action_type: and the following: see :class:`LoggedAgent`.
    """

    def __init__(
        self,
        agent: IAgent,
        *args: Any,  # (whatever treq's releases take)
        action_type: str = REQUEST,
        query: bool = False,
        headers: Iterable[str] = (),
        propagate: bool | Callable[[str], bool] = True,
        shared: bool = False,
        **kwargs: Any,
    ) -> None:
        logged = LoggedAgent(
            agent,
            action_type=action_type,
            query=query,
            headers=headers,
            propagate=propagate,
            shared=shared,
        )
        super().__init__(logged, *args, **kwargs)
