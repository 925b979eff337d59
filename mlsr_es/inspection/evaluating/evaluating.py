"""How good an index, or a folder of vectors, is: its runs and the baselines' runs over the same topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mlsr_es.collection import Section
from mlsr_es.elastic.search import WordClauses
from mlsr_es.evaluation import (
    DEFAULTS,
    TITLE_BOOSTED,
    Baseline,
    Run,
    System,
    Topics,
    baseline_run,
    exact_run,
    read_vectors,
    tuned,
)
from mlsr_es.hybrid import Hybrid
from mlsr_es.inspection.evaluating.asking import Asker, plain_words
from mlsr_es.inspection.evaluating.contents import Contents, read_contents
from mlsr_es.inspection.evaluating.topics import TopicPlan
from mlsr_es.progress import Progress, Silent
from mlsr_es.suggestion import QueryEncoder, QueryTable, check_model, exact_strategy_for, serving_version
from mlsr_es.vectors import SparseVectors

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.suggestion import QueryEncoder

_SECTIONS_AT_ONCE = 64


@dataclass(frozen=True)
class Evaluation:
    """Systems over the same topics.

    Args:
        topics: The topics.
        systems: Name to system, the model's first.
        training_topics: The number of topics on which the title-boosted baseline's constants were found; 0 for its
            default constants.
        boosted: The title-boosted baseline with its constants.
        plan: How the topics were chosen.
        contents: The images that were searched.
    """

    topics: Topics
    systems: tuple[System, ...]
    training_topics: int
    boosted: Baseline
    plan: TopicPlan
    contents: Contents

    @property
    def leaks(self) -> int:
        """How many judgements are of images that only words of their own page describe: these are found too easily."""
        return sum(judgement.image_id in self.contents.stand_ins for judgement in self.topics.judgements)


def evaluate_index(
    client: Client,
    index: str,
    *,
    model: QueryEncoder,
    plan: TopicPlan,
    hybrid: Hybrid | None = None,
    query_table: QueryTable | None = None,
    progress: Progress = Silent(),
) -> Evaluation:
    """Query an index for all topics, and also score its stored vectors on this machine.

    Args:
        client: The client, from ``mlsr_es.elastic.client.connect``.
        index: The alias.
        model: The query encoder of the model that the index was made with.
        plan: The topics.
        hybrid: The BM25 part of one more system, the model with BM25 added; None for no such system.
        query_table: Encodes the queries of one more system, in place of the model; None for no such system.
        progress: Advanced while the index is read and queried.

    Raises:
        InputError: There is no topic or no such index, or the index was made with another model.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    version = serving_version(client, index)
    for encoder in (model, query_table):
        if encoder is not None:
            check_model(encoder, version)
    contents = read_contents(client, version, model.vocabulary, progress)
    topics, training = plan.topics(contents.image_ids)
    queries = encoded(model, topics.sections, progress)
    terms = partial(queries.named, vocabulary=model.vocabulary)
    asker = Asker(client, version, exact_strategy_for(client), topics.sections, terms, progress)
    runs = {"the model's dot product, by the cluster": asker.run("sparse")}
    runs |= {"the same, summed on this machine": _exact(topics, queries, contents, progress)}
    if query_table:
        by_table = query_table.encode_sections(topics.sections)
        asks = replace(asker, terms=partial(by_table.named, vocabulary=query_table.vocabulary))
        runs["queries from the table, by the cluster"] = asks.run("table")
    if hybrid:
        adds = f"{hybrid.weight:g} x BM25 of words by field on {hybrid.field}"
        words = partial(WordClauses.of, hybrid)
        runs[f"sparse + {adds}, one request"] = asker.run("hybrid", words)
        runs["the words of hybrid alone"] = asker.run("words", words, terms=False)
    if not version.meta.enriched:  # an owner's index has no field caption_all
        runs["titles and text, by the cluster on caption_all"] = asker.run("bm25", plain_words, terms=False)
    return _with_baselines(runs, topics, training, contents, plan)


def evaluate_vectors(
    folder: Path,
    *,
    plan: TopicPlan,
    progress: Progress = Silent(),
) -> Evaluation:
    """Score the vectors that ``encode`` wrote.

    Args:
        folder: The folder with the vectors.
        plan: The topics; their queries are the fields that the vectors were encoded from.
        progress: Advanced while topics are scored.

    Raises:
        InputError: There are no vectors, or there is no topic.
    """
    stored = read_vectors(folder)
    plan = replace(plan, query_fields=stored.query_fields)
    contents = Contents.of_files(stored)
    topics, training = plan.topics(contents.image_ids)
    rows = {section_id: row for row, section_id in enumerate(stored.section_ids)}
    encoded = [section.id for section in topics.sections if section.id in rows]
    queries = stored.sections.select([rows[section_id] for section_id in encoded])
    run = exact_run(
        "exact", queries, contents.vectors, section_ids=encoded, image_ids=contents.image_ids, progress=progress
    )
    return _with_baselines({"the model's dot product": run}, topics, training, contents, plan)


def encoded(model: QueryEncoder, sections: Sequence[Section], progress: Progress) -> SparseVectors:
    """Encode the query vectors of many sections, in batches."""
    stage = "Encoding sections"
    progress.start(stage, len(sections), "sections")
    parts = []
    for start in range(0, len(sections), _SECTIONS_AT_ONCE):
        some = sections[start : start + _SECTIONS_AT_ONCE]
        parts.append(model.encode_sections(some))
        progress.advance(stage, len(some))
    progress.finish(stage)
    return SparseVectors.concatenate(parts, vocabulary_size=len(model.vocabulary))


def _exact(topics: Topics, queries: SparseVectors, contents: Contents, progress: Progress) -> Run:
    ids = [section.id for section in topics.sections]
    return exact_run(
        "exact", queries, contents.vectors, section_ids=ids, image_ids=contents.image_ids, progress=progress
    )


def _with_baselines(
    runs: dict[str, Run], topics: Topics, training: Topics, contents: Contents, plan: TopicPlan
) -> Evaluation:
    boosted = tuned(TITLE_BOOSTED, training.sections, contents.captions, contents.image_ids, training.judgements)
    for what, baseline in {
        "titles and text, bm25s with its defaults": DEFAULTS,
        f"stems, words weighted by field; k1 {boosted.k1:g}, b {boosted.b:g}": boosted,
    }.items():
        runs[what] = baseline_run(baseline, topics.sections, contents.captions, contents.image_ids)
    systems = tuple(System.measured(what, run, topics.judgements) for what, run in runs.items())
    return Evaluation(topics, systems, len(training.sections), boosted, plan, contents)
