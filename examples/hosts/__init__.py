"""
Programs of several kinds that log: an application, a command, scripts.
"""
