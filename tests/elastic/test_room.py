"""The room's own promises: what it exports, and what it costs to import."""

from __future__ import annotations

import subprocess
import sys

import mlsr_es.elastic


def test_everything_that_is_exported_is_there() -> None:
    """And listed once."""
    names = mlsr_es.elastic.__all__
    assert all(hasattr(mlsr_es.elastic, name) for name in names)
    assert len(set(names)) == len(names)


def test_the_client_is_imported_only_where_something_is_sent() -> None:
    """``--help`` stays fast."""
    program = (
        "import sys, mlsr_es.elastic; sys.exit('elasticsearch' in sys.modules or 'elastic_transport' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
