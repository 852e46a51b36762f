"""
A ferry calls the harbour by radio: ``python radio.py | eliot tree``.
"""

import sys

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.endpoints import UNIXClientEndpoint, UNIXServerEndpoint
from twisted.internet.interfaces import IReactorUNIX
from twisted.internet.protocol import Factory, connectionDone
from twisted.internet.task import react
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python.failure import Failure

from eliot import log_message, start_action, to_file
from eliot.twisted import logged_factory


class HarbourRadio(LineOnlyReceiver):
    """
    Answers, and says no more.
    """

    def lineReceived(self, line: bytes) -> None:
        """
        Answer.
        """
        log_message("radio:heard", text=line)
        self.sendLine(b"Berth B 3 is yours.")  # type: ignore[no-untyped-call]  # Twisted's
        assert self.transport is not None
        self.transport.loseConnection()


class FerryRadio(LineOnlyReceiver):
    """
    Hears what the harbour has to say.
    """

    def __init__(self) -> None:
        self.over: Deferred[None] = Deferred()

    def lineReceived(self, line: bytes) -> None:
        """
        Hear it.
        """
        log_message("radio:heard", text=line)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """
        That was all.
        """
        self.over.callback(None)


async def call(reactor: IReactorUNIX, ferry: str) -> None:
    """
    Ask for a berth.
    """
    with start_action(action_type="ferry:call", ferry=ferry) as calling:
        factory = logged_factory(Factory.forProtocol(FerryRadio), "ferry:radio", parent=calling)
        radio = await UNIXClientEndpoint(reactor, "radio").connect(factory)
        assert isinstance(radio, FerryRadio)
        radio.sendLine(b"Where can we moor?")  # type: ignore[no-untyped-call]  # Twisted's
        await radio.over


async def main(reactor: IReactorUNIX) -> None:
    """
    Open the harbour, and have a ferry call.
    """
    with start_action(action_type="harbour:open"):
        factory = logged_factory(Factory.forProtocol(HarbourRadio), "harbour:radio")
        port = await UNIXServerEndpoint(reactor, "radio").listen(factory)
    await call(reactor, "Gull")
    await maybeDeferred(port.stopListening)


if __name__ == "__main__":
    to_file(sys.stdout)
    react(main)
