"""Vectors as Parquet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlsr_es.errors import InputError, StorageError
from mlsr_es.evaluation import DOCUMENTS, SECTIONS, VectorWriter, read_vectors
from mlsr_es.vectors import TermWeights, Vocabulary

VOCABULARY = Vocabulary(("[PAD]", "a.b", "##ing", "cat", "dog"))
META = {"model": "demo", "revision": "r1"}


def write(folder: Path, meta: dict[str, str] = META) -> None:
    """Three images in two batches, and one section."""
    with VectorWriter(folder / DOCUMENTS, META, columns=("text",)) as writer:
        writer.add(["z", "a"], [TermWeights.of({"a.b": 0.25, "cat": 2.0}), TermWeights.of({})], text=["A cat", ""])
        writer.add(["b"], [TermWeights.of({"##ing": 0.1})], text=["Running"])
    with VectorWriter(folder / SECTIONS, meta) as writer:
        writer.add(["s"], [TermWeights.of({"dog": 1.5, "cat": 1.0})])


def test_vectors_come_back(tmp_path: Path) -> None:
    """Order and weights are kept, and documents and sections share their columns."""
    write(tmp_path)
    found = read_vectors(tmp_path)
    assert (found.image_ids, found.captions) == (("z", "a", "b"), ("A cat", "", "Running"))
    assert found.section_ids == ("s",)
    assert found.meta == META
    assert found.documents.term_counts.tolist() == [2, 0, 1]
    assert found.sections.dot(found.documents).toarray().tolist() == [[2.0, 0, 0]]
    assert found.documents.weights[-1] == np.float32(0.1)


def test_other_tools_can_read_them(tmp_path: Path) -> None:
    """A row's terms are word pieces, heaviest first."""
    write(tmp_path)
    assert pq.read_table(tmp_path / SECTIONS).to_pylist() == [
        {"id": "s", "terms": ["dog", "cat"], "weights": [1.5, 1.0]}
    ]


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """A run that fails leaves the earlier file unchanged."""
    write(tmp_path)
    before = (tmp_path / DOCUMENTS).read_bytes()

    def stopped() -> None:
        with VectorWriter(tmp_path / DOCUMENTS, META, columns=("text",)) as writer:
            writer.add(["x"], [TermWeights.of({"a.b": 1.0})], text=[""])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert (tmp_path / DOCUMENTS).read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == [DOCUMENTS, SECTIONS]


def test_two_models_are_not_mixed(tmp_path: Path) -> None:
    """Documents and sections of different models are refused."""
    write(tmp_path, {"model": "demo", "revision": "r2"})
    with pytest.raises(InputError, match="different models"):
        read_vectors(tmp_path)


def test_what_holds_no_vectors_is_said(tmp_path: Path) -> None:
    """A missing folder, a Parquet file of other content and a file that is not Parquet are input errors."""
    with pytest.raises(InputError, match=r"there is no .*mlsr-es encode"):
        read_vectors(tmp_path)
    write(tmp_path)
    pq.write_table(pa.table({"id": ["a"]}), tmp_path / DOCUMENTS)
    with pytest.raises(InputError, match="holds no vectors"):
        read_vectors(tmp_path)
    (tmp_path / DOCUMENTS).write_text("id,terms")
    with pytest.raises(InputError, match="holds no vectors"):
        read_vectors(tmp_path)
    with pytest.raises(StorageError, match="cannot be written"):
        VectorWriter(tmp_path / "no" / DOCUMENTS, META, columns=("text",))
