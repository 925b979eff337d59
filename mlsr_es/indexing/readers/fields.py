"""Which fields of somebody else's documents hold captions and images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from mlsr_es.collection import CaptionKind
from mlsr_es.elastic.enrichment import OwnersIndex
from mlsr_es.elastic.mapping import REFERENCES, TEXTS, IndexMeta, check_readable
from mlsr_es.errors import InputError
from mlsr_es.indexing.needs import Needs


@dataclass(frozen=True, slots=True)
class OwnersFields:
    """The fields to read in a document.

    Args:
        captions: From each field to the caption component that it holds.
        image: The field with images, or with their paths or URLs; "" for none.
        carried: Fields that are not encoded, and that an index beside this one takes along.
    """

    captions: Mapping[str, CaptionKind]
    image: str = ""
    carried: tuple[str, ...] = ()

    @classmethod
    def parse(cls, captions: Sequence[str], image: str, carried: Sequence[str] = ()) -> Self:
        """Parse what the user typed: ``FIELD`` or ``FIELD:KIND`` for each; a field without a kind is a description.

        Raises:
            InputError: A kind does not exist, or a field is named twice.
        """
        kinds: dict[str, CaptionKind] = {}
        for given in captions:
            field, _, kind = given.partition(":")
            if kind not in {"", *CaptionKind} or not field or field in kinds:
                raise InputError(
                    f"--caption-field {given!r} is not FIELD:KIND, or is given twice.",
                    advice=f"The kinds are {', '.join(CaptionKind)}; a field alone is a description.",
                )
            kinds[field] = CaptionKind(kind) if kind else CaptionKind.DESCRIPTION
        return cls(kinds, image, tuple(dict.fromkeys(carried)))

    @classmethod
    def remembered(cls, *written: IndexMeta | None) -> Self | None:
        """The fields that the run before read.

        Args:
            written: Of the indices that it may have written to, the first that tells counts; None for no index.

        Returns:
            None where none of them tells.
        """
        stored = next((found for meta in written if meta and (found := meta.enriched or meta.reads)), None)
        if stored is None:
            return None
        captions = {each["field"]: CaptionKind(each["kind"]) for each in stored["captions"]}
        return cls(captions, str(stored.get("image", "")), tuple(stored.get("carried", ())))

    def or_those_of(self, before: Self | None) -> Self:
        """These fields, and those of an earlier run for what is not named."""
        if before is None:
            return self
        return type(self)(self.captions or before.captions, self.image or before.image, self.carried or before.carried)

    def __str__(self) -> str:
        captions = ", ".join(f"{field} ({kind})" for field, kind in self.captions.items()) or "no field"
        images = f", images from {self.image}" if self.image else ""
        return f"captions from {captions}{images}" + (
            f", and carries {', '.join(self.carried)}" if self.carried else ""
        )

    @property
    def group(self) -> str:
        """The path of the object that holds one image and its own captions; "" where there is no such object.

        For ``photos.file.url`` and ``photos.alt`` this is ``photos``.
        """
        return max((_shared(self.image, field) for field in self.captions), key=len, default="")

    @property
    def wanted(self) -> tuple[str, ...]:
        """The paths of all these fields."""
        return (*self.captions, *([self.image] if self.image else []), *self.carried)

    def read_by(self, needs: Needs) -> Self:
        """Drop the image field where nothing of it is used, unless it tells which captions belong together."""
        keeps = needs.uses_image_field or self.group
        return self if keeps else replace(self, image="")

    def check(self, owners: OwnersIndex) -> None:
        """Check that the index has these fields.

        Raises:
            IndexMismatchError: A field is missing, of another type, or nested, or cannot be carried.
        """
        for field in self.captions:
            check_readable(owners.index, owners.mapping, field, types=TEXTS)
        if self.image:
            check_readable(owners.index, owners.mapping, self.image, types=REFERENCES, nested=False)
        owners.carried(self.carried)

    def check_needs(self, needs: Needs) -> None:
        """Check that the fields that a model needs are named.

        Raises:
            InputError: The model needs a field that is not named.
        """
        if needs.uses_image_field and not self.image:
            what = "the model reads images" if needs.image else "--describe needs the images"
            raise InputError(f"{what}.", advice="Name the field that they are in: --image-field.")
        if needs.caption and not self.captions and not needs.describing:
            raise InputError("the model reads captions.", advice="Name the fields that they are in: --caption-field.")

    def to_json(self) -> dict[str, Any]:
        """The form that is stored in the index; captions are a list, since a cluster does not keep names in order."""
        captions = [{"field": field, "kind": kind.value} for field, kind in self.captions.items()]
        return {"captions": captions, "image": self.image}


def describe_as_before(written: Sequence[IndexMeta | None]) -> str:
    """What machines added to captions in the run before, as ``--describe`` takes it; "none" where no run was.

    Args:
        written: As ``OwnersFields.remembered`` takes them.
    """
    stored = next((found for meta in written if meta and (found := meta.enriched or meta.reads)), {})
    return str(stored.get("describe", "none"))


def _shared(image: str, caption: str) -> str:
    """The path of the innermost object that holds both fields."""
    shared: list[str] = []
    for one, other in zip(image.split(".")[:-1], caption.split(".")[:-1], strict=False):
        if one != other:
            break
        shared.append(one)
    return ".".join(shared)
