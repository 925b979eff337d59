"""What can be run: versions, modules, checksums."""

from __future__ import annotations

import pytest

from mlsr_es.embedded import VERSIONS
from mlsr_es.embedded.releases import DEFAULT, RELEASES, release_of
from mlsr_es.errors import InputError


def test_a_descriptor_names_what_the_node_loads() -> None:
    """The fields are those that Elasticsearch demands of a module."""
    extras = DEFAULT.modules[0]
    assert dict(line.split("=", 1) for line in extras.descriptor.splitlines()) == {
        "type": "isolated",
        "description": "Adds advanced field mappers",
        "version": "7.17.29",
        "name": "mapper-extras",
        "classname": "org.elasticsearch.index.mapper.MapperExtrasPlugin",
        "java.version": "1.8",
        "elasticsearch.version": "7.17.29",
        "extended.plugins": "",
        "has.native.controller": "false",
    }


def test_all_that_is_fetched_is_pinned() -> None:
    """Each file has a whole SHA-256 of its own."""
    sums = [artifact.sha256 for release in RELEASES.values() for artifact in release.artifacts]
    assert all(len(digest) == 64 for digest in sums)
    assert len(set(sums)) == len(sums)


def test_another_version_is_refused() -> None:
    """With those that there are."""
    assert VERSIONS == ("7.17.29", "8.19.3", "9.5.0")
    with pytest.raises(InputError, match=r"no embedded Elasticsearch 8\.0\.0.*7\.17\.29, 8\.19\.3, 9\.5\.0"):
        release_of("8.0.0")
