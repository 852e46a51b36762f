"""
What the programs have in common.
"""

from twisted.internet.interfaces import IReactorCore, IReactorTCP, IReactorTime

from eliot.twisted import start_logging


class Reactor(IReactorCore, IReactorTCP, IReactorTime):
    """
    What they need of a reactor.
    """


#: The type of the action that holds what a process does by itself: for no request.
PROCESS = "network:process"


def start_program(reactor: Reactor, name: str) -> None:
    """
    Begin to log, to a file that is named after the process.
    """
    start_logging(
        f"file:{name}.json", reactor=reactor, fields={"process": name}, root_action=PROCESS
    )
