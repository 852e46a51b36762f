"""
The figures about a log: their names, which are stable, and what each means.

They are dictionaries that can be written as JSON as they are.  Durations are in seconds, times are
there twice, and ``None`` (``null`` in JSON) stands for what is not known.
"""

from __future__ import annotations

from typing import TypedDict

from eliot.read._durations import DurationFigures


class TimeFigures(TypedDict):
    """
    A point in time: ``epoch``, in seconds, and ``iso``, in UTC, which is ``None`` if no calendar
    can show it.
    """

    epoch: float
    iso: str | None


class SpanFigures(TypedDict):
    """
    The time from the oldest message to the newest, wherever they stand.
    """

    first: TimeFigures
    last: TimeFigures
    seconds: float


class TotalFigures(TypedDict):
    """
    What the log holds.

    ``tasks`` and, among them, those that are ``incomplete`` and those that ``failed`` (their
    roots); ``rests``, of tasks that had been complete before something more of them came.

    ``messages``, starts and ends of actions among them; those that are ``late`` in their actions,
    that are ``duplicates``, and that are ``out_of_place``: starts and ends of actions that have
    another one.

    ``actions``; ``gaps``, at which one message or more is missing; and ``unknown_actions``, of
    which nothing was found but what is in them.
    """

    tasks: int
    incomplete: int
    failed: int
    rests: int
    messages: int
    late: int
    duplicates: int
    out_of_place: int
    actions: int
    unknown_actions: int
    gaps: int
    span: SpanFigures | None


class ActionFigures(TypedDict):
    """
    The actions of one type.

    ``type`` is ``None`` where the types were too many to be counted one by one. ``count`` is that
    of all actions, ``failures`` that of those that failed, ``failure_share`` their part of those
    that ended, ``unfinished`` that of those whose end was not found, ``unknown_durations`` that of
    those that have no duration, these among them. ``rate`` is per second of the span of the log.
    """

    type: str | None
    count: int
    failures: int
    failure_share: float | None
    unfinished: int
    rate: float | None
    unknown_durations: int
    duration: DurationFigures


class MessageFigures(TypedDict):
    """
    The messages of one type, other than starts and ends of actions.
    """

    type: str | None
    count: int
    rate: float | None


class ErrorFigures(TypedDict):
    """
    The errors of one type.

    ``exception`` is ``""`` if the log does not say, and ``None`` where the types were too many to
    be counted one by one. ``count`` is that of ``failures`` (actions that failed) and
    ``tracebacks`` (that were logged) together. ``action_types`` says how many were in actions of
    which type, the most frequent first; ``reason`` is an example, the first that was found.
    """

    exception: str | None
    count: int
    failures: int
    tracebacks: int
    action_types: dict[str, int]
    reason: str | None


class SlowTask(TypedDict):
    """
    One of the tasks that took longest: ``task_uuid``, the ``type`` and ``status`` of its root,
    when that ``started``.
    """

    task_uuid: str
    type: str
    status: str
    started: TimeFigures
    duration: float


class Summary(TypedDict):
    """
    All figures.  The lists may be cut; ``left_out`` says how many entries each has lost by that.
    """

    totals: TotalFigures
    actions: list[ActionFigures]
    slowest_tasks: list[SlowTask]
    errors: list[ErrorFigures]
    messages: list[MessageFigures]
    left_out: dict[str, int]
