"""``--languages``: the languages of the captions that are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from mlsr_es.encoders import BiEncoder


LANGUAGES: Any = typer.Option(
    None, "--languages", metavar="en,de", help="Captions that are read. Default: those that the model reads."
)


def parsed_languages(languages: str | None) -> frozenset[str] | None:
    """Parse the codes of ``--languages``; None where the option is not given."""
    if languages is None:
        return None
    codes = frozenset(code.strip().lower() for code in languages.split(",") if code.strip())
    if not codes:
        raise typer.BadParameter("name at least one language, as in: --languages en,de")
    return codes


def languages_of(model: BiEncoder) -> frozenset[str] | None:
    """The languages of the captions that a model reads; None for all."""
    return frozenset(model.config.languages) or None
