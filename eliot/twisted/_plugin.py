"""
The plug-in ``eliot`` of ``twistd`` and ``twist``: runs another plug-in with logging
around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from operator import attrgetter
from typing import cast

from twisted.application.service import IService, IServiceMaker
from twisted.plugin import getPlugins
from twisted.python import usage

from eliot.twisted._around import LoggedServices
from eliot.twisted._asked import surroundings_of
from eliot.twisted._options import LoggingOptions
from eliot.twisted._reactor import reactor_of_program

#: What this plug-in is called.
NAME = "eliot"

_DEFAULT = "stdout:format=console"

# Each to be copied into a shell.
_EXAMPLES = """\
Examples:
    twist eliot web --path .
    twistd -n eliot --eliot-destination stdout:format=console web --path .
    twistd --logger eliot.twisted.log_observer eliot \\
        --eliot-destination file:/var/log/web.json:rotate=100MB:keep=10 \\
        --eliot-root-action web:serve --eliot-reopen-on HUP web --path /srv/www
"""


class Options(LoggingOptions):
    """
    The options of the logging, and the plug-in that is to be run.
    """

    synopsis = "[logging options] PLUGIN [its options]"

    longdesc = (
        "Runs another plug-in, and logs what it does, and what Twisted says meanwhile.  In the"
        " foreground, that is shown on the terminal unless there are destinations."
    )

    def getUsage(self, width: int | None = None) -> str:
        """
        Show the options, the plug-ins, and examples.

        :param width: how many characters go into a line.
        """
        usual = super().getUsage(width)
        return f"{usual}\n{_EXAMPLES}"

    def __missing__(self, key: str) -> object:
        # A plug-in may ask its parent's options, expecting those of twistd.
        if self.parent is None:
            raise KeyError(key)
        found: object = self.parent[key]
        return found

    @property
    def subCommands(self) -> Iterator[tuple[str, None, Callable[[], usage.Options], str]]:
        """
        All other plug-ins; their own options are loaded for the one that is run.
        """
        self.plugins: dict[str, IServiceMaker] = {
            each.tapname: each
            for each in sorted(getPlugins(IServiceMaker), key=attrgetter("tapname"))
            if each.tapname != NAME
        }
        for each in self.plugins.values():
            # The options of a plug-in may be in a module that is large.
            yield each.tapname, None, partial(_options_of, each), each.description

    def postOptions(self) -> None:
        """
        See that there is a plug-in to run, and where its log goes.

        :raises UsageError: if there is not.
        """
        if self.subCommand is None:
            raise usage.UsageError("Which plug-in shall be run?  See --help.")
        if not self._asked.descriptions:
            if surroundings_of(self, reactor_of_program()).daemon:
                raise usage.UsageError(
                    "A daemon has no terminal to log to: give --eliot-destination, such as "
                    "file:PATH, or stay in the foreground (twistd -n)."
                )
            self._asked.descriptions.append(_DEFAULT)
        super().postOptions()


def _options_of(plugin: IServiceMaker) -> usage.Options:
    return cast("usage.Options", plugin.options())


def makeService(options: Options) -> IService:
    """
    Make the service of the other plug-in, with the logging before it.

    :param options: parsed.
    """
    # First, so that its root action holds what the other does when it is made.
    both = LoggedServices(options.logging_service())
    assert options.subCommand is not None
    made = options.plugins[options.subCommand].makeService(options.subOptions)
    service = cast("IService", made)
    service.setServiceParent(both)
    return cast("IService", both)
