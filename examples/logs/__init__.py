"""
Reading logs in a program.
"""
