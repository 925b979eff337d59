"""The query terms of sections: encoded now, or read from files."""

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
"""Section id to the section's query: word piece to weight."""


def spread(sections: Sequence[Section], count: int) -> list[Section]:
    """At most ``count`` sections, evenly spread over the sequence and the same ones each time."""
    taken = min(count, len(sections))
    return [sections[place * len(sections) // taken] for place in range(taken)]


def terms_by_model(model: QueryEncoder, sections: Sequence[Section], progress: Progress) -> Terms:
    """Encode sections with a model."""
    vectors = encoded(model, sections, progress)
    return {section.id: vectors.named(row, model.vocabulary) for row, section in enumerate(sections)}


def terms_of_files(folder: VectorFolder, sections: Sequence[Section]) -> Terms:
    """The terms of those sections that a folder of vectors contains."""
    rows = {section_id: row for row, section_id in enumerate(folder.section_ids)}
    found: dict[str, Mapping[str, float]] = {}
    for section in sections:
        if section.id in rows:
            term_ids, weights = folder.sections[rows[section.id]]
            names = [folder.terms[term] for term in term_ids.tolist()]
            found[section.id] = dict(zip(names, weights.tolist(), strict=True))
    return found
