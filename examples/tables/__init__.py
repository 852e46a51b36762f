"""
A ferry line: small programs, each of which shows how one thing is logged.

Two ferries, Gull and Tern, carry cars to an island. The pages of the documentation show these
files, and what they print.
"""
