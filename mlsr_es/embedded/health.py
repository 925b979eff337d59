"""Ask a node whether it is ready."""

from __future__ import annotations

import re
import ssl
import urllib.error
import urllib.request
from pathlib import Path

_OPENER = urllib.request.build_opener(
    urllib.request.ProxyHandler({}),  # no proxy for loopback
    urllib.request.HTTPSHandler(context=ssl._create_unverified_context()),  # noqa: S323, SLF001
)


def healthy(url: str) -> bool:
    """Whether a node is ready for searches; a node that asks for credentials counts, since it has formed its cluster.

    Args:
        url: The node's URL. The certificate is not checked, since nothing secret is sent.
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
    """The ``host:port`` in a node's ports file (setting ``node.portsfile``); "" if the node has not written it yet."""
    try:
        first, *_ = ports_file.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return ""
    return first if re.fullmatch(r"127\.0\.0\.1:\d+", first) else ""
