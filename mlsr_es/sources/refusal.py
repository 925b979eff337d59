"""Why an image is not decoded, on its way from the decoder that says so to the record that it belongs to."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - a decision, not a fault
    """An image is not decoded; the message says why, as the end of a sentence about the image."""
