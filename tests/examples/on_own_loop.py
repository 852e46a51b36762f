"""
Run a script on Twisted's reactor for asyncio, with the event loop that keeps actions where they
belong: ``python on_own_loop.py SCRIPT ...``.
"""

from __future__ import annotations

import os
import runpy
import sys

from eliot.twisted import install_asyncio_reactor

if __name__ == "__main__":
    install_asyncio_reactor()
    del sys.argv[0]
    # As the interpreter does it.
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
    runpy.run_path(sys.argv[0], run_name="__main__")
