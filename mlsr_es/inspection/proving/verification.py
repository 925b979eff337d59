"""What verifying an index found: the figures, each loss by its cause, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mlsr_es.inspection.proving.asked import Asked


@dataclass(frozen=True)
class Verification:
    """How well an index ranks. Shares are means over the queries, of the best ``depth`` images, in [0, 1].

    The losses add up to what is missing from ``agreement``.

    Args:
        asked: The index, and how it was queried.
        images: The number of images.
        queries: The number of queries.
        agreement: The share of the best images by unrounded weights that the index returns.
        same_first: The share of queries whose first hit is the best image.
        order: Kendall's tau, from -1 to 1, of the hits' order and that of their unrounded dot products.
        rounding: The share lost because a field keeps nine bits of a weight; None if only rounded weights are known.
        pruning: The share lost because the strategy or the cluster leaves terms out.
        dropping: The share lost because the cluster allows too few clauses.
        unexplained: The share lost for none of these reasons.
        dropped: The number of queries that lost terms to the clause limit.
        wrong: Queries whose hits or scores differ from the expected result, each with a description.
        not_encoded: The number of images that are only in the index; their stored weights are used.
        not_stored: The number of images that were encoded and are not in the index.
        least: The least agreement that passes, in [0, 1].
    """

    asked: Asked
    images: int
    queries: int
    agreement: float
    same_first: float
    order: float
    rounding: float | None
    pruning: float
    dropping: float
    unexplained: float
    dropped: int
    wrong: Mapping[str, str]
    not_encoded: int
    not_stored: int
    least: float

    @property
    def verdict(self) -> str:
        """Why the index does not rank as its model does; "" if it does."""
        if self.wrong:
            query, what = next(iter(self.wrong.items()))
            return (
                f"{len(self.wrong)} of {self.queries} queries are not answered by the dot product, as {query}: {what}"
            )
        if self.agreement < self.least:
            lost = {
                "9-bit rounding": self.rounding or 0.0,
                "pruning": self.pruning,
                "dropped clauses": self.dropping,
            }
            most = max(lost, key=lambda name: lost[name])
            return f"of the best images it gives {self.agreement:.1%}, less than {self.least:.1%}, mostly for {most}"
        return ""
