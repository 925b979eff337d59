"""What is asked beside a query, from options: how many images, filters, BM25, words that count more or less."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer

from mlsr_es.commands.options.injecting import with_options
from mlsr_es.errors import InputError

_Result = TypeVar("_Result")


def with_suggest_options(command: Callable[..., _Result]) -> Callable[..., _Result]:
    """Give a command the options below in place of its parameter ``options``."""
    return with_options(command, "options", suggest_options)


def suggest_options(
    *,
    size: Annotated[
        int | None, typer.Option("--size", "-n", min=1, max=10_000, show_default="10", help="How many images.")
    ] = None,
    start: Annotated[
        int | None,
        typer.Option("--from", metavar="N", min=0, show_default="0", help="Pass over the N best: the next page."),
    ] = None,
    filters: Annotated[
        list[str],
        typer.Option(
            "--filter",
            metavar="FIELD=VALUE",
            help="Only images with this value: collection, page, language... Values of one field are alternatives.",
        ),
    ] = [],  # noqa: B006 - typer makes a list of its own
    filter_json: Annotated[
        list[str],
        typer.Option(metavar="FILE|JSON", help="A clause of the query language that every image has to match."),
    ] = [],  # noqa: B006
    exclude: Annotated[
        list[str],
        typer.Option("--exclude", metavar="ID", help="Leave an image out, such as one that the page has already."),
    ] = [],  # noqa: B006
    collapse: Annotated[str, typer.Option(metavar="FIELD", help="One image for each value: its best.")] = "",
    distinct: Annotated[
        bool,
        typer.Option(
            "--distinct",
            help="Show copies once, by the best of them: pictures that look alike; where it is not known how they "
            "look, images with the same captions. For each image that is shown, ten hits are looked at.",
        ),
    ] = False,
    diverse: Annotated[
        float,
        typer.Option(
            metavar="SHARE",
            min=0,
            max=1,
            show_default="0",
            help="How much each image is to differ from those above it: 0 by score alone, 0.2 for some variety, 1 by "
            "difference alone. Ten hits are looked at for each.",
        ),
    ] = 0.0,
    highlight: Annotated[
        bool, typer.Option("--highlight", help="Show captions with the query's words marked.")
    ] = False,
    wrap: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help='A search body of your own. Where its query has {"mlsr": {}}, the suggestion\'s goes; else it says '
            "which documents are found, and both scores are added. Aggregations and the rest stay.",
        ),
    ] = None,
    hybrid: Annotated[
        str,
        typer.Option(
            metavar="auto|FIELD:WEIGHT",
            help="Add BM25 times a weight to each score, as in caption_all:0.3; auto: as the index says.",
        ),
    ] = "",
    boosts: Annotated[
        list[str],
        typer.Option(
            "--boost",
            metavar="WORD=FACTOR",
            help="A word of the query counts so many times as much; one that it lacks is added, weighing as many times "
            "what the query's terms weigh on average.",
        ),
    ] = [],  # noqa: B006
    vetoes: Annotated[
        list[str],
        typer.Option("--veto", metavar="WORD", help="Leave a word out of the query, and of --hybrid's words."),
    ] = [],  # noqa: B006
    strategy: Annotated[
        str,
        typer.Option(
            metavar="S",
            help="How the query is executed: exhaustive, dynamic, top:TERMS, mass:SHARE, two-phase:SHARE/WINDOW. "
            "Default: what mlsr-es tune strategy has stored, else the exact one that suits the index.",
        ),
    ] = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Show what each matched word, and BM25, contributed.")
    ] = False,
    thumbnails: Annotated[
        bool, typer.Option("--thumbnails", help="With --json: the hits' small pictures too.")
    ] = False,
    allow_partial: Annotated[
        bool,
        typer.Option("--allow-partial", help="Show what there is where shards fail, and say so; else it is an error."),
    ] = False,
) -> Any:
    """What is asked beside a query, as ``SuggestOptions``.

    Raises:
        InputError: One of them cannot be asked, or a file cannot be read.
    """
    from mlsr_es.suggestion import Adjustment, SuggestOptions

    own = own_body(wrap)
    wanted, passed = page_of(size, start, own)
    return SuggestOptions(
        size=wanted,
        start=passed,
        filters=filters_of(filters),
        clauses=clauses_of(filter_json),
        exclude=exclude,
        collapse=collapse,
        distinct=distinct,
        diverse=diverse,
        highlight=highlight,
        own=own,
        hybrid=hybrid,
        adjustment=Adjustment.parse(boosts, vetoes),
        strategy=strategy,
        explain=explain,
        thumbnails=thumbnails,
        allow_partial=allow_partial,
    )


def filters_of(given: Sequence[str]) -> dict[str, list[str]]:
    """Field to values, from ``FIELD=VALUE`` each.

    Raises:
        InputError: One is something else.
    """
    filters: dict[str, list[str]] = {}
    for entry in given:
        field, equals, value = entry.partition("=")
        if not equals or not field:
            raise InputError(
                f"--filter takes FIELD=VALUE, not {entry!r}.", advice="For example: --filter collection=sample"
            )
        filters.setdefault(field, []).append(value)
    return filters


def clauses_of(given: Sequence[str]) -> tuple[Mapping[str, Any], ...]:
    """Clauses of the query language, from files or from JSON as it is typed.

    Raises:
        InputError: One cannot be read, or is something else.
    """
    found: list[Mapping[str, Any]] = []
    for entry in given:
        clauses = _json(entry, "--filter-json")
        many = clauses if isinstance(clauses, list) else [clauses]
        if not many or not all(isinstance(one, dict) and one for one in many):
            raise InputError(
                "--filter-json is no clause of the query language.",
                advice="""For example: --filter-json '{"range": {"width": {"gte": 640}}}'""",
            )
        found += many
    return tuple(found)


def own_body(file: Path | None) -> Mapping[str, Any] | None:
    """The user's own search body; None where there is none.

    Raises:
        InputError: It cannot be read, or cannot be put together with a query of this package.
    """
    from mlsr_es.elastic.search import check_own

    return check_own(_json(str(file), "--wrap")) if file else None


def page_of(size: int | None, start: int | None, own: Mapping[str, Any] | None) -> tuple[int, int]:
    """How many images, and how many are passed over: as typed, else as the user's own search body says.

    Raises:
        InputError: That is out of reach.
    """
    from mlsr_es.elastic.search import check_page

    told = own or {}
    wanted = [
        given if given is not None else told.get(name, usual)
        for given, name, usual in ((size, "size", 10), (start, "from", 0))
    ]
    if not all(isinstance(one, int) and one >= 0 for one in wanted):
        raise InputError("size and from of the search body are no numbers.", advice="Give --size and --from.")
    check_page(wanted[1], wanted[0])
    return wanted[0], wanted[1]


def _json(given: str, option: str) -> Any:
    """JSON as it is typed, or a file's."""
    content = given
    if not given.lstrip().startswith(("{", "[")):
        try:
            content = Path(given).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(f"{option}: {given} cannot be read: {reason}.", advice="Give a file, or JSON.") from error
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise InputError(f"{option}: {given} is no JSON: {error}.") from error
