"""Folders of models that somebody may have, each with what is said of it."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple


class Row(NamedTuple):
    """A copy of the demo model that something is wrong with.

    Args:
        name: What is wrong.
        harm: Does it to the folder.
        said: A part of the error.
    """

    name: str
    harm: Callable[[Path], object]
    said: str


def weights(change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    def harm(folder: Path) -> None:
        file = folder / "model.safetensors"
        file.write_bytes(change(file.read_bytes()))

    return harm


def config(**changes: Any) -> Callable[[Path], object]:
    def harm(folder: Path) -> None:
        file = folder / "config.json"
        values = json.loads(file.read_text()) | changes
        file.write_text(json.dumps({name: value for name, value in values.items() if value is not None}))

    return harm


def pieces(first: int, last: int) -> Callable[[Path], object]:
    """Takes word pieces away, by their ids."""

    def harm(folder: Path) -> None:
        file = folder / "tokenizer" / "tokenizer.json"
        told = json.loads(file.read_text())
        known = told["model"]["vocab"].items()
        told["model"]["vocab"] = {piece: id_ for piece, id_ in known if not first <= id_ < last}
        file.write_text(json.dumps(told))

    return harm


class _Harmful:
    """Leaves a file behind if somebody unpickles it."""

    def __reduce__(self) -> Any:
        return os.mkdir, ("unpickled",)


ROWS = (
    Row("no weights", lambda folder: (folder / "model.safetensors").unlink(), "cannot be loaded"),
    Row("empty weights", weights(lambda _: b""), "cannot be loaded"),
    Row("half of the weights", weights(lambda content: content[: len(content) // 2]), "cannot be loaded"),
    Row("weights with an endless header", weights(lambda c: (2**62).to_bytes(8, "little") + c[8:]), "cannot be loaded"),
    Row("weights with a damaged header", weights(lambda c: c[:100] + b"\xff" * 300 + c[400:]), "cannot be loaded"),
    Row("a pickle for weights", weights(lambda _: pickle.dumps(_Harmful())), "cannot be loaded"),
    Row("no configuration", lambda folder: (folder / "config.json").unlink(), "holds no model"),
    Row("an empty configuration", lambda folder: (folder / "config.json").write_text(""), "cannot be loaded"),
    Row("a list for a configuration", lambda folder: (folder / "config.json").write_text("[]"), "cannot be loaded"),
    Row("code of its own", config(auto_map={"AutoModel": "evil.Evil"}), "config.json is wrong"),
    Row("no terms at all", config(document_terms=0), "document_terms 0"),
    Row("terms below zero", config(query_terms=-5), "query_terms -5"),
    Row("many terms in words", config(document_terms="many"), "document_terms 'many'"),
    Row("a head that there is not", config(query_head="mlx"), "config.json is wrong"),
    Row("a field that there is not", config(document_fields={"colour": 0}), "'colour'"),
    Row("another format", config(format=99), "has format 99"),
    Row("another vocabulary", pieces(1_000, 6_000), "no word piece for 5,000"),
    Row("a shorter vocabulary", pieces(25_000, 40_000), "no word piece for 5,522"),
    Row("no tokenizer", lambda folder: (folder / "tokenizer" / "tokenizer.json").unlink(), "no word piece for 30,517"),
    Row("a broken tokenizer", lambda f: (f / "tokenizer" / "tokenizer.json").write_text("{"), "cannot be loaded"),
    Row("no backbone", lambda folder: (folder / "text" / "config.json").unlink(), "cannot be loaded"),
)
