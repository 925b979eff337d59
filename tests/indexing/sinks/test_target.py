"""The version of an index that a run writes to."""

from __future__ import annotations

import pytest

from mlsr_es.elastic.mapping import FieldKind, IndexMeta
from mlsr_es.elastic.versions import Resolved, Version
from mlsr_es.indexing.sinks.target import Target, choose


def version(number: int, revision: str, kind: FieldKind = FieldKind.RANK_FEATURES) -> Version:
    return Version(f"birds-v{number:04d}", IndexMeta("m", revision, "v", "mlp", "mlp", field_kind=kind))


@pytest.mark.parametrize(
    ("resolved", "target"),
    [
        (None, Target(None, serves=False, serving=None)),
        (Resolved("birds", version(1, "r")), Target("birds-v0001", serves=True, serving="birds-v0001")),
        (Resolved("birds", version(1, "old")), Target(None, serves=False, serving="birds-v0001")),
        (Resolved("birds", None, (version(1, "r"),)), Target("birds-v0001", serves=False, serving=None)),
        (Resolved("birds", None, (version(1, "old"),)), Target(None, serves=False, serving=None)),
        (
            Resolved("birds", version(1, "old"), (version(2, "r"), version(3, "r"), version(4, "other"))),
            Target("birds-v0003", serves=False, serving="birds-v0001"),
        ),
        (
            Resolved("birds", version(1, "r"), (version(2, "r"),)),
            Target("birds-v0001", serves=True, serving="birds-v0001"),
        ),
    ],
    ids=[
        "nothing is there",
        "this model's serves",
        "another model's serves",
        "this model's is being built",
        "another model's is being built",
        "the newest of this model's is continued",
        "the one that serves comes first",
    ],
)
def test_the_version_of_this_model_is_chosen(resolved: Resolved | None, target: Target) -> None:
    """A run writes to the model's serving version, else to one that is being built, else to a new one."""
    assert choose(resolved, IndexMeta("m", "r", "v", "mlp", "mlp")) == target


def test_another_kind_of_field_is_another_version() -> None:
    """A run that asks for another kind of field gets another version; otherwise any kind fits."""
    features, sparse = version(1, "r"), version(2, "r", FieldKind.SPARSE_VECTOR)
    found = Resolved("birds", features, (sparse,))
    meta = IndexMeta("m", "r", "v", "mlp", "mlp")
    assert choose(found, meta, FieldKind.RANK_FEATURES) == Target(features.index, serves=True, serving=features.index)
    assert choose(found, meta, FieldKind.SPARSE_VECTOR) == Target(sparse.index, serves=False, serving=features.index)
    assert choose(Resolved("birds", sparse), meta, FieldKind.RANK_FEATURES).version is None


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target(None, serves=False, serving=None), "a new version of the index will be built"),
        (Target(None, serves=False, serving="b-v0001"), "which takes the place of b-v0001 when it is complete"),
        (Target("b-v0001", serves=True, serving="b-v0001"), "b-v0001 will be brought up to date"),
        (Target("b-v0002", serves=False, serving="b-v0001"), "the building of b-v0002 will be continued"),
    ],
)
def test_it_is_said_in_words(target: Target, words: str) -> None:
    """The chosen version is described in words."""
    assert words in target.description
