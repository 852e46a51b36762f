"""
Four programs that sell passages on ferries, and what becomes of their logs:
``python -m examples.network``.
"""
