"""Users of a node that looks at who asks."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PASSWORD = "only for tests"


def write_users(config: Path, roles: Mapping[str, Mapping[str, Any]]) -> None:
    """Write the file realm of a node that is not started yet: a user for each role, named as the role.

    Args:
        config: The node's folder for it; made here.
        roles: By name, as ``PUT _security/role`` takes them.
    """
    config.mkdir(parents=True)
    config.chmod(0o755)
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).digest()).decode()
    (config / "roles.yml").write_text("".join(f"{name}: {json.dumps(body)}\n" for name, body in roles.items()))
    (config / "users").write_text("".join(f"{name}:{{SHA}}{digest}\n" for name in roles))
    (config / "users_roles").write_text("".join(f"{name}:{name}\n" for name in roles))
