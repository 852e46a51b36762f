"""
Tools of others that work with logs of this format: each does its documented job on ours.

They are installed in an environment of their own, ``tox run -e interop``; elsewhere these tests are
skipped by name.
"""
