"""The metadata of an index."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlsr_es.elastic.mapping import IndexMeta, State
from mlsr_es.errors import IndexMismatchError

META = IndexMeta("m2", "r1", "v1", "mlp", "mlm", restore={"refresh_interval": None})


def test_what_is_written_is_read_again() -> None:
    """Metadata that is written can be read again, and the owner's entries stay."""
    whole = META.merged_into({"owner": {"team": "pictures"}, "mlsr": "something older"})
    assert whole["owner"] == {"team": "pictures"}
    assert IndexMeta.read("photos", whole) == META


def test_a_complete_version_has_nothing_to_restore() -> None:
    """A serving version has no settings to restore."""
    assert META.served() == replace(META, state=State.SERVING, restore={})


@pytest.mark.parametrize(
    ("owners", "complaint"),
    [
        ({}, "not made by mlsr-es"),
        ({"mlsr": "yes"}, "not made by mlsr-es"),
        ({"mlsr": {"schema": 99}}, "another version of mlsr-es"),
        ({"mlsr": {"model": "m2"}}, "cannot be read"),
        ({"mlsr": META.merged_into({})["mlsr"] | {"state": "resting"}}, "cannot be read"),
    ],
)
def test_an_index_of_somebody_else_is_refused(owners: dict[str, object], complaint: str) -> None:
    """Each kind of metadata that is not this package's has its own message."""
    with pytest.raises(IndexMismatchError, match=f"index photos.*{complaint}|{complaint}.*index photos"):
        IndexMeta.read("photos", owners)


def test_what_a_later_program_adds_does_no_harm() -> None:
    """Unknown names in metadata of the same schema are ignored."""
    assert IndexMeta.read("photos", {"mlsr": META.merged_into({})["mlsr"] | {"colour": "red"}}) == META
