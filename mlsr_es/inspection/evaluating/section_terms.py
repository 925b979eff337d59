"""The terms that sections are asked by: encoded now, or before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mlsr_es.collection import Section
from mlsr_es.inspection.evaluating.evaluating import encoded
from mlsr_es.progress import Progress

if TYPE_CHECKING:
    from mlsr_es.evaluation import VectorFolder
    from mlsr_es.suggestion import QueryEncoder

Terms = Mapping[str, Mapping[str, float]]
"""By the section's id: word piece to query weight."""


def spread(sections: Sequence[Section], count: int) -> list[Section]:
    """At most so many sections, from the whole of a file: the same ones each time."""
    taken = min(count, len(sections))
    return [sections[place * len(sections) // taken] for place in range(taken)]


def terms_by_model(model: QueryEncoder, sections: Sequence[Section], progress: Progress) -> Terms:
    """Encode sections."""
    vectors = encoded(model, sections, progress)
    return {section.id: vectors.named(row, model.vocabulary) for row, section in enumerate(sections)}


def terms_of_files(folder: VectorFolder, sections: Sequence[Section]) -> Terms:
    """The sections that a folder has."""
    rows = {section_id: row for row, section_id in enumerate(folder.section_ids)}
    found: dict[str, Mapping[str, float]] = {}
    for section in sections:
        if section.id in rows:
            term_ids, weights = folder.sections[rows[section.id]]
            names = [folder.terms[term] for term in term_ids.tolist()]
            found[section.id] = dict(zip(names, weights.tolist(), strict=True))
    return found
