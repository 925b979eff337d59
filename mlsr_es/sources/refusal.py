"""The exception for an image that is not fetched or decoded."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - a decision, not a fault
    """An image is not fetched or decoded; the message says why, as a clause about the image."""
