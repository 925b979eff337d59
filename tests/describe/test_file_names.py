"""The words of file names."""

from __future__ import annotations

import pytest

from mlsr_es.describe import name_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("images/filters/unsharp-mask_radius.png", "unsharp mask radius"),
        ("ToolOptionsDialog.PNG", "Tool Options Dialog"),
        ("GIMPToolbox2.10.png", "GIMP Toolbox"),
        ("a/b/blur3x3example.webp", "blur example"),
        ("https://example.org/media/Red%20Fox.jpg?size=200#top", "Red Fox"),
        ("Größe_ändern.svg", "Größe ändern"),
        ("IMG_20240131_101112.jpg", ""),
        ("DSC_0042 harbour.jpg", "harbour"),
        ("3f2a9c0d1e4b5a6978.png", ""),
        ("0b7d4a4e-6a57-4b0e-9b62-0e8d4f9a2c11.jpg", ""),
        ("deadbeat.png", "deadbeat"),
        ("image 1", ""),
        ("image-menu.png", "image menu"),
        ("fig3.png", ""),
        ("x.y", ""),
        ("", ""),
        ("17", ""),
    ],
)
def test_a_name_is_cut_into_its_words(name: str, words: str) -> None:
    """At separators, digits and in camelCase; what cameras and programs give says nothing."""
    assert name_words(name) == words
