"""
A pilot station, where many things happen that nobody has written a logging call for.
"""
