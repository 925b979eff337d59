"""The contract of every describer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mlsr_es.collection import CaptionKind

if TYPE_CHECKING:
    from PIL.Image import Image


class Describer(Protocol):
    """Finds words for a picture. Several threads call it."""

    @property
    def kind(self) -> CaptionKind:
        """The kind of its captions, one of ``MACHINE_MADE``."""

    @property
    def revision(self) -> str:
        """Changes with everything that its words depend on, such as a model or a limit."""

    def describe(self, picture: Image) -> tuple[str, ...]:
        """The words, as texts without surrounding white space; empty where it finds nothing that it is sure of.

        Args:
            picture: RGB, upright, of any size; it is not changed.

        Raises:
            MlsrError: It cannot work here: a package or a model is missing.
        """
