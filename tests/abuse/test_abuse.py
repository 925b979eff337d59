"""What anybody may feed in: each row of the tables has its outcome, within bounds of memory and time.

Slow rows run with ``make faults``.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import numpy as np
import orjson
import pytest
from elasticsearch import Elasticsearch
from PIL import Image

from mlsr_es.collection import ImageDocument
from mlsr_es.encoders import load_model, load_query_encoder
from mlsr_es.errors import ModelError
from mlsr_es.shipped import shipped
from mlsr_es.sources import open_source
from mlsr_es.sources.table import Table
from tests.abuse import images, models, pages, queries, rows
from tests.program import run_program

MOST_MEMORY = 1536 * 2**20
"""Bytes above what the process had before, for any input."""
MOST_SECONDS = 60.0
SLOW = bool(os.environ.get("MLSR_ES_SLOW"))
IMAGE_ROWS = (*images.ROWS, *(images.SLOW_ROWS if SLOW else ()))


@contextmanager
def bounded() -> Iterator[None]:
    """What happens inside stays within the bounds; memory is measured where the system tells its peak."""
    begun, before = time.monotonic(), _reset_peak()
    yield
    assert time.monotonic() - begun < MOST_SECONDS
    if before:
        assert _peak() - before < MOST_MEMORY


def _reset_peak() -> int:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return 0
    return _peak()


def _peak() -> int:
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, cluster_url: str) -> Iterator[tuple[str, dict[str, str]]]:
    """An index of a folder with all images, and the reason of each that was rejected."""
    folder = tmp_path_factory.mktemp("abuse") / "images"
    folder.mkdir()
    for row in IMAGE_ROWS:
        row.make(folder / row.name)
        (folder / f"{row.name}.txt").write_text(f"an owl, {row.name.split('.')[0]}")
    rejects = folder.parent / "rejects.ndjson"
    with bounded():
        ran = run_program(
            *("index", str(folder), "--index", "abuse-images", "--thumbnails"),
            *("--es-url", cluster_url, "--rejects", str(rejects)),
        )
    assert ran.code == 3, ran.stderr
    told = [orjson.loads(line) for line in rejects.read_bytes().splitlines()]
    yield "abuse-images", {one["id"]: one["reason"] for one in told}
    run_program("indices", "delete", "abuse-images", "--yes", "--es-url", cluster_url)


@pytest.mark.parametrize("row", IMAGE_ROWS, ids=lambda row: repr(row.name))
def test_images(row: images.Row, indexed: tuple[str, dict[str, str]], client: Elasticsearch) -> None:
    """Stored, rejected with its reason, or not seen."""
    index, reasons = indexed
    id_ = "images/" + "".join(one if one.isprintable() and one != "%" else quote(one) for one in row.name)
    stored = bool(client.exists(index=index, id=id_))
    assert stored == (row.outcome == images.STORED), reasons.get(id_)
    if row.outcome:
        assert row.outcome in reasons[id_]
    else:
        assert id_ not in reasons


@pytest.mark.parametrize("row", rows.ROWS, ids=lambda row: row.name)
def test_rows(row: rows.Row, tmp_path: Path) -> None:
    """Good rows are read, each bad one is told, and nothing ends the reading but the file's own end."""
    file = tmp_path / row.name
    row.make(file)
    with bounded():
        items = list(Table([file], name="rows").documents())
    faults = [str(item) for item in items if not isinstance(item, ImageDocument)]
    assert len(items) - len(faults) == row.read
    assert len(faults) == len(row.faults)
    for fault, said in zip(faults, row.faults, strict=True):
        assert said in fault


@pytest.fixture(scope="module")
def manual(tmp_path_factory: pytest.TempPathFactory) -> tuple[Counter[str], str]:
    """A manual of all pages: how many images each page has, and what is wrong, as one text."""
    folder = tmp_path_factory.mktemp("pages")
    for number, row in enumerate(pages.ROWS):
        name = row.name.removesuffix(".html")
        noise = np.random.default_rng(number).integers(0, 255, (200, 300, 3), dtype=np.uint8)
        Image.fromarray(noise).save(folder / f"{name}.png")
        wide = row.content.startswith((b"\xff\xfe", b"\xfe\xff"))
        encoding = "utf-16" if wide else "latin1"
        (folder / row.name).write_bytes(row.content.decode(encoding).replace("NAME", name).encode(encoding))
    with bounded():
        source = open_source(str(folder))
        items = list(source.documents())
        list(source.sections())
        faults = [*source.faults(), *(item for item in items if not isinstance(item, ImageDocument))]
    counts = Counter(item.page for item in items if isinstance(item, ImageDocument))
    return counts, "\n".join(map(str, faults))


@pytest.mark.parametrize("row", pages.ROWS, ids=lambda row: row.name)
def test_pages(row: pages.Row, manual: tuple[Counter[str], str]) -> None:
    """What can be read is read; a page that cannot be is told."""
    counts, faults = manual
    assert counts[row.name] == row.images
    of_page = [line for line in faults.splitlines() if f" {row.name}: the page" in line]
    assert bool(of_page) == bool(row.fault)
    assert all(row.fault in line for line in of_page)


@pytest.mark.parametrize("row", models.ROWS, ids=lambda row: row.name)
def test_models(row: models.Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused in a line, by what encodes images and by what encodes queries; nothing of it is run."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "model"
    shutil.copytree(shipped("models", "demo"), folder)
    (folder / "query.onnx").unlink()
    row.harm(folder)
    for load in (load_model, load_query_encoder):
        with bounded(), pytest.raises(ModelError) as refused:
            assert load(str(folder), device="cpu").vocabulary
        assert row.said in str(refused.value)
        assert "\n" not in str(refused.value)
    assert not (tmp_path / "unpickled").exists()


@pytest.mark.parametrize("row", queries.ROWS, ids=lambda row: row.name)
def test_queries(row: queries.Row, sample_index: str, cluster_url: str) -> None:
    """Answered, or refused in a line; never a traceback."""
    index = () if "--index" in row.arguments else ("--index", sample_index)
    with bounded():
        ran = run_program("search", *row.arguments, *index, "--es-url", cluster_url)
    assert ran.code == row.code, ran.stderr
    assert row.said in ran.stderr
    assert "Traceback" not in ran.stderr
