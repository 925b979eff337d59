"""The package as others import it: small, documented, and the same until somebody means to change it."""

from __future__ import annotations

import inspect
import subprocess
import sys

import mlsr_es

SIGNATURES = {
    "Section": "(id, text, page='', page_title='', section_title='', hierarchy=(), page_description='')",
    "Suggester": "(index='', *, es_url='', client=None, model='', query_table=None, device='auto', say=say_nothing, "
    "**connection)",
    "Suggester.suggest": "(self, query, *, size=10, start=0, filters=None, clauses=(), exclude=(), boost=None, "
    "veto=(), hybrid='', strategy='', distinct=False, diverse=0.0, highlight=False, explain=False, thumbnails=False, "
    "allow_partial=False)",
    "Suggester.suggest_many": "(self, queries, **options)",
    "Suggester.like": "(self, image_id, **options)",
    "Suggester.why_not": "(self, query, image_id, **options)",
    "Suggester.close": "(self)",
    "index": "(source, *, index, es_url='', client=None, model='demo', collection=None, sections=False, "
    "languages=None, describe=None, thumbnails=False, prune_missing=False, promotes=True, rejects=None, strict=False, "
    "device='auto', progress=Silent, say=say_nothing, **connection)",
}
"""What callers rely on, without annotations."""


def signature(path: str) -> str:
    """The parameters of a public name, with their defaults."""
    found = mlsr_es
    for name in path.split("."):
        found = getattr(found, name)
    parameters = []
    for each in inspect.signature(found).parameters.values():  # type: ignore[arg-type]
        default = each.default
        if callable(default) and default is not inspect.Parameter.empty:
            default = type("Named", (), {"__repr__": lambda _, name=default.__name__: name})()
        elif type(default).__name__ == "Silent":
            default = type("Named", (), {"__repr__": lambda _: "Silent"})()
        parameters.append(each.replace(annotation=inspect.Parameter.empty, default=default))
    return str(inspect.Signature(parameters))


def test_the_public_names_are_those_that_are_listed() -> None:
    """Each can be imported and is documented."""
    for name in mlsr_es.__all__:
        assert name == "__version__" or inspect.getdoc(getattr(mlsr_es, name)), name
    assert set(mlsr_es.__all__) == {
        "MlsrError",
        "Section",
        "SuggestedImage",
        "Suggester",
        "Suggestions",
        "__version__",
        "index",
    }


def test_the_signatures_are_as_callers_know_them() -> None:
    """A change here is a change for users: it goes into the changelog."""
    assert {path: signature(path) for path in SIGNATURES} == SIGNATURES


def test_importing_the_package_imports_nothing_else() -> None:
    """What is used is imported when it is used; a suggester needs no torch."""
    code = """
import sys
import mlsr_es
first = {name for name in sys.modules if name.startswith("mlsr_es")}
mlsr_es.Suggester("any", es_url="http://localhost:1")
print(sorted(first), {"torch", "transformers", "scipy", "lxml", "PIL"} & set(sys.modules))
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "['mlsr_es', 'mlsr_es.lazy', 'mlsr_es.version'] set()"
