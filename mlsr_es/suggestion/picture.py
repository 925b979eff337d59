"""An image as the query, from a file or from the index: what the index holds that is like it comes out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mlsr_es.collection import ImageFile, Section
from mlsr_es.encoders import BiEncoderConfig, DocumentInput, Head, OnnxQueryEncoder, PromotionEncoder, captioned
from mlsr_es.errors import InputError, ModelError, QueryError, RecordError
from mlsr_es.suggestion.query_encoder import QueryEncoder
from mlsr_es.suggestion.query_table import QueryTable

if TYPE_CHECKING:
    from PIL.Image import Image

    from mlsr_es.encoders import BiEncoder


@dataclass(frozen=True)
class QueryImage:
    """An image to search by.

    Args:
        name: The file's, for messages.
        image: Decoded, as an indexed image is.
        caption: What it shows, in words; "" where nobody says.
    """

    name: str
    image: Image
    caption: str = ""

    @property
    def section(self) -> Section:
        """Its words, as BM25 asks them."""
        return Section(id=self.name, text=self.caption)


@dataclass(frozen=True, slots=True)
class IndexedImage:
    """An image of the index to search by: its stored weights are the query, whatever the model reads.

    Args:
        id: The image's id. It is not among the hits.
    """

    id: str


def read_picture(file: Path, caption: str = "") -> QueryImage:
    """An image from a file.

    Raises:
        InputError: It cannot be read, or is no image.
    """
    from mlsr_es.sources import LONGEST_SIDE, decoded, shrunk  # slow to import, and seldom needed

    try:
        image = decoded(ImageFile(file.name, file), enough=LONGEST_SIDE).pixels
    except RecordError as error:
        raise InputError(
            f"{file} cannot be searched by: {error.reason}.",
            advice="Give an image in one of the formats that are indexed.",
        ) from error
    return QueryImage(file.name, shrunk(image), caption.strip())


def picture_terms(picture: QueryImage, model: QueryEncoder) -> dict[str, float]:
    """The image's document vector, as the index would hold it: term to weight, heaviest first.

    Args:
        picture: The query.
        model: A model, or the query side of one, which then loads the rest by torch; a query table reads no images.

    Raises:
        ModelError: The model reads no images.
        QueryError: It needs a caption or cannot read one, or gives the image no term.
    """
    if isinstance(model, QueryTable):
        raise ModelError("a query table is of sections, and reads no images.", advice="Leave --query-table out.")
    query_side = model.model if isinstance(model, PromotionEncoder) else cast("BiEncoder | OnnxQueryEncoder", model)
    _check(picture, query_side.config)
    encoder = query_side.whole() if isinstance(query_side, OnnxQueryEncoder) else query_side
    document = captioned(picture.name, picture.caption, encoder.config.document_fields)
    terms = encoder.encode_documents([document], [picture.image]).named(0, model.vocabulary)
    if not terms:
        raise QueryError("the model gives the image no term.", advice="Another caption may have words that it knows.")
    return terms


def _check(picture: QueryImage, config: BiEncoderConfig) -> None:
    if not config.document_input.reads_image:
        raise ModelError(
            "the model reads captions and no images: its index cannot be searched by one.",
            advice="Say in words what the image shows, or index with a model that reads images.",
        )
    if config.document_input is DocumentInput.IMAGE and picture.caption:
        raise QueryError("the model reads images and no captions.", advice="Leave the text out.")
    if config.document_head is Head.MLP and not picture.caption:
        raise QueryError(
            "the model weighs the words of a caption by what the image shows, and there is no caption.",
            advice='Give one beside the image: mlsr-es search --image FILE "A caption"',
        )
