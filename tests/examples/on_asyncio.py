"""
Run a script on Twisted's reactor for asyncio: ``python on_asyncio.py SCRIPT ...``.
"""

from __future__ import annotations

import os
import runpy
import sys

from twisted.internet import asyncioreactor

if __name__ == "__main__":
    asyncioreactor.install()
    del sys.argv[0]
    # As the interpreter does it.
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
    runpy.run_path(sys.argv[0], run_name="__main__")
