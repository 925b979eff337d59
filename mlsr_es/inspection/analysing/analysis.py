"""The vectors of an index, or of a folder that ``encode`` wrote, in numbers and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from mlsr_es.collection import Section
from mlsr_es.elastic.reading import ReadDocument, read_again
from mlsr_es.errors import InputError
from mlsr_es.evaluation import Usage, co_activation, read_vectors
from mlsr_es.inspection.analysing.signs import Sign, signs
from mlsr_es.inspection.evaluating import contents_of_vectors, encoded, read_contents
from mlsr_es.progress import Progress, Silent
from mlsr_es.suggestion import captions_in, check_model, described_in, serving_version
from mlsr_es.vectors import SparseVectors, Vocabulary

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.suggestion import QueryEncoder

_EXAMPLES = 8
_SHOWN_TERMS = 10


@dataclass(frozen=True, slots=True)
class Example:
    """An image, drawn at random.

    Args:
        id: The image's id.
        captions: Its captions; of a folder of vectors, all its words as BM25 reads them.
        described: What machines made: the kind to its text.
        terms: Its heaviest terms with their weights, heaviest first.
        thumbnail: A small picture as a data URI; "" where the index has none.
    """

    id: str
    captions: tuple[str, ...]
    terms: tuple[tuple[str, float], ...]
    described: Mapping[str, str]
    thumbnail: str = ""


@dataclass(frozen=True)
class Analysis:
    """What the vectors are like.

    Args:
        name: The index or folder.
        model: The model's name.
        documents: How the images' vectors use the vocabulary.
        queries: The same of the sections' vectors; None without sections.
        co_activation: The mean number of terms that a section shares with an image (``co_activation``); None without
            sections.
        kinds: The kind of caption component to how many images have it; empty where it is not known.
        examples: Some images.
        signs: What seems wrong.
    """

    name: str
    model: str
    documents: Usage
    queries: Usage | None
    co_activation: float | None
    kinds: Mapping[str, int]
    examples: tuple[Example, ...]
    signs: tuple[Sign, ...]


def analyse_index(
    client: Client,
    index: str,
    *,
    model: QueryEncoder,
    sections: Sequence[Section] = (),
    progress: Progress = Silent(),
) -> Analysis:
    """Analyse an index.

    Args:
        client: From ``connect``.
        index: The alias.
        model: The query encoder of the model that the index was made with.
        sections: Sections whose query vectors are analysed too.
        progress: Advanced while the index is read.

    Raises:
        InputError: There is no such index, it is empty, or it was made with another model.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    version = serving_version(client, index)
    check_model(model, version)
    contents = read_contents(client, version, model.vocabulary, progress)
    if not contents.image_ids:
        raise InputError(f"{index} holds no images.", advice="Index some first: mlsr-es index.")
    queries = encoded(model, sections, progress) if sections else None
    rows = _drawn(len(contents.image_ids))
    wanted = [*version.meta.caption_fields, "thumbnail"]
    keys = [(contents.image_ids[row], None) for row in rows]
    found = read_again(client, version.index, keys, wanted, fingerprint="mlsr.fingerprint")
    stored = {each.id: each for each in found if isinstance(each, ReadDocument)}
    examples = []
    for row in rows:
        id_ = contents.image_ids[row]
        source = stored[id_].source if id_ in stored else {}
        thumbnail = source.get("thumbnail")
        examples.append(
            Example(
                id_,
                captions_in(source, version.meta),
                _heaviest(contents.vectors, row, model.vocabulary),
                described_in(source, version.meta),
                thumbnail if isinstance(thumbnail, str) else "",
            )
        )
    documents = Usage.of(contents.vectors, model.vocabulary)
    looked = any(kind != "name" for kind in contents.described)
    return Analysis(
        index,
        version.meta.model,
        documents,
        Usage.of(queries, model.vocabulary) if queries is not None else None,
        _shared(queries, contents.vectors),
        contents.kinds,
        tuple(examples),
        tuple(signs(documents, described=looked, silent=contents.captions.count(""))),
    )


def analyse_vectors(folder: Path, *, model: QueryEncoder) -> Analysis:
    """Analyse the folder that ``encode`` wrote.

    Args:
        folder: The folder.
        model: The query encoder of the model that the vectors were made with.

    Raises:
        InputError: There are no vectors, or they were made with another model.
    """
    contents_of_vectors(folder, model)
    stored = read_vectors(folder, model.vocabulary)
    if not stored.image_ids:
        raise InputError(f"{folder} holds no vectors of images.", advice="Encode some: mlsr-es encode SOURCE -o DIR.")
    vocabulary = model.vocabulary
    documents = Usage.of(stored.documents, vocabulary)
    queries = stored.sections if len(stored.sections) else None
    examples = [
        Example(
            stored.image_ids[row], (stored.captions[row],), _heaviest(stored.documents, row, vocabulary), described={}
        )
        for row in _drawn(len(stored.image_ids))
    ]
    return Analysis(
        str(folder),
        stored.meta["model"],
        documents,
        Usage.of(queries, vocabulary) if queries is not None else None,
        _shared(queries, stored.documents),
        {},
        tuple(examples),
        tuple(signs(documents, described=False, silent=stored.captions.count(""))),
    )


def _drawn(rows: int) -> list[int]:
    return sorted(Random(0).sample(range(rows), min(_EXAMPLES, rows)))  # noqa: S311


def _heaviest(vectors: SparseVectors, row: int, vocabulary: Vocabulary) -> tuple[tuple[str, float], ...]:
    heaviest = vectors.heaviest(row, vocabulary)
    return tuple(zip(heaviest.terms[:_SHOWN_TERMS], heaviest.weights[:_SHOWN_TERMS].tolist(), strict=True))


def _shared(queries: SparseVectors | None, documents: SparseVectors) -> float | None:
    return None if queries is None else float(co_activation(queries, documents).mean())
