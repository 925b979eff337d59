"""Where the state folder is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlsr_es.state import state_folder


def test_the_environment_names_the_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``MLSR_ES_HOME`` comes first."""
    monkeypatch.setenv("MLSR_ES_HOME", str(tmp_path))
    assert state_folder() == tmp_path


@pytest.mark.parametrize(("uid", "expected"), [(0, "/var/lib/mlsr-es"), (1000, "/home/ada/.local/share/mlsr-es")])
def test_roots_state_is_not_in_its_home(monkeypatch: pytest.MonkeyPatch, uid: int, expected: str) -> None:
    """Everybody else's is where the system keeps a user's data."""
    monkeypatch.delenv("MLSR_ES_HOME")
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    monkeypatch.setattr("platformdirs.user_data_dir", lambda name, **_: f"/home/ada/.local/share/{name}")
    assert state_folder() == Path(expected)
