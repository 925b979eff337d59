"""From what the user typed to what describes images."""

from __future__ import annotations

from mlsr_es.describe.cache import Cache
from mlsr_es.describe.describer import Describer
from mlsr_es.describe.describing import LABELS, NAME, TEXT, Describing, check_describe, labels_asked
from mlsr_es.shipped import shipped
from mlsr_es.state import state_folder


def choose_describers(given: str, *, device: str = "auto", downloads: bool = True) -> Describing:
    """Make what ``--describe`` asks for; models are loaded when the first picture is looked at.

    Args:
        given: As ``check_describe`` takes it.
        device: Where models run: "auto", or a name that torch knows.
        downloads: Whether a hub's model is fetched where it is not on this machine yet: only where the user has named
            it, and not where an index has.

    Raises:
        InputError: It asks for something that there is not.
        MissingExtraError: A package is not installed.
    """
    wanted = check_describe(given)
    describers = tuple(_describer(name, model, device, downloads=downloads) for name, model in wanted if name != NAME)
    cache = Cache(state_folder() / "descriptions.sqlite", shipped("descriptions")) if describers else None
    told = ",".join(f"{name}:{model}" if model else name for name, model in wanted) or "none"
    return Describing(told, any(name == NAME for name, _ in wanted), describers, cache)


def _describer(name: str, model: str, device: str, *, downloads: bool) -> Describer:
    if name == TEXT and model:
        from mlsr_es.describe.tesseract import Tesseract

        return Tesseract(model.partition("=")[2])
    if name == TEXT:
        from mlsr_es.describe.text_reader import TextReader

        return TextReader()
    from mlsr_es.describe.models import Generator, Labeller

    if name == LABELS:
        asked, labels = labels_asked(model)
        return Labeller(asked, device, downloads=downloads, labels=labels)
    return Generator(model, device, downloads=downloads)
