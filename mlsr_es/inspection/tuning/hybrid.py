"""Find the weight of BM25 for an index: the weight that balances both scores, and figures of other weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from mlsr_es.collection import Judgement, Section
from mlsr_es.elastic.search import WordClauses, check_text_field, field_types
from mlsr_es.errors import InputError
from mlsr_es.evaluation import LEAST_TEXT, Figures, Run, Split, balanced_weight, difference, figures
from mlsr_es.hybrid import STEMS, Hybrid
from mlsr_es.inspection.evaluating import Asker, TopicPlan, encoded
from mlsr_es.progress import Progress, Silent
from mlsr_es.splits import TEST_FOLD
from mlsr_es.suggestion import check_model, exact_strategy_for, serving_version

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.elastic.mapping import IndexMeta
    from mlsr_es.suggestion import QueryEncoder
    from mlsr_es.training import TrainedOn

MEASURE = "nDCG@10"
_MEASURES = (MEASURE, "R@10")
_DEPTH = 10
_FACTORS = (0.0, 0.0625, 0.125, 0.25, 0.5, 0.7, 1.0, 1.4, 2.0, 4.0, 8.0, 32.0)
"""The weights to try, as factors of the balanced weight.

With the largest, the terms hardly do more than break ties: where BM25 alone is better, it decides."""
_DIGITS = 3
_MOST_SECTIONS = 256


@dataclass(frozen=True)
class Weighing:
    """The result of a search for the weight.

    Args:
        hybrid: The recommended field and weight.
        balance: The weight at which both best scores are equally high.
        curve: Weight to the figures of hybrid searches with it; empty without judgements.
        best: The weight with the best nDCG@10; None without judgements.
        sections: The number of sections that were searched for.
        words: Figures of BM25 alone; None without judgements.
        warning: Why the weight may be unreliable; "" if there is no known reason.
    """

    hybrid: Hybrid
    balance: float
    curve: dict[float, Figures]
    best: float | None
    sections: int
    words: Figures | None = None
    warning: str = ""

    @property
    def by_words(self) -> bool:
        """Whether the largest weight is recommended: BM25 alone is better than all at which the terms count."""
        return bool(self.curve) and self.hybrid.weight == max(self.curve)


def weigh_hybrid(
    client: Client,
    index: str,
    *,
    model: QueryEncoder,
    sections: Sequence[Section],
    judgements: Sequence[Judgement] = (),
    split: Split = Split.ALL,
    fold: int = TEST_FOLD,
    field: str = STEMS,
    trained: Sequence[TrainedOn] = (),
    progress: Progress = Silent(),
) -> Weighing:
    """Find the weight of BM25: the balanced one, unless judgements show another to be significantly better.

    Args:
        client: The client, from ``mlsr_es.elastic.client.connect``.
        index: The alias.
        model: The query encoder of the model that the index was made with.
        sections: The sections to search for.
        judgements: The images that belong in the sections; without judgements the balanced weight is recommended.
        split: The pages whose sections are used, if there are judgements.
        fold: The fold that the split holds out.
        field: The text field that BM25 reads.
        trained: The pages that the model was trained on; empty if they are unknown.
        progress: Advanced by each query.

    Raises:
        InputError: No section has a query, or the index has no such field.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    version = serving_version(client, index)
    check_model(model, version)
    check_text_field(version.index, field_types(version.described["mappings"]), field)
    if judgements:
        topics = TopicPlan(sections, judgements, split=split, fold=fold).topics_in(client, version)
        asked, known = topics.sections, topics.judgements
    else:
        long = [section for section in sections if len(section.text) > LEAST_TEXT] or list(sections)
        asked, known = tuple(Random(0).sample(long, min(_MOST_SECTIONS, len(long)))), ()  # noqa: S311
    terms = partial(encoded(model, asked, progress).named, vocabulary=model.vocabulary)
    asker = Asker(client, version, exact_strategy_for(client), asked, terms, progress, _DEPTH)
    words = partial(WordClauses.of, Hybrid(field, 1.0))
    terms_alone, words_alone = asker.run("terms"), asker.run("BM25", words, terms=False)
    balance = balanced_weight(terms_alone, words_alone)
    if balance is None:
        raise InputError(
            f"no section finds an image in {index}, by its terms and by its words in {field}.",
            advice="Name sections such as images are searched for, and the field with the captions.",
        )
    balanced = float(f"{balance:.{_DIGITS}g}")
    found = f"{len(asked)} sections, both scores balanced, by mlsr-es tune hybrid"
    weighing = Weighing(Hybrid(field, balanced, found, kept=True), balanced, {}, None, len(asked))
    if not known:
        return weighing
    judged = _judged(weighing, asker, known, terms_alone, words_alone)
    return replace(judged, warning=_warning(version.meta, trained, split, fold))


def _warning(meta: IndexMeta, trained: Sequence[TrainedOn], split: Split, fold: int) -> str:
    """A warning if the model was, or may have been, trained on judged pages; "" otherwise."""
    held_out = {one.fold for one in trained if one.is_in(meta.origins)}
    if split is not Split.TRAIN and not (held_out and (split is Split.ALL or held_out != {fold})):
        return ""
    unseen, *several = held_out or {fold}
    others = "--split test" + (f" --fold {unseen}" if unseen != TEST_FOLD else "")
    judge = "Store" if unseen is None or several else f"Judge with {others}, or store"
    return (
        "the model knows such pages too well, since it was trained on them or may have been: the weight comes out too "
        f"small. {judge} nothing and search with --hybrid auto."
    )


def _judged(
    weighing: Weighing, asker: Asker, judgements: Sequence[Judgement], terms_alone: Run, words_alone: Run
) -> Weighing:
    """The result with the curve around the balanced weight, and with BM25 alone."""
    curve = {}
    for factor in _FACTORS:
        weight = float(f"{factor * weighing.balance:.{_DIGITS}g}")
        hybrid = replace(weighing.hybrid, weight=weight)
        run = asker.run(f"weight {weight:g}", partial(WordClauses.of, hybrid)) if weight else terms_alone
        curve[weight] = figures(run, judgements, _MEASURES)
    best = max(curve, key=lambda weight: curve[weight].mean(MEASURE))
    chosen = weighing.hybrid
    several = len(curve[best].section_ids) > 1
    if several and difference(curve[best].values[MEASURE], curve[weighing.balance].values[MEASURE]).low > 0:
        chosen = Hybrid(chosen.field, best, f"{weighing.sections} judged sections, by mlsr-es tune hybrid", kept=True)
    words = figures(words_alone, judgements, _MEASURES)
    return replace(weighing, hybrid=chosen, curve=curve, best=best, words=words)
