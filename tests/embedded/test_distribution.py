"""The modules that are added to the distribution."""

from __future__ import annotations

from mlsr_es.embedded.distribution import MODULES, VERSION


def test_a_descriptor_names_what_the_node_loads() -> None:
    """The fields are those that Elasticsearch demands of a module."""
    extras = MODULES[0]
    assert dict(line.split("=", 1) for line in extras.descriptor.splitlines()) == {
        "type": "isolated",
        "description": "Adds advanced field mappers",
        "version": VERSION,
        "name": "mapper-extras",
        "classname": "org.elasticsearch.index.mapper.MapperExtrasPlugin",
        "java.version": "1.8",
        "elasticsearch.version": VERSION,
        "extended.plugins": "",
        "has.native.controller": "false",
    }


def test_every_jar_is_pinned() -> None:
    """Each has a whole SHA-256 of its own."""
    sums = [jar.sha256 for module in MODULES for jar in module.jars]
    assert all(len(digest) == 64 for digest in sums)
    assert len(set(sums)) == len(sums)
