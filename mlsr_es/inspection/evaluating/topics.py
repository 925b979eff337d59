"""Which topics are asked, and with which fields of their sections."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlsr_es.collection import SECTION_FIELDS, Judgement, Section
from mlsr_es.elastic.reading import stored
from mlsr_es.elastic.versions import Version
from mlsr_es.errors import InputError
from mlsr_es.evaluation import LEAST_TEXT, Split, Topics, choose_topics
from mlsr_es.splits import TEST_FOLD

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client

_IDS_AT_ONCE = 500


@dataclass(frozen=True)
class TopicPlan:
    """How topics are chosen.

    Args:
        sections: Sections that may be topics.
        judgements: The images that belong in the sections.
        split: The pages whose topics are asked.
        fold: The fold that the split holds out.
        least_text: A topic's own text has more characters than this.
        query_fields: The fields of a section that are its query, for the model and the baselines; from
            ``SECTION_FIELDS``.
    """

    sections: Sequence[Section]
    judgements: Sequence[Judgement]
    split: Split = Split.ALL
    fold: int = TEST_FOLD
    least_text: int = LEAST_TEXT
    query_fields: Sequence[str] = SECTION_FIELDS

    def topics(self, image_ids: Collection[str]) -> tuple[Topics, Topics]:
        """The topics of the split, and the training topics: those on the other pages, none if the split is all pages.

        Args:
            image_ids: The ids of the images that are searched.

        Raises:
            InputError: There is no topic.
        """
        known = choose_topics(self.sections, self.judgements, image_ids, least_text=self.least_text)
        known = known.asking(self.query_fields)
        asked = known.of(self.split, fold=self.fold)
        if not asked.sections:
            raise InputError(
                f"no section is a topic: none of split {self.split.value} has enough text and a relevant image among "
                "those that are searched.",
                advice="Topics, judgements and what is searched have to be of one collection; --min-text 0 takes short "
                "topics too.",
            )
        # Constants found on the topics themselves would make the baseline look too good.
        training = known.of(Split.TRAIN, fold=self.fold) if self.split is Split.TEST else Topics((), ())
        return asked, training

    def topics_in(self, client: Client, *versions: Version) -> Topics:
        """The topics for some indices; a judged image counts if at least one of them holds it.

        Raises:
            InputError: There is no topic.
            ClusterError: The cluster cannot be reached, or refuses.
        """
        ids = list(dict.fromkeys(one.image_id for one in self.judgements))
        parts = [ids[start : start + _IDS_AT_ONCE] for start in range(0, len(ids), _IDS_AT_ONCE)]
        held = {image_id for one in versions for part in parts for image_id in stored(client, one.index, part)}
        return self.topics(held)[0]
