"""The wheel, installed somewhere else, is the whole package: code, mapping, model and sample."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias
from zipfile import ZipFile

import orjson
import pytest

import mlsr_es

CHECKOUT = Path(__file__).parent.parent

Run: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the backend that ``pyproject.toml`` names."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)]
    built = subprocess.run(build, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (file,) = folder.iterdir()
    return file


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the program of an environment that has the wheel, and not the checkout.

    What the package depends on is lent by this environment: its packages, without its ``.pth`` files, one of which
    leads to the checkout.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    binaries = folder / "bin"
    uv = Path(sys.executable).with_name("uv")
    install = [
        str(uv),
        "pip",
        "install",
        "-q",
        "--offline",
        "--no-deps",
        "--python",
        str(binaries / "python"),
        str(wheel),
    ]
    subprocess.run(install, check=True)
    environment = {**os.environ, "PYTHONPATH": sysconfig.get_path("purelib")}

    def run(*arguments: str, program: str = "mlsr-es", **variables: str) -> subprocess.CompletedProcess[str]:
        command = [str(binaries / program), *arguments]
        return subprocess.run(
            command, cwd=folder, env=environment | variables, capture_output=True, text=True, check=False
        )

    return run


def test_everything_is_inside(wheel: Path) -> None:
    """What is shipped beside the code too, and nothing that is not for users."""
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {
        f"mlsr_es/_shipped/{path.relative_to(CHECKOUT).as_posix()}"
        for folder in ("docker/kibana", "mappings", "models/demo", "sample")
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file()
    }
    assert shipped
    assert shipped <= names
    code = {path.relative_to(CHECKOUT).as_posix() for path in (CHECKOUT / "mlsr_es").rglob("*.py")}
    assert code <= names
    assert {name.split("/")[0] for name in names} == {"mlsr_es", f"mlsr_es-{mlsr_es.__version__}.dist-info"}
    assert {f"mlsr_es-{mlsr_es.__version__}.dist-info/licenses/{name}" for name in ("LICENSE", "NOTICE")} <= names


def test_the_checkout_is_out_of_sight(installed: Run) -> None:
    """Else the tests below would prove nothing."""
    ran = installed("-c", "import mlsr_es; print(mlsr_es.__file__)", program="python")
    assert "environment" in ran.stdout
    assert str(CHECKOUT) not in ran.stdout


def test_the_demo_is_there(installed: Run) -> None:
    """With its help."""
    ran = installed("demo", "--help")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Example: mlsr-es demo" in ran.stdout
    assert installed("--version").stdout == f"mlsr-es {mlsr_es.__version__}\n"


def test_the_sample_becomes_an_index(installed: Run, cluster_url: str, index_name: str) -> None:
    """With the mapping and the model that came along."""
    ran = installed("index", "sample", "--index", index_name, "--json", ES_URL=cluster_url)
    assert ran.returncode == 0, ran.stderr
    told = orjson.loads(ran.stdout)
    assert (told["encoded"], told["promoted"], told["rejected"]) == (63, True, {})
