"""
Assertions about what was logged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from unittest import TestCase

from eliot._memory import MemoryLogger
from eliot._text import safe_repr
from eliot.testing._found import (
    ActionKind,
    Fields,
    LoggedAction,
    LoggedMessage,
    MessageKind,
    name_of_action,
    name_of_message,
    place_of,
    starts_of,
)
from eliot.testing._recording import log_as_note

# What unittest leaves out of the tracebacks that it shows.
__unittest = True


def issuperset(a: Mapping[str, object], b: Mapping[str, object]) -> bool:
    """
    Tell whether all that is in ``b`` is in ``a`` too, with the same values.
    """
    return all(key in a and a[key] == value for key, value in b.items())


def assertContainsFields(  # noqa: N802 - as unittest spells it
    test: object, message: Mapping[str, object], fields: Mapping[str, object]
) -> None:
    """
    Fail unless a message has the given fields.  It may have others.

    :param test: the test case.
    :param message: the fields of the message.
    :param fields: those that it must have, and with which values.
    """
    __tracebackhide__ = True  # for pytest
    case = test if isinstance(test, TestCase) else TestCase()
    case.assertEqual({name: message[name] for name in message if name in fields}, dict(fields))


def assertHasMessage(  # noqa: N802 - as unittest spells it
    testCase: object,  # noqa: N803 - the documented name
    logger: MemoryLogger,
    messageType: MessageKind,  # noqa: N803 - the documented name
    fields: Mapping[str, object] | None = None,
) -> LoggedMessage:
    """
    Fail unless a message of a type was logged, with the given fields.

    :param testCase: the test case.
    :param logger: what was logged.
    :param messageType: the type: a :class:`eliot.MessageType`, or its name.
    :param fields: fields that the message must have.  It may have others.
    :returns: the first such message.
    """
    __tracebackhide__ = True  # for pytest
    fields = fields or {}
    found = LoggedMessage.of_type(logger.messages, messageType)
    for each in found:
        if issuperset(each.message, fields):
            return each
    name = name_of_message(messageType)
    wanted = f"no message of the type {name!r}" + _with(fields)
    raise _failure(testCase, logger, wanted, [_differences(each.message, fields) for each in found])


def assertHasAction(  # noqa: N802 - as unittest spells it
    testCase: object,  # noqa: N803 - the documented name
    logger: MemoryLogger,
    actionType: ActionKind,  # noqa: N803 - the documented name
    succeeded: bool,
    startFields: Mapping[str, object] | None = None,  # noqa: N803 - the documented name
    endFields: Mapping[str, object] | None = None,  # noqa: N803 - the documented name
) -> LoggedAction:
    """
    Fail unless an action of a type was logged and has ended as it should, with
    the given fields.

    :param testCase: the test case.
    :param logger: what was logged.
    :param actionType: the type: an :class:`eliot.ActionType`, or its name.
    :param succeeded: whether it must have succeeded, or failed.
    :param startFields: fields that its start must have.  It may have others.
    :param endFields: likewise for its end.
    :returns: the first such action, with all that was logged in it.
    """
    __tracebackhide__ = True  # for pytest
    start_fields, end_fields = startFields or {}, endFields or {}
    found: list[str] = []
    for start in starts_of(logger.messages, actionType):
        try:
            action = LoggedAction.from_messages(*place_of(start), logger.messages)
        except ValueError as error:
            found.append(str(error))
            continue
        reasons = []
        if action.succeeded != succeeded:
            reasons.append(f"it has {_outcome(action.succeeded)}")
        reasons += [
            f"at its {end}: {_differences(message, fields)}"
            for end, message, fields in (
                ("start", action.start_message, start_fields),
                ("end", action.end_message, end_fields),
            )
            if not issuperset(message, fields)
        ]
        if not reasons:
            return action
        found.append("; ".join(reasons))
    wanted = f"no action of the type {name_of_action(actionType)!r} that has {_outcome(succeeded)}"
    if start_fields:
        wanted += f", at its start{_with(start_fields)}"
    if end_fields:
        wanted += f", at its end{_with(end_fields)}"
    raise _failure(testCase, logger, wanted, found)


def _outcome(succeeded: bool) -> str:
    return "succeeded" if succeeded else "failed"


def _with(fields: Mapping[str, object]) -> str:
    if not fields:
        return ""
    return " with " + ", ".join(f"{name}={safe_repr(value)}" for name, value in fields.items())


def _differences(message: Fields, fields: Mapping[str, object]) -> str:
    """
    Say in what a message differs from the fields that it should have.
    """
    return ", ".join(
        f"{name}={safe_repr(message[name])}" if name in message else f"no {name}"
        for name, value in fields.items()
        if name not in message or message[name] != value
    )


def _failure(test: object, logger: MemoryLogger, wanted: str, found: list[str]) -> BaseException:
    """
    Make the exception that says what was looked for, and what is there instead.
    """
    failure = test.failureException if isinstance(test, TestCase) else AssertionError
    return failure("\n".join(_explanation(logger, wanted, found)))


def _explanation(logger: MemoryLogger, wanted: str, found: list[str]) -> Iterator[str]:
    if not found:
        yield f"There is {wanted}."
    else:
        yield f"There is {wanted}; what there is of it:"
    for each in found[:10]:
        yield f"- {each}"
    if len(found) > 10:
        yield f"- and {len(found) - 10} more"
    yield log_as_note(logger) or "Nothing was logged."
