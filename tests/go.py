"""Go, which fetches what only its module proxy has; tests skip where it is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest


def go(arguments: Sequence[str], what: str, environment: Mapping[str, str] = {}) -> str:
    """Run Go and return what it prints; skip the test where there is no Go, or no way out.

    Args:
        arguments: Of ``go``.
        what: What it is run for, to be told where it fails.
        environment: Variables beside those of this process.
    """
    program = shutil.which("go") or "/usr/local/go/bin/go"
    if not Path(program).exists():
        pytest.skip(f"{what} is made by Go, which is not on this machine")
    ran = subprocess.run(
        [program, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, check=False, cwd="/"
    )
    if ran.returncode:
        pytest.skip(f"{what} cannot be made here: {(ran.stderr or ran.stdout).strip().splitlines()[-1]}")
    return ran.stdout
