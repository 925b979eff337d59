"""The vectors of an index, or of a folder that ``encode`` wrote, in numbers and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from mlsr_es.collection import CaptionKind, Section
from mlsr_es.elastic.search import find_document
from mlsr_es.elastic.versions import Version
from mlsr_es.errors import InputError
from mlsr_es.evaluation import Usage, co_activation
from mlsr_es.inspection.analysing.origins import Origins
from mlsr_es.inspection.analysing.own_captions import found_by_own_caption
from mlsr_es.inspection.analysing.signs import Sign, signs
from mlsr_es.inspection.evaluating import Contents, encoded, read_contents, vectors_of_model
from mlsr_es.progress import Progress, Silent
from mlsr_es.suggestion import check_model, serving_version, texts_in, wanted_source
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
        found: The share of images that their own captions find (``found_by_own_caption``); None where it is not known.
        kinds: The kind of caption component to how many images have it; empty where it is not known.
        origins: The kind of caption component to its share of all weight in the images' vectors, and ``EXPANSION`` to
            the share of terms that no caption has; empty where the kinds are not known.
        examples: Some images.
        signs: What seems wrong.
    """

    name: str
    model: str
    documents: Usage
    queries: Usage | None
    co_activation: float | None
    found: float | None
    kinds: Mapping[str, int]
    origins: Mapping[str, float]
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
    origins = Origins(model)
    contents = read_contents(client, version, model.vocabulary, progress, each=origins.take)
    if not contents.image_ids:
        raise InputError(f"{index} holds no images.", advice="Index some first: mlsr-es index.")
    examples = []
    for row in _drawn(len(contents.image_ids)):
        source = _source_of(client, version, contents.image_ids[row])
        captions, described = texts_in(source, version.meta)
        thumbnail = source.get("thumbnail")
        examples.append(
            Example(
                contents.image_ids[row],
                captions,
                _heaviest(contents.vectors, row, model.vocabulary),
                described,
                thumbnail if isinstance(thumbnail, str) else "",
            )
        )
    return _analysis(
        index,
        version.meta.model,
        model,
        contents,
        queries=encoded(model, sections, progress) if sections else None,
        origins=origins.shares(),
        examples=examples,
    )


def analyse_vectors(folder: Path, *, model: QueryEncoder) -> Analysis:
    """Analyse the folder that ``encode`` wrote.

    Args:
        folder: The folder.
        model: The query encoder of the model that the vectors were made with.

    Raises:
        InputError: There are no vectors, or they were made with another model.
    """
    stored = vectors_of_model(folder, model)
    contents = Contents.of_files(stored)
    if not contents.image_ids:
        raise InputError(f"{folder} holds no vectors of images.", advice="Encode some: mlsr-es encode SOURCE -o DIR.")
    examples = [
        Example(
            contents.image_ids[row],
            (contents.captions[row],),
            _heaviest(contents.vectors, row, model.vocabulary),
            described={},
        )
        for row in _drawn(len(contents.image_ids))
    ]
    queries = stored.sections if len(stored.sections) else None
    name, model_name = str(folder), stored.meta["model"]
    return _analysis(name, model_name, model, contents, queries=queries, origins={}, examples=examples)


def _analysis(
    name: str,
    model_name: str,
    model: QueryEncoder,
    contents: Contents,
    *,
    queries: SparseVectors | None,
    origins: Mapping[str, float],
    examples: Sequence[Example],
) -> Analysis:
    documents = Usage.of(contents.vectors, model.vocabulary)
    found = found_by_own_caption(model, contents)
    looked = any(kind != CaptionKind.NAME for kind in contents.described)
    return Analysis(
        name,
        model_name,
        documents,
        None if queries is None else Usage.of(queries, model.vocabulary),
        None if queries is None else float(co_activation(queries, contents.vectors).mean()),
        found,
        contents.kinds,
        origins,
        tuple(examples),
        tuple(signs(documents, origins, described=looked, silent=contents.captions.count(""), found=found)),
    )


def _source_of(client: Client, version: Version, image_id: str) -> Mapping[str, Any]:
    """A stored document as searches see it, with its thumbnail; empty where it is gone by now."""
    wanted = wanted_source(version.meta, explain=False, thumbnails=True)
    found = find_document(client, version.index, image_id, field=version.meta.terms, filters=(), source=wanted)
    return found.source if found else {}


def _drawn(rows: int) -> list[int]:
    return sorted(Random(0).sample(range(rows), min(_EXAMPLES, rows)))  # noqa: S311


def _heaviest(vectors: SparseVectors, row: int, vocabulary: Vocabulary) -> tuple[tuple[str, float], ...]:
    heaviest = vectors.heaviest(row, vocabulary)
    return tuple(zip(heaviest.terms[:_SHOWN_TERMS], heaviest.weights[:_SHOWN_TERMS].tolist(), strict=True))
