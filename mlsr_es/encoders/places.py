"""Where a model's files are, by its name; nothing here needs torch, unless a hub is asked."""

from __future__ import annotations

from pathlib import Path

from mlsr_es.errors import ModelError
from mlsr_es.shipped import shipped

DEMO = "demo"
"""The name of the model that comes with the package."""


def model_name(given: str) -> str:
    """The name by which later searches load a model: for a folder, its absolute path."""
    # The name of the shipped model always means that model, even where a folder has the same name.
    return str(Path(given).resolve()) if Path(given).is_dir() and given != DEMO else given


def folder_of(name: str | Path, *, downloads: bool) -> Path:
    """Find the folder of a model's files; of a hub's model, only configurations and safetensors are downloaded.

    Args:
        name: The name of a model, as ``load_model`` takes it.
        downloads: Whether a hub's model is fetched where it is not on this machine yet.

    Raises:
        ModelError: There is no such model, or it would have to be downloaded.
    """
    if str(name) == DEMO:
        return shipped("models", DEMO)
    folder = Path(name)
    if folder.is_dir():
        return folder
    if folder.exists() or str(name).count("/") != 1 or str(name).startswith((".", "/", "~")):
        raise ModelError(
            f"there is no model {str(name)!r}: no such folder.",
            advice="Name 'demo', a model's folder, or a hub's owner/name.",
        )
    return _downloaded(str(name), downloads=downloads)


def _downloaded(name: str, *, downloads: bool) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    from mlsr_es.encoders.assembling import loading

    wanted = ["*.json", "*.safetensors", "query.onnx", "*.txt", "*.md"]
    unwanted = ["onnx/*", "openvino/*"]
    with loading("model", name):
        try:
            found = snapshot_download(
                name, allow_patterns=wanted, ignore_patterns=unwanted, local_files_only=not downloads
            )
        except LocalEntryNotFoundError as error:
            if downloads:
                raise
            raise ModelError(
                f"the model {name!r} is not on this machine, and is not downloaded because an index names it.",
                advice=f"If you trust it, name it yourself, and it is downloaded: mlsr-es search ... --model {name}",
            ) from error
    return Path(found)
