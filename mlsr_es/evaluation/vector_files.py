"""Vectors of a collection as Parquet: ``documents.parquet`` and ``sections.parquet``.

A row has ``id``, ``terms`` (word pieces, heaviest first) and ``weights``. A document's row also has ``text``, its
captions as BM25 reads them, and ``stored``, what an index stores of it beside its weights, as JSON. The file's metadata
describes the model under ``mlsr_es``, as JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import orjson

from mlsr_es.collection import SECTION_FIELDS
from mlsr_es.errors import InputError, StorageError
from mlsr_es.vectors import SparseVectors, TermWeights, Vocabulary

if TYPE_CHECKING:
    import pyarrow as pa

DOCUMENTS = "documents.parquet"
SECTIONS = "sections.parquet"

_META = b"mlsr_es"


class VectorWriter:
    """A context manager that writes one file of vectors, batch by batch.

    Args:
        path: The file. It appears, or is replaced, when the context is left without an error.
        meta: How the vectors were made: model, revision...
        columns: The names of further columns, which hold text.
    """

    def __init__(self, path: Path, meta: Mapping[str, str], *, columns: Sequence[str] = ()) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        fields = [("id", pa.string()), ("terms", pa.list_(pa.string())), ("weights", pa.list_(pa.float32()))]
        texts = [(name, pa.string()) for name in columns]
        self._schema = pa.schema([*fields, *texts], metadata={_META: orjson.dumps(dict(meta))})
        self._path, self._partial = path, path.with_name(f".{path.name}.partial")
        try:
            self._writer = pq.ParquetWriter(self._partial, self._schema)
        except OSError as error:
            raise self._fault(error) from error

    def add(self, ids: Sequence[str], weights: Sequence[TermWeights], **texts: Sequence[str]) -> None:
        """Append rows.

        Args:
            ids: The ids of the rows.
            weights: The vectors of the rows.
            **texts: The texts of the rows, by the names of the file's further columns.

        Raises:
            StorageError: The disk is full.
        """
        import pyarrow as pa

        columns: dict[str, Any] = {
            "id": list(ids),
            "terms": [list(row.terms) for row in weights],
            "weights": [row.weights for row in weights],
        }
        columns |= {name: list(values) for name, values in texts.items()}
        try:
            self._writer.write_table(pa.table(columns, schema=self._schema))
        except OSError as error:
            raise self._fault(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._writer.close()
            if kind is None:
                self._partial.replace(self._path)
        except OSError as fault:
            if kind is None:
                raise self._fault(fault) from fault
        finally:
            self._partial.unlink(missing_ok=True)

    def _fault(self, error: OSError) -> StorageError:
        return StorageError(f"{self._path} cannot be written: {error.strerror or error}.", advice="Make room there.")


@dataclass(frozen=True)
class VectorFolder:
    """A collection's vectors as they were written.

    Args:
        sections: Query vectors, one row a section.
        section_ids: The ids of the rows of ``sections``.
        documents: Document vectors, one row an image.
        image_ids: The ids of the rows of ``documents``.
        captions: The captions of the images, as BM25 reads them.
        meta: How the vectors were made: model, revision...
        terms: The word pieces of the columns.
    """

    sections: SparseVectors
    section_ids: tuple[str, ...]
    documents: SparseVectors
    image_ids: tuple[str, ...]
    captions: tuple[str, ...]
    meta: Mapping[str, str]
    terms: tuple[str, ...] = ()

    @property
    def query_fields(self) -> tuple[str, ...]:
        """The fields of the sections that were encoded; all fields if the metadata does not say."""
        said = self.meta.get("query_fields")
        return tuple(said.split(",")) if said else SECTION_FIELDS


def vectors_meta(folder: Path) -> Mapping[str, str]:
    """How the vectors that ``encode`` wrote were made: model, revision... Nothing else is read.

    Raises:
        InputError: There are no vectors.
    """
    import pyarrow.parquet as pq

    path = folder / DOCUMENTS
    with _reading(path):
        return _meta_of(pq.read_schema(path))


def vector_count(folder: Path) -> int:
    """How many documents ``encode`` wrote.

    Raises:
        InputError: There are no vectors.
    """
    import pyarrow.parquet as pq

    path = folder / DOCUMENTS
    with _reading(path):
        return int(pq.read_metadata(path).num_rows)


def encoded_documents(folder: Path, at_once: int) -> Iterator[list[tuple[str, TermWeights, dict[str, Any]]]]:
    """Read the documents that ``encode`` wrote, some at a time: id, weights, and what an index stores beside them.

    Args:
        folder: The folder.
        at_once: How many are in memory.

    Raises:
        InputError: There are no vectors, or they were written by a version that did not write what is stored.
    """
    import pyarrow.parquet as pq

    path = folder / DOCUMENTS
    with _reading(path), pq.ParquetFile(path) as file:
        if "stored" not in file.schema_arrow.names:
            raise InputError(f"{path} does not have what an index stores.", advice="Encode the source again.")
        for batch in file.iter_batches(at_once, columns=["id", "terms", "weights", "stored"]):
            yield [
                (row["id"], TermWeights.ordered(row["terms"], row["weights"]), orjson.loads(row["stored"]))
                for row in batch.to_pylist()
            ]


def read_vectors(folder: Path, vocabulary: Vocabulary | None = None) -> VectorFolder:
    """Read the folder that ``encode`` wrote.

    Args:
        folder: The folder with both files.
        vocabulary: The model's vocabulary, so that columns are its term ids; None to number only the terms that occur.

    Raises:
        InputError: A file is missing or has another content, the two files were made with different models, or the
            model has another vocabulary.
    """
    documents, sections = (_read(folder / name) for name in (DOCUMENTS, SECTIONS))
    if documents.meta != sections.meta:
        raise InputError(
            f"{folder}: documents and sections were encoded with different models.", advice="Encode both again."
        )
    if vocabulary is not None and documents.meta.get("vocabulary") != vocabulary.digest:
        raise InputError(f"{folder} was encoded with a model of another vocabulary.", advice="Encode it again.")
    columns = {term: term_id for term_id, term in enumerate(vocabulary.terms)} if vocabulary else {}
    for table in (documents, sections):
        for term in table.vocabulary:
            columns.setdefault(term, len(columns))
    size = max(len(columns), 1)
    return VectorFolder(
        sections.vectors(columns, size),
        sections.ids,
        documents.vectors(columns, size),
        documents.ids,
        documents.texts,
        documents.meta,
        tuple(columns),
    )


@dataclass(frozen=True)
class _Table:
    ids: tuple[str, ...]
    texts: tuple[str, ...]
    counts: np.ndarray[Any, np.dtype[np.int64]]
    places: np.ndarray[Any, np.dtype[np.int64]]
    vocabulary: list[str]
    weights: np.ndarray[Any, np.dtype[np.float32]]
    meta: Mapping[str, str]

    def vectors(self, columns: Mapping[str, int], size: int) -> SparseVectors:
        column_of = np.array([columns[term] for term in self.vocabulary], dtype=np.int64)
        rows = np.repeat(np.arange(len(self.ids)), self.counts)
        return SparseVectors.from_coordinates(rows, column_of[self.places], self.weights, shape=(len(self.ids), size))


def _read(path: Path) -> _Table:
    import pyarrow.parquet as pq

    with _reading(path):
        table = pq.read_table(path)
        meta = _meta_of(table.schema)
        terms, weights = (_flat(table.column(name)) for name in ("terms", "weights"))
        words = terms[1].dictionary_encode()
        texts = table.column("text").to_pylist() if "text" in table.column_names else []
        return _Table(
            ids=tuple(map(str, table.column("id").to_pylist())),
            texts=tuple(map(str, texts)),
            counts=terms[0],
            places=words.indices.to_numpy(zero_copy_only=False).astype(np.int64),
            vocabulary=words.dictionary.to_pylist(),
            weights=weights[1].to_numpy(zero_copy_only=False),
            meta=meta,
        )


def _meta_of(schema: pa.Schema) -> Mapping[str, str]:
    found: Mapping[str, str] = orjson.loads((schema.metadata or {})[_META])
    return found


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """A context in which errors of a file of vectors become ``InputError``."""
    import pyarrow as pa

    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"there is no {path}.", advice="Make it: mlsr-es encode SOURCE -o DIR") from error
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path} holds no vectors of mlsr-es: {error}.", advice="Make it: mlsr-es encode.") from error


def _flat(column: pa.ChunkedArray[Any]) -> tuple[np.ndarray[Any, np.dtype[np.int64]], Any]:
    """The length of each list of a column, and the values of all lists joined."""
    array: Any = column.combine_chunks()
    return np.diff(array.offsets.to_numpy()).astype(np.int64), array.flatten()
