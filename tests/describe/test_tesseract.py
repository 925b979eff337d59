"""Text that Tesseract reads in pictures."""

from __future__ import annotations

import shutil

import pytest
from PIL import Image

from mlsr_es.collection import CaptionKind
from mlsr_es.describe import choose_describers
from mlsr_es.describe.tesseract import Tesseract
from mlsr_es.errors import InputError
from tests.describe.test_text_reader import screenshot

needs_tesseract = pytest.mark.skipif(not shutil.which("tesseract"), reason="apt-get install tesseract-ocr")


@needs_tesseract
def test_lines_with_a_word_are_read_in_their_order() -> None:
    """As RapidOCR's are: numbers and single letters say nothing, and pictures without text have no words."""
    reader = Tesseract()
    assert reader.describe(screenshot("Unsharp Mask", "100", "Threshold")) == ("Unsharp Mask", "Threshold")
    assert reader.describe(Image.new("RGB", (200, 200), "white")) == ()
    assert reader.describe(Image.new("RGB", (1, 1), "black")) == ()
    assert reader.describe(Image.new("RGB", (4000, 14), "white")) == ()
    assert reader.kind is CaptionKind.READ


@needs_tesseract
def test_it_is_chosen_by_name_and_language() -> None:
    """Another language is another describer, so that images are read again; one that is not there is told."""
    chosen = choose_describers("text:tesseract,name")
    (revision,) = chosen.revisions
    assert revision.startswith("tesseract ")
    assert chosen.given == "text:tesseract,name"
    assert choose_describers("text:tesseract=osd+eng").revisions != chosen.revisions
    with pytest.raises(InputError, match="no language 'tlh'") as told:
        choose_describers("text:tesseract=eng+tlh")
    assert "apt-get install tesseract-ocr-tlh" in told.value.advice


def test_a_machine_without_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is read."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="tesseract is not installed") as told:
        choose_describers("text:tesseract")
    assert "apt-get install" in told.value.advice
