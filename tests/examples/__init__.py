"""
The examples: that they run, and do what they are shown for.
"""
