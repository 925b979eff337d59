"""Whether a text is in another language: only what is sure is said."""

from __future__ import annotations

import subprocess
import sys

import orjson
import pytest

from mlsr_es.languages import DETECTED, is_detected, names_of, other_language, other_languages
from mlsr_es.shipped import shipped
from mlsr_es.sources import open_source

ENGLISH = ("en",)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wie drehe ich eine Ebene?", "German"),
        ("eine Mühle", "German"),
        ("¿Cómo giro una capa?", "Spanish"),
        ("ruota livello", "Italian"),
        ("Jak obrócić warstwę?", "Polish"),
        ("Как повернуть слой?", "Russian"),
        ("レイヤー", "Japanese"),
        ("如何旋转图层", "Chinese"),
        ("레이어를 회전하려면", "Korean"),
        ("Πώς περιστρέφω ένα επίπεδο;", "Greek"),
        ("كيف أدير طبقة؟", "Arabic"),
        ("Як повернути шар?", "Ukrainian"),
        ("Hvordan drejer jeg et lag?", "Danish"),
        ("Pour faire pivoter le calque actif, cliquez sur l'outil dans la boîte à outils.", "French"),
    ],
)
def test_another_language_is_found_in_a_few_words(text: str, language: str) -> None:
    """Where the model reads it, nothing is found."""
    assert other_language(text, ENGLISH) == language
    code = next(code for code in DETECTED if names_of([code]) == language)
    assert other_language(text, (code, "en")) == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "?",
        "Gamma",
        "Metadata Metadata",
        "TODO",
        "Qbist",
        "rotate layer",
        "2 x 4",
        "idf2vrml",
        "https://www.example.it/foto",
    ],
)
def test_what_is_not_sure_is_not_said(text: str) -> None:
    """One word is in many languages, and two English ones without function words are near to others."""
    assert other_language(text, ENGLISH) == ""


def test_short_english_questions_and_titles_are_never_taken_for_others() -> None:
    """The 60 short queries, and all titles and texts of the sample and of a manual."""
    lines = shipped("experiments").joinpath("short_queries.jsonl").read_bytes().splitlines()
    queries = [orjson.loads(line)["query"] for line in lines]
    sections = [*open_source("sample").sections(), *open_source("gimp-manual").sections()]
    texts = {text for section in sections for text in (section.section_title, section.text[:300])}
    assert len(queries) == 60
    assert other_languages([*queries, *sorted(texts)], ENGLISH).total() == 0


@pytest.mark.parametrize("languages", [(), ("xx",), ("vi",)])
def test_a_model_of_all_languages_or_of_an_unknown_one_raises_no_doubt(languages: tuple[str, ...]) -> None:
    """Nothing is known of what it reads."""
    assert not is_detected(languages)
    assert other_language("Wie drehe ich eine Ebene?", languages) == ""


def test_without_the_extra_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a large package, and a search goes without."""
    monkeypatch.setitem(sys.modules, "lingua", None)
    monkeypatch.setattr("mlsr_es.languages.find_spec", lambda _: None)
    assert other_language("Wie drehe ich eine Ebene?", ENGLISH) == ""


def test_texts_are_counted_by_language() -> None:
    """For a summary."""
    texts = ["Die rote Mühle am Bach", "Ein Vogel auf einem Dach", "Un bateau à voiles sur la mer calme", "A red mill"]
    assert other_languages(texts, ENGLISH) == {"German": 2, "French": 1}


_GROWN = """
import psutil
from mlsr_es.languages import load_detector, other_language
load_detector()
before = psutil.Process().memory_info().rss
other_language("correcting lens distortion", {"en"})
print((psutil.Process().memory_info().rss - before) >> 20)
"""


def test_a_loaded_detector_has_all_languages_of_latin_script() -> None:
    """Else the first text that could be in any of them waits for two seconds, and takes 200 MiB."""
    ran = subprocess.run([sys.executable, "-c", _GROWN], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 20
