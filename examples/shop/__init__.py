"""
A shop and its warehouse, which are two processes, on a day on which not everything goes well.
"""
