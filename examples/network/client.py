"""
Buys many passages at once: ``python client.py NAME FRONT COUNT``.

It prints ``begun`` once some have been sold, and what has come of all of them in the end.
"""

import sys

from treq import content
from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.task import react
from twisted.web.client import Agent, HTTPConnectionPool

from eliot import log_message, start_task
from eliot.twisted.client import LoggedHTTPClient
from examples.network.programs import Reactor, start_program


class NotSold(Exception):
    """
    There is no such passage.
    """


class Buyer:
    """
    Buys passages.

    :param reactor: the reactor of the program.
    :param front: the port of the web site.
    :param count: how many passages there are.
    """

    def __init__(self, reactor: Reactor, front: str, count: int) -> None:
        self._site = f"http://127.0.0.1:{front}/passages"
        self._count = count
        # Those who wait shall get somewhere, however many they are.
        self._patience = 0.5 + count / 500
        pool = HTTPConnectionPool(reactor)
        pool.retryAutomatically = False
        self._client = LoggedHTTPClient(Agent(reactor, pool=pool))
        self._undecided: list[Deferred[None]] = []
        self._sold = 0

    async def buy_all(self) -> str:
        """
        Buy all of them, but for those that nobody sells or that take too long.

        :returns: what has come of them.
        """
        sales = []
        for passage in range(self._count):
            sale = Deferred.fromCoroutine(self._buy(passage))
            if passage % 10 == 6:
                self._undecided.append(sale)
            sales.append(sale)
        for sale in sales:
            # The trees tell why.
            sale.addErrback(lambda _: None)
        await DeferredList(sales)
        return f"{self._sold} of {self._count} were sold"

    async def _buy(self, passage: int) -> None:
        with start_task(action_type="client:buy", passage=passage):
            timeout = self._patience if passage % 10 == 9 else None
            response = await self._client.get(f"{self._site}/{passage}", timeout=timeout)
            text = await content(response)
            log_message("client:answer", passage=passage)
            if response.code != 200:
                raise NotSold(text.decode())
        self._sold += 1
        if self._sold == self._count // 10:
            print("begun", flush=True)
        elif self._sold == self._count * 6 // 10:
            # By now some change their minds.
            for sale in self._undecided:
                sale.cancel()


async def main(reactor: Reactor, name: str, front: str, count: str) -> None:
    """
    Buy, and tell.
    """
    start_program(reactor, name)
    print(await Buyer(reactor, front, int(count)).buy_all(), flush=True)


if __name__ == "__main__":
    react(lambda *arguments: Deferred.fromCoroutine(main(*arguments)), sys.argv[1:])
