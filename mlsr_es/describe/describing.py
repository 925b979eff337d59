"""What is added to the captions of an image."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from socket import gethostname
from typing import TYPE_CHECKING

from mlsr_es.collection import Caption, CaptionKind
from mlsr_es.describe.cache import Cache, image_digest
from mlsr_es.describe.file_names import name_words
from mlsr_es.errors import InputError, MlsrError, ModelError, RecordError

if TYPE_CHECKING:
    from PIL.Image import Image

    from mlsr_es.describe.describer import Describer

NAME, TEXT, LABELS, CAPTION = "name", "text", "labels", "caption"
TESSERACT = "tesseract"
_KNOWN = f"""{NAME} (the words of the file's name), {TEXT} (what can be read in the image), \
{TEXT}:{TESSERACT} or {TEXT}:{TESSERACT}=LANGUAGES (the same, by Tesseract), \
{LABELS} or {LABELS}:MODEL (what a classifier or a detector sees), {LABELS}:MODEL=LABEL+LABEL (which of your labels \
a zero-shot model sees), {CAPTION}:MODEL (a sentence that a model writes)"""


def check_describe(given: str) -> tuple[tuple[str, str], ...]:
    """Parse what the user typed: names, separated by commas, some with a model.

    Args:
        given: As in ``text,labels:FOLDER``; "" or "none" for nothing.

    Returns:
        Pairs of a name and a model; the model is "" where none is named.

    Raises:
        InputError: A name does not exist, comes twice, or has or lacks a model.
    """
    if given.strip() in {"", "none"}:
        return ()
    parts = [part.strip().partition(":") for part in given.split(",")]
    pairs = tuple((name, model) for name, _, model in parts)
    for name, model in pairs:
        if name not in {NAME, TEXT, LABELS, CAPTION}:
            raise InputError(f"--describe does not know {name!r}.", advice=f"There are: {_KNOWN}.")
        if model and name == NAME:
            raise InputError(f"--describe {name} takes no model.", advice=f"Write it alone: --describe {name}")
        if model and name == TEXT and model.partition("=")[0] != TESSERACT:
            raise InputError(
                f"--describe {name} knows no {model!r}.",
                advice=f"Write it alone, or with Tesseract's languages: --describe {name}:{TESSERACT}=rus+eng",
            )
        _check_labels(name, model)
        if name == CAPTION and not model:
            raise InputError(
                "--describe caption needs the model that writes the captions.",
                advice="Name a folder, or a model of a hub: --describe caption:owner/name",
            )
    if len({name for name, _ in pairs}) < len(pairs):
        raise InputError(f"--describe names the same twice: {given}.", advice="Name each once.")
    return pairs


def labels_asked(model: str) -> tuple[str, tuple[str, ...]]:
    """Split what stands behind ``labels:`` into the model's name and the labels of a zero-shot model.

    Args:
        model: As in ``owner/name=screenshot+photograph``; without ``=`` the model has its own labels.
    """
    name, equals, labels = model.rpartition("=")  # the last one: a folder's name may have others
    return (name, tuple(filter(None, map(str.strip, labels.split("+"))))) if equals else (model, ())


def _check_labels(name: str, model: str) -> None:
    if name != LABELS or "=" not in model:
        return
    asked, labels = labels_asked(model)
    # Of one label alone each model is sure.
    if not asked or len(set(labels)) < max(2, len(labels)):
        raise InputError(
            f"--describe {name}:{model} lacks the model, or has fewer than two different labels.",
            advice=f"Name those that may fit: --describe '{name}:owner/name=screenshot+photograph+diagram'",
        )


@dataclass(frozen=True, slots=True)
class Describing:
    """Adds what machines say of an image to its captions.

    Args:
        given: What the user asked for, as ``check_describe`` takes it.
        names: Whether the words of file names are added.
        describers: What looks at the pictures.
        cache: What they have said of images before; None to keep nothing.
    """

    given: str = "none"
    names: bool = False
    describers: tuple[Describer, ...] = ()
    cache: Cache | None = None

    def __bool__(self) -> bool:
        return self.names or self.looks

    def __reduce__(self) -> tuple[Callable[[str, tuple[str, ...]], Describing], tuple[str, tuple[str, ...]]]:
        """Pickled as what the user asked for: another process has models and a cache of its own."""
        return _chosen_again, (self.given, self.revisions)

    @property
    def looks(self) -> bool:
        """Whether it looks at pictures, which then are opened even for a model that reads captions only."""
        return bool(self.describers)

    @property
    def revisions(self) -> tuple[str, ...]:
        """Those of the describers: with another one, images are looked at again."""
        return tuple(describer.revision for describer in self.describers)

    def of_name(self, name: str) -> tuple[Caption, ...]:
        """The words of a file's name, as a caption; none where it has no words, or they are not wanted.

        Args:
            name: The file's path or URL.
        """
        words = name_words(name) if self.names else ""
        return (Caption(words, CaptionKind.NAME),) if words else ()

    def of_picture(self, content: bytes, opened: Callable[[], Image], *, record_id: str = "") -> tuple[Caption, ...]:
        """What the describers say of a picture, as captions, the describers in their order.

        Args:
            content: The file's bytes, by which the answers are kept.
            opened: Gives the picture, RGB and upright; called only where a describer has not seen it yet.
            record_id: The id of the record that it belongs to.

        Raises:
            RecordError: The picture cannot be opened, or a describer fails on it.
            MlsrError: A describer cannot work here.
        """
        return tuple(self._said(content, opened, record_id)) if self.describers else ()

    def _said(self, content: bytes, opened: Callable[[], Image], record_id: str) -> Iterator[Caption]:
        digest = image_digest(content)
        for describer in self.describers:
            texts = self.cache.get(describer.revision, digest) if self.cache else None
            if texts is None:
                texts = _described(describer, opened(), record_id)
                if self.cache:
                    self.cache.put(describer.revision, digest, texts)
            text = " ".join(dict.fromkeys(texts))
            if text:
                yield Caption(text, describer.kind)


def _described(describer: Describer, picture: Image, record_id: str) -> tuple[str, ...]:
    try:
        return describer.describe(picture)
    except MlsrError:
        raise
    except Exception as error:  # one picture that a library fails on does not end a run
        told = str(error).splitlines()[:1] or [type(error).__name__]
        raise RecordError(record_id, "describe", f"what it shows ({describer.kind}): {told[0]}") from error


NOTHING = Describing()
NAMES_ONLY = Describing("name", names=True)


def _chosen_again(given: str, revisions: tuple[str, ...]) -> Describing:
    from mlsr_es.describe.choosing import choose_describers

    # Whether the user named a model, so that it may be fetched, or an index did, is known where the run was started.
    chosen = choose_describers(given, downloads=False)
    if chosen.revisions != revisions:
        raise ModelError(
            f"--describe {given} is another model or package on {gethostname()} than where the run was started.",
            advice="Install the same packages and models on all machines.",
        )
    return chosen
