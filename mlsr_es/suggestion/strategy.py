"""Which strategy a search uses where nobody names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlsr_es.elastic.cluster import ClusterVersion, check
from mlsr_es.elastic.search import Strategy
from mlsr_es.elastic.versions import Version
from mlsr_es.errors import IndexMismatchError, InputError

if TYPE_CHECKING:
    from mlsr_es.elastic.client import Client


def strategy_for(version: Version, cluster: ClusterVersion | None) -> Strategy:
    """The strategy that an index says it is searched best with; else the exact one for the cluster's version.

    Args:
        version: Of ``serving_version``.
        cluster: The cluster's version, or the one that the index was created with; None where it is unknown: every
            posting is then scored, which is exact, too.

    Raises:
        IndexMismatchError: What the index says is no strategy.
    """
    if not version.meta.strategy:
        return Strategy.for_version(cluster)
    try:
        return Strategy.parse(version.meta.strategy)
    except InputError as error:
        raise IndexMismatchError(
            f"_meta.mlsr of the index {version.index} was changed: its strategy {version.meta.strategy!r} is none.",
            advice=f"Store one that is: mlsr-es tune strategy --index {version.index} --topics FILE --store",
        ) from error


def exact_strategy_for(client: Client) -> Strategy:
    """Of the two that give the exact ranking, the one that was measured to be the faster on the cluster's version.

    Raises:
        ClusterError: The cluster cannot be reached, or refuses.
    """
    return Strategy.for_version(check(client))
