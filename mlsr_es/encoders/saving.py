"""Writing checkpoints: beside the one that is there, then moved into its place."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from safetensors import SafetensorError
from safetensors.torch import save_model as save_weights

from mlsr_es.encoders.layout import Layout
from mlsr_es.encoders.query_graph import write_query_graph
from mlsr_es.errors import InputError, ModelError, StorageError, first_line

if TYPE_CHECKING:
    from mlsr_es.encoders.bi_encoder import BiEncoder

_OF_THE_DISK = ("(os error", "inline_container")
"""In what tokenizers and torch say of a disk that is full: they raise an ``Exception`` and a ``RuntimeError``."""


def save_pretrained(
    model: BiEncoder, folder: str | Path, *, card: str = "", half: bool = False, query_graph: bool = True
) -> None:
    """Write a checkpoint.

    What is interrupted leaves the checkpoint that was there before; or, in the moment in which files are moved, none.

    Args:
        model: The bi-encoder.
        folder: Made where it is not there; a checkpoint that is there is replaced.
        card: What the model card says beside the configuration: data, figures, licences (Markdown).
        half: Store the weights in half precision: half the size, relative error below 2**-11.
        query_graph: Write the query side also as a graph for onnxruntime, where torch can make one; it takes seconds.

    Raises:
        InputError: The folder has files of those names that are not a checkpoint of this package.
        StorageError: The folder cannot be written.
    """
    target = Layout(Path(folder))
    check_replaceable(target.folder)
    with writing(target.folder):
        part = Layout(target.unfinished)
        shutil.rmtree(part.folder, ignore_errors=True)
        part.folder.mkdir(parents=True)
        try:
            stored = _write(model, part, _card(model, target.folder.resolve().name, card), half=half)
            if query_graph:
                with suppress(ModelError):  # without a graph, torch encodes queries
                    write_query_graph(stored, part)
        except BaseException:
            shutil.rmtree(part.folder, ignore_errors=True)
            raise
        _move(part, target)


def save_query_encoder(model: BiEncoder, folder: Path) -> None:
    """Write a checkpoint of which the query graph is the point: without one, there is an error.

    Args:
        model: The bi-encoder, on the CPU.
        folder: An empty folder.

    Raises:
        ModelError: torch makes no graph of the query side.
        StorageError: The folder cannot be written.
    """
    with writing(folder):
        write_query_graph(_write(model, Layout(folder), "", half=False), Layout(folder))


def check_replaceable(folder: Path) -> None:
    """See that a checkpoint, written into a folder, replaces nothing but another checkpoint.

    Raises:
        InputError: The folder has files of those names that are not a checkpoint of this package.
    """
    target = Layout(folder)
    there = [part.name for part in target.parts if part.exists()]
    if there and not target.is_ours:
        raise InputError(
            f"{folder} holds {there[0]}, and no model of mlsr-es: a model would replace it.",
            advice="Name an empty folder, or one that does not exist.",
        )


def holds_model(folder: Path) -> bool:
    """Whether a folder holds a checkpoint of this package."""
    return Layout(folder).is_ours


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Tell of a folder that is full or closed as a ``StorageError``, in whatever words a library tells of it."""
    try:
        yield
    except Exception as error:
        if not isinstance(error, OSError | SafetensorError) and not any(words in str(error) for words in _OF_THE_DISK):
            raise
        reason = error.strerror if isinstance(error, OSError) else first_line(error)
        raise StorageError(
            f"{folder} cannot be written: {reason or error}.",
            advice="See that there is room and that you may write there, or name another folder.",
        ) from error


def _write(model: BiEncoder, layout: Layout, card: str, *, half: bool) -> BiEncoder:
    """Write all but the query graph; returns the model with the weights that are stored, in single precision."""
    stored = copy.deepcopy(model).half() if half else model
    if half:
        vars(stored).pop("revision", None)  # kept from before the weights were rounded
    save_weights(stored, str(layout.weights))
    model.tokenizer.save_pretrained(str(layout.tokenizer))
    text = model.query.text
    if text is not None:
        text.config.save_pretrained(str(layout.text))
    if model.document.text is not None and model.document.text is not text:
        model.document.text.config.save_pretrained(str(layout.document_text))
    if model.document.image is not None and model.image_processor is not None:
        model.document.image.vision.config.save_pretrained(str(layout.image))
        model.image_processor.save_pretrained(str(layout.image))
    if model.hybrid is not None:
        layout.hybrid.write_text(json.dumps(model.hybrid.to_json(), indent=2) + "\n")
    layout.card.write_text(card)
    layout.config.write_text(json.dumps(model.config.to_json(), indent=2) + "\n")
    return stored.float() if half else model


def _move(part: Layout, target: Layout) -> None:
    target.config.unlink(missing_ok=True)  # first: old and new files side by side are no model
    for source, place in zip(part.parts, target.parts, strict=True):
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
        if source.exists():
            source.rename(place)
    part.folder.rmdir()


def _card(model: BiEncoder, name: str, text: str) -> str:
    config = model.config
    languages = ", ".join(config.languages) or "any"
    cells = (config.query_head, config.document_head, config.document_input, f"{len(model.vocabulary):,}", languages)
    return f"""---
library_name: mlsr-es
tags: [learned-sparse-retrieval, image-suggestion, elasticsearch]
---
# {name}

A bi-encoder for image suggestion (*Multimodal Learned Sparse Retrieval for Image Suggestion*, arXiv 2402.07736).

| query head | document head | document input | terms | languages |
|---|---|---|---|---|
| {" | ".join(cells)} |

{text.strip()}
"""
