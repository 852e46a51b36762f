"""
Fields of typed messages.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot._field import Field, FieldType, ValidationError, fields
from eliot._fields import RESERVED
from tests.hostile import Hostile, OfHostileClass

#: One value of each type that a field may have.
VALUES: dict[FieldType, object] = {
    str: "text",
    bytes: b"bytes",
    int: 1,
    float: 1.5,
    bool: True,
    list: [1],
    dict: {"a": 1},
    None: None,
}


def refuse_all(value: object) -> None:
    """
    Refuse a value.

    :raises ValidationError: always.
    """
    raise ValidationError("not this one:", value)


class FieldTests(SynchronousTestCase):
    """
    Fields that are made of functions.
    """

    def test_attributes(self) -> None:
        """
        A field knows its name, and what it means.
        """
        field = Field("name", str, "The name.")
        self.assertEqual((field.key, field.description), ("name", "The name."))
        self.assertEqual(Field("name", str).description, "")
        self.assertEqual(repr(field), "<Field 'name'>")

    def test_serialize(self) -> None:
        """
        It serializes with its function, whatever that raises.
        """
        field = Field("size", lambda value: [value])
        self.assertEqual(field.serialize(3), [3])
        self.assertRaises(ValueError, Field("size", int).serialize, "x")

    def test_validate(self) -> None:
        """
        Any value is right that can be serialized, unless there is a validator: that is called with
        the value as it was given.
        """
        Field("size", str).validate(3)
        self.assertRaises(ValueError, Field("size", int).validate, "x")
        error = self.assertRaises(ValidationError, Field("size", str, "", refuse_all).validate, 3)
        self.assertEqual(error.args, ("not this one:", 3))

    def test_older_keyword(self) -> None:
        """
        The validator may be given by the name that it has in older programs.
        """
        for field in (
            Field("size", str, extraValidator=refuse_all),
            Field.for_types("size", [int], extraValidator=refuse_all),
        ):
            self.assertRaises(ValidationError, field.validate, 3)

    def test_nonsense(self) -> None:
        """
        What is no name, or no function, is refused at once, and named.
        """
        for arguments, culprit in (
            ((3, str), "3"),
            ((b"name", str), "b'name'"),
            (("name", "text"), "'name'.*'text'"),
            (("name", str, "", "text"), "'name'.*'text'"),
        ):
            error = self.assertRaises(TypeError, Field, *arguments)
            self.assertRegex(str(error), culprit)


class ForTypesTests(SynchronousTestCase):
    """
    Fields of certain types.
    """

    def test_types(self) -> None:
        """
        Instances of the type are right, and nothing else: ``True`` is an integer, as it is for
        Python, but a tuple is no list.
        """
        for cls in VALUES:
            field = Field.for_types("key", [cls])
            for other, value in [*VALUES.items(), (tuple, (1,))]:
                if other is cls or (cls, other) == (int, bool):
                    field.validate(value)
                else:
                    error = self.assertRaises(ValidationError, field.validate, value)
                    name = "None" if cls is None else cls.__name__
                    self.assertEqual(str(error), f"Field 'key' must be {name}, not {value!r}.")

    def test_several(self) -> None:
        """
        There may be several types.
        """
        field = Field.for_types("key", [int, None])
        field.validate(1)
        field.validate(None)
        error = self.assertRaises(ValidationError, field.validate, "x")
        self.assertEqual(str(error), "Field 'key' must be int or None, not 'x'.")

    def test_long_value(self) -> None:
        """
        A wrong value is shown shortly.
        """
        error = self.assertRaises(
            ValidationError, Field.for_types("key", [int]).validate, "x" * 10_000
        )
        self.assertLess(len(str(error)), 400)

    def test_serialize(self) -> None:
        """
        Values are written as they are.
        """
        value: list[object] = []
        self.assertIs(Field.for_types("key", [list]).serialize(value), value)

    def test_extra_validator(self) -> None:
        """
        A validator sees values of the right types only.
        """
        seen: list[object] = []
        field = Field.for_types("key", [int], "", seen.append)
        field.validate(3)
        self.assertRaises(ValidationError, field.validate, "x")
        self.assertEqual(seen, [3])

    def test_nonsense(self) -> None:
        """
        Any other type is refused at once, and named with the field.
        """
        for cls in (object, tuple, set, 3, "int", [int], Hostile("repr")):
            error = self.assertRaises(TypeError, Field.for_types, "key", [cls])
            self.assertIn("'key'", str(error))
            self.assertIn("<hostile>" if isinstance(cls, Hostile) else repr(cls), str(error))
        self.assertRaises(TypeError, Field.for_types, "key", [OfHostileClass])
        self.assertRaises(TypeError, Field.for_types, "key", int)

    def test_older_spelling(self) -> None:
        """
        The older spelling is the same.
        """
        self.assertRaises(ValidationError, Field.forTypes("key", [int], "").validate, "x")


class ForValueTests(SynchronousTestCase):
    """
    Fields of one value.
    """

    def test_validate(self) -> None:
        """
        Only that value is right.
        """
        field = Field.for_value("key", 3, "Three.")
        field.validate(3)
        error = self.assertRaises(ValidationError, field.validate, 4)
        self.assertEqual(str(error), "Field 'key' must be 3, not 4.")
        self.assertEqual((field.key, field.description), ("key", "Three."))

    def test_serialize(self) -> None:
        """
        That value is written, whatever is logged.
        """
        self.assertEqual(Field.for_value("key", 3).serialize(4), 3)

    def test_older_spelling(self) -> None:
        """
        The older spelling is the same.
        """
        self.assertEqual(Field.forValue("key", 3, "").serialize(4), 3)


class FieldsTests(SynchronousTestCase):
    """
    Lists of fields.
    """

    def test_both(self) -> None:
        """
        Fields come first, then those that are made of names and types.
        """
        name = Field.for_types("name", [str])
        result = fields(name, age=int, home=None)
        self.assertIs(result[0], name)
        self.assertEqual([each.key for each in result], ["name", "age", "home"])
        result[1].validate(3)
        result[2].validate(None)
        self.assertRaises(ValidationError, result[1].validate, "x")
        self.assertEqual(fields(), [])

    def test_any_name(self) -> None:
        """
        Names that the function itself has for something can be fields.
        """
        self.assertEqual(
            [each.key for each in fields(self=int, fields=str, keys=str)],
            ["self", "fields", "keys"],
        )

    def test_no_field(self) -> None:
        """
        What is no field, and no type of one, is refused at once, and named.
        """
        for nonsense in (3, "name", int, None):
            error = self.assertRaises(TypeError, fields, nonsense)
            self.assertIn(repr(nonsense), str(error))
        for wrong in (object, 3, [int], Field("other", str)):
            error = self.assertRaises(TypeError, fields, age=wrong)
            self.assertIn("'age'", str(error))
            self.assertIn(repr(wrong), str(error))

    def test_names(self) -> None:
        """
        Names that no field may have are refused at once: those of the framework's, those with an
        underscore in front, and one that is there already.
        """
        for name in [*RESERVED, "_private"]:
            error = self.assertRaises(ValueError, fields, **{name: int})
            self.assertIn(repr(name), str(error))
            self.assertRaises(ValueError, fields, Field(name, str))
        error = self.assertRaises(ValueError, fields, Field("twice", str), twice=int)
        self.assertIn("'twice'", str(error))

    @given(st.lists(st.sampled_from(list(VALUES)), unique=True), st.sampled_from(list(VALUES)))
    def test_types(self, types: list[FieldType], other: FieldType) -> None:
        """
        A field takes a value if, and only if, it is of one of its types.
        """
        field = Field.for_types("key", types)
        value = VALUES[other]
        if other in types or (other is bool and int in types):
            field.validate(value)
        else:
            self.assertRaises(ValidationError, field.validate, value)
