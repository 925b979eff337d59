"""A study's tables in Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from mlsr_es.experiments.captions import Captions
from mlsr_es.experiments.comparing import CellComparison, StudyAnswer
from mlsr_es.experiments.contributions import contributions
from mlsr_es.experiments.gathering import StudyResults, StudySystem
from mlsr_es.experiments.measures import CO_ACTIVATION, CONTENT_WORDS, OF_VECTORS, OWN_WORDS, QUALITY, QUERY_TERMS
from mlsr_es.experiments.results import Example
from mlsr_es.experiments.sentences import p_value
from mlsr_es.experiments.study import Study

_MAIN = QUALITY[0]
_EXAMPLES = 3
_CUT = 10


def systems_table(gathered: StudyResults) -> str:
    """A table with one row a system: its description and its figures.

    Systems of other collections, and of the choices of components, are in tables of their own.
    """
    vectors = (QUERY_TERMS, "image terms", CO_ACTIVATION, CONTENT_WORDS, OWN_WORDS)
    header = ("system", "query", "document", "reads", "folds", "topics", _MAIN, "by fold", *QUALITY[1:], *vectors)
    return _table(header, [_row(gathered, system) for system in main_systems(gathered)], text=4)


def main_systems(gathered: StudyResults) -> list[StudySystem]:
    """The systems that search the recipe's collection, without the choices of components."""
    study = gathered.study
    home = study.recipe["collection"]["source"]
    return [
        one for name, one in gathered.systems.items() if not study.is_choice(name) and study.collection(name) == home
    ]


def collections_table(gathered: StudyResults) -> str:
    """A table with one row a model or baseline and one column a collection; "" if there is only one collection.

    What a model finds on the pages of its own collection that it was not trained on is in bold.
    """
    study, systems = gathered.study, gathered.systems.values()
    collections = list(dict.fromkeys(system.collection for system in systems))
    if not any(variant.is_of_collection for variant in study.all_variants.values()):
        return ""
    found: dict[str, dict[str, str]] = {}
    for system in systems:
        variant = study.all_variants.get(system.name)
        if variant and not variant.is_of_collection:
            continue
        mark = "**" if system.name in study.cells else ""
        together = " with BM25" if variant and variant.together else ""
        row = found.setdefault(f"{variant.of if variant else system.name}{together}", {})
        row[system.collection] = f"{mark}{system.mean(_MAIN):.3f}{mark}"
    topics = {system.collection: system.topics for system in systems}
    header = ("system", *(f"{collection}, {topics[collection]} topics" for collection in collections))
    rows = [(name, *(row.get(collection, "") for collection in collections)) for name, row in found.items()]
    return _table(header, rows, text=1)


def languages_table(gathered: StudyResults) -> str:
    """A table with one row a language in which is asked; "" if the study has none."""
    languages = gathered.study.languages
    if languages is None:
        return ""
    rows, figures = [], []
    for language in languages.asked:
        found = [gathered.systems.get(languages.name(system, language)) for system in languages.of]
        topics = next((str(system.topics) for system in found if system), "")
        figures.append([system.mean(_MAIN) if system else None for system in found])
        rows.append((language, topics, *(_number(figure, 3) for figure in figures[-1])))
    columns = [[figure for figure in column if figure is not None] for column in zip(*figures, strict=True)]
    rows.append(("mean", "", *(_number(sum(column) / len(column) if column else None, 3) for column in columns)))
    return _table(("asked in", "topics", *languages.of), rows, text=1)


def contributions_table(gathered: StudyResults) -> str:
    """A table with one row a caption component of each system; "" if the study has no choices of components."""
    if gathered.study.subsets is None:
        return ""
    header = ("system", "component", "alone", "all others", "Shapley value", "95 % interval")
    rows = [
        (
            *(system, one.kind, f"{one.alone:.3f}", f"{one.without:.3f}", f"{one.share.mean:.3f}"),
            f"{one.share.low:.3f} to {one.share.high:.3f}",
        )
        for system in gathered.study.subsets.of
        for one in contributions(gathered, system)
    ]
    return _table(header, rows, text=2)


def comparisons_table(answers: Iterable[StudyAnswer]) -> str:
    """A table with one row a test."""
    header = (
        *("question", "first", "second", "measure", "the paper", "here"),
        *("first", "second", "difference", "95 % interval", "ratio", "d", "p", "Holm", "folds above"),
    )
    rows = [(answer.question.name, *_compared(test)) for answer in answers for test in answer.comparisons]
    return _table(header, rows, text=6)


def types_table(gathered: StudyResults) -> str:
    """A table with one row a system and one column a type of image; "" if the study has no types.

    A figure is the share of the judged images of a type that are among the ten best of their section.
    """
    types, folds = gathered.types, sorted(gathered.judged)
    judged = [types.get(image, "") for fold in folds for image in gathered.judged[fold]]
    if not types or not judged:
        return ""
    counts = Counter(judged)
    header = ("system", *(f"{kind} ({count:,})" for kind, count in counts.most_common()))
    rows = []
    for system in main_systems(gathered):
        if set(folds) <= system.results.keys() and all(system.results[fold].ranks for fold in folds):
            found = [0 < rank <= _CUT for fold in folds for rank in system.results[fold].ranks]
            hits = Counter(kind for kind, is_found in zip(judged, found, strict=True) if is_found)
            rows.append((system.name, *(f"{hits[kind] / count:.3f}" for kind, count in counts.most_common())))
    return _table(header, rows, text=1)


def answer_table(answer: StudyAnswer) -> str:
    """A table with one row a test of a question, for people."""
    has_claim = any(test.is_as_expected is not None for test in answer.comparisons)
    header = ("system", "beside", "measure", *(("as the paper says",) if has_claim else ()))
    figures = ("system's", "the other's", "difference", "95 % interval", "p", "folds above")
    rows = []
    for test in answer.comparisons:
        first, second, measure, _, as_expected, *rest = _compared(test)
        one, other, difference, interval, _, _, _, corrected, above = rest
        said = (as_expected,) if has_claim else ()
        rows.append((first, second, measure, *said, one, other, difference, interval, corrected, above))
    return _table((*header, *figures), rows, text=len(header))


def examples_table(gathered: StudyResults) -> str:
    """Tables of the heaviest terms that each cell gives to some topics' queries and to an image of each topic."""
    parts = []
    for topic in _topics(gathered):
        rows = [
            (name, _terms(example.query_terms), _terms(example.document_terms))
            for name, example in _by_cell(gathered, topic.section)
        ]
        title = f"**{topic.page_title} > {topic.section_title}** (image `{topic.image.rpartition('/')[2]}`)"
        parts.append(f"{title}\n\n" + _table(("cell", "query", "image"), rows, text=3))
    return "\n\n".join(parts)


def chance(gathered: StudyResults) -> str:
    """A sentence with the figures of a random ranking."""
    sizes = {result.images for system in gathered.systems.values() for result in system.results.values()}
    shares = dict.fromkeys(f"{min(1.0, _CUT / size):.3f}" for size in (max(sizes), min(sizes)))
    return f"By chance R@10 would be {' to '.join(shares)}."


def legend() -> str:
    """Explanations of the measures of vectors."""
    return "\n".join(f"- *{measure}*: {what}" for measure, what in OF_VECTORS.items())


def _row(gathered: StudyResults, system: StudySystem) -> tuple[str, ...]:
    what = _what(gathered.study, system.name)
    deviation = f" ± {system.deviation(_MAIN):.3f}" if len(system.results) > 1 else ""
    by_fold = f"{system.fold_means(_MAIN).mean():.3f}{deviation}"
    quality = [f"{system.mean(measure):.3f}" for measure in QUALITY]
    return (
        *(system.name, *what, str(len(system.results)), str(system.topics), quality[0], by_fold, *quality[1:]),
        _mean(system, QUERY_TERMS, 1),
        _number(system.of_documents("terms"), 1),
        *(_mean(system, measure, 3) for measure in (CO_ACTIVATION, CONTENT_WORDS, OWN_WORDS)),
    )


def _what(study: Study, name: str) -> tuple[str, str, str]:
    """Query head, document head, and what is read."""
    variant = study.all_variants.get(name)
    cell = study.cells.get(variant.of if variant else name)
    heads = (cell.query_head, cell.document_head) if cell else ("", "")
    if variant:
        return (*heads, f"{variant.of}: {variant}")
    if cell is None:
        return (*heads, "caption")
    captions = "" if cell.captions == Captions() or cell.document_input == "image" else f" ({cell.captions})"
    return (*heads, f"{cell.document_input}{captions}")


def _compared(test: CellComparison) -> tuple[str, ...]:
    found = test.difference
    as_expected = {True: "yes", False: "no", None: ""}[test.is_as_expected]
    return (
        *(test.first, test.second, test.measure, test.expected, as_expected),
        *(f"{mean:.3f}" for mean in test.means),
        f"{found.mean:+.3f}",
        f"{found.low:+.3f} to {found.high:+.3f}",
        f"{found.ratio:.2f}",
        f"{found.effect:+.2f}",
        p_value(found.p).removeprefix("= "),
        p_value(found.corrected_p).removeprefix("= "),
        f"{test.folds_above} of {test.folds}",
    )


def _topics(gathered: StudyResults) -> list[Example]:
    """One topic from each of the first folds."""
    first = {
        fold: result.examples[0]
        for system in gathered.systems.values()
        for fold, result in system.results.items()
        if result.examples
    }
    return [first[fold] for fold in sorted(first)[:_EXAMPLES]]


def _by_cell(gathered: StudyResults, section: str) -> list[tuple[str, Example]]:
    return [
        (system.name, example)
        for system in gathered.systems.values()
        for result in system.results.values()
        for example in result.examples
        if example.section == section
    ]


def _terms(terms: dict[str, float]) -> str:
    return " ".join(term.replace("|", "\\|").replace("*", "\\*").replace("_", "\\_") for term in terms) or "(none)"


def _mean(system: StudySystem, measure: str, digits: int) -> str:
    return _number(system.mean(measure) if measure in system.measures else None, digits)


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], *, text: int) -> str:
    """A Markdown table whose first ``text`` columns are text and whose others are numbers."""
    rule = ["---" if place < text else "--:" for place in range(len(header))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *rows))
