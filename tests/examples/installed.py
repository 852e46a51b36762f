"""
An environment into which the example of a plug-in package is installed, as people do that.
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import sys
import sysconfig
import venv
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import eliot
from tests.examples.running import EXAMPLES

#: What is installed.
HARBOUR = EXAMPLES / "harbour"


class Environment:
    """
    A new virtual environment in a temporary folder.  What is installed for the tests is seen there
    as well, so that only what is missing has to be installed.
    """

    def __init__(self) -> None:
        root = Path(mkdtemp(prefix="eliot-tests-"))
        atexit.register(shutil.rmtree, root, ignore_errors=True)
        venv.create(root, with_pip=False, symlinks=True)
        self.python = root / "bin" / "python"
        paths = [str(Path(eliot.__file__).parent.parent), sysconfig.get_path("purelib")]
        inner = subprocess.run(
            [self.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout.strip()
        Path(inner, "beside.pth").write_text("\n".join(paths) + "\n", encoding="utf-8")

    @property
    def pip_command(self) -> list[str]:
        """
        How pip is run for the environment.  It installs nothing but what it is told to: what that
        needs is there.
        """
        quiet = ["PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_ROOT_USER_ACTION=ignore", "PIP_NO_DEPS=1"]
        return ["env", *quiet, sys.executable, "-m", "pip", "--python", str(self.python)]


@cache
def with_harbour() -> Environment:
    """
    Make the environment, once for all tests of a process, and install the example there.
    """
    environment = Environment()
    with TemporaryDirectory(prefix="eliot-tests-") as folder:
        # Where pip builds, it leaves something behind.
        copy = Path(shutil.copytree(HARBOUR, Path(folder, "harbour")))
        command = [*environment.pip_command, "install", "--quiet", str(copy)]
        subprocess.run(command, check=True, timeout=180)
    return environment
