"""
Tests of the ``eliot`` command.
"""
