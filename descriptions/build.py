"""Write what stands in the images of a known collection: ``python descriptions/build.py gimp-manual``."""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

from rich.progress import track

from mlsr_es.collection import ImageDocument
from mlsr_es.describe import choose_describers, described, image_digest
from mlsr_es.sources import KNOWN, open_source

HERE = Path(__file__).parent


def build(collection: str) -> Path:
    """Read all images of a collection, those that were read before from the state folder."""
    reads = choose_describers("text")
    source = open_source(collection)
    texts: dict[str, tuple[str, ...]] = {}
    items = described(source, reads).documents()
    for item in track(items, "Reading", source.count(), transient=True):
        if isinstance(item, ImageDocument) and item.image:
            digest = image_digest(item.image.read())
            if (found := reads.cache and reads.cache.get(reads.revisions[0], digest)) is not None:
                texts[digest] = found
    told = {
        "collection": collection,
        "licence": KNOWN[collection].licence,
        "describer": reads.revisions[0],
        "texts": dict(sorted(texts.items())),
    }
    file = HERE / f"{collection}.json.gz"
    # Without a time in the header, the same texts are the same file.
    file.write_bytes(gzip.compress(json.dumps(told, ensure_ascii=False).encode(), mtime=0))
    return file


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", choices=sorted(KNOWN))
    print(build(parser.parse_args().collection))
