"""Labels and captions from models of ``transformers``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import CaptionKind
from mlsr_es.describe.batching import Batching
from mlsr_es.encoders import choose_device, efficientnet_lite0, folder_of, loading
from mlsr_es.errors import ModelError
from mlsr_es.sources import shrunk

if TYPE_CHECKING:
    from PIL.Image import Image

LEAST_CONFIDENCE = 0.2
"""Labels that the model is less sure of are dropped, in [0, 1]."""

_MOST_LABELS = 5
_MOST_TOKENS = 40
_AT_ONCE = 32
_TASKS = {"ForImageClassification": "image-classification", "ForObjectDetection": "object-detection"}
"""The end of an architecture's name to the pipeline that runs it."""
_ZERO_SHOT = "zero-shot-image-classification"


class _Model:
    """A model that is loaded when the first picture comes, and sees the pictures of several threads in one batch."""

    _limits: str
    """What the words depend on beside the model's files."""

    def __init__(self, name: str, device: str, *, downloads: bool = True) -> None:
        self.name = name
        self._device, self._downloads = device, downloads
        self._together: Batching[Image, tuple[str, ...]] = Batching(self._describe_all, most=_AT_ONCE)

    @cached_property
    def folder(self) -> Path:
        """The folder of the model's files."""
        try:
            return folder_of(self.name, downloads=self._downloads)
        except ModelError as error:
            if self._downloads:
                raise
            raise ModelError(
                f"{error.what} It described the images of the run before.",
                advice="If you trust it, name it yourself with --describe; or name other describers, or none.",
            ) from error

    @cached_property
    def revision(self) -> str:
        """A hash of the model's files, and the limits here."""
        sha = hashlib.sha256()
        for file in sorted((*self.folder.glob("*.json"), *self.folder.glob("*.safetensors"))):
            with file.open("rb") as opened:
                sha.update(f"{file.name} {hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode())
        return f"{type(self).__name__.lower()} {sha.hexdigest()[:16]}, {self._limits}"

    def describe(self, picture: Image) -> tuple[str, ...]:
        """The words for a picture, as ``Describer`` says."""
        return self._together(shrunk(picture.copy()))

    def _describe_all(self, pictures: list[Image]) -> list[tuple[str, ...]]:
        raise NotImplementedError


class Labeller(_Model):
    """Labels of a classifier or a detector, or of a zero-shot model that is told them.

    Args:
        name: A folder, or a model of a hub, for image classification or object detection; "" for the ImageNet labels of
            EfficientNet-Lite0, which a package brings.
        device: "auto", or a name that torch knows.
        downloads: Whether a hub's model is fetched.
        labels: Those that a zero-shot model (CLIP, SigLIP) chooses from; none for a model that has its own.
    """

    kind = CaptionKind.LABEL

    def __init__(self, name: str, device: str, *, downloads: bool = True, labels: tuple[str, ...] = ()) -> None:
        super().__init__(name, device, downloads=downloads)
        self.labels = labels
        self._limits = ", ".join(map(str, (LEAST_CONFIDENCE, _MOST_LABELS, *sorted(labels))))

    @cached_property
    def folder(self) -> Path:
        """The folder of the model's files."""
        if self.name:
            return super().folder
        return efficientnet_lite0(labels=True)

    def _describe_all(self, pictures: list[Image]) -> list[tuple[str, ...]]:
        told = {"candidate_labels": list(self.labels)} if self.labels else {}
        found = self._pipeline(pictures, batch_size=len(pictures), **told)
        return [_labels(each) for each in found]

    @cached_property
    def _pipeline(self) -> Any:
        from transformers import AutoConfig, pipeline

        with loading("labels", self.name or "package:efficientnet-lite0"):
            config = AutoConfig.from_pretrained(self.folder, trust_remote_code=False)
            settings: dict[str, Any] = {"model": str(self.folder), "device": choose_device(self._device)}
            run: Any = pipeline  # its overloads, one a task, do not know a task by a variable
            return run(self._task(config.architectures or ()), **settings)

    def _task(self, architectures: Sequence[str]) -> str:
        """The pipeline that runs the model.

        Raises:
            ModelError: The model gives images no labels, or lacks labels, or is told some although it has its own.
        """
        from transformers.models.auto.modeling_auto import MODEL_FOR_ZERO_SHOT_IMAGE_CLASSIFICATION_MAPPING_NAMES

        zero_shot = set(MODEL_FOR_ZERO_SHOT_IMAGE_CLASSIFICATION_MAPPING_NAMES.values())
        tasks = [task for end, task in _TASKS.items() for name in architectures if name.endswith(end)]
        if not zero_shot.isdisjoint(architectures):
            if self.labels:
                return _ZERO_SHOT
            raise ModelError(
                f"the model {self.name!r} has no labels of its own.",
                advice=f"Say which may fit: --describe 'labels:{self.name}=screenshot+photograph+diagram'",
            )
        if not tasks:
            raise ModelError(
                f"the model {self.name!r} gives images no labels: it is {', '.join(architectures) or 'unknown'}.",
                advice="Name one for image classification, for object detection, or a zero-shot one (CLIP, SigLIP).",
            )
        if self.labels:
            raise ModelError(
                f"the model {self.name!r} has its own labels.", advice=f"Name it alone: --describe labels:{self.name}"
            )
        return tasks[0]


class Generator(_Model):
    """Captions that a model writes.

    Args:
        name: A folder, or a model of a hub, that writes a text for an image (``AutoModelForImageTextToText``).
        device: "auto", or a name that torch knows.
        downloads: Whether a hub's model is fetched.
    """

    kind = CaptionKind.GENERATED
    _limits = f"{_MOST_TOKENS} tokens"

    def _describe_all(self, pictures: list[Image]) -> list[tuple[str, ...]]:
        import torch

        processor, tokenizer, model = self._parts
        with torch.inference_mode():
            pixels = processor(pictures, return_tensors="pt")["pixel_values"].to(model.device)
            written = model.generate(pixel_values=pixels, max_new_tokens=_MOST_TOKENS, do_sample=False)
        texts = tokenizer.batch_decode(written, skip_special_tokens=True)
        return [(" ".join(text.split()),) if text.strip() else () for text in texts]

    @cached_property
    def _parts(self) -> tuple[Any, Any, Any]:
        from transformers import AutoImageProcessor, AutoModelForImageTextToText, AutoTokenizer

        with loading("captioning model", self.name):
            processor = AutoImageProcessor.from_pretrained(self.folder, trust_remote_code=False)
            tokenizer = AutoTokenizer.from_pretrained(self.folder, trust_remote_code=False)
            model = AutoModelForImageTextToText.from_pretrained(
                self.folder, use_safetensors=True, trust_remote_code=False
            )
        return processor, tokenizer, model.eval().to(device=choose_device(self._device))


def _labels(found: list[dict[str, Any]]) -> tuple[str, ...]:
    """The labels of a picture, surest first; ImageNet's synonyms, which commas separate, are words like others."""
    sure = sorted((one for one in found if one["score"] >= LEAST_CONFIDENCE), key=lambda one: -one["score"])
    names = dict.fromkeys(str(one["label"]).replace("_", " ") for one in sure)
    return tuple(names)[:_MOST_LABELS]
