"""A run that hangs halfway, to be killed: ``python -m tests.indexing.enriching.killed URL INDEX``."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlsr_es.collection import ImageDocument
from mlsr_es.elastic.bulk import chunks
from mlsr_es.elastic.client import ConnectionSettings, connect
from mlsr_es.indexing import EnrichJob, OwnersFields, enrich
from mlsr_es.indexing.prepare import BLOCK
from tests.models import word_model

DOCUMENTS = 6 * BLOCK


class Stuck:
    """A model that prints a line and hangs at its fourth block."""

    def __init__(self) -> None:
        self._model = word_model()
        self._blocks = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def encode_documents(self, documents: Sequence[ImageDocument], images: Any = None) -> Any:
        """Encode three blocks as the model does, then hang."""
        self._blocks += 1
        if self._blocks > 3:
            time.sleep(1)  # what was made is on its way meanwhile
            sys.stdout.write("stuck\n")
            sys.stdout.flush()
            time.sleep(600)
        return self._model.encode_documents(documents, images)


if __name__ == "__main__":
    chunks.LONGEST_WAIT_S = 0.0
    url, index = sys.argv[1:]
    job = EnrichJob(index, OwnersFields.parse(["name"], ""), Stuck(), "words", rejects=Path("unused"))  # type: ignore[arg-type]
    enrich(job, connect(ConnectionSettings(url=url)))
