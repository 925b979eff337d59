"""Training data: sections with the images that belong in them, split by page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from mlsr_es.collection import ImageDocument, Judgement, Section
from mlsr_es.encoders import BiEncoderConfig, DocumentInput
from mlsr_es.errors import InputError
from mlsr_es.evaluation import Topics, choose_topics
from mlsr_es.sources import Source
from mlsr_es.splits import fold_of, is_for_validation
from mlsr_es.training.config import TrainingConfig


@dataclass(frozen=True)
class TrainingData:
    """A collection, split by page, and others that are trained on as a whole.

    Args:
        training: The topics to train on.
        documents: The candidates: all images except those that only held-out pages show.
        relevant: For each training section, the places in ``documents`` of the images that belong in it; at least one.
        validation: The topics by which the best epoch is chosen.
        test: The topics that training never sees.
        images: All images of the collection that was split; held-out topics are searched among them.
        shared_images: The number of images that both training pages and held-out pages show.
    """

    training: Topics
    documents: tuple[ImageDocument, ...]
    relevant: tuple[tuple[int, ...], ...]
    validation: Topics
    test: Topics
    images: tuple[ImageDocument, ...]
    shared_images: int

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections of the training topics."""
        return self.training.sections


def read_training_data(
    source: Source, plan: BiEncoderConfig, config: TrainingConfig, also: Sequence[Source] = ()
) -> TrainingData:
    """Read a collection and split it, and add others that are only trained on.

    Captions and sections are held in memory, and so is each image that is not a file of its own. So export a collection
    of Parquet files first if the model reads images.

    Args:
        source: The collection.
        plan: The plan of the model; documents without the inputs that it reads are skipped.
        config: The configuration of the run.
        also: The further collections.

    Raises:
        InputError: There is no section to train on.
    """
    data = split(*_read(source, plan, config), config)
    for other in also:
        data = _joined(data, *_read(other, plan, config), other.name)
    if not data.sections:
        raise InputError(
            f"{config.collection.source} holds no section to train on: a page's section with more than "
            f"{config.collection.least_text} characters of text and an image that can be read.",
            advice="Training needs sections and judgements beside the images.",
        )
    return data


def _read(source: Source, plan: BiEncoderConfig, config: TrainingConfig) -> tuple[tuple[ImageDocument, ...], Topics]:
    documents = (_needed(item, plan.document_input) for item in source.documents() if isinstance(item, ImageDocument))
    images = tuple(document for document in documents if document is not None)
    known = {image.id for image in images}
    least_text = config.collection.least_text
    return images, choose_topics(source.sections(), source.judgements(), known, least_text=least_text)


def _joined(data: TrainingData, images: tuple[ImageDocument, ...], topics: Topics, name: str) -> TrainingData:
    """The data with all of another collection to train on. Its sections are renamed: their ids are its own only."""
    sections = tuple(replace(one, id=f"{name}: {one.id}") for one in topics.sections)
    judgements = tuple(replace(one, section_id=f"{name}: {one.section_id}") for one in topics.judgements)
    training = Topics((*data.training.sections, *sections), (*data.training.judgements, *judgements))
    places = {image.id: place for place, image in enumerate(images, len(data.documents))}
    relevant = _relevant(Topics(sections, judgements), places)
    return replace(data, training=training, documents=(*data.documents, *images), relevant=(*data.relevant, *relevant))


def _relevant(topics: Topics, places: Mapping[str, int]) -> tuple[tuple[int, ...], ...]:
    """For each section the places of the images that belong in it."""
    relevant: dict[str, list[int]] = {one.id: [] for one in topics.sections}
    for one in topics.judgements:
        if one.relevance > 0:
            relevant[one.section_id].append(places[one.image_id])
    return tuple(tuple(relevant[one.id]) for one in topics.sections)


def split(images: tuple[ImageDocument, ...], topics: Topics, config: TrainingConfig) -> TrainingData:
    """Split by page: the test fold, a share of the other pages for validation, and the rest.

    Args:
        images: All images.
        topics: All topics.
        config: The configuration; its ``folds`` define what is held out.
    """
    folds = config.folds

    def is_test(page: str) -> bool:
        return folds.test is not None and fold_of(page) == folds.test

    def is_validation(page: str) -> bool:
        return not is_test(page) and is_for_validation(page, share=folds.validation_share)

    test = _of(topics, (one for one in topics.sections if is_test(one.page)))
    validation = _of(topics, (one for one in topics.sections if is_validation(one.page)))
    held_out = {one.id for part in (test, validation) for one in part.sections}
    train = _of(topics, (one for one in topics.sections if one.id not in held_out))

    trained_on = {one.image_id for one in train.judgements}
    elsewhere = {one.image_id for part in (test, validation) for one in part.judgements}
    documents = tuple(
        image
        for image in images
        if image.id in trained_on
        or not (image.id in elsewhere or (image.page and (is_test(image.page) or is_validation(image.page))))
    )
    return TrainingData(
        training=train,
        documents=documents,
        relevant=_relevant(train, {document.id: place for place, document in enumerate(documents)}),
        validation=_sampled(validation, folds.validation_sections, seed=config.seed),
        test=test,
        images=images,
        shared_images=len(trained_on & elsewhere),
    )


def searched_for(
    topics: Topics, images: tuple[ImageDocument, ...], *, most: int, seed: int
) -> tuple[ImageDocument, ...]:
    """Choose the images for validation: those that belong in the topics, and a sample of the others.

    Args:
        topics: The validation topics with their judgements.
        images: All images; their order is kept.
        most: The number of images to choose; images that belong in a topic are never left out.
        seed: The random seed of the sample.
    """
    judged = {one.image_id for one in topics.judgements}
    others = [place for place, image in enumerate(images) if image.id not in judged]
    spare = Random(seed).sample(others, min(len(others), max(0, most - len(judged))))  # noqa: S311
    kept = set(spare)
    return tuple(image for place, image in enumerate(images) if place in kept or image.id in judged)


def _needed(document: ImageDocument, reads: DocumentInput) -> ImageDocument | None:
    """The document, without its image if the model does not read images; None if an input of the model is missing."""
    if reads.reads_caption and not document.captions:
        return None
    if reads.reads_image:
        return document if document.image is not None else None
    return replace(document, image=None)


def _of(topics: Topics, sections: Iterable[Section]) -> Topics:
    chosen = tuple(sections)
    ids = {section.id for section in chosen}
    judgements: tuple[Judgement, ...] = tuple(one for one in topics.judgements if one.section_id in ids)
    return Topics(chosen, judgements)


def _sampled(topics: Topics, most: int, *, seed: int) -> Topics:
    if len(topics.sections) <= most:
        return topics
    return _of(topics, Random(seed).sample(topics.sections, most))  # noqa: S311
