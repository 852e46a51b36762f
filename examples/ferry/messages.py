"""
What a pier has to say: ``python messages.py``.
"""

import sys

from eliot import Message, add_global_fields, log_message, to_file

add_global_fields(harbour="north")
to_file(sys.stdout)

# The short way, and the same in a longer one.
log_message("pier:weather", knots=12, clear=True)
Message.log(message_type="pier:weather", knots=12, clear=True)

# First made, then written.
closing = Message.new(message_type="pier:closing", gate=2)
closing.write()

# One message made of another, which stays as it is.
delay = Message.new(message_type="pier:delay", ferry="Tern")
delay.bind(minutes=20, reason="fog").write()
delay.bind(minutes=5).write()
