"""
Questions to logs that were exported as tables.
"""
