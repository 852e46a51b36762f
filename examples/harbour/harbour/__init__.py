"""
A harbour master, who gives berths to ferries that ask for one.
"""
