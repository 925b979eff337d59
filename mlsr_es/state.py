"""The state folder, which keeps the embedded node and the fetched collections on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

HOME_VARIABLE = "MLSR_ES_HOME"
"""The environment variable for another state folder."""


def state_folder() -> Path:
    """The folder of downloads, collections and the default node: ``MLSR_ES_HOME``, or the system's data folder.

    For root it is ``/var/lib/mlsr-es``, because the node then runs as another user, who cannot enter root's home.
    """
    named = os.environ.get(HOME_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/mlsr-es")
    return Path(platformdirs.user_data_dir("mlsr-es", appauthor=False))
