"""Captions that nothing but their place ties to an image, found by rules with names and scores.

``lift_captions`` finds them and takes their words out of the page, so that they are not text of a section too.
"""

from mlsr_es.sources.captions.lifting import FoundCaption, lift_captions
from mlsr_es.sources.captions.rules import CAPTION_RULES, CaptionRule

__all__ = ["CAPTION_RULES", "CaptionRule", "FoundCaption", "lift_captions"]
