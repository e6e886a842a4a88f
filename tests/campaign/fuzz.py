"""Every operation of the OpenAPI document with many examples, new ones each time, on each database."""

import os
import subprocess
import sys

EXAMPLES = 400


def run() -> bool:
    """The tests of ``tests/integration/fuzz`` in their long form."""
    environ = {**os.environ, "FIT_FUZZ_EXAMPLES": str(EXAMPLES)}
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "tests/integration/fuzz"]
    return subprocess.run(command, env=environ, check=False).returncode == 0
