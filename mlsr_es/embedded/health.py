"""Asking a node whether it serves."""

from __future__ import annotations

import re
import ssl
import urllib.error
import urllib.request
from pathlib import Path

_OPENER = urllib.request.build_opener(
    urllib.request.ProxyHandler({}),  # loopback is nobody's proxy's business
    urllib.request.HTTPSHandler(context=ssl._create_unverified_context()),  # noqa: S323, SLF001
)


def healthy(url: str) -> bool:
    """Whether a node's data can be searched; a node that asks who we are counts, since it has joined its cluster.

    Args:
        url: Where the node answers. Its certificate is not looked at: nothing secret is sent.
    """
    try:
        with _OPENER.open(f"{url}/_cluster/health?wait_for_status=yellow&timeout=1s", timeout=10):
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return error.code in {401, 403}
    except OSError:
        return False


def http_address(ports_file: Path) -> str:
    """The ``host:port`` that a node has written down (its setting ``node.portsfile``); "" if it has not yet."""
    try:
        first, *_ = ports_file.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return ""
    return first if re.fullmatch(r"127\.0\.0\.1:\d+", first) else ""
