"""What is added to captions, and what is kept of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from mlsr_es.collection import Caption, CaptionKind
from mlsr_es.describe import NAMES_ONLY, NOTHING, Describing, check_describe, choose_describers
from mlsr_es.describe.cache import Cache
from mlsr_es.describe.describing import labels_asked
from mlsr_es.errors import InputError, ModelError

PICTURE = Image.new("RGB", (20, 10))


class Counting:
    """Says the picture's size, and counts how often it is asked."""

    kind = CaptionKind.LABEL

    def __init__(self, revision: str = "one") -> None:
        self.revision = revision
        self.asked: Counter[tuple[int, int]] = Counter()

    def describe(self, picture: Image.Image) -> tuple[str, ...]:
        """Two words, one of them twice."""
        self.asked[picture.size] += 1
        return (f"{picture.width} wide", "small", "small")


def test_a_picture_is_looked_at_once(tmp_path: Path) -> None:
    """Not again by another run, but again by another revision."""
    cache, first, again = tmp_path / "said.sqlite", Counting(), Counting()
    for describer in (first, again):
        captions = Describing(describers=(describer,), cache=Cache(cache)).of_picture(b"bytes", lambda: PICTURE)
        assert captions == (Caption("20 wide small", CaptionKind.LABEL),)
    assert (first.asked.total(), again.asked.total()) == (1, 0)
    newer = Counting("two")
    Describing(describers=(newer,), cache=Cache(cache)).of_picture(b"bytes", lambda: PICTURE)
    assert newer.asked.total() == 1


def test_nothing_found_is_kept_too(tmp_path: Path) -> None:
    """Most pictures have no text."""
    cache = Cache(tmp_path / "said.sqlite")
    cache.put("one", "digest", ())
    assert cache.get("one", "digest") == ()
    assert cache.get("one", "other") is None


def test_a_state_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    """What was found is then kept while the program runs."""
    (tmp_path / "file").touch()
    cache = Cache(tmp_path / "file" / "said.sqlite")
    cache.put("one", "digest", ("word",))
    assert cache.get("one", "digest") == ("word",)


def test_names_need_no_picture() -> None:
    """So no image is opened for them."""
    assert NAMES_ONLY.of_name("menus/edit-paste.png") == (Caption("edit paste", CaptionKind.NAME),)
    assert not NAMES_ONLY.looks
    assert NOTHING.of_name("menus/edit-paste.png") == ()
    assert not NOTHING


@pytest.mark.parametrize(
    ("given", "pairs"),
    [
        ("none", ()),
        ("", ()),
        ("text", (("text", ""),)),
        ("text, name", (("text", ""), ("name", ""))),
        ("labels:a/b,caption:/m/c", (("labels", "a/b"), ("caption", "/m/c"))),
    ],
)
def test_what_the_user_types(given: str, pairs: tuple[tuple[str, str], ...]) -> None:
    """Names, separated by commas, some with a model."""
    assert check_describe(given) == pairs


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("ocr", "does not know 'ocr'"),
        ("text,", "does not know ''"),
        ("name:model", "takes no model"),
        ("text:model", "knows no 'model'"),
        ("caption", "needs the model"),
        ("text,text", "the same twice"),
        ("labels:model=", "fewer than two different labels"),
        ("labels:model=owl", "fewer than two different labels"),
        ("labels:model=owl+owl", "fewer than two different labels"),
        ("labels:=owl+boat", "lacks the model"),
    ],
)
def test_what_cannot_be_is_said(given: str, told: str) -> None:
    """With what there is."""
    with pytest.raises(InputError, match=told):
        check_describe(given)


def test_labels_stand_behind_the_last_equals_sign() -> None:
    """A folder's name may have one, too; a model with labels of its own stands alone."""
    assert labels_asked("/run=3/clip=owl+ red boat ") == ("/run=3/clip", ("owl", "red boat"))
    assert labels_asked("owner/name") == ("owner/name", ())


def test_a_model_that_only_an_index_names_is_not_fetched() -> None:
    """The index's owner is not who runs the program."""
    with pytest.raises(ModelError, match="not downloaded because an index names it") as caught:
        _ = choose_describers("caption:nobody/has-this", downloads=False).revisions
    assert "name it yourself with --describe" in caught.value.advice


def test_a_model_that_there_is_not_is_told_at_its_first_use() -> None:
    """Its revision is asked before any picture is."""
    with pytest.raises(ModelError, match="there is no model '/no/where'"):
        _ = choose_describers("labels:/no/where").revisions
