"""What was read in the images of known collections ships with the package."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random

import pytest

from mlsr_es.collection import ImageDocument
from mlsr_es.describe import image_digest
from mlsr_es.describe.cache import Cache
from mlsr_es.describe.text_reader import TextReader
from mlsr_es.errors import SourceError
from mlsr_es.shipped import shipped
from mlsr_es.sources import decode, open_source

_SMALL = 15_000
"""Bytes of a file that is read quickly."""

FILE = shipped("descriptions", "gimp-manual.json.gz")


def test_the_file_says_what_it_is() -> None:
    """With the describer that wrote it, which is the installed one, or nobody would use it."""
    told = json.loads(gzip.decompress(FILE.read_bytes()))
    assert (told["collection"], told["licence"]) == ("gimp-manual", "GFDL-1.2+")
    assert told["describer"] == TextReader().revision
    assert len(told["texts"]) > 1_700


def test_all_images_of_the_sample_are_there(tmp_path: Path) -> None:
    """The demo reads none of them, where it falls back to the sample."""
    cache, revision = Cache(tmp_path / "said.sqlite", FILE.parent), TextReader().revision
    images = [item.image for item in open_source("sample").documents() if isinstance(item, ImageDocument)]
    assert all(image and cache.get(revision, image_digest(image.read())) is not None for image in images)


def test_twenty_images_read_again_say_the_same(tmp_path: Path) -> None:
    """Drawn at random, but for one of them from small ones; processors differ, so a line in twenty may be another."""
    try:
        source = open_source("gimp-manual")
    except SourceError as error:
        pytest.skip(f"the manual cannot be had: {error}")
    images = [item for item in source.documents() if isinstance(item, ImageDocument) and item.image]
    cache, reader = Cache(tmp_path / "said.sqlite", FILE.parent), TextReader()
    same = total = 0
    small = [item for item in images if item.image and item.image.size <= _SMALL]
    for item in (*Random(0).sample(images, 1), *Random(0).sample(small, 19)):
        assert item.image is not None
        content = item.image.read()
        kept = cache.get(reader.revision, image_digest(content))
        assert kept is not None, item.id
        read = reader.describe(decode(item.image))
        same += len(set(kept) & set(read))
        total += len(set(kept) | set(read))
    assert total > 20
    assert same >= 0.95 * total
