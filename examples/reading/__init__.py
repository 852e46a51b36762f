"""
Programs that read logs.
"""
