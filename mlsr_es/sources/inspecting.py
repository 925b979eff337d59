"""What is in a collection: counts, distributions, examples, and rejected records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from mlsr_es.collection import ImageDocument, Section
from mlsr_es.errors import RecordError
from mlsr_es.progress import Progress, Silent
from mlsr_es.sources.images import decoded
from mlsr_es.sources.source import Captioned, LeftOut, Source, captioned

SIZES = (64, 128, 256, 512, 1024, 2048, 4096)
"""Upper bounds of the size classes by longest side, in pixels; larger images are in the class 0."""

QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.95, 1.0)
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """An image document, and how its captions were found.

    Args:
        document: The image and its captions.
        rules: For each caption the name of the rule in ``CAPTION_RULES`` that found it; "" where the source itself says
            that it is the image's.
    """

    document: ImageDocument
    rules: tuple[str, ...]


@dataclass(slots=True)
class Inspection:
    """The contents of a collection in numbers.

    Args:
        name: The collection.
        documents: How many documents have an image that can be decoded, or captions only.
        without_captions: How many of these documents have no caption.
        sections: How many sections there are.
        judged_sections: How many sections have at least one judgement.
        judgements: How many judgements there are.
        captions: How many captions there are, by kind.
        languages: How many captions there are, by language; "" where the source does not say.
        formats: How many images there are, by format.
        sizes: How many images there are, by size class (``SIZES``).
        caption_words: Quantiles (``QUANTILES``) of the number of words in a caption; empty without captions.
        section_words: Quantiles (``QUANTILES``) of the number of words in a section's text; empty without sections.
        left_out: How many images are left out, by the name of the rule.
        rejected: How many records are bad, by reason.
        rules: How many captions each rule found (``CAPTION_RULES``).
        galleries: How many sections are no topics, because they show many images and say little.
        examples: The first documents with captions.
        example_sections: The first judged sections with text.
    """

    name: str
    documents: int = 0
    without_captions: int = 0
    sections: int = 0
    judged_sections: int = 0
    judgements: int = 0
    captions: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    formats: Counter[str] = field(default_factory=Counter)
    sizes: Counter[int] = field(default_factory=Counter)
    caption_words: dict[float, int] = field(default_factory=dict)
    section_words: dict[float, int] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    galleries: int = 0
    examples: list[ImageDocument] = field(default_factory=list)
    example_sections: list[Section] = field(default_factory=list)


def inspect(
    source: Source,
    *,
    reject: Callable[[RecordError], None] = lambda _error: None,
    show: Callable[[Shown], None] = lambda _shown: None,
    progress: Progress = Silent(),
) -> Inspection:
    """Read a collection from end to end and decode every image.

    Args:
        source: The collection to inspect.
        reject: Called with every bad record.
        show: Called with every image document.
        progress: Reports each image.
    """
    found = Inspection(source.name)
    _look_at_documents(source, found, reject, show, progress)
    _look_at_sections(source, found)
    for error in source.faults():
        _reject(error, found, reject)
    return found


def _look_at_documents(
    source: Source,
    found: Inspection,
    reject: Callable[[RecordError], None],
    show: Callable[[Shown], None],
    progress: Progress,
) -> None:
    stage = "Decoding images"
    progress.start(stage, source.count(), "images")
    lengths: Counter[int] = Counter()
    for item, rules in captioned(source):
        progress.advance(stage)
        match item:
            case LeftOut():
                found.left_out[item.rule] += 1
            case RecordError():
                _reject(item, found, reject)
            case ImageDocument():
                try:
                    document = _look_at_image(item, found)
                except RecordError as error:
                    _reject(error, found, reject)
                    continue
                show(Shown(item, rules))
                found.rules.update(rule for rule in rules if rule)
                found.documents += 1
                found.without_captions += not item.captions
                found.captions.update(caption.kind.value for caption in item.captions)
                found.languages.update(caption.language for caption in item.captions)
                lengths.update(len(caption.text.split()) for caption in item.captions)
                if item.captions and len(found.examples) < _EXAMPLES:
                    found.examples.append(document)
    found.caption_words = _quantiles(lengths)
    progress.finish(stage)


def _look_at_image(document: ImageDocument, found: Inspection) -> ImageDocument:
    """Decode and count a document's image, and add its size to the document, since rows seldom have it."""
    if document.image is None:
        return document
    image = decoded(document.image, record_id=document.id)
    side = max(image.width, image.height)
    found.sizes[next((bound for bound in SIZES if side <= bound), 0)] += 1
    found.formats[image.format] += 1
    return replace(document, width=image.width, height=image.height)


def _look_at_sections(source: Source, found: Inspection) -> None:
    judged: set[str] = set()
    for judgement in source.judgements():
        judged.add(judgement.section_id)
        found.judgements += 1
    if isinstance(source, Captioned):
        found.galleries = sum(1 for _ in source.galleries())
    lengths: Counter[int] = Counter()
    for section in source.sections():
        found.sections += 1
        lengths[len(section.text.split())] += 1
        if section.id in judged:
            found.judged_sections += 1
            if section.text and len(found.example_sections) < _EXAMPLES:
                found.example_sections.append(section)
    found.section_words = _quantiles(lengths)


def _reject(error: RecordError, found: Inspection, reject: Callable[[RecordError], None]) -> None:
    found.rejected[f"{error.stage}: {error.reason.partition(':')[0]}"] += 1
    reject(error)


def _quantiles(lengths: Counter[int]) -> dict[float, int]:
    """The quantiles of a distribution given as value to count."""
    total = lengths.total()
    if not total:
        return {}
    quantiles: dict[float, int] = {}
    below = 0
    wanted = list(QUANTILES)
    for length, count in sorted(lengths.items()):
        below += count
        while wanted and below >= wanted[0] * total:
            quantiles[wanted.pop(0)] = length
    return quantiles
