"""What an index holds, as evaluation needs it: vectors and captions in the order of ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from mlsr_es.collection import MACHINE_MADE, STAND_INS, Caption, ImageDocument
from mlsr_es.elastic.mapping import Holds, IndexMeta, values_at
from mlsr_es.elastic.reading import collections, scan
from mlsr_es.elastic.search import weights_in
from mlsr_es.elastic.versions import Version
from mlsr_es.errors import IndexMismatchError, ModelError
from mlsr_es.evaluation import VectorFolder, caption_text, read_vectors
from mlsr_es.inspection.evaluating.gathering import gathered
from mlsr_es.progress import Progress
from mlsr_es.suggestion import check_model, serving_version
from mlsr_es.vectors import SparseVectors, Vocabulary, term_of

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.suggestion import QueryEncoder


@dataclass(frozen=True)
class Contents:
    """Images that can be found.

    Args:
        image_ids: In the order in which they were written.
        captions: Of the images, as BM25 reads them.
        vectors: A row an image.
        collections: That the images are of.
        revision: Of the model that made the vectors.
        stand_ins: The ids of the images that only words of their own page describe.
        describe: What machines added to the captions, as ``--describe`` takes it; "" where it is not known.
        kinds: The kind of caption component to how many images have it; empty where it is not known.
    """

    image_ids: tuple[str, ...]
    captions: tuple[str, ...]
    vectors: SparseVectors
    collections: tuple[str, ...]
    revision: str
    stand_ins: frozenset[str] = frozenset()
    describe: str = ""
    kinds: Mapping[str, int] = field(default_factory=dict)

    @property
    def described(self) -> dict[str, int]:
        """The same of the kinds that machines made."""
        return {kind: count for kind, count in self.kinds.items() if kind in MACHINE_MADE}

    @classmethod
    def of_files(cls, stored: VectorFolder) -> Self:
        """Those of vectors in files."""
        collections = (stored.meta["collection"],)
        describe = stored.meta.get("describe", "")
        return cls(
            stored.image_ids,
            stored.captions,
            stored.documents,
            collections,
            stored.meta["revision"],
            describe=describe,
        )


def contents_of_index(client: Client, index: str, model: QueryEncoder, progress: Progress) -> Contents:
    """All of an index that was made with a model.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        index: The alias.
        model: The query encoder.
        progress: Told of each document.

    Raises:
        InputError: There is no such index, or it was made with another model.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    version = serving_version(client, index)
    check_model(model, version)
    return read_contents(client, version, model.vocabulary, progress)


def contents_of_vectors(folder: Path, model: QueryEncoder) -> Contents:
    """All of a folder that ``encode_collection`` wrote with a model.

    Raises:
        InputError: There are no vectors, or they were made with another model.
    """
    return Contents.of_files(vectors_of_model(folder, model))


def vectors_of_model(folder: Path, model: QueryEncoder) -> VectorFolder:
    """The vectors of a folder, if ``encode_collection`` wrote it with a model.

    Raises:
        InputError: There are no vectors, or they were made with another model.
    """
    stored = read_vectors(folder, model.vocabulary)
    if stored.meta["revision"] != model.revision:
        raise ModelError(
            f"{folder} was encoded with the model {stored.meta['model']!r} (revision {stored.meta['revision']}), and "
            f"this one has the revision {model.revision}.",
            advice="Encode it again, or name its model with --model.",
        )
    return stored


def read_contents(
    client: Client,
    version: Version,
    vocabulary: Vocabulary,
    progress: Progress,
    *,
    each: Callable[[ImageDocument, Mapping[str, float]], None] = lambda _document, _weights: None,
) -> Contents:
    """Read all of an index.

    Args:
        client: Of ``mlsr_es.elastic.connect``.
        version: The index.
        vocabulary: Of the model that it was made with.
        progress: Told of each document.
        each: Called with each image and its weights by feature name, all of which are in the vocabulary.

    Raises:
        IndexMismatchError: A document has a feature that is not in the vocabulary.
        ClusterError: The cluster cannot be reached, or refuses.
    """
    stage = "Reading the index"
    holds_images = version.meta.holds is Holds.IMAGES
    progress.start(stage, unit=version.meta.holds)
    image_ids: list[str] = []
    captions: list[str] = []
    stand_ins: set[str] = set()
    kinds: Counter[str] = Counter()

    def rows() -> Iterator[Mapping[str, float]]:
        for image_id, source in scan(client, version.index, [version.meta.field, *version.meta.caption_fields]):
            image_ids.append(image_id)
            document = _document(image_id, source, version.meta)
            captions.append(caption_text(document))
            kinds.update({caption.kind.value for caption in document.captions})
            if holds_images and any(caption.kind in STAND_INS for caption in document.captions):
                stand_ins.add(image_id)
            progress.advance(stage)
            weights = weights_in(source, version.meta.field)
            yield weights  # whoever takes them looks their names up, and ends this where one is unknown
            each(document, weights)

    def column(name: str) -> int:
        try:
            return vocabulary.id(term_of(name))
        except KeyError as error:
            raise IndexMismatchError(
                f"{version.index}: document {image_ids[-1]!r} has the feature {name!r}, which its model does not know.",
                advice=f"Something else wrote it: see mlsr-es doctor --index {version.index}, or index it again.",
            ) from error

    vectors = gathered(rows(), column).vectors(len(vocabulary))
    progress.finish(stage)
    held = (version.index,) if version.meta.enriched else tuple(collections(client, version.index))
    return Contents(
        tuple(image_ids),
        tuple(captions),
        vectors,
        held,
        version.meta.revision,
        stand_ins=frozenset(stand_ins),
        kinds=dict(kinds),
    )


def _document(image_id: str, source: Mapping[str, Any], meta: IndexMeta) -> ImageDocument:
    captions = tuple(
        Caption(text, kind)
        for field, kind in meta.caption_fields.items()
        for text in values_at(source, field)
        if isinstance(text, str)
    )
    return ImageDocument(image_id, "", captions)
