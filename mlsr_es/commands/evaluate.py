"""``mlsr-es evaluate``: how good an index, or a folder of vectors, is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mlsr_es.collection import SECTION_FIELDS, CaptionKind
from mlsr_es.commands.options.connection import ConnectionLater, with_connection_later
from mlsr_es.commands.options.query_fields import parsed_fields
from mlsr_es.commands.options.vectors import check_one_of
from mlsr_es.commands.rendering.console import data, note, print_json, progress, table
from mlsr_es.commands.rendering.systems import print_systems
from mlsr_es.elastic.mapping import Holds
from mlsr_es.errors import InputError
from mlsr_es.evaluation import LEAST_TEXT, MEASURES, Split
from mlsr_es.hybrid import check_hybrid
from mlsr_es.splits import FOLDS, TEST_FOLD

if TYPE_CHECKING:
    from mlsr_es.evaluation import Difference, Figures
    from mlsr_es.inspection.evaluating import Evaluation


@with_connection_later
def evaluate(
    *,
    name: str = typer.Option("", "--index", metavar="NAME", help="The index."),
    vectors: Path | None = typer.Option(
        None, "--vectors", metavar="DIR", help="In place of an index: a folder that mlsr-es encode wrote."
    ),
    topics: Path = typer.Option(..., "--topics", metavar="FILE", help="Sections: topics.jsonl, or AToMiC's texts."),
    qrels: Path = typer.Option(..., "--qrels", metavar="FILE", help="Judgements, a TREC file."),
    split: Split = typer.Option(
        Split.ALL,
        "--split",
        help="Which pages' topics are used: of all pages, or of those that a model was (not) trained on.",
    ),
    least_text: int | None = typer.Option(
        None,
        "--min-text",
        metavar="N",
        min=0,
        help=f"A topic has more characters of its own text than this. Default: {LEAST_TEXT}; 0 where images ask.",
    ),
    fold: int = typer.Option(TEST_FOLD, "--fold", min=0, max=FOLDS - 1, help="The fold of pages that --split means."),
    query_fields: str = typer.Option(
        "",
        "--query-fields",
        metavar="text",
        help="The fields of a section that make the query, for the model and the baselines, as in page_title,text. "
        "Default: all. With --vectors: those that were encoded.",
    ),
    hybrid: str = typer.Option(
        "",
        "--hybrid",
        metavar="auto|FIELD:WEIGHT",
        help="Also measure the dot product plus so much of BM25, in one request; auto: as much as the index says.",
    ),
    query_table: Path | None = typer.Option(
        None, "--query-table", metavar="FILE", help="Also ask by a table that mlsr-es export-query-table wrote."
    ),
    run_out: Path | None = typer.Option(
        None, "--run-out", metavar="FILE", help="Write the model's run (the hybrid one where asked for), a TREC file."
    ),
    compare: tuple[str, str] | None = typer.Option(
        None, "--compare", metavar="A B", help="Test the difference between two systems of the table, or run files."
    ),
    model: str = typer.Option("", "--model", metavar="M", help="Default: the one that the index was made with."),
    device: str = typer.Option("auto", "--device", help="Where encoding runs: auto, cuda, mps or cpu."),
    as_json: bool = typer.Option(False, "--json", help="Print one JSON object."),
    connection: ConnectionLater,
) -> None:
    """Measure an index, or a folder of vectors, and compare it with two baselines: BM25, and BM25 with boosted titles.

    A topic is a section with enough text of its own and a relevant image among those that are searched. With --split
    test, the topics are those of the pages that training holds out, and the baseline's constants are found on the
    other pages.
    """
    from mlsr_es.elastic.client import connect
    from mlsr_es.evaluation import read_qrels, write_run
    from mlsr_es.inspection.evaluating import TopicPlan, evaluate_index, evaluate_vectors
    from mlsr_es.sources import read_topics
    from mlsr_es.suggestion import hybrid_for, model_for, read_table, serving_version

    check_one_of(name, vectors, "evaluated")
    if vectors and (hybrid or model or query_fields or query_table):
        raise InputError(
            "--hybrid, --model, --query-fields and --query-table belong to an index.",
            advice="Leave them out, or give --index; mlsr-es encode has --query-fields of its own.",
        )
    check_hybrid(hybrid)
    asked_by = read_table(query_table) if query_table else None
    plan = TopicPlan(
        read_topics(topics, note),
        read_qrels(qrels),
        split=split,
        fold=fold,
        least_text=LEAST_TEXT if least_text is None else least_text,
        query_fields=parsed_fields(query_fields),
    )
    with progress() as bars:
        if vectors:
            found = evaluate_vectors(vectors, plan=plan, progress=bars)
        else:
            client = connect(connection())
            version = serving_version(client, name)
            if least_text is None and version.meta.holds is Holds.SECTIONS:
                plan = replace(plan, least_text=0)  # captions are short
            added = hybrid_for(version, hybrid)
            used = model_for(version.meta, model, device=device, say=note)
            found = evaluate_index(
                client, name, model=used, plan=plan, hybrid=added, query_table=asked_by, progress=bars
            )
    differences = _compared(found, *compare) if compare else {}
    if as_json:
        print_json(to_json(found, differences))
    else:
        print_evaluation(found)
        if compare:
            print_differences(*compare, differences)
    if run_out:
        wanted = "hybrid" if hybrid else found.systems[0].run.name
        write_run(next(one.run for one in found.systems if one.run.name == wanted), run_out)
        note(f"The run {wanted} is in {run_out}.")


def to_json(found: Evaluation, differences: Mapping[str, Difference]) -> dict[str, Any]:
    """One object: topics, systems with their means, and the requested differences."""
    from dataclasses import asdict

    systems = {
        one.run.name: {
            "what": one.what,
            "means": {measure: one.figures.mean(measure) for measure in MEASURES},
            "query_terms": one.run.terms[0] if one.run.terms else None,
            "document_terms": one.run.terms[1] if one.run.terms else None,
        }
        for one in found.systems
    }
    return {
        "collections": list(found.contents.collections),
        "revision": found.contents.revision,
        "split": found.plan.split,
        "fold": found.plan.fold,
        "query_fields": list(found.plan.query_fields),
        "topics": len(found.topics.sections),
        "judgements": len(found.topics.judgements),
        "too_short": found.topics.too_short,
        "not_searched": found.topics.not_searched,
        "leaks": found.leaks,
        "described": dict(found.contents.described),
        "describe": found.contents.describe,
        "training_topics": found.training_topics,
        "titles": {"k1": found.boosted.k1, "b": found.boosted.b},
        "systems": systems,
        "differences": {measure: asdict(one) for measure, one in differences.items()},
    }


def print_evaluation(found: Evaluation) -> None:
    """Print a table with one row a system."""
    print_systems(found.systems)
    topics = found.topics
    if len(found.plan.query_fields) < len(SECTION_FIELDS):
        note(f"Asked of each section: {', '.join(found.plan.query_fields)} alone.")
    note(f"{len(topics.sections):,} topics, {len(topics.judgements):,} judgements.")
    if topics.too_short:
        note(f"Left out, of all splits: {topics.too_short:,} sections with too little text.")
    if topics.not_searched:
        all_of_them = len(found.plan.judgements)
        note(
            f"{topics.not_searched:,} of {all_of_them:,} judgements ({topics.not_searched / all_of_them:.0%}) are of "
            "what is not searched. They do not count, so the figures are higher than an editor would find them."
        )
    if found.contents.described:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in found.contents.described.items())
        note(f"Images with words that machines found (index --describe): {kinds}.")
    if CaptionKind.NAME in found.contents.described:
        note("File names often repeat the title of their page. For figures without them: index --describe none.")
    if found.leaks:
        note(
            f"It leaks: {found.leaks:,} judgements are of images that only words of their own page describe "
            "(index --stand-ins), so all figures are too high."
        )
    if found.training_topics:
        note(f"The constants of titles were found on {found.training_topics:,} topics of the other pages.")


def print_differences(first: str, second: str, differences: Mapping[str, Difference]) -> None:
    """Print a table with one row a measure."""
    headers = ("measure", f"{first} - {second}", "95 % interval", "ratio", "effect", "p", "Holm")
    shown = table(*headers, numbers={1, 3, 4, 5, 6})
    for measure, one in differences.items():
        shown.add_row(
            measure,
            f"{one.mean:+.3f}",
            f"{one.low:+.3f} to {one.high:+.3f}",
            f"{one.ratio:.3f}",
            f"{one.effect:.2f}",
            f"{one.p:.2g}",
            f"{one.corrected_p:.2g}",
        )
    data.print(shown)
    note("Paired over the topics: bootstrap interval, Cohen's d, t-test, and its p after Holm's correction.")


def _compared(found: Evaluation, first: str, second: str) -> dict[str, Difference]:
    from mlsr_es.evaluation import compare

    try:
        return compare(_figures(found, first), _figures(found, second))
    except ValueError as error:
        raise InputError(f"{first} and {second} cannot be compared: {error}.") from error


def _figures(found: Evaluation, named: str) -> Figures:
    """The figures of a system of the table, or of a run file over the same topics."""
    from mlsr_es.evaluation import figures, read_run

    by_name = {one.run.name: one.figures for one in found.systems}
    if named in by_name:
        return by_name[named]
    if not Path(named).is_file():
        raise InputError(f"there is no system {named!r}.", advice=f"Name one of {', '.join(by_name)}, or a run file.")
    return figures(read_run(Path(named)), found.topics.judgements)
