"""Reading collections: HTML manuals, AToMiC rows, folders of images, and known collections by name.

A source yields image documents, sections and judgements lazily; bad records and what rules leave out come along,
so that every count adds up. Decoding an image is here too.
"""

from mlsr_es.sources.debian import AptMissingError
from mlsr_es.sources.images import decode, size_of, thumbnail
from mlsr_es.sources.known import KNOWN, KnownCollection
from mlsr_es.sources.opening import open_source
from mlsr_es.sources.source import RULES, LeftOut, Source

__all__ = [
    "KNOWN",
    "RULES",
    "AptMissingError",
    "KnownCollection",
    "LeftOut",
    "Source",
    "decode",
    "open_source",
    "size_of",
    "thumbnail",
]
