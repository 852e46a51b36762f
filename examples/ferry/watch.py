"""
A ferry stays in touch with the harbour: ``python watch.py | eliot tree``.
"""

import sys
from typing import cast

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import UNIXClientEndpoint, UNIXServerEndpoint
from twisted.internet.interfaces import IReactorTime, IReactorUNIX
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater, react

from eliot import log_message, start_action, to_file
from eliot.twisted import ClientService, log_service


async def get_in_touch(watch: ClientService) -> None:
    """
    Wait for the harbour to answer.
    """
    with start_action(action_type="ferry:get_in_touch"):
        await watch.whenConnected()
        log_message("ferry:in_touch")


async def main(reactor: IReactorUNIX) -> None:
    """
    Keep a connection, although the harbour opens late.
    """
    watch = ClientService(
        UNIXClientEndpoint(reactor, "radio"),
        Factory.forProtocol(Protocol),
        retryPolicy=lambda failures: 0.05,
        connection_type="ferry:radio",
        fields={"channel": 16},
    )
    log_service(watch).startService()
    waiting = Deferred.fromCoroutine(get_in_touch(watch))
    clock = cast("IReactorTime", reactor)
    await deferLater(clock, 0.01)
    port = await UNIXServerEndpoint(reactor, "radio").listen(Factory.forProtocol(Protocol))
    await waiting
    # Not while the service is busy with telling that it is connected.
    await deferLater(clock, 0.01)
    await watch.stopService()
    await maybeDeferred(port.stopListening)


if __name__ == "__main__":
    to_file(sys.stdout)
    react(main)
