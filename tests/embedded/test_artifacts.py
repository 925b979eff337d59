"""What is fetched is exactly what was pinned."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from mlsr_es.embedded.artifacts import Artifact, check, fetch
from mlsr_es.errors import NodeError
from mlsr_es.progress import Silent

_GOOD = b"a jar"
_ARTIFACT = Artifact("org.example", "thing", "1.0", "jar", len(_GOOD), hashlib.sha256(_GOOD).hexdigest())


def test_the_pinned_file_stays(tmp_path: Path) -> None:
    """A file with the right checksum is left as it is."""
    path = tmp_path / "thing.jar"
    path.write_bytes(_GOOD)
    check(path, _ARTIFACT)
    assert path.read_bytes() == _GOOD


def test_another_file_is_removed(tmp_path: Path) -> None:
    """A file with another checksum is named, removed, and the advice is to start again."""
    folder = tmp_path / "org" / "example" / "thing" / "1.0"
    folder.mkdir(parents=True)
    (folder / "thing-1.0.jar").write_bytes(b"another jar")
    with pytest.raises(NodeError, match=r"org\.example:thing:1\.0:jar is not the pinned file.*Start again"):
        fetch(_ARTIFACT, tmp_path, Silent(), "Fetching")
    assert not (folder / "thing-1.0.jar").exists()


def test_a_network_that_fails_is_a_node_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the HTTP library's own errors comes out."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(NodeError, match=r"thing:1\.0:jar cannot be fetched") as caught:
        fetch(_ARTIFACT, tmp_path, Silent(), "Fetching")
    assert "proxy" in caught.value.advice
