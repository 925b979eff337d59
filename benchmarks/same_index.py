"""Whether two checkouts of this package build the same: ids, weights, ``_meta``, exit codes and summaries.

    python benchmarks/same_index.py write before.json --program OLD/.venv/bin/mlsr-es --es-url http://localhost:9200
    python benchmarks/same_index.py write after.json --program NEW/.venv/bin/mlsr-es --es-url http://localhost:9200
    python benchmarks/same_index.py compare before.json after.json

``write`` runs ``index``, ``enrich``, ``enrich --into`` and ``encode`` as a user does: on the sample, the GIMP manual,
KiCad's manual, a file with bad rows, and an index of somebody else's that is made here. It removes its indices again.
``compare`` prints what differs, and leaves with 1 where anything does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from elasticsearch import Elasticsearch

PREFIX = "same-index"
TIMES = {"seconds", "documents_per_second"}
"""Of a summary: they differ from run to run."""

ROWS = (
    {"id": "owl", "captions": [{"text": "An owl at night", "kind": "description", "language": "en"}]},
    {"id": "owl", "captions": [{"text": "The same id again", "kind": "description", "language": "en"}]},
    {"id": "mute"},
    {"id": "lost", "captions": ["a lost picture"], "image": "no/such/file.png"},
    {"id": "eule", "captions": [{"text": "Eine Eule", "kind": "description", "language": "de"}]},
    {"captions": ["no id"]},
)
OWNERS_MAPPING = {
    "_meta": {"team": "media"},
    "properties": {
        "name": {"type": "text"},
        "about": {"type": "text"},
        "photos": {"properties": {"alt": {"type": "text"}, "url": {"type": "keyword"}}},
        "price": {"type": "double"},
    },
}


class Builder:
    """Runs the program against a cluster, and writes down what each run left."""

    def __init__(self, program: str, url: str, folder: Path) -> None:
        self._program = program
        self._url = url
        self._folder = folder
        self._client = Elasticsearch(url, request_timeout=60)
        self.found: dict[str, Any] = {}

    def build(self) -> None:
        """All runs, in their order: later ones find what earlier ones left."""
        rows = self._folder / "rows.jsonl"
        rows.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
        self._run("index sample, dry run", "index", "sample", "--index", self._name("sample"), "--dry-run")
        self._run("index sample", "index", "sample", "--index", self._name("sample"), "--thumbnails")
        self._run("index sample again", "index", "sample", "--index", self._name("sample"), "--thumbnails")
        self._run("index rows into it", "index", str(rows), "--index", self._name("sample"), "--languages", "en")
        self._run("index sample, pruned", "index", "sample", "--index", self._name("sample"), "--prune-missing")
        self._run("index rows, strict", "index", str(rows), "--index", self._name("strict"), "--strict")
        self._run("index gimp-manual", "index", "gimp-manual", "--index", self._name("gimp"))
        self._run("index kicad-manual", "index", "kicad-manual", "--index", self._name("kicad"), "--no-promote")
        self._owners_index(f"{PREFIX}-shop")
        fields = ["--caption-field", "name:title", "--caption-field", "about", "--caption-field", "photos.alt:alt"]
        shop = ["enrich", f"{PREFIX}-shop", *fields]
        self._run("enrich, dry run", *shop, "--dry-run")
        self._run("enrich --into, dry run", *shop, "--into", self._name("companion"), "--dry-run")
        self._run("enrich --into", *shop, "--into", self._name("companion"))
        self._run("enrich", *shop)
        self._run("enrich again", *shop)
        self._client.update(index=f"{PREFIX}-shop", id="7", doc={"name": "A kettle", "about": ""}, refresh=True)
        self._client.update(index=f"{PREFIX}-shop", id="8", doc={"name": "", "about": "", "photos": []}, refresh=True)
        self._client.delete(index=f"{PREFIX}-shop", id="9", refresh=True)
        self._run("enrich after changes", *shop)
        self._run("enrich --into after changes", *shop, "--into", self._name("companion"))
        self._run("encode sample", "encode", "sample", "-o", str(self._folder / "vectors"), as_json=False)
        self.found["vectors"] = dict(_vectors(self._folder / "vectors"))

    def clean(self) -> None:
        """Remove what was made."""
        for index in self._client.indices.get(index=f"{PREFIX}*", expand_wildcards="all"):
            self._client.indices.delete(index=index)

    def _name(self, name: str) -> str:
        return f"{PREFIX}-{name}"

    def _run(self, title: str, *arguments: str, as_json: bool = True) -> None:
        command = [self._program, *arguments, *(["--json"] if as_json else [])]
        command += ["--es-url", self._url] if as_json else []
        ran = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)  # noqa: S603
        told = json.loads(ran.stdout) if ran.stdout.startswith("{") else ran.stdout or ran.stderr.splitlines()[-1:]
        rejects = {
            path.name: [json.loads(line) for line in path.read_text().splitlines()]
            for path in sorted(self._folder.glob("*-rejects.ndjson"))
        }
        self._client.indices.refresh(index=f"{PREFIX}*")
        self.found[title] = {
            "exit code": ran.returncode,
            "told": {key: value for key, value in told.items() if key not in TIMES} if isinstance(told, dict) else told,
            "rejects": rejects,
            "indices": dict(self._indices(arguments)),
        }
        print(f"{title}: exit code {ran.returncode}", file=sys.stderr)

    def _indices(self, arguments: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        """Those that a run was about."""
        for index, about in sorted(self._client.indices.get(index=f"{PREFIX}*", expand_wildcards="all").items()):
            if index.rpartition("-v")[0] not in arguments and index not in arguments:
                continue
            documents = {hit["_id"]: _stored(hit["_source"]) for hit in self._documents(index)}
            settings = {k: v for k, v in about["settings"]["index"].items() if k not in _UNLIKE}
            yield index, {**about, "settings": settings, "documents": documents}

    def _documents(self, index: str) -> Iterator[Mapping[str, Any]]:
        found = self._client.search(index=index, size=10_000, query={"match_all": {}})["hits"]["hits"]
        yield from sorted(found, key=lambda hit: hit["_id"])

    def _owners_index(self, name: str) -> None:
        self._client.indices.create(index=name, mappings=OWNERS_MAPPING)
        documents = self._client.search(index=self._name("gimp"), size=200, sort="image_id")["hits"]["hits"]
        for place, hit in enumerate(documents):
            caption = hit["_source"].get("caption", {})
            photos = [{"alt": text, "url": f"{number}.png"} for number, text in enumerate(caption.get("alt", []))]
            body = {
                "name": " ".join(caption.get("title", [])),
                "about": caption.get("description", []),
                "photos": photos,
                "price": place / 4,
            }
            self._client.index(index=name, id=str(place), document=body)
        self._client.indices.refresh(index=name)


_UNLIKE = {"creation_date", "uuid", "version", "provided_name"}


def _stored(source: dict[str, Any]) -> dict[str, Any]:
    """What is stored of a document: its size in pixels, its fingerprint, and a digest of everything else."""
    size = [source.pop(side, 0) for side in ("width", "height")]
    fingerprint = source.get("mlsr", {}).get("fingerprint")
    return {"size": size, "fingerprint": fingerprint, "digest": _digest(source)}


def _digest(source: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(source, sort_keys=True).encode()).hexdigest()


def _vectors(folder: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted(folder.glob("*.parquet")):
        table = pq.read_table(path)
        yield path.name, {"meta": str(table.schema.metadata), "rows": _digest({"rows": table.to_pylist()})}


def differences(before: Any, after: Any, place: str = "") -> Iterator[str]:
    """A line for each value that differs; what only one has is one."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            if key not in after or key not in before:
                side, value = ("before", before[key]) if key in before else ("after", after[key])
                yield f"{place}/{key}: only {side}: {value!r:.200}"
            else:
                yield from differences(before[key], after[key], f"{place}/{key}")
    elif before != after:
        yield f"{place}: {before!r:.300} became {after!r:.300}"


def main() -> int:
    """Run one of the two commands."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    write = commands.add_parser("write")
    write.add_argument("output", type=Path)
    write.add_argument("--program", required=True)
    write.add_argument("--es-url", required=True)
    compare = commands.add_parser("compare")
    compare.add_argument("before", type=Path)
    compare.add_argument("after", type=Path)
    given = parser.parse_args()
    if given.command == "write":
        with tempfile.TemporaryDirectory() as folder:
            builder = Builder(given.program, given.es_url, Path(folder))
            builder.clean()
            try:
                builder.build()
            finally:
                builder.clean()
        content = json.dumps(builder.found, indent=1, sort_keys=True)
        given.output.write_text(content.replace(folder, "FOLDER"))
        return 0
    found = list(differences(*(json.loads(path.read_text()) for path in (given.before, given.after))))
    print("\n".join(found) or "no difference")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
