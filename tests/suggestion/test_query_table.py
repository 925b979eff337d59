"""Tables in a model's place, and their files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from mlsr_es.collection import Section
from mlsr_es.encoders import lone_weights
from mlsr_es.errors import ModelError, StorageError
from mlsr_es.suggestion import QueryTable, distil, read_table, write_table
from tests.models import word_model


@pytest.fixture(scope="module")
def table() -> QueryTable:
    """In which owls weigh 1 in the page's title, 2 in the section's and 3 in the text, and ropes .5 everywhere."""
    model = word_model()
    made = distil(model, "words", [], lone=lone_weights(model))
    weights = np.zeros_like(made.weights)
    weights[:, model.vocabulary.id("owl")] = [1, 2, 3]
    weights[:, model.vocabulary.id("rope")] = 0.5
    return replace(made, weights=weights)


def test_a_piece_has_its_largest_weight_over_the_fields(table: QueryTable) -> None:
    """And the heaviest ones are kept, where the model keeps so many."""
    section = Section("s", "rope and boat", page_title="owl", section_title="an owl")
    assert table.encode_sections([section]).named(0, table.vocabulary) == {"owl": 2.0, "rope": 0.5}
    heaviest = replace(table, query_terms=1).encode_sections([section, Section("t", "")])
    assert heaviest.term_counts.tolist() == [1, 0]
    assert len(table.encode_sections([])) == 0


def test_words_that_nobody_knows_are_told(table: QueryTable) -> None:
    """As the model tells them."""
    for text in ("an owl", "☃ zqxjk", "", "boat"):
        section = Section("s", text)
        assert table.words_of(section) == word_model().words_of(section), text
        assert table.section_terms(section) == word_model().section_terms(section), text


def test_a_file_holds_all_of_it(table: QueryTable, tmp_path: Path) -> None:
    """Readable, and without the pieces that weigh nothing."""
    write_table(table, tmp_path / "table.json")
    read = read_table(tmp_path / "table.json")
    names = ("model", "revision", "fields", "unknown", "query_terms", "vocabulary")
    assert [getattr(read, name) for name in names] == [getattr(table, name) for name in names]
    assert read.weights.tolist() == table.weights.tolist()
    content = orjson.loads((tmp_path / "table.json").read_bytes())
    assert content["weights"]["text"] == {"owl": 3.0, "rope": 0.5}
    assert content["vocabulary"] == table.vocabulary.digest


def test_a_folder_that_is_not_there_is_told(table: QueryTable, tmp_path: Path) -> None:
    """As a fault of the disk."""
    with pytest.raises(StorageError, match="cannot be written: No such file"):
        write_table(table, tmp_path / "gone" / "table.json")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format": 7}, "has the format 7, and this version of mlsr-es reads 1"),
        ({"vocabulary": "0"}, "another vocabulary"),
        ({"vocabulary_size": 4}, "no whole query table"),
        ({"tokenizer": {}}, "its tokenizer cannot be read"),
        ({"weights": {"text": {"griffin": 1.0}}, "fields": ["text"]}, "its tokenizer does not know 'griffin'"),
        ({"fields": ["title"]}, "no whole query table: 'title'"),
    ],
)
def test_what_was_changed_is_refused(table: QueryTable, tmp_path: Path, change: dict[str, Any], complaint: str) -> None:
    """With what is wrong."""
    file = tmp_path / "table.json"
    write_table(table, file)
    file.write_bytes(orjson.dumps(orjson.loads(file.read_bytes()) | change))
    with pytest.raises(ModelError, match=complaint):
        read_table(file)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    """Whatever it is."""
    for number, content in enumerate((b"", b"[]", b'{"text": "a section"}', b"\x80")):
        file = tmp_path / f"{number}.json"
        file.write_bytes(content)
        with pytest.raises(ModelError, match="is no query table"):
            read_table(file)
    with pytest.raises(ModelError, match="cannot be read"):
        read_table(tmp_path / "gone.json")


def test_a_table_knows_the_words_that_its_model_knows(table: QueryTable) -> None:
    """Each with its pieces."""
    section = Section("s", "An owl, a griffin", section_title="a Boat")
    assert table.words_of(section) == word_model().words_of(section)
