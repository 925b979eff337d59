"""Reading text in images beside bare RapidOCR with the same settings, on as many processes as there are cores.

python benchmarks/reading.py [IMAGES]

Both read the same images of the GIMP manual, in turns, three times; medians and their ratio are printed. Nothing is
kept between the turns. Decoding, digests and the cache are in ours and not in the bare one.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from os import cpu_count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from mlsr_es.collection import ImageDocument
from mlsr_es.describe import Describing, described
from mlsr_es.describe.cache import Cache
from mlsr_es.describe.text_reader import TextReader
from mlsr_es.sources import decode, open_source

ROUNDS = 3


class Some:
    """Some images of a source."""

    def __init__(self, source: Any, images: list[ImageDocument]) -> None:
        self.name, self._images = source.name, images

    def documents(self) -> Any:
        """The images."""
        return iter(self._images)

    def count(self) -> int:
        """How many they are."""
        return len(self._images)


@cache
def engine() -> Any:
    """RapidOCR as ``TextReader`` sets it up, one a process."""
    return TextReader()._engine  # noqa: SLF001


def bare(pixels: np.ndarray[Any, Any]) -> int:
    """Read one image."""
    return len(engine()(pixels[:, :, ::-1]).txts or ())


def main() -> None:
    """Read in turns, and print."""
    source = open_source("gimp-manual")
    images = [item for item in source.documents() if isinstance(item, ImageDocument) and item.image]
    some = Random(0).sample(images, int(sys.argv[1]) if len(sys.argv) > 1 else 60)  # noqa: S311
    pixels = [np.asarray(decode(image.image)) for image in some if image.image]
    took: dict[str, list[float]] = {"bare": [], "ours": []}
    cores = cpu_count() or 1
    for _ in range(ROUNDS):
        with ProcessPoolExecutor(cores) as pool:
            list(pool.map(bare, pixels[:cores]))  # loads the models
            started = time.perf_counter()
            list(pool.map(bare, pixels))
            took["bare"].append(time.perf_counter() - started)
        with TemporaryDirectory() as folder:
            reader = TextReader()
            reader.describe(decode(some[0].image))  # type: ignore[arg-type]
            ours = described(
                Some(source, some),  # type: ignore[arg-type]
                Describing(describers=(reader,), cache=Cache(Path(folder) / "said.sqlite")),
            )
            started = time.perf_counter()
            list(ours.documents())
            took["ours"].append(time.perf_counter() - started)
    per_second = {name: len(some) / statistics.median(seconds) for name, seconds in took.items()}
    print(f"{len(some)} images, {cores} cores")
    for name, speed in per_second.items():
        print(f"{name:6} {speed:.2f} images/s, {speed / cores:.2f} a core")
    print(f"ratio  {per_second['ours'] / per_second['bare']:.2f}")
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most, ours; all pixels in it")


if __name__ == "__main__":
    main()
