"""
The examples about a ferry line: what they log.
"""
