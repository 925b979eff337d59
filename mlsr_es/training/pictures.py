"""The document encoder's input for images: pixels, or stored features of a frozen vision model."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.encoders import BiEncoder
from mlsr_es.errors import RecordError, StorageError
from mlsr_es.progress import Progress, Silent
from mlsr_es.sources import decode

if TYPE_CHECKING:
    from PIL.Image import Image

_AT_ONCE = 32
_STAGE = "Computing image features"
_LEAST_DEVIATION = 1e-3


class Pictures:
    """Decodes images to pixels. An image that cannot be decoded becomes blank and is reported once.

    Args:
        processor: The vision model's image processor.
        reject: Called for each image that cannot be decoded.
    """

    def __init__(self, processor: Any, reject: Callable[[RecordError], None]) -> None:
        self._processor = processor
        self._reject = reject
        self._rejected: set[str] = set()

    def __call__(self, documents: Sequence[ImageDocument]) -> Tensor:
        """The pixels of images: float, shape (documents, 3, height, width)."""
        pixels = self._processor([self._decoded(document) for document in documents], return_tensors="pt")
        return cast("Tensor", pixels["pixel_values"])

    def _decoded(self, document: ImageDocument) -> Image:
        from PIL import Image

        try:
            return decode(document.image or ImageFile(document.id, b""), record_id=document.id)
        except RecordError as error:
            if document.id not in self._rejected:
                self._rejected.add(document.id)
                self._reject(error)
            return Image.new("RGB", (32, 32), "white")


class Features:
    """Features of a frozen vision model, computed once and kept in a file in half precision.

    Args:
        documents: All documents whose features are needed.
        model: A model whose document encoder has an image backbone.
        pictures: Reads the images.
        folder: The folder of the file; existing features of the same images and weights are used.
        progress: Advanced by each image.
    """

    def __init__(
        self,
        documents: Sequence[ImageDocument],
        model: BiEncoder,
        pictures: Pictures,
        folder: Path,
        progress: Progress = Silent(),
    ) -> None:
        self._places = {document.id: place for place, document in enumerate(documents)}
        file = folder / f"features-{_key(documents, model)}.npy"
        if not file.exists():
            _compute(file, documents, model, pictures, progress)
        self._features = np.load(file, mmap_mode="r")

    def __call__(self, documents: Sequence[ImageDocument]) -> Tensor:
        """The features of images: float, shape (documents, patches, size)."""
        places = [self._places[document.id] for document in documents]
        return torch.from_numpy(self._features[places].astype(np.float32))

    @torch.no_grad()
    def standardise(self, projection: nn.Linear, documents: Sequence[ImageDocument]) -> None:
        """Initialise a projection so that it acts as if each feature had mean 0 and standard deviation 1.

        Otherwise the part that all images share dominates their differences: the pooled features of two images have a
        mean cosine of 0.3, and MLM heads gave all images the same terms.

        Args:
            projection: The untrained projection; changed in place.
            documents: The documents to train on.

        References:
            Krähenbühl et al., *Data-dependent Initializations of Convolutional Neural Networks*, arXiv 1511.06856.
        """
        places = [self._places[document.id] for document in documents]
        features = self._features[places].astype(np.float32).reshape(-1, projection.in_features)
        mean, deviation = (torch.from_numpy(one).to(projection.weight) for one in (features.mean(0), features.std(0)))
        projection.weight.div_(deviation + _LEAST_DEVIATION)
        projection.bias.sub_(projection.weight @ mean)


@torch.inference_mode()
def _compute(
    file: Path, documents: Sequence[ImageDocument], model: BiEncoder, pictures: Pictures, progress: Progress
) -> None:
    image = model.document.image
    if image is None:
        raise ValueError("the model reads no images")
    image.eval()
    unfinished = file.with_suffix(f".{os.getpid()}.part")  # parallel runs may compute the same file
    features: np.memmap[Any, np.dtype[np.float16]] | None = None
    progress.start(_STAGE, len(documents), "images")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        for start in range(0, len(documents), _AT_ONCE):
            block = documents[start : start + _AT_ONCE]
            states = image.features(pictures(block).to(model.device)).half().cpu().numpy()
            if features is None:
                shape = (len(documents), *states.shape[1:])
                features = np.lib.format.open_memmap(unfinished, mode="w+", dtype=np.float16, shape=shape)
            features[start : start + len(block)] = states
            progress.advance(_STAGE, len(block))
        if features is not None:
            features.flush()
        unfinished.rename(file)
    except OSError as error:
        raise StorageError(f"{file.parent} cannot hold the images' features: {error.strerror or error}.") from error
    progress.finish(_STAGE)


def _key(documents: Sequence[ImageDocument], model: BiEncoder) -> str:
    """A hash of the images and the vision model."""
    sha = hashlib.sha256(repr(model.image_processor and model.image_processor.to_dict()).encode())
    sha.update(bytes([model.config.pooled]))
    for name, tensor in model.document.image.vision.state_dict().items() if model.document.image else ():
        sha.update(name.encode())
        sha.update(tensor.detach().float().cpu().numpy().tobytes())
    for document in documents:
        content = document.image.content if document.image else b""
        size = len(content) if isinstance(content, bytes) else content.stat().st_size if content.exists() else 0
        sha.update(f"{document.id}\0{size}\0".encode())
    return sha.hexdigest()[:16]
