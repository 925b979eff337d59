"""Opening images, and a backbone that sees them, beside a bare Pillow loop and torchvision, in turns, on one thread.

python benchmarks/images.py [--images 200] [--rounds 5] [--json FILE]

Screenshots are the GIMP manual's files. Photographs are JPEGs of 3000 x 2000 pixels, made of the manual's images. Each
system reads a file and gives an RGB image of at most 1024 pixels, as a model is given it; ours also looks for bombs,
turns what a camera has turned, and puts what is transparent on white. EfficientNet-Lite0 sees images in batches of 32,
in the bare loop by the same processor, backbone and head. Times are processor seconds of all threads.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from time import process_time

import torch
from comparison import in_turns, told
from encoding import spread, weights
from PIL import Image
from torchvision.io import ImageReadMode, decode_image
from torchvision.transforms.v2.functional import resize

from mlsr_es.collection import ImageDocument, ImageFile
from mlsr_es.encoders import BiEncoder, assemble, efficientnet_lite0
from mlsr_es.encoders.config import PRESETS
from mlsr_es.sources import LONGEST_SIDE, decoded, open_source, shrunk

_ROWS = 32
_PHOTOGRAPH = (3000, 2000)
_PHOTOGRAPHS = 40


def by_pillow(content: bytes) -> object:
    """As Pillow's handbook has it."""
    with Image.open(BytesIO(content)) as opened:
        image = opened.convert("RGB")
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return image


def by_torchvision(content: bytes) -> object:
    """A tensor."""
    image = decode_image(torch.frombuffer(bytearray(content), dtype=torch.uint8), ImageReadMode.RGB)
    longest = max(image.shape[1:])
    if longest <= LONGEST_SIDE:
        return image
    return resize(image, [round(side * LONGEST_SIDE / longest) for side in image.shape[1:]], antialias=True)


def ours(content: bytes) -> Image.Image:
    """This package, where nothing reads text in the image."""
    return shrunk(decoded(ImageFile("image", content), enough=LONGEST_SIDE).pixels)


def photographs(files: Sequence[bytes]) -> list[bytes]:
    """The largest of the images, enlarged to a camera's size."""
    made = []
    for content in sorted(files, key=len)[-_PHOTOGRAPHS:]:
        file = BytesIO()
        Image.open(BytesIO(content)).convert("RGB").resize(_PHOTOGRAPH).save(file, "JPEG", quality=90)
        made.append(file.getvalue())
    return made


def seen(model: BiEncoder, images: Sequence[Image.Image]) -> object:
    """This package: images to sparse vectors."""
    return model.encode_documents([ImageDocument(str(n), "c", ()) for n, _ in enumerate(images)], images)


def bare(model: BiEncoder, images: Sequence[Image.Image]) -> object:
    """The same processor, backbone and head."""
    found = []
    with torch.inference_mode():
        for start in range(0, len(images), _ROWS):
            pixels = model.image_processor(images[start : start + _ROWS], return_tensors="pt")["pixel_values"]
            found.append(model.document(None, pixels))
    return found


def timed(work: Callable[[], object]) -> float:
    """Processor seconds of a work."""
    started = process_time()
    work()
    return process_time() - started


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    items = open_source("gimp-manual").documents()
    files = [item.image.read() for item in items if isinstance(item, ImageDocument) and item.image]
    screenshots = [content for content in spread(files, given.images) if content.startswith(b"\x89PNG")]
    lines = []
    for case, contents in (("screenshots", screenshots), ("photographs, 6 megapixels", photographs(files))):

        def rate(opens: Callable[[bytes], object], some: Sequence[bytes] = contents) -> float:
            return len(some) / timed(lambda: [opens(content) for content in some])

        systems = {"Pillow": by_pillow, "torchvision": by_torchvision, "mlsr-es": ours}
        turns = {name: partial(rate, opens) for name, opens in systems.items()}
        lines += in_turns(case, turns, given.rounds, unit="images/s", more_is_better=True)
    model = assemble(PRESETS["m1"], text=weights(), image=efficientnet_lite0()).eval()
    images = [ours(content) for content in screenshots]
    seers = {"bare loop": bare, "mlsr-es": seen}
    turns = {name: partial(timed, partial(work, model, images)) for name, work in seers.items()}
    lines += in_turns("EfficientNet-Lite0", turns, given.rounds)
    told(lines, given.json)


if __name__ == "__main__":
    main()
