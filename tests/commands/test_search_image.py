"""``mlsr-es search --image``: an image as the query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from PIL import Image

from mlsr_es.encoders import PRESETS, save_pretrained
from tests.conftest import new_name
from tests.models import image_model
from tests.program import Ran, run_program

COLOURS = {"owl": "red", "heron": "blue", "robin": "green", "boat": "white"}


@pytest.fixture(scope="module")
def birds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images of different colours, each with a caption."""
    folder = tmp_path_factory.mktemp("birds")
    for place, (word, colour) in enumerate(COLOURS.items()):
        picture = Image.new("RGB", (90, 90), colour)
        picture.paste("black", (0, 0, 20 * place, 90))
        picture.save(folder / f"{word}.png")
        (folder / f"{word}.txt").write_text(f"a {word}")
    return folder


@pytest.fixture(scope="module")
def indices(cluster_url: str, birds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The images, indexed with an M1 and with an M4 of random weights."""
    with ExitStack() as stack:
        names = {}
        for preset in ("m1", "m4"):
            folder = tmp_path_factory.mktemp(preset)
            save_pretrained(image_model(PRESETS[preset]), folder)
            names[preset] = stack.enter_context(new_name(cluster_url))
            options = ("--model", str(folder), "--describe", "none", "--es-url", cluster_url)
            ran = run_program("index", str(birds), "--index", names[preset], *options)
            assert ran.code == 0, ran.stderr
        yield names


@pytest.fixture(autouse=True)
def cluster(cluster_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program reaches the cluster."""
    monkeypatch.setenv("ES_URL", cluster_url)


def search(index: str, *arguments: str) -> Ran:
    return run_program("search", *arguments, "--index", index)


@pytest.mark.parametrize(("preset", "caption"), [("m1", []), ("m4", ["a heron"])])
def test_the_query_is_the_images_own_document_vector(
    indices: dict[str, str], birds: Path, preset: str, caption: list[str]
) -> None:
    """What was indexed from a file is what is asked with it: it scores the sum of its squares."""
    ran = search(indices[preset], *caption, "--image", str(birds / "heron.png"), "--json", "--explain")
    assert ran.code == 0, ran.stderr
    found = ran.json
    assert found["query"]
    hit = next(hit for hit in found["hits"] if hit["id"].endswith("heron.png"))
    assert hit["terms"].keys() == found["query"].keys()
    assert hit["score"] == pytest.approx(sum(weight**2 for weight in found["query"].values()), rel=0.01)


def test_another_image_is_another_query(indices: dict[str, str], birds: Path) -> None:
    """The pixels count, of an M4's caption too."""
    for preset, caption in (("m1", []), ("m4", ["a heron"])):
        queries = [
            search(indices[preset], *caption, "--image", str(birds / f"{name}.png"), "--json").json["query"]
            for name in ("heron", "owl")
        ]
        assert queries[0] != queries[1]


def test_an_image_is_shown_as_a_query_too(indices: dict[str, str], birds: Path) -> None:
    """And as a table."""
    image = ("--image", str(birds / "owl.png"))
    assert search(indices["m1"], *image, "--show-query").stdout.startswith(f"GET /{indices['m1']}/_search")
    assert "owl.png" in search(indices["m1"], *image).stdout


def test_what_an_image_cannot_be_asked_for(
    indices: dict[str, str], birds: Path, sample_index: str, tmp_path: Path
) -> None:
    """One line each, and the exit code of the user's mistakes."""
    image = ("--image", str(birds / "owl.png"))
    (tmp_path / "bad.png").write_bytes(b"no image")
    (tmp_path / "empty.png").write_bytes(b"")
    for index, arguments, complaint in (
        (sample_index, image, "the model reads captions and no images"),
        (indices["m4"], image, "there is no caption. Give one beside the image"),
        (indices["m4"], ("granite", *image), "the model gives the image no term"),
        (indices["m1"], ("an owl", *image), "reads images and no captions. Leave the text out."),
        (indices["m1"], ("--page-title", "Owls", *image), "an image and a section are given"),
        (indices["m1"], ("--image", str(tmp_path / "gone.png")), "gone.png cannot be searched by: the file cannot be"),
        (indices["m1"], ("--image", str(tmp_path / "bad.png")), "bad.png cannot be searched by: it is no image"),
        (indices["m1"], ("--image", str(tmp_path / "empty.png")), "the file is empty"),
        (indices["m1"], ("--image", str(tmp_path)), "the file cannot be read: Is a directory"),
    ):
        ran = search(index, *arguments)
        assert (ran.code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran.stderr
        assert complaint in ran.stderr
