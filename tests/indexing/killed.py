"""A run that hangs halfway, to be killed: ``python -m tests.indexing.killed URL INDEX``."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from mlsr_es.collection import ImageDocument
from mlsr_es.elastic.bulk import chunks
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.indexing import IndexJob, index_collection
from mlsr_es.indexing.prepare import BLOCK
from tests.indexing.listed import Listed, image
from tests.models import word_model

IMAGES = [image(f"{number:03}") for number in range(6 * BLOCK)]
"""What the whole source holds."""


def stuck() -> Iterator[ImageDocument]:
    """Yield all but the last blocks, print a line, and hang."""
    yield from IMAGES[: 4 * BLOCK]
    sys.stdout.write("stuck\n")
    sys.stdout.flush()
    time.sleep(600)


if __name__ == "__main__":
    chunks.LONGEST_WAIT_S = 0.0
    url, index = sys.argv[1:]
    job = IndexJob(Listed(stuck()), index, word_model(), "words", rejects=Path("unused.ndjson"))
    index_collection(job, connect(ConnectionSettings(url=url)))
