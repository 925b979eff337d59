"""Files in object stores as paths: as much of a path as sources of rows use, by pyarrow's file systems."""

from __future__ import annotations

import io
import os
import posixpath
import re
from collections.abc import Generator
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PosixPath
from typing import IO, TYPE_CHECKING, Any, Self, cast

if TYPE_CHECKING:
    from pyarrow import NativeFile
    from pyarrow.fs import FileInfo, FileSystem

_URL = re.compile(r"(s3|gs|gcs|abfs|abfss|hdfs|file)://")
_PATTERN = re.compile(r"[*?\[]")


class StorePath(PosixPath):
    """A file or a folder in an object store, such as ``s3://bucket/images/part-0.parquet``; it is only read.

    A path has nothing besides its parts, the first of which is the scheme (``s3:``): those beside and above it are of
    the same store. Credentials, regions and endpoints are those of the environment, as the store's own tools take them.
    """

    def __str__(self) -> str:
        scheme, *rest = self.parts
        return f"{scheme}//{'/' if scheme == 'file:' else ''}{'/'.join(rest)}"

    def __repr__(self) -> str:
        return f"StorePath({str(self)!r})"

    def is_file(self) -> bool:
        """Whether it is a file."""
        return bool(self._info.is_file)

    def is_dir(self) -> bool:
        """Whether it is a folder: in most stores, whether the name of any file begins with it."""
        return self._info.type.name == "Directory"

    def exists(self, *_: Any, **__: Any) -> bool:
        """Whether it is there."""
        return self._info.type.name in {"File", "Directory"}

    def stat(self, *_: Any, **__: Any) -> os.stat_result:
        """The size alone; all else is 0.

        Raises:
            FileNotFoundError: It is no file.
        """
        info = self._info  # a request
        if not info.is_file:
            raise FileNotFoundError(2, "No such file", str(self))
        return os.stat_result((0, 0, 0, 0, 0, 0, info.size, 0, 0, 0))

    def open(  # type: ignore[override] # only for reading
        self,
        mode: str = "r",
        buffering: int = -1,  # noqa: ARG002
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
    ) -> IO[Any]:
        """Open it for reading.

        Raises:
            OSError: It cannot be read, or is to be written.
        """
        if mode not in {"r", "rt", "rb"}:
            raise OSError(30, "files in object stores are only read", str(self))
        content = io.BufferedReader(cast("io.RawIOBase", self.opened))  # it has all that a raw stream has
        return content if mode == "rb" else io.TextIOWrapper(content, encoding, errors, newline)

    @property
    def opened(self) -> NativeFile:
        """The file as pyarrow reads it, in parts.

        Raises:
            OSError: It cannot be read.
        """
        store, place = self._place
        return store.open_input_file(place)

    def read_bytes(self) -> bytes:
        """All of it."""
        with self.open("rb") as file:
            return bytes(file.read())

    def iterdir(self) -> Generator[Self]:
        """The files and folders directly in it.

        Raises:
            OSError: It cannot be listed.
        """
        from pyarrow.fs import FileSelector

        store, place = self._place
        for info in store.get_file_info(FileSelector(place)):
            yield self / info.base_name

    def resolve(self, strict: bool = False) -> Self:  # noqa: ARG002, FBT001, FBT002 - as Path has it
        """The same without ``..``; one that leads out of the store stays as it is, and is no file."""
        scheme, *rest = self.parts
        return type(self)(scheme, posixpath.normpath("/".join(rest) or "."))

    def expanduser(self) -> Self:
        """The same."""
        return self

    @property
    def _info(self) -> FileInfo:
        store, place = self._place
        return store.get_file_info(place)

    @property
    def _place(self) -> tuple[FileSystem, str]:
        scheme, *rest = self.parts
        buckets = 0 if scheme == "file:" else 1
        store, top = _store(scheme, "".join(rest[:buckets]))
        return store, posixpath.join(top, *rest[buckets:])


@lru_cache(64)
def _store(scheme: str, bucket: str) -> tuple[FileSystem, str]:
    from pyarrow import ArrowException
    from pyarrow.fs import FileSystem

    try:
        store, top = FileSystem.from_uri(f"{scheme}//{bucket or '/'}")
    except (ArrowException, ImportError) as error:  # a scheme that this pyarrow was not built for, a bucket's bad name
        raise OSError(22, next(iter(str(error).splitlines()), "no such store"), f"{scheme}//{bucket}") from error
    return store, top


def as_path(given: str) -> Path:
    """What the user names, as a path: in an object store, or on this machine."""
    return StorePath(given) if _URL.match(given) else Path(given).expanduser()


def matching(path: StorePath) -> list[StorePath]:
    """The files whose path is a path's, or whose name fits the pattern that is the last part of it.

    Raises:
        OSError: The folder cannot be listed.
    """
    if not _PATTERN.search(path.name):
        return [path] if path.is_file() else []
    return sorted(each for each in path.parent.iterdir() if fnmatchcase(each.name, path.name))
