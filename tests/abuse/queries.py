"""Texts that somebody may search for, or paste."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A search of the sample's index.

    Args:
        name: What it is.
        arguments: Of ``mlsr-es search``.
        code: The exit code.
        said: A part of what is printed to stderr; "" for anything.
    """

    name: str
    arguments: tuple[str, ...]
    code: int = 0
    said: str = ""


ROWS = (
    Row("nothing", ("",), 2),
    Row("blanks", ("  \t \n ",), 2),
    Row("function words", ("the of and to is",)),
    Row("one letter", ("x",)),
    Row("marks", ("?!., -- ;;;",)),
    Row("emoji", ("\N{OWL}\N{KNOT}\N{SAILBOAT}",), 2, "the model knows no word of the query"),
    Row("another script", ("\u7ef3\u7ed3",), 2, "the model knows no word of the query"),
    Row("right to left", ("\u05e7\u05e9\u05e8 \u0639\u0642\u062f\u0629",)),
    Row("accents one by one", ("e\u0301" * 500,), 2, "the model knows no word of the query"),
    Row("marks on marks", ("z" + "\u0300" * 10_000,)),
    Row("a long word", ("a" * 100_000,), 2, "the model knows no word of the query"),
    Row("many words", ("knot " * 20_000,)),
    Row("markup", ("<script>alert('knot')</script>",)),
    Row("JSON", ('{"query": {"match_all": {}}} knot',)),
    Row("a script of Elasticsearch", ('knot"}}, "script": {"source": "1"',)),
    Row("Lucene's operators", ("knot AND (rope OR *) ~2 field:x^5",)),
    Row("a control character", ("knot \x07\x1b[31m rope",)),
    Row("a zero-width space", ("kn\u200bot",)),
    Row("surrogates", ("knot \udcff\udcfe",), 2, "the text is no UTF-8"),
    Row("a size of nothing", ("knot", "--size", "0"), 2),
    Row("a size below zero", ("knot", "--size", "-5"), 2),
    Row("a filter that is none", ("knot", "--filter", "collection"), 2),
    Row("a filter for a field that there is not", ("knot", "--filter", "colour=red"), 2, "has no field colour"),
    Row("a filter with JSON", ("knot", "--filter", 'collection={"match_all": {}}')),
    Row("a filter with a wildcard", ("knot", "--filter", "collection=*")),
    Row("an index with a wildcard", ("knot", "--index", "*"), 2),
    Row("an index with a path", ("knot", "--index", "../_security/user"), 2),
    Row("an index with a query", ("knot", "--index", "a?b=c"), 2),
)
