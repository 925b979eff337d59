"""A study's report: tables, a summary, plots and the document's section, all made only from the results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from mlsr_es.errors import StorageError
from mlsr_es.experiments.comparing import StudyAnswer, answers
from mlsr_es.experiments.findings import insert, left_out, relative, section
from mlsr_es.experiments.gathering import StudyResults, gather
from mlsr_es.experiments.plots import draw
from mlsr_es.experiments.results import Results
from mlsr_es.experiments.sentences import headline, sentence
from mlsr_es.experiments.study import Study
from mlsr_es.experiments.tables import comparisons_table, examples_table, legend, systems_table

_HOW = """Paired over the topics: percentile bootstrap interval, Cohen's d of the pairs, t-test, and its p after Holm's
correction over all rows."""


@dataclass(frozen=True)
class StudyReport:
    """A report: its content and its files.

    Args:
        gathered: The systems.
        answers: The answers to the study's questions.
        files: The files of tables, summary and plots.
        document: The document that the findings were written into; None if the document has no marks for them.
    """

    gathered: StudyResults
    answers: Sequence[StudyAnswer]
    files: tuple[Path, ...]
    document: Path | None


def report(study: Study, folder: Path, document: Path) -> StudyReport:
    """Report the results of a study so far.

    Args:
        study: The study.
        folder: The folder of all studies' results.
        document: A Markdown file; if it has the study's marks, the section between them is rewritten.

    Raises:
        InputError: No unit is done, or results are inconsistent.
        StorageError: A file cannot be written.
    """
    results = Results(study, folder)
    gathered = gather(results)
    found = answers(gathered)
    table, summary = results.folder / "table.md", results.folder / "summary.json"
    try:
        table.write_text(_table(gathered, found), encoding="utf-8")
        summary.write_bytes(
            orjson.dumps(summarised(gathered, found), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        )
        plots = draw(gathered, found, results.folder)
        text = section(gathered, found, folder=relative(results.folder, document))
        placed = insert(document, study.name, text)
    except OSError as error:
        raise StorageError(f"{error.filename} cannot be written: {error.strerror or error}.") from error
    return StudyReport(gathered, found, (table, summary, *plots), document if placed else None)


def summarised(gathered: StudyResults, found: Sequence[StudyAnswer]) -> dict[str, Any]:
    """Make one JSON object of the report."""
    return {
        "study": gathered.study.name,
        "whole": gathered.is_whole,
        "missing": len(gathered.missing),
        "stale": len(gathered.stale),
        "systems": {
            name: {
                "topics": system.topics,
                "folds": list(system.results),
                "means": {measure: system.mean(measure) for measure in system.measures},
                "deviations": {measure: system.deviation(measure) for measure in system.measures},
                "document_terms": system.of_documents("terms"),
            }
            for name, system in gathered.systems.items()
        },
        "questions": {
            answer.question.name: {
                "claim": answer.question.claim,
                "verdict": answer.verdict,
                "said": headline(answer),
                "comparisons": [
                    {**asdict(test), "as_expected": test.is_as_expected, "said": sentence(test)}
                    for test in answer.comparisons
                ],
            }
            for answer in found
        },
    }


def _table(gathered: StudyResults, found: Sequence[StudyAnswer]) -> str:
    parts = [f"# {gathered.study.title}"]
    if not gathered.is_whole:
        parts.append(f"**{left_out(gathered)}**")
    parts += [
        f"Made by `mlsr-es experiment report {gathered.study.name}` from the results beside it.",
        systems_table(gathered),
        legend(),
        "## Comparisons",
        _HOW,
        comparisons_table(found),
    ]
    if examples := examples_table(gathered):
        parts += ["## The heaviest terms", examples]
    return "\n\n".join(parts) + "\n"
