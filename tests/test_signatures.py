"""
Functions that are made to take the arguments of other functions.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from contextlib import contextmanager
from inspect import Parameter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._signatures import (
    ANYTHING,
    as_pairs,
    hands_on,
    make,
    own_parameters,
    same_shape,
    shown_parameters,
)
from tests.helpers import hand_through

#: A function that hands on what it gets, and tells it by name.
TEMPLATE = """
def {_}made({signature}):
    return {_}function({arguments}), {_}dict([{pairs}])
"""

#: All kinds of parameters, in the order in which a function has them.
KINDS = (
    Parameter.POSITIONAL_ONLY,
    Parameter.POSITIONAL_OR_KEYWORD,
    Parameter.VAR_POSITIONAL,
    Parameter.KEYWORD_ONLY,
    Parameter.VAR_KEYWORD,
)


@st.composite
def signatures(draw: st.DrawFn) -> list[Parameter]:
    """
    Make the parameters of any function.
    """
    kinds = sorted(draw(st.lists(st.sampled_from(KINDS), max_size=8)))
    parameters: list[Parameter] = []
    with_default = False
    for position, kind in enumerate(kinds):
        default: object = Parameter.empty
        if kind in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD):
            if kind in [each.kind for each in parameters]:
                continue
        elif kind is Parameter.KEYWORD_ONLY:
            default = draw(st.sampled_from([Parameter.empty, position]))
        else:
            with_default = with_default or draw(st.booleans())
            default = position if with_default else Parameter.empty
        parameters.append(Parameter(f"p{position}", kind, default=default))
    return parameters


class MakeTests(SynchronousTestCase):
    """
    What is made takes the same.
    """

    def make(self, parameters: list[Parameter], function: Callable[..., Any]) -> Callable[..., Any]:
        """
        Make a function that hands on what it gets.
        """
        pairs = ", ".join(f"({each.name!r}, {each.name})" for each in parameters)
        return make(TEMPLATE, parameters, {"function": function, "dict": dict}, {"pairs": pairs})

    @given(signatures(), st.lists(st.integers(), max_size=6), st.sets(st.integers(0, 9)))
    def test_same_calls(
        self, parameters: list[Parameter], args: list[int], keywords: set[int]
    ) -> None:
        """
        It has the same parameters and defaults, takes and refuses the same calls, and hands on
        what it gets.
        """
        signature = inspect.Signature(parameters)
        names: dict[str, Any] = {}
        exec(f"def function{signature}: return locals()", names)
        function = names["function"]
        kwargs = {f"p{number}": number for number in keywords}
        made = self.make(parameters, function)
        self.assertEqual(inspect.signature(made), signature)
        try:
            expected = function(*args, **kwargs)
        except TypeError:
            self.assertRaises(TypeError, made, *args, **kwargs)
        else:
            self.assertEqual(made(*args, **kwargs), (expected, expected))

    def test_defaults(self) -> None:
        """
        Defaults are the same objects.
        """
        default: list[object] = []
        parameters = [Parameter("x", Parameter.KEYWORD_ONLY, default=default)]
        self.assertIs(self.make(parameters, lambda x: x)()[0], default)


class PairsTests(SynchronousTestCase):
    """
    Arguments by name.
    """

    def test_names_of_others(self) -> None:
        """
        One whose name is taken gets underscores appended, until no other argument has that name.
        """
        parameters = [
            Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ("a", "b", "b_", "c")
        ]
        self.assertEqual(as_pairs(parameters, ["a"], ["b"]), "'b__': b, 'b_': b_, 'c': c, ")


class ParametersTests(SynchronousTestCase):
    """
    What a function takes, and what it shows.
    """

    def test_own_and_shown(self) -> None:
        """
        A function that wraps another shows the other's parameters, and has its own.
        """

        def function(x: int) -> None: ...

        wrapper = hand_through(function)
        self.assertTrue(same_shape(own_parameters(wrapper), ANYTHING))
        self.assertTrue(same_shape(shown_parameters(wrapper), own_parameters(function)))
        self.assertFalse(same_shape(own_parameters(function), ANYTHING))

    def test_not_a_function(self) -> None:
        """
        What is not a function, or says itself what it takes, takes anything as far as is known.
        """

        def says_itself() -> None: ...

        says_itself.__signature__ = inspect.Signature([])  # type: ignore[attr-defined]  # is set
        for each in (len, says_itself, functools.partial(len), self.test_not_a_function):
            self.assertIs(own_parameters(each), ANYTHING)

    def test_nothing_shown(self) -> None:
        """
        What does not show its parameters takes anything.
        """
        self.assertIs(shown_parameters(max), ANYTHING)

    def test_no_parameters(self) -> None:
        """
        Taking nothing is not taking anything.
        """
        self.assertEqual(list(own_parameters(lambda: None)), [])
        self.assertEqual(list(shown_parameters(lambda: None)), [])

    def test_hands_on(self) -> None:
        """
        Functions, what is bound to some of their arguments, and what makes something else of a
        generator are known to need what they show; other decorators are not.
        """

        def generator() -> Any:
            yield

        for each in (generator, functools.partial(generator), self.test_hands_on):
            self.assertTrue(hands_on(each), each)
        self.assertTrue(hands_on(contextmanager(generator)))
        for other in (hand_through(len), hand_through(lambda: None), len, dict):
            self.assertFalse(hands_on(other), other)
