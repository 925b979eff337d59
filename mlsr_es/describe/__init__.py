"""Words for images that nobody wrote: text read in them, labels, generated captions, the words of file names.

They are caption components of their own kinds, so that nobody takes them for captions. What was read in an image is
kept, so that no image is looked at twice.
"""

from typing import TYPE_CHECKING

from mlsr_es import lazy
from mlsr_es.describe.cache import image_digest
from mlsr_es.describe.describer import Describer
from mlsr_es.describe.describing import NAMES_ONLY, NOTHING, Describing, check_describe
from mlsr_es.describe.file_names import name_words

if TYPE_CHECKING:
    from mlsr_es.describe.choosing import choose_describers
    from mlsr_es.describe.source import described

__all__ = [
    "NAMES_ONLY",
    "NOTHING",
    "Describer",
    "Describing",
    "check_describe",
    "choose_describers",
    "described",
    "image_digest",
    "name_words",
]

__getattr__ = lazy.exports(__name__, choosing=("choose_describers",), source=("described",))
