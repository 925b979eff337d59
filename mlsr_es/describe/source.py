"""A source whose images have machine-made captions too: for training, which reads it whole."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from os import cpu_count

from mlsr_es.collection import Caption, ImageDocument, ImageFile
from mlsr_es.describe.describing import Describing
from mlsr_es.errors import RecordError
from mlsr_es.progress import Progress, Silent
from mlsr_es.sources import Captioned, Item, Source, Wrapped, captioned, decoded

_STAGE = "Describing images"
_AHEAD = 32
"""Images that are looked at while the caller works on an earlier one."""


def described(source: Source, describing: Describing, progress: Progress = Silent()) -> Source:
    """A source with the captions that ``describing`` adds; the source itself where it adds nothing.

    Args:
        source: The source.
        describing: What is added.
        progress: Reports each image.
    """
    return DescribedSource(source, describing, progress) if describing else source


@dataclass(frozen=True)
class DescribedSource(Wrapped):
    """A source with the captions that ``describing`` adds; an image that cannot be opened keeps its own.

    Args:
        source: The source.
        describing: What is added.
        progress: Reports each image.
    """

    describing: Describing
    progress: Progress = Silent()

    def documents(self) -> Iterator[Item]:
        """The source's, described on several threads, in the source's order."""
        return (item for item, _ in self.captioned())

    def captioned(self) -> Iterator[tuple[Item, tuple[str, ...]]]:
        """The same with the rules that found the source's captions; what is added has none."""
        self.progress.start(_STAGE, self.count(), "images")
        waiting: deque[Future[tuple[Item, tuple[str, ...]]]] = deque()
        with ThreadPoolExecutor(cpu_count(), thread_name_prefix="describe") as pool:
            for item, rules in captioned(self.source):
                waiting.append(pool.submit(self._described, item, rules))
                if len(waiting) > _AHEAD:
                    yield self._next(waiting)
            while waiting:
                yield self._next(waiting)
        self.progress.finish(_STAGE)

    def galleries(self) -> Iterator[str]:
        """The source's; none where it knows of none."""
        return self.source.galleries() if isinstance(self.source, Captioned) else iter(())

    def _next(self, waiting: deque[Future[tuple[Item, tuple[str, ...]]]]) -> tuple[Item, tuple[str, ...]]:
        found = waiting.popleft().result()
        self.progress.advance(_STAGE)
        return found

    def _described(self, item: Item, rules: tuple[str, ...]) -> tuple[Item, tuple[str, ...]]:
        if not isinstance(item, ImageDocument) or item.image is None:
            return item, rules
        added = self.describing.of_name(item.image.name)
        if self.describing.looks:
            added += self._looked_at(item, item.image)
        return replace(item, captions=(*item.captions, *added)), (*rules, *[""] * len(added))

    def _looked_at(self, item: ImageDocument, image: ImageFile) -> tuple[Caption, ...]:
        try:
            content = image.read()
            file = ImageFile(image.name, content)
            return self.describing.of_picture(content, lambda: decoded(file, record_id=item.id).pixels)
        except (OSError, RecordError):
            return ()
