"""
The names that programs import: all that is documented, and what users of earlier releases rely on.
"""

from __future__ import annotations

from importlib import import_module

from twisted.trial.unittest import SynchronousTestCase

#: Names, by the module that shows them; behind a dot, what a class has.
NAMES = {
    "eliot": """
        Action Action.addSuccessFields Action.add_success_fields Action.child Action.context
        Action.continueTask Action.continue_task Action.finish Action.log Action.run
        Action.serializeTaskId Action.serialize_task_id Action.task_uuid
        ActionType ActionType.as_task
        Field Field.forTypes Field.forValue Field.for_types Field.for_value Field.serialize
        Field.validate
        FileDestination ILogger Logger Logger.write
        MemoryLogger MemoryLogger.flushTracebacks MemoryLogger.flush_tracebacks MemoryLogger.reset
        MemoryLogger.serialize MemoryLogger.validate MemoryLogger.write
        Message Message.bind Message.contents Message.log Message.new Message.write
        MessageType MessageType.log ValidationError
        addDestination addGlobalFields add_destination add_destinations add_global_fields
        current_action fields log_call log_message preserve_context register_exception_extractor
        removeDestination remove_destination startAction startTask start_action start_task to_file
        use_asyncio_context writeFailure writeTraceback write_failure write_traceback
    """,
    "eliot.json": "EliotJSONEncoder EliotJSONEncoder.default",
    "eliot.logwriter": "ThreadedFileWriter ThreadedWriter",
    "eliot.parse": """
        Parser Parser.add Parser.incomplete_tasks Parser.parse_stream
        Task Task.is_complete Task.root
        TaskLevel TaskLevel.as_list TaskLevel.child TaskLevel.from_string TaskLevel.is_sibling_of
        TaskLevel.level TaskLevel.next_sibling TaskLevel.parent TaskLevel.to_string
        WrittenAction WrittenAction.action_type WrittenAction.children WrittenAction.end_message
        WrittenAction.end_time WrittenAction.exception WrittenAction.from_messages
        WrittenAction.reason WrittenAction.start_message WrittenAction.start_time
        WrittenAction.status WrittenAction.task_level WrittenAction.task_uuid
        WrittenMessage WrittenMessage.as_dict WrittenMessage.contents WrittenMessage.from_dict
        WrittenMessage.task_level WrittenMessage.task_uuid WrittenMessage.timestamp
    """,
    "eliot.serializers": "identity md5hex timestamp",
    "eliot.stdlib": "EliotHandler EliotHandler.emit",
    "eliot.tai64n": "decode encode",
    "eliot.testing": """
        LoggedAction LoggedAction.descendants LoggedAction.fromMessages LoggedAction.from_messages
        LoggedAction.ofType LoggedAction.of_type LoggedAction.succeeded LoggedAction.type_tree
        LoggedMessage LoggedMessage.ofType LoggedMessage.of_type MemoryLogger UnflushedTracebacks
        assertContainsFields assertHasAction assertHasMessage capture_logging check_for_errors
        issuperset swap_logger validateLogging validate_logging
    """,
    "eliot.twisted": """
        DeferredContext DeferredContext.addActionFinish DeferredContext.addBoth
        DeferredContext.addCallback DeferredContext.addCallbacks DeferredContext.addErrback
        TwistedDestination inline_callbacks redirectLogsForTrial
    """,
}


class NamesTests(SynchronousTestCase):
    """
    All of them are there.
    """

    def test_names(self) -> None:
        """
        Each can be imported from where it is documented.
        """
        for module, names in NAMES.items():
            for name in names.split():
                found: object = import_module(module)
                for part in name.split("."):
                    self.assertTrue(hasattr(found, part) or _is_attribute(found, part), name)
                    found = getattr(found, part, None)

    def test_version(self) -> None:
        """
        The version begins with two integers, so that it can be compared.
        """
        version: str = import_module("eliot").__version__
        major, minor, *_ = version.split(".")
        self.assertGreaterEqual((int(major), int(minor)), (2, 0))


def _is_attribute(cls: object, name: str) -> bool:
    """
    Tell whether objects of a class have an attribute that the class itself does not show.
    """
    return f":ivar {name}:" in (cls.__doc__ or "")
