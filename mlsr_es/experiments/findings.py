"""The findings in a document: each report rewrites the section between two marks."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from mlsr_es.experiments.comparing import StudyAnswer
from mlsr_es.experiments.gathering import StudyResults
from mlsr_es.experiments.measures import OF_VECTORS
from mlsr_es.experiments.sentences import adjustments, claimed, differing, headline
from mlsr_es.experiments.study import Question, Study
from mlsr_es.experiments.tables import (
    answer_table,
    chance,
    collections_table,
    contributions_table,
    examples_table,
    languages_table,
    legend,
    systems_table,
    types_table,
)

_SHAPLEY = """nDCG@10 where images have a component alone, where they have all others, and the component's Shapley
value: what it adds, on average over all orders of adding components one by one. The values of a system add up to its
figure with all of them."""
_TYPES = """Of the images that belong in a section, the share that is among its ten best. 252 images were sorted by eye,
the others by a classifier that learned from them: `benchmarks/image_types.py`."""
_LANGUAGES = """nDCG@10. All languages search the same images by the same captions; what is asked is a held-out image's
caption in another language. *dictionary* learns which word translates which from the captions of the other images.
BM25 has its usual constants."""
_COLLECTIONS = """nDCG@10. Each collection's pages are split in five, and all systems are measured on the same fold of
it; a model never saw that fold of its own collection, where its figure is in bold. BM25's constants are found on the
other pages of each collection. What is asked as a whole was never seen, and BM25 has its usual constants there."""


def section(gathered: StudyResults, answers: Sequence[StudyAnswer], *, folder: str) -> str:
    """Write the findings of a study in Markdown.

    Args:
        gathered: The systems.
        answers: The answers to the study's questions.
        folder: The folder of tables and plots, relative to the document.
    """
    study = gathered.study
    parts = [f"## {study.title}"]
    if not gathered.is_whole:
        parts.append(f"**{left_out(gathered)}**")
    for answer in answers:
        parts += [
            f"### {answer.question.title}",
            f"{claimed(study, answer.question)} **{headline(answer)}**",
        ]
        if answer.comparisons:
            parts.append(answer_table(answer))
        if notes := _differences(study, answer.question):
            parts.append(notes)
    for heading, note, table in (
        ("What each component is worth", _SHAPLEY, contributions_table(gathered)),
        ("By collection", _COLLECTIONS, collections_table(gathered)),
        ("By language", _LANGUAGES, languages_table(gathered)),
        ("By type of image", _TYPES, types_table(gathered)),
    ):
        if table:
            parts += [f"### {heading}", note, table]
    parts += [
        "### The systems",
        systems_table(gathered),
        f"*By fold*: mean and standard deviation of the folds' means. {chance(gathered)} Of the vectors:\n\n{legend()}",
        f"![nDCG@10 of the systems]({folder}/quality.svg)",
    ]
    if any(answer.comparisons for answer in answers):
        parts.append(f"![Differences in nDCG@10]({folder}/differences.svg)")
    if any(measure in OF_VECTORS for question in study.questions for measure in question.measures):
        examples = examples_table(gathered)
        parts += [f"![Co-activation and content words]({folder}/vectors.svg)", "### What the terms look like", examples]
    if study.adjustments:
        parts += ["### What not all cells are told", f"Later lines count over earlier ones.\n\n{adjustments(study)}"]
    links = f"[table.md]({folder}/table.md), and [summary.json]({folder}/summary.json) for programs"
    parts.append(f"Every comparison: {links}.")
    return "\n\n".join(parts)


def left_out(gathered: StudyResults) -> str:
    """A sentence about the units that are missing from the figures."""
    total = len(gathered.study.units())
    stale = f", {len(gathered.stale)} are of another recipe and do not count" if gathered.stale else ""
    return f"The study is not whole: of {total} units {len(gathered.missing)} are not done{stale}."


def insert(document: Path, name: str, text: str) -> bool:
    """Put a study's findings between its marks.

    Args:
        document: A Markdown file.
        name: The name of the study.
        text: The findings, from ``section``.

    Returns:
        Whether the document exists and has the marks; if not, nothing is written.
    """
    try:
        before = document.read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    begin, end = (f"<!-- experiment {name}: {edge} -->" for edge in ("begin", "end"))
    written, count = re.subn(
        f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: f"{begin}\n{text}\n{end}", before, flags=re.DOTALL
    )
    if count:
        document.write_text(written, encoding="utf-8")
    return bool(count)


def relative(folder: Path, document: Path) -> str:
    """The path of a folder for links in a document."""
    return Path(os.path.relpath(folder, document.parent)).as_posix()


def _differences(study: Study, question: Question) -> str:
    """How the cells of a question differ, a line each pair; pairs with other systems are told in the systems' table."""
    return "\n".join(
        f"- {first} and {second}, {differing(study, first, second)}."
        for first, second in question.pairs
        if {first, second} <= study.cells.keys()
    )
