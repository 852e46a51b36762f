"""
Fields of typed messages: how a value is serialized, and which values are right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import NoneType
from typing import Any, Final, TypeAlias, TypeVar

from eliot._fields import RESERVED
from eliot._public import show_in
from eliot._text import safe_repr, shorten

#: A class that values may be of; ``None`` stands for its own.
FieldType: TypeAlias = type | None

#: Turns a value into one that can be encoded.  What it is given is what its users
#: log, so it may ask for anything.
Serializer: TypeAlias = Callable[[Any], object]

#: Looks at a value, and raises :class:`ValidationError` if it is wrong.
Validator: TypeAlias = Callable[[Any], object]

_T = TypeVar("_T")

_TYPES: Final = (str, bytes, int, float, bool, list, dict, NoneType)
_SHOWN: Final = 200


class ValidationError(Exception):
    """
    A message is not what its type says, or cannot be written as it is.

    Raised in tests, by :meth:`MemoryLogger.validate`; nothing that logs
    raises it.  Validators of fields raise it, too.
    """


def short_repr(value: object) -> str:
    """
    Show ``value`` in an error message.
    """
    return shorten(safe_repr(value), _SHOWN)


def identity(value: _T) -> _T:
    """
    Give the value as it is.
    """
    return value


class Field:
    """
    A named field of typed messages.

    :param key: the name of the field.
    :param serializer: called with a value, returns one that can be encoded.
    :param description: what the field means.
    :param extra_validator: called with values that are validated; raises
        :class:`ValidationError` for wrong ones.
    :param extraValidator: the older name of ``extra_validator``.
    :raises TypeError: if ``key`` is not text, or a function is not one.
    :ivar key: the name of the field.
    :ivar description: what the field means.
    """

    __slots__ = ("_serializer", "_validator", "description", "key")

    def __init__(
        self,
        key: str,
        serializer: Serializer,
        description: str = "",
        extra_validator: Validator | None = None,
        *,
        extraValidator: Validator | None = None,  # noqa: N803 (what older programs call it)
    ) -> None:
        name: object = key
        if not isinstance(name, str):
            raise TypeError(f"The name of a field is text, not {short_repr(key)}.")
        validator = extraValidator if extra_validator is None else extra_validator
        for function in (serializer, identity if validator is None else validator):
            if not callable(function):
                raise TypeError(f"Field {key!r} needs a function, not {short_repr(function)}.")
        self.key = key
        self.description = description
        self._serializer = serializer
        self._validator = validator

    def __repr__(self) -> str:
        return f"<Field {self.key!r}>"

    def serialize(self, input: object) -> object:
        """
        Turn a value into one that can be encoded.

        :raises Exception: what the serializer raises.
        """
        return self._serializer(input)

    def validate(self, input: object) -> None:
        """
        Check a value.

        :raises ValidationError: if it is not one that the field may have.
        :raises Exception: what the serializer, or a validator, raises.
        """
        if self._validator is not None:
            self._validator(input)
        self._serializer(input)

    @classmethod
    def for_types(
        cls,
        key: str,
        classes: Iterable[FieldType],
        description: str = "",
        extra_validator: Validator | None = None,
        *,
        extraValidator: Validator | None = None,  # noqa: N803 (what older programs call it)
    ) -> Field:
        """
        Make a field whose values are of certain types, and written as they are.

        :param key: the name of the field.
        :param classes: what values may be instances of: some of :class:`str`,
            :class:`bytes`, :class:`int`, :class:`float`, :class:`bool`,
            :class:`list`, :class:`dict` and ``None``.
        :param description: what the field means.
        :param extra_validator: called with values of these types that are validated.
        :param extraValidator: the older name of ``extra_validator``.
        :raises TypeError: if a class is none of these.
        """
        allowed = tuple(_checked_types(key, classes))
        names = " or ".join("None" if each is NoneType else each.__name__ for each in allowed)
        further = extraValidator if extra_validator is None else extra_validator

        def validate(value: object) -> None:
            if not isinstance(value, allowed):
                raise ValidationError(
                    f"Field {key!r} must be {names or 'absent'}, not {short_repr(value)}."
                )
            if further is not None:
                further(value)

        return cls(key, identity, description, validate)

    @classmethod
    def for_value(cls, key: str, value: object, description: str = "") -> Field:
        """
        Make a field that has one value only, which is what is written whatever
        is logged.

        :param key: the name of the field.
        :param value: its value.
        :param description: what the field means.
        """

        def validate(given: object) -> None:
            if given != value:
                raise ValidationError(
                    f"Field {key!r} must be {short_repr(value)}, not {short_repr(given)}."
                )

        return cls(key, lambda given: value, description, validate)

    # Older spellings.
    forTypes = for_types  # noqa: N815
    forValue = for_value  # noqa: N815


def _checked_types(key: str, classes: Iterable[FieldType]) -> list[type]:
    checked = []
    for each in classes:
        cls = NoneType if each is None else each
        # By identity: what is compared may be anything.
        if not any(cls is known for known in _TYPES):
            raise TypeError(
                f"Field {key!r} cannot be of type {short_repr(each)}, only of "
                "str, bytes, int, float, bool, list, dict and None."
            )
        checked.append(cls)
    return checked


def fields(*fields: Field, **keys: FieldType) -> list[Field]:
    """
    Make the list of fields that :class:`MessageType` and :class:`ActionType` take.

    :param fields: fields that there are already.
    :param keys: further ones by their names, with the type of each: what
        :meth:`Field.for_types` takes.
    :raises TypeError: if it is neither a field nor a type that a field may have.
    :raises ValueError: if a name is the framework's own, begins with an
        underscore, or is there twice.
    """
    return checked_fields([*fields, *(Field.for_types(key, [keys[key]]) for key in keys)])


def checked_fields(fields: Iterable[Field]) -> list[Field]:
    """
    Check what is meant to be the fields of one message.

    :raises TypeError: if one of them is no field.
    :raises ValueError: as :func:`fields` does.
    """
    checked: dict[str, Field] = {}
    for field in fields:
        given: object = field
        if not isinstance(given, Field):
            raise TypeError(f"Expected a Field, not {short_repr(given)}.")
        key = field.key
        if key in RESERVED:
            raise ValueError(f"The field name {key!r} is the framework's own.")
        if key.startswith("_"):
            raise ValueError(f"The field name {key!r} begins with an underscore.")
        if key in checked:
            raise ValueError(f"The field name {key!r} is there twice.")
        checked[key] = field
    return list(checked.values())


show_in("eliot", Field, ValidationError, fields)
