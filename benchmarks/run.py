"""Run the benchmarks on this machine, and write what they say to RESULTS.md.

python benchmarks/run.py [encoding] [images] [loading] [queries] [queries-8.19.3] [queries-9.5.0] [queries-million]
                         [queries-many] [queries-many-8.19.3] [queries-many-9.5.0]

The newer versions of Elasticsearch need a JDK 21, queries-many needs real vectors in build/many (many.py says how), and
queries-million takes half an hour: they run only where they are named. Each has peers beside it in one
run, in turns. The ratios count: milliseconds are those of one machine on one day.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

HERE = Path(__file__).parent
RESULTS = HERE / "results"
BENCHMARKS: Mapping[str, str] = {
    "encoding": "Encoding, on one thread",
    "images": "Opening images, and seeing them, on one thread",
    "loading": "Loading, into Elasticsearch 7.17.29",
    "queries": "Queries, to Elasticsearch 7.17.29",
    "queries-8.19.3": "Queries, to Elasticsearch 8.19.3",
    "queries-9.5.0": "Queries, to Elasticsearch 9.5.0",
    "queries-million": "Queries over a million documents, to Elasticsearch 7.17.29",
    "queries-many": "Queries over real vectors, to Elasticsearch 7.17.29",
    "queries-many-8.19.3": "Queries over real vectors, to Elasticsearch 8.19.3",
    "queries-many-9.5.0": "Queries over real vectors, to Elasticsearch 9.5.0",
}
_OPTIONS: Mapping[str, Sequence[str]] = {
    "queries-8.19.3": ("--version", "8.19.3"),
    "queries-9.5.0": ("--version", "9.5.0"),
    "queries-million": ("--documents", "1000000", "--brief"),
    "queries-many": ("--vectors", "build/many"),
    "queries-many-8.19.3": ("--vectors", "build/many", "--version", "8.19.3"),
    "queries-many-9.5.0": ("--vectors", "build/many", "--version", "9.5.0"),
}
_USUAL = ("encoding", "images", "loading", "queries")
_PACKAGES = (
    "torch",
    "torchvision",
    "pillow",
    "transformers",
    "tokenizers",
    "sentence-transformers",
    "elasticsearch",
    "scipy",
)
_TICKS = (0.2, 0.5, 1, 2, 5, 10, 20, 50)
_INTRODUCTION = """# What was measured beside peers

Made by `make bench`; the methods are in the scripts' first lines. A ratio is how many times as good as the first system
of its block a system was in the same round; in brackets are the lowest and the highest of the rounds. The ratios count:
other times are those of one machine on one day.

![The ratios](results/ratios.svg)
"""


def machine() -> str:
    """The processor, and how many cores and how much memory there are."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB"


def variant_of(name: str) -> str:
    """What a benchmark's name has behind the script's, such as a version of Elasticsearch; "" for the usual one."""
    return name.partition("-")[2]


def command(name: str) -> list[str]:
    """What is typed behind ``python``: the script, and its options."""
    return [f"benchmarks/{name.partition('-')[0]}.py", *_OPTIONS.get(name, ())]


def measured(name: str) -> dict[str, Any]:
    """Run a benchmark."""
    file = RESULTS / f"{name}.lines.json"
    subprocess.run([sys.executable, *command(name), "--json", file], cwd=HERE.parent, check=True)  # noqa: S603
    lines = json.loads(file.read_text())
    file.unlink()
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "python": platform.python_version(),
        "packages": {package: installed(package) for package in _PACKAGES},
        "lines": lines,
    }


def section(name: str, told: Mapping[str, Any]) -> str:
    """A benchmark as a table."""
    packages = ", ".join(f"{package} {number}" for package, number in told["packages"].items())
    rows = [
        f"| {line['case']} | {line['system']} | {line['value']:,.2f} {line['unit']} | **{line['ratio']:.2f}** "
        f"({line['lowest']:.2f} to {line['highest']:.2f}) |"
        for line in told["lines"]
    ]
    typed = " ".join(command(name))
    return "\n".join(
        [
            f"## {BENCHMARKS[name]}",
            "",
            f"`python {typed}`, {told['date']}, {told['machine']}, Python {told['python']}, {packages}.",
            "",
            "| | system | median | ratio |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def plot(results: Mapping[str, Mapping[str, Any]]) -> None:
    """All ratios as bars, with their spread; rates of queries follow from their times, and are on the page alone."""
    named = [(variant_of(name), line) for name, told in results.items() for line in told["lines"]]
    shown = [(variant, line) for variant, line in named if line["ratio"] != 1 and line["unit"] != "queries/s"]
    lines = [line for _, line in shown]
    labels = [f"{variant and f'{variant}, '}{line['case']}: {line['system']}" for variant, line in shown]
    mpl.rcParams["svg.hashsalt"] = "mlsr-es"  # so that the same results are the same file
    figure, axes = plt.subplots(figsize=(8, 0.32 * len(lines) + 1), layout="constrained")
    places = range(len(lines), 0, -1)
    spread: Sequence[Sequence[float]] = (
        [line["ratio"] - line["lowest"] for line in lines],
        [line["highest"] - line["ratio"] for line in lines],
    )
    ours = ["tab:blue" if "mlsr-es" in line["system"] else "tab:gray" for line in lines]
    axes.barh(places, [line["ratio"] for line in lines], xerr=spread, color=ours)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(places, labels, fontsize=7)
    axes.set_xscale("log")
    axes.set_xticks(_TICKS, map(str, _TICKS))
    axes.minorticks_off()
    axes.set_xlabel("times as good as the first system of the block")
    figure.savefig(RESULTS / "ratios.svg", metadata={"Date": None})


def main() -> None:
    """Run those that are named, or all, and write the page from these and the earlier results of others."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--page", action="store_true", help="run nothing, write the page alone")
    given = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    for name in () if given.page else given.names or _USUAL:
        told = measured(name)
        (RESULTS / f"{name}.json").write_text(json.dumps(told, indent=1) + "\n")
    results = {
        name: json.loads((RESULTS / f"{name}.json").read_text())
        for name in BENCHMARKS
        if (RESULTS / f"{name}.json").exists()
    }
    plot(results)
    page = [_INTRODUCTION, *(section(name, told) for name, told in results.items())]
    (HERE / "RESULTS.md").write_text("\n".join(page))


if __name__ == "__main__":
    main()
