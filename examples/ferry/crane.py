"""
A crane that is told by AMP what to hoist: ``python crane.py 3 12 | eliot tree``.
"""

import sys

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import UNIXClientEndpoint, UNIXServerEndpoint, connectProtocol
from twisted.internet.interfaces import IReactorUNIX
from twisted.internet.protocol import Factory
from twisted.internet.task import react
from twisted.protocols.amp import AMP, Command, Integer

from eliot import log_message, start_action, to_file
from eliot.twisted.amp import TaskId, call_remote, logged_responder


class Overload(Exception):
    """
    It is too heavy.
    """


class Hoist(Command):
    """
    Hoist something.
    """

    arguments = [(b"tons", Integer()), (b"task_id", TaskId())]
    response = [(b"metres", Integer())]
    errors = {Overload: b"OVERLOAD"}


class Crane(AMP):
    """
    The side that hoists.
    """

    @logged_responder(Hoist, include_args=["tons"])
    async def hoist(self, tons: int) -> dict[str, int]:
        """
        Hoist what the crane can bear.
        """
        if tons > 10:
            raise Overload(f"{tons} tons")
        log_message("crane:hoisted")
        return {"metres": 8}


async def load(reactor: IReactorUNIX, loads: list[str]) -> None:
    """
    Have the crane hoist one load after the other.
    """
    port = await UNIXServerEndpoint(reactor, "crane.socket").listen(Factory.forProtocol(Crane))
    crane = await connectProtocol(UNIXClientEndpoint(reactor, "crane.socket"), AMP())
    with start_action(action_type="ferry:load"):
        for tons in loads:
            try:
                await call_remote(crane, Hoist, tons=int(tons))
            except Overload:
                log_message("ferry:left_behind", tons=tons)
    await port.stopListening()


def main(reactor: IReactorUNIX, *loads: str) -> Deferred[None]:
    """
    Load what the command line names.
    """
    to_file(sys.stdout)
    return Deferred.fromCoroutine(load(reactor, list(loads)))


if __name__ == "__main__":
    react(main, sys.argv[1:])
