"""
Texts that show a value, whatever the value does when it is asked.
"""

from __future__ import annotations

from collections.abc import Callable

#: How many characters of a value's own text are kept.
MAXIMUM_LENGTH = 10_000

# What a metaclass cannot redefine.
_name_of_class: Callable[[type], str] = type.__dict__["__name__"].__get__
_qualname_of_class: Callable[[type], str] = type.__dict__["__qualname__"].__get__
module_of_class: Callable[[type], object] = type.__dict__["__module__"].__get__
bases_of_class: Callable[[type], tuple[type, ...]] = type.__dict__["__mro__"].__get__


def type_name(value: object) -> str:
    """
    Name the class of ``value``, even where its metaclass lies or raises.
    """
    return scrub(_name_of_class(type(value)))


def qualified_name(cls: type) -> str:
    """
    Name a class by its import path, such as ``builtins.ValueError``.
    """
    module = module_of_class(cls)
    name = scrub(_qualname_of_class(cls))
    return f"{scrub(module)}.{name}" if isinstance(module, str) else name


def scrub(text: str) -> str:
    """
    Make ``text`` fit for UTF-8: an exact :class:`str`, lone surrogates shown
    as escapes.
    """
    exact = str.__str__(text)
    try:
        exact.encode()
    except UnicodeEncodeError:
        return exact.encode("utf-8", "backslashreplace").decode("utf-8")
    return exact


def shorten(text: str, length: int = MAXIMUM_LENGTH) -> str:
    """
    Cut ``text`` after ``length`` characters, and say how long it was.
    """
    if len(text) <= length:
        return text
    return f"{text[:length]}... ({len(text)} characters)"


def shorten_middle(text: str, length: int = MAXIMUM_LENGTH) -> str:
    """
    Cut out the middle of ``text``, so that about ``length`` characters remain,
    and say how long it was.
    """
    if len(text) <= length:
        return text
    half = length // 2
    return f"{text[:half]}\n... ({len(text)} characters) ...\n{text[-half:]}"


def printable(text: str) -> str:
    """
    Show what would not be seen in ``text``, or would move the cursor, as escapes:
    newlines and other control characters, marks that change the direction.
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def safe_repr(value: object) -> str:
    """
    Show ``value`` as :func:`repr` does, at most :data:`MAXIMUM_LENGTH`
    characters; if that raises, say so instead.
    """
    return _ask(repr, value)


def safe_str(value: object) -> str:
    """
    Show ``value`` as :class:`str` does, at most :data:`MAXIMUM_LENGTH`
    characters; if that raises, say so instead.
    """
    return _ask(str, value)


def _ask(asked: Callable[[object], str], value: object) -> str:
    try:
        return scrub(shorten(str.__str__(asked(value))))
    except Exception as error:
        return f"<{type_name(value)}: its text raises {type_name(error)}>"


def decode(data: bytes | bytearray | memoryview) -> str:
    """
    Read bytes as UTF-8; what cannot be read is shown with backslash escapes.
    """
    return bytes(data).decode("utf-8", "backslashreplace")
