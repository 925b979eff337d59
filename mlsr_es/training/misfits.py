"""Contradictions between keys of a configuration that are each valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlsr_es.collection import SECTION_FIELDS
from mlsr_es.encoders import CAPTION_FIELDS, FOR_MLP_HEADS, PRESETS

_CHOICES = ("query_head", "document_head", "document_input")

MINED_FROM = 50
"""How many of a ranking's best images hard negatives are drawn from, by default."""


def misfits(values: Mapping[str, Any]) -> Iterator[str]:
    """Describe the contradictions, each with its key.

    Args:
        values: The values of a TOML file, which may be invalid; keys that are invalid by themselves are ignored here.
    """
    yield from _of_start(values)
    yield from _of_cell(values)
    yield from _of_backbones(values)
    yield from _of_fields(_table(values, "fields"))
    yield from _of_negatives(_table(values, "negatives"))


def _of_start(values: Mapping[str, Any]) -> Iterator[str]:
    for key in ("model", "backbones"):
        if "start" not in values and key not in values:
            yield f"{key} is missing: make a model anew, or name a start"
    for key in ("model", "backbones", "fields"):
        if "start" in values and key in values:
            yield f"{key}: the start has its own"


def _of_cell(values: Mapping[str, Any]) -> Iterator[str]:
    if "model" not in values:
        return
    cell = _table(values, "model")
    if "preset" not in cell:
        yield from (
            f"model.{key} is missing: name a preset or the three choices" for key in _CHOICES if key not in cell
        )
    else:
        yield from (f"model.{key}: the preset has chosen it" for key in _CHOICES if key in cell)
    choices = _chosen(cell)
    if choices["query_head"] == choices["document_head"] == "mlm":
        yield from (
            f"model.{key}: MLP heads use it, and there is none" for key in FOR_MLP_HEADS if cell.get(key) is True
        )
    if choices["document_input"] == "image" and choices["document_head"] == "mlp":
        yield "model.document_head: an MLP head weighs word pieces of its input, and an image has none"


def _of_backbones(values: Mapping[str, Any]) -> Iterator[str]:
    if "model" not in values or "backbones" not in values:
        return
    choices, backbones = _chosen(_table(values, "model")), _table(values, "backbones")
    read = choices["document_input"]
    if read in ("image", "image+caption") and "image" not in backbones:
        yield "backbones.image is missing: the model reads images"
    if read == "caption" and "image" in backbones:
        yield "backbones.image: the model reads no images"
    if "document_text" in backbones and (choices["shared"] or read == "image"):
        yield "backbones.document_text: both sides share one text backbone, or the document side reads no text"


def _of_fields(fields: Mapping[str, Any]) -> Iterator[str]:
    for side, known in (("query", SECTION_FIELDS), ("document", CAPTION_FIELDS)):
        there_are = ", ".join(known)
        for name in _table(fields, side):
            if name not in known:
                yield f"fields.{side}.{name} is no field that there is ({there_are})"


def _of_negatives(negatives: Mapping[str, Any]) -> Iterator[str]:
    mined, mined_from = negatives.get("mined", 0), negatives.get("mined_from", MINED_FROM)
    if isinstance(mined, int) and isinstance(mined_from, int) and mined > mined_from:
        yield f"negatives.mined: {mined} cannot be drawn from {mined_from}"
    if "miner" in negatives and mined == 0:
        yield "negatives.miner: nothing is mined, negatives.mined is 0"


def _chosen(cell: Mapping[str, Any]) -> dict[str, Any]:
    """The choices of a cell, from its preset or from its own keys."""
    preset = PRESETS.get(str(cell.get("preset")))
    if preset is None:
        return {**dict.fromkeys(_CHOICES), "shared": True, **cell}
    return {**{key: getattr(preset, key) for key in _CHOICES}, "shared": cell.get("shared", preset.shared)}


def _table(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    return found if isinstance(found, dict) else {}
