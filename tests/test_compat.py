"""
Older spellings.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

import eliot
from tests.helpers import record

#: The older spelling of what :mod:`eliot` shows, and the one of today.
NAMES = {
    "addDestination": "add_destinations",
    "addGlobalFields": "add_global_fields",
    "add_destination": "add_destinations",
    "removeDestination": "remove_destination",
    "startAction": "start_action",
    "startTask": "start_task",
    "writeFailure": "write_failure",
    "writeTraceback": "write_traceback",
}

#: The class, the older spelling of a method, and the one of today.
METHODS: list[tuple[type, str, str]] = [
    (eliot.Action, "addSuccessFields", "add_success_fields"),
    (eliot.Action, "continueTask", "continue_task"),
    (eliot.Action, "serializeTaskId", "serialize_task_id"),
    (eliot.ActionType, "asTask", "as_task"),
    (eliot.Field, "forTypes", "for_types"),
    (eliot.Field, "forValue", "for_value"),
    (eliot.MemoryLogger, "flushTracebacks", "flush_tracebacks"),
]


class CompatTests(SynchronousTestCase):
    """
    What older programs call still does what it did.
    """

    def test_names(self) -> None:
        """
        Older names in the facade are other names of the same.
        """
        for older, name in NAMES.items():
            self.assertIs(getattr(eliot, older), getattr(eliot, name), older)

    def test_methods(self) -> None:
        """
        So are those of methods, and of class methods.
        """
        for cls, older, name in METHODS:
            self.assertIs(vars(cls)[older], vars(cls)[name], older)

    def test_action(self) -> None:
        """
        An action may be spelled in the older way throughout.
        """
        messages = record(self)
        action = eliot.startAction(action_type="old")
        with action:
            action.addSuccessFields(well=True)
            task_id = action.serializeTaskId()
            eliot.Action.continueTask(task_id=task_id).finish()
        self.assertEqual(messages[-1]["well"], True)
        self.assertEqual([each["task_level"] for each in messages], [[1], [2, 1], [2, 2], [3]])

    def test_use_asyncio_context(self) -> None:
        """
        Asking for what is always there does nothing.
        """
        self.assertIsNone(eliot.use_asyncio_context())  # type: ignore[func-returns-value]  # that
