"""
The fan-out: every message, to every destination.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from threading import RLock
from typing import TypeAlias

from zope.interface import implementer

from eliot._buffer import StartUpBuffer
from eliot._complaints import Complaints
from eliot._encode import Encoder, LineEncoder
from eliot._fields import RESERVED
from eliot._fork import RenewedAfterFork
from eliot._interfaces import Destination, IEncodedDestination, ILogger, MessageSerializer
from eliot._plain import SCALARS
from eliot._public import show_in
from eliot._serialize import AS_IT_IS, serialized
from eliot._stamp import stamp

# What the way of a message needs of an encoded destination: how to encode (None
# where the line before is the same), what to call, and whom to complain about.
_Outlet: TypeAlias = "tuple[Encoder | None, Callable[[bytes], object], Destination]"

# Where a message goes, replaced whole, so that each message sees one state:
# encoded destinations, and others.
_Plan: TypeAlias = "tuple[tuple[_Outlet, ...], tuple[Destination, ...]]"


@implementer(ILogger)
class Destinations(RenewedAfterFork):
    """
    All destinations of a process, and the fields that every message gets: what
    the default logger is.

    Writing takes no lock: it reads a plan that is replaced whole when
    destinations come and go.
    """

    __slots__ = (
        "_all",
        "_buffer",
        "_complaints",
        "_global_fields",
        "_groups",
        "_lock",
        "_plan",
        "write_plain",
    )

    def __init__(self) -> None:
        super().__init__()
        self._lock = RLock()
        self._global_fields: dict[str, object] = {}
        self._complaints: dict[int, Complaints] = {}
        self._buffer: StartUpBuffer | None = StartUpBuffer()
        self._all: tuple[Destination, ...] = ()
        # How many groups are being added.
        self._groups = 0
        self._plan: _Plan = ((), (self._buffer,))
        #: Does what :meth:`write` does, for a message whose values are all
        #: scalars, but for the level: in less time.  ``None`` while there is no
        #: shorter way for such.
        self.write_plain: Callable[[dict[str, object]], None] | None = None

    def write(
        self,
        dictionary: dict[str, object],
        serializer: MessageSerializer | None = None,
        _plan: _Plan | None = None,
    ) -> None:
        """
        Give a message to every destination.  Never raises; may be called from
        any thread.

        :param dictionary: complete but for the global fields, which it gets.
        :param serializer: how to serialize the fields, for a typed message.
            Where that fails, what could be serialized is written, and two
            messages after it tell of the failure.
        """
        if serializer is not None:
            if serializer is not AS_IT_IS:
                for each in serialized(dictionary, serializer):
                    self.write(each)
                return
            _plan = self._plan_for_foreign(dictionary)
        elif self._global_fields:
            dictionary.update(self._global_fields)
        encoded, plain = self._plan if _plan is None else _plan
        # Encoded first: what is logged is what is written, whatever a
        # destination does to the dictionary.
        line = b""
        for encoder, write, destination in encoded:
            try:
                if encoder is not None:
                    # Whoever shares an encoder that raises writes nothing.
                    line = b""
                    line = encoder(dictionary)
                if line:
                    write(line)
            except Exception as error:
                self.complain(destination, error, dictionary)
        for destination in plain:
            try:
                destination(dictionary)
            except Exception as error:
                self.complain(destination, error, dictionary)

    def _plan_for_foreign(self, dictionary: dict[str, object]) -> _Plan:
        """
        Find out where a message goes that has not been made here.
        """
        plan = self._plan
        for destination in plan[1]:
            if isinstance(destination, StartUpBuffer):
                # What it is called with gets the global fields in the end.
                destination.hold(dictionary, as_it_is=True)
                return (), ()
        return plan

    def complain(
        self,
        culprit: Destination,
        error: Exception,
        message: dict[str, object] | None = None,
    ) -> None:
        """
        Tell the other destinations that one of them has raised: at once the
        first time, then ever more rarely, with a count.

        :param culprit: the destination that raised.
        :param error: what it raised.
        :param message: what it was given, where that is known.
        """
        complaints = self._complaints.setdefault(id(culprit), Complaints())
        complaint = complaints.file(error, message)
        if complaint is None:
            return
        complaint.update(self._global_fields)
        for destination in self._all:
            if destination is not culprit:
                try:
                    destination(complaint)
                except Exception:
                    # A complaint about a complaint would never end.
                    self._complaints.setdefault(id(destination), Complaints()).count += 1

    def with_global_fields(self, message: dict[str, object]) -> dict[str, object]:
        """
        Add the global fields to a message that does not come this way.
        """
        return message | self._global_fields

    def add(self, *destinations: Destination) -> None:
        """
        Add destinations.  The first ones to be added get everything that was
        logged before, as far as it was held.

        :raises TypeError: if one of them cannot be called; nothing is added then.
        """
        for destination in destinations:
            if not callable(destination):
                raise TypeError(
                    f"A destination is called with a message; {destination!r} cannot be."
                )
        if not destinations:
            return
        with self._lock:
            for each in destinations:
                # What was complained of before it was added, or of another
                # object in its place, is over.
                self._complaints.pop(id(each), None)
            self._set(self._all + destinations)
        self._replay()

    @contextmanager
    def adding_together(self) -> Iterator[None]:
        """
        Within the block, add the first destinations one by one: when it ends, all
        of them get what was logged before.
        """
        with self._lock:
            self._groups += 1
        try:
            yield
        finally:
            with self._lock:
                self._groups = max(0, self._groups - 1)
            self._replay()

    def _replay(self) -> None:
        """
        Hand out what was logged before, once, as soon as there is somebody to
        take it.
        """
        with self._lock:
            if self._groups or not self._all:
                return
            buffer, self._buffer = self._buffer, None
            if buffer is not None:
                self._set(self._all)
        if buffer is not None:
            if buffer.dropped:
                note: dict[str, object] = {
                    "count": buffer.dropped,
                    "reason": "They were logged before there was any destination.",
                }
                stamp(note, None, "eliot:messages_dropped")
                self.write(note)
            buffer.replay(self.write, lambda message: self.write(message, AS_IT_IS))

    def remove(self, destination: Destination) -> None:
        """
        Remove a destination: the first that is equal to the given one.

        :raises ValueError: if there is none.
        """
        with self._lock:
            remaining = list(self._all)
            try:
                removed = remaining.pop(remaining.index(destination))
            except ValueError:
                raise ValueError(f"{destination!r} is not among the destinations.") from None
            self._set(tuple(remaining))
            self._complaints.pop(id(removed), None)

    def add_global_fields(self, **fields: object) -> None:
        """
        Add fields to every message that is sent from now on.

        :raises ValueError: if a name belongs to the framework.
        """
        taken = RESERVED.intersection(fields)
        if taken:
            raise ValueError(f"These fields are the framework's own: {', '.join(sorted(taken))}.")
        with self._lock:
            self._global_fields = self._global_fields | fields
            self._set(self._all)

    def _set(self, destinations: tuple[Destination, ...]) -> None:
        self._all = destinations
        self.write_plain = None
        if self._buffer is not None:
            # All of them get what it holds first.
            self._plan = ((), (self._buffer,))
            return
        plain: list[Destination] = []
        encoded: dict[int, list[_Outlet]] = {}
        for each in destinations:
            if IEncodedDestination.providedBy(each):
                provider: IEncodedDestination = each
                sharing = encoded.setdefault(id(provider.encoder), [])
                encoder = None if sharing else provider.encoder
                sharing.append((encoder, provider.write, each))
            else:
                plain.append(each)
        outlets = tuple(chain.from_iterable(encoded.values()))
        self._plan = (outlets, tuple(plain))
        if SCALARS.issuperset(map(type, self._global_fields.values())):
            if outlets:
                self.write_plain = self._short_way(self._plan, self._global_fields)
            elif len(plain) == 1:
                self.write_plain = self._way_to_one(plain[0], self._global_fields)

    def _short_way(
        self, plan: _Plan, global_fields: dict[str, object]
    ) -> Callable[[dict[str, object]], None]:
        """
        Make what :attr:`write_plain` is, of a plan with an encoded destination.
        """
        encoded, plain = plan
        outlets = [(_for_plain(encoder), write, each) for encoder, write, each in encoded]
        encode, write, destination = outlets[0]
        if plain or len(outlets) > 1 or encode is None:
            plan = (tuple(outlets), plain)
            return lambda dictionary: self.write(dictionary, None, plan)

        # The usual case, which shall cost the least.
        def write_to_one(dictionary: dict[str, object]) -> None:
            if global_fields:
                dictionary.update(global_fields)
            try:
                write(encode(dictionary))
            except Exception as error:
                self.complain(destination, error, dictionary)

        return write_to_one

    def _way_to_one(
        self, destination: Destination, global_fields: dict[str, object]
    ) -> Callable[[dict[str, object]], None]:
        """
        Make what :attr:`write_plain` is, of a plan with one destination that
        takes messages.
        """

        def give_to_one(dictionary: dict[str, object]) -> None:
            if global_fields:
                dictionary.update(global_fields)
            try:
                destination(dictionary)
            except Exception as error:
                self.complain(destination, error, dictionary)

        return give_to_one

    def _renew_after_fork(self) -> None:
        self._lock = RLock()
        # A group of another thread, which is not here, is never complete.
        self._groups = 0


def _for_plain(encoder: Encoder | None) -> Encoder | None:
    return encoder.encode_plain if isinstance(encoder, LineEncoder) else encoder


#: The destinations of this process.
all_destinations = Destinations()


def add_destinations(*destinations: Destination) -> None:
    """
    Add destinations: from now on each is given every message.

    Up to 1,000 messages (and 16 MiB) that were logged before are given to the first ones
    that are added.  May be called from any thread.

    :param destinations: callables that take a message as a dictionary, or
        providers of :class:`IEncodedDestination`.
    :raises TypeError: if one of them cannot be called; nothing is added then.
    """
    all_destinations.add(*destinations)


def remove_destination(destination: Destination) -> None:
    """
    Remove a destination.  May be called from any thread.

    :param destination: the first that is equal to it is removed.
    :raises ValueError: if there is none.
    """
    all_destinations.remove(destination)


def add_global_fields(**fields: object) -> None:
    """
    Add fields to every message that is logged from now on, such as the name
    of the process.  May be called from any thread.

    Those that come before the first destination reach the messages that wait
    for it, too.

    :raises ValueError: if a name belongs to the framework.
    """
    all_destinations.add_global_fields(**fields)


show_in("eliot", add_destinations, add_global_fields, remove_destination)
