"""
Functions whose calls are actions.
"""

from __future__ import annotations

import asyncio
import inspect
import pickle
import traceback
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial, wraps
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred, inlineCallbacks, succeed
from twisted.trial.unittest import SynchronousTestCase

from eliot import current_action, debug, log_message, start_action
from eliot._call import log_call
from eliot._signatures import GENERATED
from tests.helpers import Fields, hand_through, level_of, of_type, record, said
from tests.hostile import Hostile, LyingDict, LyingStr, OfHostileClass


def inject(function: Callable[..., Any]) -> Callable[..., Any]:
    """
    Decorate a function so that it gets an argument more than its callers give.
    """

    @wraps(function)
    def wrapper(*args: object, **kwargs: object) -> object:
        return function("injected", *args, **kwargs)

    return wrapper


@log_call
def at_the_top(x: int) -> int:
    """
    Say what is given.
    """
    return x


class LogCallTests(SynchronousTestCase):
    """
    Ordinary functions.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def the_call(self) -> tuple[Fields, Fields]:
        """
        Get what the start and the end message of the only call say.
        """
        start, end = self.messages
        self.assertEqual((start["action_status"], level_of(start)), ("started", [1]))
        return said(start), said(end)

    def test_arguments_and_result(self) -> None:
        """
        The start message has the arguments by name, the end message the result; the type says
        where the function is.
        """

        @log_call
        def calculate(x: int, y: int) -> int:
            return x * y

        self.assertEqual(calculate(3, y=4), 12)
        self.assertEqual(self.the_call(), ({"x": 3, "y": 4}, {"result": 12}))
        for message in self.messages:
            self.assertEqual(
                message["action_type"],
                "tests.test_call.LogCallTests.test_arguments_and_result.<locals>.calculate",
            )
        self.assertEqual(self.messages[1]["action_status"], "succeeded")

    def test_all_kinds_of_arguments(self) -> None:
        """
        Defaults are logged as if they had been given, those that take the rest under their names.
        """

        @log_call
        def take(
            a: int, b: int = 2, /, c: int = 3, *rest: int, d: int, e: int = 5, **f: int
        ) -> None:
            pass

        take(1, d=4)
        self.assertEqual(
            self.the_call(),
            ({"a": 1, "b": 2, "c": 3, "rest": (), "d": 4, "e": 5, "f": {}}, {"result": None}),
        )
        del self.messages[:]
        take(1, 20, 30, 40, 50, d=4, a=7)
        self.assertEqual(
            self.the_call()[0],
            {"a": 1, "b": 20, "c": 30, "rest": (40, 50), "d": 4, "e": 5, "f": {"a": 7}},
        )

    def test_inside(self) -> None:
        """
        The function runs inside the action, and its caller outside.
        """

        @log_call(action_type="inner")
        def inner() -> None:
            log_message("said")

        with start_action(action_type="outer") as outer:
            inner()
            self.assertIs(current_action(), outer)
        [said_inside] = of_type(self.messages, "said")
        self.assertEqual(level_of(said_inside), [2, 2])

    def test_empty_parentheses(self) -> None:
        """
        The decorator may be called without options.
        """

        @log_call()
        def function(x: int) -> int:
            return -x

        function(1)
        self.assertEqual(self.the_call(), ({"x": 1}, {"result": -1}))

    def test_options(self) -> None:
        """
        The type, the arguments and whether there is a result can be chosen; more fields can be
        given, which win.
        """

        @log_call(
            action_type="CALC",
            include_args=["x"],
            include_result=False,
            fields={"unit": "m", "logger": "mine", "x": "hidden"},
        )
        def calculate(x: int, y: int) -> int:
            return x * y

        calculate(3, 4)
        self.assertEqual(self.the_call(), ({"x": "hidden", "unit": "m", "logger": "mine"}, {}))
        self.assertEqual(self.messages[0]["action_type"], "CALC")

    def test_function_with_options(self) -> None:
        """
        A function may be given beside the options.
        """
        self.assertEqual(log_call(abs, action_type="abs", include_args=[])(-1), 1)
        self.assertEqual(self.the_call(), ({}, {"result": 1}))

    def test_nothing_included(self) -> None:
        """
        No arguments at all may be asked for.
        """
        log_call(include_args=())(lambda x: x)(1)
        self.assertEqual(self.the_call(), ({}, {"result": 1}))

    def test_unknown_argument(self) -> None:
        """
        A name that is no argument is refused when the function is decorated, by name.
        """

        def function(x: int, y: int) -> None: ...

        error = self.assertRaises(ValueError, log_call(include_args=["x", "z"]), function)
        self.assertIn("function(): z.", str(error))
        self.assertIn("x, y", str(error))

    def test_not_callable(self) -> None:
        """
        What cannot be called is refused.
        """
        for wrong in (3, "type", [len]):
            self.assertRaises(TypeError, log_call, wrong)
            self.assertRaises(TypeError, log_call(), wrong)

    def test_raises(self) -> None:
        """
        A function that raises makes the action fail, and raises what it raised.
        """
        error = ZeroDivisionError("no")

        @log_call
        def function() -> None:
            raise error

        self.assertIs(self.assertRaises(ZeroDivisionError, function), error)
        expected = {"exception": "builtins.ZeroDivisionError", "reason": "no"}
        self.assertEqual(self.the_call(), ({}, expected))
        self.assertIsNone(current_action())

    def test_base_exception(self) -> None:
        """
        So does one that raises what is no error.
        """

        @log_call
        def function() -> None:
            raise KeyboardInterrupt

        self.assertRaises(KeyboardInterrupt, function)
        self.assertEqual(self.messages[1]["exception"], "builtins.KeyboardInterrupt")

    def test_names_of_ours(self) -> None:
        """
        Arguments may be called as our own parameters are, or as any name that is used in between.
        Only the fields that belong to the framework are renamed.
        """

        @log_call
        def function(
            logger: int,
            action_type: int,
            _serializers: int,
            self: int,
            message_type: int,
            task_uuid: int,
            timestamp: int,
            timestamp_: int,
            function: int,
            fields: int,
            _function: int,
            __log: int,
            BaseException: int,  # noqa: N803
            exec: int,
        ) -> int:
            return logger + exec

        self.assertEqual(function(*range(14)), 13)
        start, end = self.the_call()
        self.assertEqual(end, {"result": 13})
        self.assertEqual(
            list(start),
            [
                *("logger", "action_type_", "_serializers", "self", "message_type_", "task_uuid_"),
                *("timestamp__", "timestamp_", "function", "fields", "_function"),
                *("_LogCallTests__log", "BaseException", "exec"),
            ],
        )
        self.assertEqual(list(start.values()), list(range(14)))

    @given(st.sets(st.from_regex(r"_{0,3}[a-z]{0,2}_?", fullmatch=True).filter(str.isidentifier)))
    def test_any_names(self, names: set[str]) -> None:
        """
        No name of an argument gets in the way.
        """
        parameters = [
            inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            for name in names
            if name not in {"as", "if", "in", "is", "or"}
        ]
        given = {each.name: object() for each in parameters}

        def function(**arguments: object) -> dict[str, object]:
            return arguments

        function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # set
        del self.messages[:]
        self.assertEqual(log_call(function)(**given), given)
        self.assertEqual(self.the_call(), (given, {"result": given}))

    def test_wrong_call(self) -> None:
        """
        A wrong call raises what it would have raised anyway, and logs nothing.
        """

        def function(a: int, b: int = 2, *, c: int) -> None: ...

        wrong: list[Callable[[Callable[..., Any]], Any]] = [
            lambda f: f(),
            lambda f: f(1),
            lambda f: f(1, c=3, d=4),
            lambda f: f(1, 2, 3, c=3),
            lambda f: f(1, a=1, c=3),
        ]

        async def coroutine_function(a: int, b: int = 2, *, c: int) -> None: ...

        def generator(a: int, b: int = 2, *, c: int) -> Iterator[None]:
            yield

        async def async_generator(a: int, b: int = 2, *, c: int) -> AsyncIterator[None]:
            yield

        for each in (function, coroutine_function, generator, async_generator):
            for call in wrong:
                expected = self.assertRaises(TypeError, call, each)
                error = self.assertRaises(TypeError, call, log_call(each))
                self.assertEqual(str(error), str(expected))
                self.assertIsNone(error.__context__)
        self.assertEqual(self.messages, [])

    def test_wrong_call_below(self) -> None:
        """
        So does a wrong call of what is surely handed through: methods, partial functions, and
        what makes a Deferred or a context manager of a generator.
        """

        def generator(x: int) -> Generator[Deferred[None], None, None]:
            yield succeed(None)

        def function(x: int, y: int) -> None: ...

        for each in (
            inlineCallbacks(generator),
            contextmanager(generator),
            partial(function, 1),
            self.needs_an_argument,
        ):
            expected = self.assertRaises(TypeError, each)
            error = self.assertRaises(TypeError, log_call(each))
            self.assertEqual(str(error), str(expected))
        self.assertEqual(self.messages, [])

    def needs_an_argument(self, x: int) -> None:
        """
        Be a method.
        """

    def test_hostile(self) -> None:
        """
        Whatever the arguments and the result are, the function is called with them and returns it.
        """

        @log_call
        def function(value: object) -> object:
            return value

        for value in (Hostile(""), LyingDict(), LyingStr("x"), OfHostileClass(), OfHostileClass):
            self.assertTrue(function(value) is value)

    def test_traceback(self) -> None:
        """
        There is one frame of ours between the caller and the function.
        """

        @log_call
        def function() -> None:
            raise ZeroDivisionError

        error = self.assertRaises(ZeroDivisionError, function)
        names = [
            (frame.name, frame.filename)
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename != traceback.__file__
        ]
        self.assertEqual(names[-2:], [("function", GENERATED), ("function", __file__)])
        self.assertEqual(len([name for _, name in names if name == GENERATED]), 1)

    def test_debug_mode(self) -> None:
        """
        The debug mode says which line has called the function, not which line of ours.
        """

        @log_call
        def function() -> None:
            (action,) = [current_action()]
            assert action is not None
            action.finish()
            log_message("late")

        reports: list[Fields] = []
        debug.enable(lambda misuse, fields: reports.append(fields))
        self.addCleanup(debug.disable)
        function()
        self.assertIn("test_debug_mode", str(reports[0]["started_at"]))
        self.assertNotIn(GENERATED, str(reports))


class AppearanceTests(SynchronousTestCase):
    """
    A decorated function looks as it did.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def test_attributes(self) -> None:
        """
        Name, documentation, annotations, signature and attributes are kept; what it was can be
        found.
        """

        def function(x: int, *, y: str = "z") -> float:
            """
            Document.
            """
            return x

        function.mark = 1  # type: ignore[attr-defined]  # as people do
        logged = log_call(function)
        for name in (
            "__name__",
            "__qualname__",
            "__module__",
            "__doc__",
            "__annotations__",
            "mark",
        ):
            self.assertEqual(getattr(logged, name), getattr(function, name), name)
        self.assertEqual(inspect.signature(logged), inspect.signature(function))
        self.assertIs(inspect.unwrap(logged), function)
        self.assertTrue(inspect.isfunction(logged))
        self.assertEqual((logged.__defaults__, logged.__kwdefaults__), ((), {"y": "z"}))

    def test_pickled(self) -> None:
        """
        It is pickled by name.
        """
        self.assertIs(pickle.loads(pickle.dumps(at_the_top)), at_the_top)

    def test_kinds(self) -> None:
        """
        What :mod:`inspect` says of the kind of a function stays true.
        """

        async def coroutine_function() -> None: ...

        def generator() -> Iterator[None]:
            yield

        async def async_generator() -> AsyncIterator[None]:
            yield

        def function() -> None: ...

        for each in (coroutine_function, generator, async_generator, function):
            for kind in (
                inspect.iscoroutinefunction,
                inspect.isgeneratorfunction,
                inspect.isasyncgenfunction,
                asyncio.iscoroutinefunction,
            ):
                self.assertEqual(kind(log_call(each)), kind(each), (kind, each))

    def test_twice(self) -> None:
        """
        A function can be decorated twice: each has an action.
        """
        log_call(action_type="outer")(log_call(action_type="inner")(lambda x: x))(1)
        types = [(each["action_type"], each.get("x")) for each in self.messages]
        self.assertEqual(types, [("outer", 1), ("inner", 1), ("inner", None), ("outer", None)])


class MethodTests(SynchronousTestCase):
    """
    Methods of all kinds.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def check(self, call: Callable[..., object]) -> None:
        """
        Call with an argument that must be the only one to be logged.
        """
        del self.messages[:]
        self.assertEqual(call(3), 3)
        self.assertEqual([said(each) for each in self.messages], [{"x": 3}, {"result": 3}])

    def test_methods(self) -> None:
        """
        The object, or the class, that a method begins with is left out, however the decorators are
        ordered; a static method has no such argument.
        """

        class Example:
            @log_call
            def method(self, x: int) -> int:
                return x

            @classmethod
            @log_call
            def of_class(cls, x: int) -> int:
                return x

            @log_call
            @classmethod
            def of_class_too(klass, x: int) -> int:  # noqa: N804 (whatever it is called)
                return x

            @staticmethod
            @log_call
            def static(x: int) -> int:
                return x

            @log_call
            @staticmethod
            def static_too(x: int) -> int:
                return x

            @log_call
            @hand_through
            def decorated(self, x: int) -> int:
                return x

        example = Example()
        for each in (example.method, example.of_class, Example.of_class, Example.of_class_too):
            self.check(each)
        for each in (example.static, Example.static, Example.static_too, example.decorated):
            self.check(each)
        self.check(partial(Example.method, example))
        self.assertEqual(
            {each["action_type"] for each in self.messages},
            {f"{Example.__module__}.{Example.__qualname__}.method"},
        )

    def test_self_is_an_ordinary_argument(self) -> None:
        """
        A function outside of all classes, or a static method, has no object of its own.
        """

        @log_call
        def function(self: int) -> int:
            return self

        class Example:
            @log_call
            @staticmethod
            def static(self: int) -> int:  # noqa: PLW0211 (it is meant)
                return self

        function(3)
        Example.static(3)
        starts = [said(each) for each in self.messages[::2]]
        self.assertEqual(starts, [{"self": 3}, {"self": 3}])

    def test_asked_for(self) -> None:
        """
        Who asks for the object gets it.
        """

        class Example:
            @log_call(include_args=["self"])
            def method(self, x: int) -> int:
                return x

        example = Example()
        example.method(1)
        self.assertEqual(said(self.messages[0]), {"self": example})


class OtherCallableTests(SynchronousTestCase):
    """
    What can be called without being a function.
    """

    def setUp(self) -> None:
        """
        Record messages.
        """
        self.messages = record(self)

    def starts(self) -> list[tuple[object, Fields]]:
        """
        Get the types of the actions, and what their start messages say.
        """
        return [
            (each["action_type"], said(each))
            for each in self.messages
            if each["action_status"] == "started"
        ]

    def test_called(self) -> None:
        """
        Partial functions, objects, methods, classes and functions written in C are logged as well
        as it goes.
        """

        class Callable_:  # noqa: N801 (it is only called)
            def __init__(self, x: int = 0) -> None:
                self.x = x

            def __call__(self, y: int) -> int:
                return self.x + y

        def function(x: int, y: int = 2) -> int:
            return x + y

        self.assertEqual(log_call(partial(function, 1))(), 3)
        self.assertEqual(log_call(Callable_(3))(4), 7)
        self.assertEqual(log_call(Callable_(3).__call__)(4), 7)
        self.assertEqual(log_call(Callable_)(5).x, 5)
        self.assertEqual(log_call(len)([1]), 1)
        self.assertEqual(log_call(max)(1, 2), 2)
        here = f"{__name__}.OtherCallableTests.test_called.<locals>"
        self.assertEqual(
            self.starts(),
            [
                (f"{here}.function", {"y": 2}),
                (f"{here}.Callable_", {"y": 4}),
                (f"{here}.Callable_.__call__", {"y": 4}),
                (f"{here}.Callable_", {"x": 5}),
                ("builtins.len", {"obj": [1]}),
                ("builtins.max", {"args": (1, 2), "kwargs": {}}),
            ],
        )

    def test_decorated_before(self) -> None:
        """
        What other decorators show is what is logged; they get what the caller gave, and nothing
        that the caller did not.
        """
        seen: list[tuple[object, ...]] = []

        def note(function: Callable[..., int]) -> Callable[..., int]:
            @wraps(function)
            def wrapper(*args: object, **kwargs: object) -> int:
                seen.append((args, kwargs))
                return function(*args, **kwargs)

            return wrapper

        @log_call
        @note
        def function(x: int, y: int = 2) -> int:
            return x + y

        self.assertEqual(function(1), 3)
        self.assertEqual(seen, [((1,), {})])
        self.assertEqual(self.starts()[0][1], {"x": 1, "y": 2})

    def test_other_arguments(self) -> None:
        """
        Where a decorator gives its function other arguments, what it gets itself is logged; but
        not if only some were asked for, since which those are is not known.
        """

        def function(session: str, x: int) -> str:
            return f"{session} {x}"

        self.assertEqual(log_call(inject(function))(1), "injected 1")
        self.assertEqual(log_call(inject(function), include_args=["x"])(1), "injected 1")
        told = [fields for _, fields in self.starts()]
        self.assertEqual(told, [{"args": (1,), "kwargs": {}}, {}])

    def test_cached(self) -> None:
        """
        What has methods of its own keeps them within reach.
        """
        cached = log_call(lru_cache(lambda x: x))
        cached(1)
        cached(x=1)
        self.assertEqual([fields for _, fields in self.starts()], [{"x": 1}] * 2)
        self.assertEqual(cached.__wrapped__.cache_info().misses, 2)  # type: ignore[attr-defined]  # is there
