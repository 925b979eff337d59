"""What machines add to captions on the way to an index."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PIL import Image

from mlsr_es.collection import Caption, CaptionKind, ImageDocument, ImageFile
from mlsr_es.describe import NAMES_ONLY, Describing
from mlsr_es.elastic.reading import Stored
from mlsr_es.indexing.fingerprint import EncodingPlan
from mlsr_es.indexing.needs import Needs
from tests.indexing.test_prepare import PLAN, block_of, pictured, png

OWN = Caption("owl")
RED = Caption("red", CaptionKind.READ)


class SaysRed:
    """Reads "red" in pictures that are wider than they are high."""

    kind = CaptionKind.READ
    revision = "red 1"

    def describe(self, picture: Image.Image) -> tuple[str, ...]:
        """One word or none."""
        return ("red",) if picture.width > picture.height else ()


LOOKING = Describing(describers=(SaysRed(),))
LOOKS = Needs(image=False, caption=True, describing=LOOKING)
PLAN_LOOKS = replace(PLAN, describers=LOOKING.revisions)


def silent(id_: str, content: bytes) -> ImageDocument:
    """An image without any caption."""
    return ImageDocument(id_, "birds", (), ImageFile(f"{id_}.png", content))


def test_what_is_found_is_a_caption_of_its_own_kind() -> None:
    """Beside those of people, which come first."""
    block = block_of(pictured("a", png()), plan=PLAN_LOOKS, needs=LOOKS)
    (ready,) = block.ready
    assert ready.record.document.captions == (OWN, RED)
    assert ready.record.pictures[0].captions == (OWN, RED)


def test_an_image_without_caption_is_indexed_by_what_it_has() -> None:
    """Where nothing is found, the same rule leaves it out as without describers."""
    block = block_of(silent("wide", png()), silent("high", png(3, 4)), plan=PLAN_LOOKS, needs=LOOKS)
    assert [ready.record.document.captions for ready in block.ready] == [(RED,)]
    assert [(one.id, one.rule) for one in block.left_out] == [("high", "no caption")]


def test_words_of_the_name_need_no_look() -> None:
    """So they cost nothing."""
    needs = Needs(image=False, caption=True, describing=NAMES_ONLY)
    block = block_of(silent("snowy-owl", png()), silent("17", png()), needs=needs)
    assert [ready.record.document.captions for ready in block.ready] == [(Caption("snowy owl", CaptionKind.NAME),)]
    assert [one.id for one in block.left_out] == ["17"]


def test_an_unchanged_image_is_not_looked_at_again() -> None:
    """Its fingerprint is over what people wrote and over the describers, so it is known without a look."""
    (first,) = block_of(pictured("a", png()), plan=PLAN_LOOKS, needs=LOOKS).ready
    held = {"a": Stored(first.fingerprint, "birds")}
    again = block_of(pictured("a", png()), held=held, plan=PLAN_LOOKS, needs=LOOKS)
    assert [record.id for record in again.unchanged] == ["a"]


@pytest.mark.parametrize("plan", [PLAN, replace(PLAN, describers=("red 2",))])
def test_other_describers_are_another_fingerprint(plan: EncodingPlan) -> None:
    """So an image is looked at again where a describer was added, removed, or became another one."""
    (first,) = block_of(pictured("a", png()), plan=PLAN_LOOKS, needs=LOOKS).ready
    held = {"a": Stored(first.fingerprint, "birds")}
    assert not block_of(pictured("a", png()), held=held, plan=plan, needs=LOOKS).unchanged


def test_a_picture_that_a_describer_fails_on_is_rejected_and_the_run_goes_on() -> None:
    """Libraries raise anything for odd pictures; what cannot work at all is an error of the run."""

    class Fails(SaysRed):
        def describe(self, picture: Image.Image) -> tuple[str, ...]:
            if picture.width == 5:
                raise RuntimeError("bad shape\nat line 7")
            return super().describe(picture)

    needs = replace(LOOKS, describing=Describing(describers=(Fails(),)))
    block = block_of(pictured("bad", png(5)), pictured("good", png()), plan=PLAN_LOOKS, needs=needs)
    assert [ready.record.id for ready in block.ready] == ["good"]
    assert [str(bad.error) for bad in block.rejected] == ["describe: bad: what it shows (read): bad shape"]


def test_a_broken_image_is_rejected_as_before() -> None:
    """A describer sees pictures only."""
    block = block_of(pictured("a", b"no image"), plan=PLAN_LOOKS, needs=LOOKS)
    assert [bad.error and bad.error.stage for bad in block.rejected] == ["decode"]
