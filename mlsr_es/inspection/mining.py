"""Asking an index what it ranks high for the sections of a training run: where its hard negatives come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.elastic import Frame, Version, WordClauses, build_query, search_many
from mlsr_es.evaluation import Ranked, Run, plain_weights
from mlsr_es.progress import Progress, Silent
from mlsr_es.suggestion import check_model, exact_strategy_for, serving_version
from mlsr_es.vectors import feature_weights

if TYPE_CHECKING:
    from mlsr_es.elastic import Client
    from mlsr_es.encoders import BiEncoder

_STAGE = "Mining"
_SECTIONS_AT_ONCE = 256


@dataclass(frozen=True)
class IndexMiner:
    """Ranks the images of a collection that an index holds, by BM25 or by the vectors that it was made with.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        version: The index.
        model: The bi-encoder that it was made with; None for BM25 on ``caption_all``.
        collection: Whose images are ranked.
        depth: How many a section.
        progress: Told of each section.
    """

    client: Client
    version: Version
    model: BiEncoder | None
    collection: str
    depth: int
    progress: Progress

    def __call__(self, sections: Sequence[Section], documents: Sequence[ImageDocument]) -> Run:
        """The rankings; sections that ask for nothing have an empty one.

        Args:
            sections: The queries.
            documents: Not looked at: what is searched, the index holds, and those that train sort out what they need.

        Raises:
            ClusterError: The cluster cannot be reached, or refuses.
        """
        del documents
        rankings: dict[str, list[Ranked]] = {section.id: [] for section in sections}
        self.progress.start(_STAGE, len(sections), "sections")
        for start in range(0, len(sections), _SECTIONS_AT_ONCE):
            some = sections[start : start + _SECTIONS_AT_ONCE]
            bodies = dict(self._bodies(some))
            answers = search_many(
                self.client,
                self.version.index,
                bodies.values(),
                frame=Frame(filters=[{"term": {"collection": self.collection}}]),
            )
            for section_id, answer in zip(bodies, answers, strict=True):
                rankings[section_id] = [Ranked(hit.id, hit.score) for hit in answer.hits]
            self.progress.advance(_STAGE, len(some))
        self.progress.finish(_STAGE)
        return Run("mined", rankings)

    def _bodies(self, sections: Sequence[Section]) -> Iterator[tuple[str, dict[str, Any]]]:
        strategy = exact_strategy_for(self.client)
        vectors = self.model.encode_sections(sections) if self.model else None
        for row, section in enumerate(sections):
            terms = vectors.named(row, self.model.vocabulary) if vectors is not None and self.model else {}
            words = None if self.model else WordClauses(plain_weights(section))
            if not terms and not (words and words.words):
                continue
            body = build_query(
                feature_weights(terms),
                size=self.depth,
                text=words,
                field=self.version.meta.terms,
                strategy=strategy,
                source=False,
            )
            yield section.id, body


def index_miner(
    client: Client,
    index: str,
    *,
    model: BiEncoder | None,
    collection: str,
    depth: int,
    progress: Progress = Silent(),
) -> IndexMiner:
    """A miner of an index that is there, and was made with the model.

    Args:
        client: See ``IndexMiner``.
        index: The alias.
        model: Likewise.
        collection: Likewise.
        depth: Likewise.
        progress: Likewise.

    Raises:
        InputError: There is no such index, or it was made with another model.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    version = serving_version(client, index)
    if model:
        check_model(model, version)
    return IndexMiner(client, version, model, collection, depth, progress)
