"""
Services whose start and stop are actions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar, cast

from eliot._outcomes import CallLog
from eliot._text import qualified_name, safe_str
from eliot.twisted._reclassed import Reclassed

if TYPE_CHECKING:
    from twisted.application.service import IService, Service
    from twisted.internet.defer import Deferred

    _Base = Service
else:
    _Base = object

_AnyService = TypeVar("_AnyService", bound="IService")

_PREPARED: Final = CallLog("eliot:service_privileged_start", include_result=False)
_STARTED: Final = CallLog("eliot:service_start", include_result=False)
_STOPPED: Final = CallLog("eliot:service_stop", include_result=False)


class LoggedService(_Base):
    """
    A mixin for services, to stand first among the bases: starting and stopping are
    actions, of the types ``eliot:service_start`` and ``eliot:service_stop``, and so is what
    twistd does before it sheds its privileges, ``eliot:service_privileged_start``.

    The field ``service`` has the name of the service, or that of its class.  What the
    service logs meanwhile, and what its parts do, is inside the action.  Where the service
    returns a Deferred, the action lasts until that has fired.  Belongs to the reactor's thread.
    """

    def privilegedStartService(self) -> None:
        """
        Prepare to start, as an action.
        """
        # Some return a Deferred, although nobody waits for it.
        return cast("None", _logged(_PREPARED, self, super().privilegedStartService))

    def startService(self) -> None:
        """
        Start, as an action.
        """
        return cast("None", _logged(_STARTED, self, super().startService))

    def stopService(self) -> Deferred[None] | None:
        """
        Stop, as an action.

        :returns: what the service itself does: perhaps a Deferred that fires when it has
            stopped.
        """
        return cast("Deferred[None] | None", _logged(_STOPPED, self, super().stopService))


def _logged(log: CallLog, service: object, function: Callable[[], object]) -> object:
    name: object = getattr(service, "name", None)
    action = log.begin(
        {"service": qualified_name(type(service)) if name is None else safe_str(name)}
    )
    try:
        result = function()
    except BaseException as error:
        log.failed(action, error)
        raise
    return log.returned(action, result)


def log_service(service: _AnyService) -> _AnyService:
    """
    Have a service that is there already start and stop as actions, see
    :class:`LoggedService`.

    :param service: the service.
    :returns: the same object; only its class is one that looks like its own.
    :raises TypeError: if its class does not allow that.
    """
    if not isinstance(service, LoggedService):
        _logged_services.reclass(service)
    return service


def _make(cls: type) -> dict[str, object]:
    # A program run by twistd may be kept as a pickle, where a class must have a path.
    def reduce(service: object, protocol: object) -> object:
        return _restore, (cls,), service.__getstate__()

    return {"__reduce_ex__": reduce}


def _restore(cls: type[_AnyService]) -> _AnyService:
    return log_service(cls.__new__(cls))


_logged_services = Reclassed(_make, LoggedService)
