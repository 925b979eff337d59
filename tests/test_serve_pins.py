"""The service's pins: the same versions as all others, and no torch."""

from __future__ import annotations

import re
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[1] / "requirements"


def pins(name: str) -> set[str]:
    """Name, version and marker of each pin."""
    lines = (REQUIREMENTS / name).read_text().splitlines()
    return {re.sub(r"\s*;.*|\s*\\\\$", "", line) for line in lines if re.match(r"[a-z]", line)}


def test_the_service_is_pinned_as_everything_is() -> None:
    """Somebody who changes one file changes both: make pins."""
    assert pins("serve.txt") <= pins("all.txt")
    assert len(pins("serve.txt")) > 20


def test_the_service_needs_no_torch() -> None:
    """Nor what reads sources."""
    names = {pin.partition("==")[0] for pin in pins("serve.txt")}
    assert not names & {"torch", "transformers", "scipy", "pyarrow", "lxml", "pillow", "onnx", "onnxscript"}
    assert names >= {"onnxruntime", "fastapi", "uvicorn", "elasticsearch", "tokenizers"}
