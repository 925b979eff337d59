"""The command line: one file per command.

A command parses, calls one function of a room below, and renders. Only here does an error become text and an
exit code: 0 done, 1 failed, 2 the user's input or usage, 3 done but records were rejected.
"""

from mlsr_es.commands.main import run

__all__ = ["run"]
