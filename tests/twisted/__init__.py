"""
Tests of :mod:`eliot.twisted`, one module for each of its modules, and some with real processes.
"""
