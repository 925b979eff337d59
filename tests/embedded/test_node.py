"""A real node: what it serves, whom it listens to, and that it goes."""

from __future__ import annotations

import json
import urllib.request


def test_the_shared_node_answers(cluster_url: str, index_name: str) -> None:
    """The node of the run tells its version."""
    with urllib.request.urlopen(cluster_url) as answer:
        assert json.load(answer)["version"]["number"].startswith("7.17")
