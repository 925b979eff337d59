"""The roles, and the documentation of them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mlsr_es.elastic.cluster import AccessRole, role_body
from mlsr_es.elastic.cluster.roles import versions_pattern
from mlsr_es.errors import InputError

DOCUMENT = Path(__file__).parents[3] / "docs" / "security.md"


def test_the_documented_bodies_are_those_that_keys_are_made_with() -> None:
    """The documentation has the body of each role, exactly as ``role_body`` makes it."""
    text = DOCUMENT.read_text(encoding="utf-8")
    documented = re.findall(r"PUT _security/role/mlsr-es-(\w+)`\s*```json\n(.*?)```", text, re.DOTALL)
    assert {role: json.loads(body) for role, body in documented} == {
        role.value: role_body(role, "site-images") for role in AccessRole
    }


def test_no_role_has_a_cluster_privilege() -> None:
    """No role has a cluster privilege, or a right on all indices."""
    for role in AccessRole:
        body = role_body(role, "photos", "products")
        assert body.keys() == {"indices"}
        assert body["indices"][0]["names"] == ["photos", "products", *map(versions_pattern, ("photos", "products"))]


@pytest.mark.parametrize("name", ["shop*", "sh?p", "shop,secrets", "/sh.*/", "", "a b"])
def test_a_pattern_is_no_name(name: str) -> None:
    """A pattern as a name is refused, because it would grant rights on indices that nobody named."""
    with pytest.raises(InputError, match="is a pattern"):
        role_body(AccessRole.SEARCHER, name)


def test_versions_alone_are_granted() -> None:
    """The regular expression for a name matches the versions of that name only."""
    assert versions_pattern("shop") == "/shop-v[0-9]{4,}/"
    assert versions_pattern("my.shop+1") == r"/my\.shop\+1-v[0-9]{4,}/"
