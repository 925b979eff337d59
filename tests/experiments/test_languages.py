"""Studies in which captions of another language ask for images."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from mlsr_es.collection import ImageDocument
from mlsr_es.errors import InputError
from mlsr_es.evaluation import Topics
from mlsr_es.experiments import Study, Unit
from mlsr_es.experiments.complete import CaptionTopics
from mlsr_es.experiments.gathering import gather
from mlsr_es.experiments.results import Results
from mlsr_es.experiments.tables import languages_table
from mlsr_es.experiments.translated import translated
from mlsr_es.experiments.unit import run_unit
from mlsr_es.sources import open_source
from tests.rows import rows

ANIMALS = {"owl": "Eule", "cat": "Katze", "dog": "Hund", "cow": "Kuh", "fox": "Fuchs"}
COLOURS = {"red": "rote", "blue": "blaue", "green": "grüne", "white": "weiße"}


@pytest.fixture
def stamps(tmp_path: Path) -> Path:
    """Twenty pictures with captions in English and German; the red cow has none in German."""
    file = rows(tmp_path / "stamps.jsonl", {f"{colour}-{animal}": "" for colour in COLOURS for animal in ANIMALS})
    lines = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    for line in lines:
        colour, animal = line["id"].split("-")
        german = [{"text": f"die {COLOURS[colour]} {ANIMALS[animal]}", "language": "de"}]
        english = {"text": f"the {colour} {animal}", "language": "en"}
        line["captions"] = [english, *(german if line["id"] != "red-cow" else [])]
    file.write_bytes(b"\n".join(map(orjson.dumps, lines)))
    return file


@pytest.fixture
def study(study_file: Callable[..., Path], stamps: Path) -> Study:
    """The tiny study, asked in two languages."""
    values = {"name": "tiny", **tomllib.loads(study_file().read_text()), "topics": "captions"}
    values["recipe"]["collection"]["source"] = str(stamps)
    values["languages"] = {"of": ["bm25s", "dictionary", "both-mlp"], "asked": ["de", "en"]}
    return Study.of(values)


def test_captions_ask_in_another_language_and_are_searched_in_their_own(stamps: Path) -> None:
    """What has no caption in the other language is not asked."""
    asked = CaptionTopics(open_source(str(stamps), languages=None), frozenset({"en"}))
    documents = [one for one in asked.documents() if isinstance(one, ImageDocument)]
    assert {caption.language for document in documents for caption in document.captions} == {"en"}
    translations = asked.translations("de")
    assert translations["the blue cat"] == "die blaue Katze"
    assert "the red cow" not in translations
    topics = translated(Topics(tuple(asked.sections()), tuple(asked.judgements())), translations)
    assert len(topics.sections) == len(topics.judgements) == 19
    assert next(each.text for each in topics.sections if each.id == "the blue cat") == "die blaue Katze"


def test_a_dictionary_of_the_other_captions_bridges_two_languages(study: Study, tmp_path: Path) -> None:
    """BM25 finds nothing by German words; by the dictionary it finds the held-out images, as English words do."""
    results = Results(study, tmp_path)
    units = [Unit(system, fold) for system in ("bm25s", "dictionary") for fold in study.folds]
    for unit in (*units, Unit("both-mlp", 0)):
        results.write(run_unit(study, unit, device="cpu"))
    table = languages_table(gather(results)).splitlines()
    header, _, german, english, mean = ([cell.strip() for cell in line.split("|")[1:-1]] for line in table)
    assert header == ["asked in", "topics", "bm25s", "dictionary", "both-mlp"]
    assert (german[0], english[0], mean[0]) == ("de", "en", "mean")
    assert int(english[1]) == int(german[1]) + 1
    assert (german[2], english[2], mean[2]) == ("0.000", "1.000", "0.500")
    assert float(german[3]) > 0.4
    assert german[4] != ""


def test_languages_are_of_captions_that_ask(study: Study) -> None:
    """A collection's sections are in one language."""
    with pytest.raises(InputError, match="topics are sections"):
        Study.of({**study.model_dump(mode="json", exclude_defaults=True), "name": "tiny", "topics": "sections"})
