"""
Programs to learn from; each says how to run it.
"""
