"""Encoding on a Ray cluster of this machine with 1, 2 and 4 workers, beside this process alone.

python benchmarks/many_machines.py [--documents 20000] [--rounds 2]

Captions of the GIMP manual in rows of Parquet, each with an image of its own (160 x 120 pixels), by the demo model,
into files. A rate is that of the documents beyond the first 2,000: a run with all of them is timed, and one with the
first 2,000, since starting takes seconds whatever there is to do. With more workers than cores they share the cores.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
from collections.abc import Mapping
from io import BytesIO
from itertools import cycle, islice
from os import cpu_count
from pathlib import Path
from statistics import median
from time import perf_counter

import pyarrow as pa
import pyarrow.parquet as pq
import ray
from comparison import manuals_captions
from PIL import Image, ImageDraw

from mlsr_es.encoders import load_model
from mlsr_es.indexing import encode_collection
from mlsr_es.indexing.engines import HERE, Engine, RayEngine
from mlsr_es.sources import open_source

FEW = 2_000
WORKERS = (1, 2, 4)


def picture(number: int) -> bytes:
    """An image that differs from the others."""
    image = Image.new("RGB", (160, 120), "white")
    ImageDraw.Draw(image).text((10, 50), f"image {number}", fill="black")
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def written(folder: Path, documents: int) -> Path:
    """Rows of Parquet."""
    captions = manuals_captions()
    numbers = range(documents)
    texts = [f"{text} {number}" for number, text in zip(numbers, islice(cycle(captions), documents), strict=True)]
    rows = {"id": [str(number) for number in numbers], "title": texts, "image": [picture(each) for each in numbers]}
    file = folder / f"{documents}.parquet"
    pq.write_table(pa.table(rows), file, row_group_size=1_000)
    return file


def seconds(file: Path, engine: Engine, folder: Path) -> float:
    """How long it takes to encode a file."""
    model = load_model("demo", device="cpu")
    started = perf_counter()
    encode_collection(open_source(str(file)), folder, model=model, model_name="demo", engine=engine)
    return perf_counter() - started


def rates(name: str, engine: Engine, files: Mapping[int, Path], rounds: int, folder: Path) -> float:
    """Documents a second beyond the first; printed."""
    found = []
    for _ in range(rounds):
        took = {documents: seconds(file, engine, folder) for documents, file in files.items()}
        found.append((max(took) - FEW) / (took[max(took)] - took[FEW]))
    print(f"{name:12} {median(found):7.0f} documents/s  ({min(found):.0f} to {max(found):.0f})", flush=True)
    return median(found)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    ray.init("local", num_cpus=max(WORKERS), include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    print(f"{cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        files = {number: written(Path(folder), number) for number in (FEW, given.documents)}
        out = Path(folder) / "out"
        alone = rates("one process", HERE, files, given.rounds, out)
        for workers in WORKERS:
            engine = RayEngine(workers=workers)
            found = rates(f"{workers} workers", engine, files, given.rounds, out)
            print(f"{'':12} {found / alone:.2f} x one process", flush=True)


if __name__ == "__main__":
    main()
