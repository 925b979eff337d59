"""Build batches from the numbers of sections: draw images, cut windows, read pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Any

import torch
from torch import Tensor

from mlsr_es.collection import MACHINE_MADE, ImageDocument, Section
from mlsr_es.encoders import BiEncoder, FieldReader, TextBatch, Window, caption_texts, section_texts
from mlsr_es.training.config import TrainingConfig
from mlsr_es.training.data import TrainingData
from mlsr_es.training.sampling import draw
from mlsr_es.training.shortening import general_titles, shortened
from mlsr_es.training.teaching import Teacher

Pixels = Callable[[Sequence[ImageDocument]], Tensor]
"""Gives the document encoder's input for images: pixels or features, one row an image."""

_GROUPS = 4
"""Candidates are encoded in this many groups of similar length: captions differ tenfold in length, and padding costs as
much as text."""
_DOCUMENTS_KEPT = 200_000


class Batches:
    """Collates queries for the trainer.

    Args:
        data: The collection.
        model: The model whose tokenizer and fields are used.
        config: The configuration of the run.
        hard: For each section, the places of its hard negatives in the data's documents, hardest first; may be empty.
        pixels: Gives the input for images; required if the model reads images.
        teacher: Also scores the candidates; None if the configuration has no teacher.
    """

    def __init__(
        self,
        data: TrainingData,
        model: BiEncoder,
        config: TrainingConfig,
        *,
        hard: Sequence[Sequence[int]] = (),
        pixels: Pixels | None = None,
        teacher: Teacher | None = None,
    ) -> None:
        self.epoch = 0
        self._data, self._config, self._pixels, self._teacher = data, config, pixels, teacher
        self._hard = hard or [()] * len(data.sections)
        self._sections = model.query_reader
        self._general = general_titles(data.sections)
        length = min(config.lengths.document, model.document_reader.max_length)
        self._captions = FieldReader(model.document_reader.tokenizer, model.config.document_fields, length)
        self._reads_caption = model.config.document_input.reads_caption
        self._windows = lru_cache(_DOCUMENTS_KEPT)(self._cut)

    def __call__(self, rows: Sequence[int]) -> dict[str, Any]:
        """Build a batch.

        Args:
            rows: The numbers of the sections.

        Returns:
            ``sections`` (TextBatch), ``documents`` (a list of groups: TextBatch or None, pixels or None),
            ``candidates`` (int64, shape (candidates,): numbers of images, in the order of the groups), ``positives``
            (int64, shape (sections,): places among the candidates), ``relevant`` (int64, shape (sections, most):
            numbers of images, filled up with -1); with a teacher ``taught`` (float32, shape (sections, candidates)).
        """
        data, negatives = self._data, self._config.negatives
        random = Random(f"{self._config.seed} {self.epoch} {list(rows)}")  # noqa: S311
        drawn = draw(
            random,
            [data.relevant[row] for row in rows],
            [self._hard[row] for row in rows],
            images=len(data.documents),
            mined=negatives.mined,
            extra=negatives.random,
        )
        shown = [self._shown(data.sections[row], random) for row in rows]
        windows = [random.choice(self._sections.windows(section_texts(section))) for section in shown]
        order = sorted(range(len(drawn.candidates)), key=lambda place: self._length(drawn.candidates[place]))
        moved = {place: new for new, place in enumerate(order)}
        candidates = [drawn.candidates[place] for place in order]
        most = max(len(data.relevant[row]) for row in rows)
        taught = {"taught": self._teacher.scores(shown, candidates)} if self._teacher else {}
        return taught | {
            "sections": TextBatch.of(self._sections.batch(windows)),
            "documents": self.groups(candidates, random),
            "candidates": torch.tensor(candidates),
            "positives": torch.tensor([moved[place] for place in drawn.positives]),
            "relevant": torch.tensor([_filled(data.relevant[row], most) for row in rows]),
        }

    def _shown(self, section: Section, random: Random) -> Section:
        """The section as the model sees it; a share of the sections lose their titles, another share most words."""
        settings = self._config.optimisation
        drawn = random.random() if settings.text_alone or settings.short_queries else 1.0
        if drawn < settings.text_alone:
            return section.only(["text"]) if section.text else section
        if drawn < settings.text_alone + settings.short_queries:
            return shortened(section, random, self._general)
        return section

    def groups(
        self, numbers: Sequence[int], random: Random | None = None
    ) -> list[tuple[TextBatch | None, Tensor | None]]:
        """Build the document encoder's inputs for images, in groups.

        Args:
            numbers: The numbers of the images, ordered by length.
            random: Draws one of the windows of a long text; None for the first one.
        """
        size = -(-len(numbers) // (_GROUPS if self._reads_caption else 1))
        return [self._group(numbers[start : start + size], random) for start in range(0, len(numbers), size)]

    def _group(self, numbers: Sequence[int], random: Random | None) -> tuple[TextBatch | None, Tensor | None]:
        text = None
        if self._reads_caption:
            cut = [self._windows(number, self._loses(random)) for number in numbers]
            drawn = [random.choice(each) if random and len(each) > 1 else each[0] for each in cut]
            text = TextBatch.of(self._captions.batch(drawn))
        pixels = self._pixels([self._data.documents[number] for number in numbers]) if self._pixels else None
        return text, pixels

    def _loses(self, random: Random | None) -> bool:
        """Whether an image is shown without what machines made."""
        share = self._config.optimisation.captions_alone
        return random is not None and share > 0 and random.random() < share

    def _cut(self, number: int, loses: bool) -> list[Window]:  # noqa: FBT001 - a part of the cache's key
        document = self._data.documents[number]
        written = tuple(caption for caption in document.captions if caption.kind not in MACHINE_MADE)
        shown = replace(document, captions=written) if loses and written else document
        return self._captions.windows(caption_texts(shown, self._captions.names))

    def _length(self, number: int) -> int:
        return len(self._windows(number, False)[0]) if self._reads_caption else 0


def _filled(numbers: Sequence[int], length: int) -> list[int]:
    return [*numbers, *[-1] * (length - len(numbers))]
