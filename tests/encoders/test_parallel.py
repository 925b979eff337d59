"""Encoding on several threads."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from mlsr_es.collection import Caption, ImageDocument
from mlsr_es.encoders import DocumentInput, one_thread_each
from tests.models import word_model
from tests.shared import torch_threads


@pytest.fixture
def three_threads() -> Iterator[None]:
    """As on a machine of three cores."""
    with torch_threads(3):
        yield


@pytest.mark.usefixtures("three_threads")
def test_each_thread_encodes_alone() -> None:
    """With the weights of one after the other; afterwards products are shared as before."""
    model = word_model()
    documents = [ImageDocument(str(n), "c", (Caption(text),)) for n, text in enumerate(["owl", "a boat", "rope"] * 30)]
    expected = model.encode_documents(documents)
    with one_thread_each(model) as threads, ThreadPoolExecutor(threads) as pool:
        assert (threads, torch.get_num_threads()) == (3, 1)
        starts = range(0, len(documents), 9)
        parts = list(pool.map(lambda start: model.encode_documents(documents[start : start + 9]), starts))
    assert torch.get_num_threads() == 3
    rows = np.concatenate([part.weights for part in parts])
    np.testing.assert_array_equal(rows, expected.weights)


@pytest.mark.usefixtures("three_threads")
def test_products_of_images_are_shared() -> None:
    """They are large."""
    with one_thread_each(word_model(reads=DocumentInput.IMAGE_AND_CAPTION)) as threads:
        assert (threads, torch.get_num_threads()) == (1, 3)
