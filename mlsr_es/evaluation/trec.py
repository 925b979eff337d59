"""Runs and judgements as TREC files: ``section Q0 image rank score name`` and ``section 0 image relevance``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from mlsr_es.collection import Judgement, from_trec, to_trec
from mlsr_es.errors import InputError, StorageError
from mlsr_es.evaluation.run import Ranked, Run

_SHOWN = 3
_Parsed = TypeVar("_Parsed")


def write_run(run: Run, path: Path) -> None:
    """Write a run; the last column is its name, with blanks replaced.

    Raises:
        StorageError: The disk is full, or not writable.
    """
    name = "-".join(run.name.split()) or "run"
    _write(
        path,
        (
            f"{to_trec(section_id)} Q0 {to_trec(ranked.image_id)} {rank} {ranked.score:.9g} {name}\n"
            for section_id, ranking in run.rankings.items()
            for rank, ranked in enumerate(ranking, 1)
        ),
    )


def read_run(path: Path) -> Run:
    """Read a run. It is ordered by score, as in other tools; lines with equal scores keep their order.

    Raises:
        InputError: The file cannot be read, or one of its lines is not a run's.
    """
    rankings: dict[str, list[Ranked]] = {}
    name = path.stem
    for section_id, image_id, score, named in _parsed(path, _run_line, "section Q0 image rank score name"):
        rankings.setdefault(section_id, []).append(Ranked(image_id, score))
        name = named
    ranked = {key: sorted(ranking, key=lambda entry: -entry.score) for key, ranking in rankings.items()}
    return Run(name, ranked)


def read_qrels(path: Path) -> list[Judgement]:
    """Read judgements.

    Raises:
        InputError: The file cannot be read, or one of its lines is not a judgement.
    """
    return list(_parsed(path, _qrels_line, "section 0 image relevance"))


def _run_line(line: str) -> tuple[str, str, float, str]:
    section_id, _, image_id, _, score, name = line.split()
    return from_trec(section_id), from_trec(image_id), float(score), name


def _qrels_line(line: str) -> Judgement:
    section_id, _, image_id, relevance = line.split()
    return Judgement(from_trec(section_id), from_trec(image_id), int(relevance))


def _parsed(path: Path, parse: Callable[[str], _Parsed], form: str) -> Iterator[_Parsed]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from error
    parsed, wrong = [], []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                parsed.append(parse(line))
            except ValueError:
                wrong.append(number)
    if wrong:
        first = ", ".join(map(str, wrong[:_SHOWN])) + ("..." if len(wrong) > _SHOWN else "")
        raise InputError(f"{path}: {len(wrong)} lines are not '{form}' (line {first}).", advice="Mend the file.")
    return iter(parsed)


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(lines)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror or error}.") from error
