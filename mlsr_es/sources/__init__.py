"""Reading collections: HTML manuals, AToMiC rows, folders of images, and known collections by name.

A source yields image documents, sections and judgements lazily. Bad records and left-out images are yielded too, so
that every count adds up. Decoding an image, exporting and inspecting a collection are here too.
"""

from mlsr_es.sources.caption_names import CAPTIONS_ARE_READ
from mlsr_es.sources.captions import CAPTION_RULES
from mlsr_es.sources.columns import with_meant
from mlsr_es.sources.debian import AptMissingError
from mlsr_es.sources.encodings import encoding_of, likely_encoding
from mlsr_es.sources.export import Exported, export
from mlsr_es.sources.fetching import Fetcher, read_headers
from mlsr_es.sources.figures import unnumbered
from mlsr_es.sources.images import (
    LONGEST_SIDE,
    MOST_SIDE,
    Decoded,
    Header,
    decode,
    decoded,
    header_of,
    shrunk,
    thumbnail,
)
from mlsr_es.sources.inspecting import Inspection, Shown, inspect
from mlsr_es.sources.known import KNOWN, KnownCollection
from mlsr_es.sources.opening import check_holds_images, open_source, origin_of
from mlsr_es.sources.promoted import Promoted
from mlsr_es.sources.reading import Reading
from mlsr_es.sources.rejected import Rejected
from mlsr_es.sources.source import RULES, Captioned, ImagesAlone, Item, LeftOut, Source, Wrapped, captioned, narrowed
from mlsr_es.sources.store import ImageStore
from mlsr_es.sources.table import read_topics

__all__ = [
    "CAPTIONS_ARE_READ",
    "CAPTION_RULES",
    "KNOWN",
    "LONGEST_SIDE",
    "MOST_SIDE",
    "RULES",
    "AptMissingError",
    "Captioned",
    "Decoded",
    "Exported",
    "Fetcher",
    "Header",
    "ImageStore",
    "ImagesAlone",
    "Inspection",
    "Item",
    "KnownCollection",
    "LeftOut",
    "Promoted",
    "Reading",
    "Rejected",
    "Shown",
    "Source",
    "Wrapped",
    "captioned",
    "check_holds_images",
    "decode",
    "decoded",
    "encoding_of",
    "export",
    "header_of",
    "inspect",
    "likely_encoding",
    "narrowed",
    "open_source",
    "origin_of",
    "read_headers",
    "read_topics",
    "shrunk",
    "thumbnail",
    "unnumbered",
    "with_meant",
]
