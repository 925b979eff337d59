"""Models that fail where they encode, to be sent to workers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlsr_es.collection import ImageDocument
from mlsr_es.encoders import BiEncoder
from mlsr_es.errors import ModelError


class Failing:
    """A model that does something before it encodes.

    Args:
        model: The model.
        folder: Where it leaves marks for its copies in other processes.
    """

    def __init__(self, model: BiEncoder, folder: Path) -> None:
        self.model = model
        self.folder = folder

    def __getattr__(self, name: str) -> Any:
        if name == "model":  # while it is unpickled
            raise AttributeError(name)
        return getattr(self.model, name)

    def encode_documents(self, documents: Sequence[ImageDocument], images: Any = None) -> Any:
        """Fail, or encode as the model does."""
        self.fail(documents)
        return self.model.encode_documents(documents, images)

    def fail(self, documents: Sequence[ImageDocument]) -> None:
        """What it does."""
        raise NotImplementedError

    def is_first(self, mark: str) -> bool:
        """Whether no copy has left this mark; it is left."""
        try:
            (self.folder / mark).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


class DeadlyOnce(Failing):
    """Two processes that encode are killed."""

    def fail(self, documents: Sequence[ImageDocument]) -> None:  # noqa: ARG002
        """Kill the process, twice."""
        if self.is_first("first") or self.is_first("second"):
            os.kill(os.getpid(), signal.SIGKILL)


class Deadly(Failing):
    """A record kills whoever encodes it."""

    def fail(self, documents: Sequence[ImageDocument]) -> None:
        """Kill the process over the record ``066``."""
        if any(document.id == "066" for document in documents):
            os.kill(os.getpid(), signal.SIGKILL)


class Slow(Failing):
    """One process is slow."""

    def fail(self, documents: Sequence[ImageDocument]) -> None:  # noqa: ARG002
        """Sleep, in the first process that comes here."""
        if self.is_first("slow"):
            (self.folder / "slow").write_text(str(os.getpid()))
        if (self.folder / "slow").read_text() == str(os.getpid()):
            time.sleep(1)


class Broken(Failing):
    """It cannot work."""

    def fail(self, documents: Sequence[ImageDocument]) -> None:  # noqa: ARG002
        """Raise an error of this package."""
        raise ModelError("the model does not work there.", advice="Take another one.")
