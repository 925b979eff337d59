"""What a benchmark says of systems that took turns: ratios with their spread, as lines and as JSON."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from mlsr_es.collection import ImageDocument
from mlsr_es.embedded import VERSIONS, Node, NodeStatus
from mlsr_es.sources import open_source

QUERIES = Path(__file__).parents[1] / "experiments" / "short_queries.jsonl"
"""Short questions, written and judged by hand."""


@dataclass(frozen=True)
class Compared:
    """How a system compares with the first of those that took turns with it.

    Args:
        case: What was done.
        system: Who did it.
        value: The median over the rounds, in ``unit``.
        unit: Such as "s" or "documents/s".
        ratio: The median over the rounds of how many times as good it was as the first system in the same round; 1 for
            the first system itself.
        lowest: The least of these ratios.
        highest: The greatest.
    """

    case: str
    system: str
    value: float
    unit: str
    ratio: float
    lowest: float
    highest: float


def in_turns(
    case: str,
    systems: Mapping[str, Callable[[], float]],
    rounds: int,
    *,
    unit: str = "s",
    more_is_better: bool = False,
) -> list[Compared]:
    """Measure systems in turns, so that what else this machine does is borne by all.

    Args:
        case: What is done.
        systems: Name to what does it once and returns its value; the first is what the others are compared with.
        rounds: How often each has its turn.
        unit: Of the values.
        more_is_better: Whether a larger value is better, as of a rate.
    """
    took = [{name: work() for name, work in systems.items()} for _ in range(rounds)]
    first = next(iter(systems))
    lines = []
    for name in systems:
        ratios = [each[name] / each[first] if more_is_better else each[first] / each[name] for each in took]
        value = median(each[name] for each in took)
        lines.append(Compared(case, name, value, unit, median(ratios), min(ratios), max(ratios)))
    return lines


@contextmanager
def node_of_its_own(version: str = VERSIONS[0]) -> Iterator[tuple[NodeStatus, Path]]:
    """A node that is there as long as the benchmark, with its state, and a folder for other files."""
    with tempfile.TemporaryDirectory(prefix="mlsr-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the node's user is not who runs this
        node = Node(folder / "node", version=version)
        try:
            yield node.start(heap_mb=1024), folder
        finally:
            node.stop()


def asked(
    about: str | None, documents: int, versions: Sequence[str] = (), *, real: bool = False, brief: bool = False
) -> argparse.Namespace:
    """The options ``documents``, ``rounds`` and ``json`` as they were typed, and ``version`` where there are several.

    Args:
        about: The script's first lines.
        documents: How many there are where nobody says.
        versions: Of Elasticsearch, the default first.
        real: Whether ``vectors`` may name a folder of real ones, which stand in for made-up documents.
        brief: Whether ``brief`` may leave out what takes long.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=documents)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    if versions:
        parser.add_argument("--version", choices=versions, default=versions[0])
    if real:
        parser.add_argument("--vectors", type=Path, metavar="FOLDER", help="of mlsr-es encode, in place of --documents")
    if brief:
        parser.add_argument("--brief", action="store_true", help="leave out what takes long")
    return parser.parse_args()


def told(lines: Sequence[Compared], file: Path | None) -> None:
    """Print a table, and write the lines to a file where one is named."""
    for line in lines:
        spread = f"({line.lowest:.2f} to {line.highest:.2f})"
        print(f"{line.case:34} {line.system:26} {line.value:10,.2f} {line.unit:12} {line.ratio:5.2f} x  {spread}")
    if file:
        file.write_text(json.dumps([asdict(line) for line in lines], indent=1) + "\n")


def median_ms(ask: Callable[[Any], object], queries: Sequence[Any]) -> float:
    """The median time of a query, in milliseconds."""
    took = []
    for query in queries:
        started = perf_counter()
        ask(query)
        took.append((perf_counter() - started) * 1000)
    return median(took)


def manuals_captions() -> list[str]:
    """The first caption of each image of the GIMP manual."""
    images = open_source("gimp-manual").documents()
    return [each.captions[0].text for each in images if isinstance(each, ImageDocument) and each.captions]
