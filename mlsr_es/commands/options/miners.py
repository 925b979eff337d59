"""The miner of a training run's hard negatives: BM25 in memory, or an index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlsr_es.errors import InputError
from mlsr_es.progress import Progress

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client
    from mlsr_es.training import Miner, TrainingConfig

_HELD_OUT = 2
"""How many times more images to ask for than are needed, because those of held-out pages are skipped."""

_MOST = 10_000
"""The cluster's limit of hits for one search."""


def check_mining(plan: TrainingConfig, index: str) -> None:
    """Check that the configuration and ``--mine-index`` fit together.

    Raises:
        InputError: They do not fit.
    """
    negatives = plan.negatives
    if index and not negatives.mined:
        raise InputError("--mine-index: nothing is mined, negatives.mined is 0.", advice="Leave one of them out.")
    if negatives.miner == "model" and not index:
        raise InputError(
            "negatives.miner is 'model', and no index holds a model's vectors.",
            advice="Name one of the collection that is trained on: --mine-index NAME",
        )


def miner(
    plan: TrainingConfig, index: str, client: Client | None, *, collection: str, device: str, progress: Progress
) -> Miner:
    """Make the miner that ranks images for hard negatives.

    Args:
        plan: The run's configuration.
        index: The index of ``--mine-index``; "" for BM25 in memory.
        client: A client of the index's cluster; None for BM25 in memory.
        collection: The collection that is trained on.
        device: The device on which the index's model encodes sections.
        progress: Reports the mining.
    """
    from mlsr_es.training import by_bm25

    if client is None:
        return by_bm25
    from mlsr_es.inspection.mining import index_miner
    from mlsr_es.suggestion import model_for, serving_version

    model = None
    if plan.negatives.miner == "model":
        model = model_for(serving_version(client, index).meta, device=device)
    depth = min(_MOST, _HELD_OUT * plan.negatives.mined_from)
    return index_miner(client, index, model=model, collection=collection, depth=depth, progress=progress)
