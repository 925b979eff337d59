"""How fast the program starts, as ratios: the median of seven runs each, interleaved.

python benchmarks/start.py                         the help, beside an empty Python and a bare typer program
python benchmarks/start.py --index gimp-manual     a search too, beside the imports that it cannot do without

The index is asked with its own model; ES_URL or the embedded node is the cluster.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter

_RUNS = 7
_PROGRAM = str(Path(sys.executable).with_name("mlsr-es"))
_BARE = "import typer; app = typer.Typer(); app.command()(lambda: None); app()"
_NEEDED = "import numpy, elasticsearch, onnxruntime, typer, rich"
_QUESTION = "How do I rotate a layer?"


def seconds(command: Sequence[str]) -> float:
    """How long a program takes from its start to its end."""
    started = perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    return perf_counter() - started


def measured(commands: Mapping[str, Sequence[str]]) -> dict[str, list[float]]:
    """The seconds of each program in each round; the rounds are interleaved, since these machines are noisy."""
    rounds = [{name: seconds(command) for name, command in commands.items()} for _ in range(_RUNS)]
    return {name: sorted(each[name] for each in rounds) for name in commands}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", help="the index to search")
    given = parser.parse_args()
    python = sys.executable
    commands = {
        "an empty Python": [python, "-c", "pass"],
        "a bare typer program's help": [python, "-c", _BARE, "--help"],
        "mlsr-es --help": [_PROGRAM, "--help"],
    }
    if given.index:
        commands |= {
            "the imports of a search": [python, "-c", _NEEDED],
            "mlsr-es search": [_PROGRAM, "search", _QUESTION, "--index", given.index],
        }
    found = measured(commands)
    empty = median(found["an empty Python"])
    for name, took in found.items():
        spread = f"{took[0]:.3f} to {took[-1]:.3f}"
        print(f"{name:30} {median(took):.3f} s ({spread})  {median(took) / empty:5.1f} x an empty Python")
    if given.index:
        ratio = median(found["mlsr-es search"]) / median(found["the imports of a search"])
        print(f"mlsr-es search is {ratio:.2f} x the imports of a search.")


if __name__ == "__main__":
    main()
