"""
A lighthouse with a logger of its own.
"""

from eliot import ActionType, ILogger, Logger, Message, MessageType, fields, start_action

FLASH = MessageType("lighthouse:flash", fields(seconds=int), "The lamp has flashed.")
WATCH = ActionType("lighthouse:watch", fields(keeper=str), [], "Somebody keeps watch.")


class Lighthouse:
    """
    Writes all that it logs to one logger, which a test may replace.
    """

    logger: ILogger = Logger()

    def watch(self, keeper: str) -> None:
        """
        Keep watch for a night.
        """
        with WATCH(self.logger, keeper=keeper):
            FLASH(seconds=3).write(self.logger)

    def clean(self) -> None:
        """
        Clean the lens; this is not logged by types.
        """
        with start_action(self.logger, action_type="lighthouse:clean"):
            Message.new(message_type="lighthouse:polished", panes=12).write(self.logger)
