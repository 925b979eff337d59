"""Query encoders by name: by onnxruntime where the model has a graph of its query side, else by torch."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mlsr_es.encoders.layout import Layout
from mlsr_es.encoders.onnx_query_encoder import OnnxQueryEncoder
from mlsr_es.encoders.places import folder_of
from mlsr_es.encoders.promotion_encoder import PromotionEncoder
from mlsr_es.errors import ModelError, StorageError
from mlsr_es.progress import say_nothing
from mlsr_es.state import state_folder

if TYPE_CHECKING:
    from mlsr_es.encoders.bi_encoder import BiEncoder
    from mlsr_es.encoders.promotion_encoder import Model

_ON_A_PROCESSOR = ("auto", "cpu")
_REVISION = re.compile("[0-9a-f]{16}")
_FAILED = "no-graph.txt"
"""The file that says why no graph could be made, so that nobody tries again."""


def load_query_encoder(
    name: str | Path,
    *,
    device: str = "auto",
    downloads: bool = True,
    revision: str = "",
    say: Callable[[str], None] = say_nothing,
) -> OnnxQueryEncoder | BiEncoder:
    """Load the query side of a model: without torch, if the model has a graph or one was made on this machine.

    Where there is none, torch loads the model, and a graph is made for the next time.

    Args:
        name: The name of a model, as ``load_model`` takes it.
        device: "auto" or "cpu"; with another name that torch knows, torch encodes.
        downloads: Whether a hub's model is fetched where it is not on this machine yet.
        revision: The model's revision where it is known: a graph that was made on this machine is found by it. "" to go
            by the name alone.
        say: Told, in a sentence, why torch is needed.

    Raises:
        ModelError: There is no such model, it cannot be loaded, or would have to be downloaded.
    """
    if device not in _ON_A_PROCESSOR:
        return _by_torch(name, device, downloads=downloads)
    # An index names the revision, and others write indices.
    if _REVISION.fullmatch(revision) and Layout(kept := _kept(revision)).query.is_file():
        try:
            return OnnxQueryEncoder.read(kept)
        except ModelError:  # of another version of onnxruntime, or damaged: it is made again below
            shutil.rmtree(kept, ignore_errors=True)
    folder = folder_of(name, downloads=downloads)
    if Layout(folder).query.is_file():
        try:
            return OnnxQueryEncoder.read(folder)
        except ModelError as error:
            say(f"torch encodes the query: {error.what}")
            return _by_torch(name, device, downloads=downloads)
    model = _by_torch(name, device, downloads=downloads)
    keep_query_graph(model, say=say)
    return model


def ensure_query_graph(name: str | Path, model: Model, *, say: Callable[[str], None] = say_nothing) -> None:
    """See that searches find a graph of a model's query side on this machine; make one where the model has none.

    Args:
        name: The name that the model was loaded by.
        model: The model; nothing is made of one whose sides have changed places, whose queries torch encodes.
        say: Told, in a sentence, why searches will need torch.
    """
    if not isinstance(model, PromotionEncoder) and not Layout(folder_of(name, downloads=False)).query.is_file():
        keep_query_graph(model, say=say)


def keep_query_graph(model: BiEncoder, *, say: Callable[[str], None] = say_nothing) -> None:
    """Make the graph of a model's query side and keep it in the state folder, by the model's revision.

    It is made once, and tried once. Two processes may do so at the same time.

    Args:
        model: The model.
        say: Told, in a sentence, why none could be made.
    """
    place = _kept(model.revision)
    if Layout(place).query.is_file():
        return
    if (place / _FAILED).is_file():
        say((place / _FAILED).read_text("utf-8"))
        return
    from mlsr_es.encoders.saving import save_query_encoder

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as beside:
            made = Path(beside) / place.name
            made.mkdir()
            try:
                save_query_encoder(model, made)
            except ModelError as error:
                (made / _FAILED).write_text(f"Searches by this model load torch: {error.what}", "utf-8")
                say(f"Searches by this model load torch: {error.what}")
            shutil.rmtree(place, ignore_errors=True)
            made.rename(place)
    except (OSError, StorageError) as error:
        say(f"Searches by this model load torch: {place.parent} cannot be written ({error}).")


def _kept(revision: str) -> Path:
    return state_folder() / "query-encoders" / revision


def _by_torch(name: str | Path, device: str, *, downloads: bool) -> BiEncoder:
    from mlsr_es.encoders.checkpoint import load_model

    return load_model(name, device=device, downloads=downloads)
