"""
Options of the command line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

from twisted.application.service import IService, MultiService
from twisted.python.usage import Options, UsageError

from eliot._fields import reserved_among
from eliot.twisted._around import LoggedServices
from eliot.twisted._asked import Asked, check_together, described
from eliot.twisted._collect import collect_kinds
from eliot.twisted._grammar import DescriptionError
from eliot.twisted._help import help_text
from eliot.twisted._monitor import ReactorMonitor
from eliot.twisted._patch import patch_unhandled_errors
from eliot.twisted._reactor import Reactor, reactor_of_program
from eliot.twisted._service import LoggingService
from eliot.twisted._signals import signal_from
from eliot.twisted._thresholds import threshold_from
from eliot.twisted._units import duration


class LoggingOptions(Options):
    """
    A mixin for :class:`twisted.python.usage.Options`: options by which whoever
    starts a program says where its log goes.

    For a plug-in of ``twistd`` and ``twist``, that is all::

        class Options(LoggingOptions):
            optParameters = [["port", "p", "8080", "Where to listen."]]

        def makeService(options):
            return options.with_logging(YourService(options["port"]))

    Everything that is wrong is told when the options are parsed, before the
    program goes into the background.  If you override :meth:`postOptions`, call
    this one; otherwise what is told there is told by :meth:`logging_service`.

    The reactor must have been chosen when options are parsed, as it has been in
    plug-ins.
    """

    _asked_for: Asked | None = None
    _checked = False

    @property
    def _asked(self) -> Asked:
        # Whoever overrides __init__ need not call ours.
        if self._asked_for is None:
            self._asked_for = Asked()
        return self._asked_for

    def opt_eliot_destination(self, description: str) -> None:
        """
        Where messages go (again for more; see --help-eliot-destinations).
        """
        with _usage_errors():
            described(self, [description], reactor_of_program())
        self._asked.descriptions.append(description)

    def opt_help_eliot_destinations(self) -> NoReturn:
        """
        Show all kinds of destinations, and exit.
        """
        print(help_text(collect_kinds()))
        sys.exit(0)

    def opt_eliot_field(self, assignment: str) -> None:
        """
        NAME=VALUE: a field that each message gets (again for more).
        """
        name, equals, value = assignment.partition("=")
        if not name or not equals:
            raise UsageError(f"--eliot-field takes NAME=VALUE, not {assignment!r}.")
        if reserved_among([name]):
            raise UsageError(f"--eliot-field: {name!r} is the framework's own.")
        if name in self._asked.fields:
            raise UsageError(f"--eliot-field: {name!r} is given twice.")
        self._asked.fields[name] = _value(value)

    def opt_eliot_root_action(self, action_type: str) -> None:
        """
        The type of an action that holds all that this process does.
        """
        if not action_type:
            raise UsageError("--eliot-root-action takes the type of an action.")
        if self._asked.root_action is not None:
            raise UsageError("--eliot-root-action is given twice.")
        self._asked.root_action = action_type

    def opt_eliot_reopen_on(self, name: str) -> None:
        """
        A signal, such as HUP, at which files are opened anew (again for more).
        """
        try:
            number = signal_from(name)
        except ValueError as error:
            raise UsageError(f"--eliot-reopen-on: {error}.") from error
        if number not in self._asked.reopen_on:
            self._asked.reopen_on.append(number)

    def opt_eliot_no_twisted_log(self) -> None:
        """
        Leave out what Twisted itself logs.
        """
        self._asked.twisted_log = False

    def opt_eliot_twisted_log_level(self, level: str) -> None:
        """
        [NAMESPACE=]LEVEL: leave out what Twisted logs below that (again for more).
        """
        try:
            namespace, name = threshold_from(level)
        except ValueError as error:
            raise UsageError(f"--eliot-twisted-log-level: {error}.") from error
        if namespace in self._asked.log_levels:
            raise UsageError(
                "--eliot-twisted-log-level is given twice"
                + (f" for {namespace!r}." if namespace else ".")
            )
        self._asked.log_levels[namespace] = name

    def opt_eliot_twisted_log_fields(self) -> None:
        """
        Take in the fields of what Twisted logs, too.
        """
        self._asked.log_fields = True

    def opt_eliot_capture_output(self) -> None:
        """
        Log what is printed, as messages, instead of printing it.
        """
        self._asked.capture_output = True

    def opt_eliot_monitor_reactor(self, threshold: str) -> None:
        """
        Tell when the reactor is blocked for longer than this, in seconds, such as 0.1.
        """
        if self._asked.monitor is not None:
            raise UsageError("--eliot-monitor-reactor is given twice.")
        try:
            self._asked.monitor = duration(threshold)
        except ValueError as error:
            raise UsageError(f"--eliot-monitor-reactor: {error}.") from error

    def opt_eliot_patch_unhandled_errors(self) -> None:
        """
        Patch Twisted, so that more is known of errors in Deferreds that nobody handles.
        """
        self._asked.patch = True

    def postOptions(self) -> None:
        """
        See that what was asked for goes together.

        :raises UsageError: if it does not.
        """
        super().postOptions()  # type: ignore[no-untyped-call]  # Twisted's
        self._check_logging()

    def logging_service(self, reactor: Reactor | None = None) -> LoggingService:
        """
        Make the service that was asked for.  Its parent is to start it before
        the other services; :meth:`with_logging` sees to that.

        :param reactor: the reactor of the program; Twisted's unless it is given.
        :raises UsageError: if what was asked for does not go together, or Twisted cannot be
            patched as it should.
        """
        self._check_logging()
        asked = self._asked
        reactor = reactor_of_program() if reactor is None else reactor
        with _usage_errors():
            services = [each.service for each in described(self, asked.descriptions, reactor)]
        if asked.patch:
            _patch()
        service = LoggingService(
            reactor,
            services,
            fields=asked.fields,
            root_action=asked.root_action,
            twisted_log=asked.twisted_log and asked.selection(),
            capture_output=asked.capture_output,
            reopen_on=asked.reopen_on,
        )
        if asked.monitor is not None:
            monitor = ReactorMonitor(reactor, asked.monitor)
            monitor.setServiceParent(service)  # type: ignore[no-untyped-call]  # Twisted's
        return service

    def with_logging(self, service: IService, reactor: Reactor | None = None) -> MultiService:
        """
        Put the logging that was asked for around a service: it starts before that,
        and stops when that has stopped.

        :param service: the plug-in's own.
        :param reactor: the reactor of the program; Twisted's unless it is given.
        :returns: a service that holds both.
        :raises UsageError: if what was asked for does not go together.
        """
        both = LoggedServices(self.logging_service(reactor))
        service.setServiceParent(both)
        return both

    def _check_logging(self) -> None:
        """
        See that what was asked for goes together, once.
        """
        if not self._checked:
            self._check_goes_together()
            with _usage_errors():
                made = described(self, self._asked.descriptions, reactor_of_program())
                check_together(self, made)
            self._checked = True

    def _check_goes_together(self) -> None:
        asked = self._asked
        if not asked.twisted_log and (asked.log_levels or asked.log_fields):
            option = "level" if asked.log_levels else "fields"
            raise UsageError(
                f"--eliot-twisted-log-{option} says what is taken of Twisted's log, and "
                "--eliot-no-twisted-log that nothing is: give one of them."
            )
        if asked.capture_output and not asked.descriptions:
            raise UsageError(
                "--eliot-capture-output logs what is printed, but nothing says where: give "
                "--eliot-destination, too."
            )


@contextmanager
def _usage_errors() -> Iterator[None]:
    try:
        yield
    except DescriptionError as error:
        raise UsageError(str(error)) from error


def _patch() -> None:
    try:
        patch_unhandled_errors()
    except RuntimeError as error:
        raise UsageError(f"--eliot-patch-unhandled-errors: {error}") from error


def _refuse(text: str) -> NoReturn:
    # NaN and the infinities are no JSON.
    raise ValueError(text)


def _value(text: str) -> object:
    """
    Read a value: JSON if it is a scalar of that, text otherwise.
    """
    try:
        value: object = json.loads(text, parse_constant=_refuse)
    except ValueError:
        return text
    return text if isinstance(value, (dict, list)) else value
