"""The command line: one file per command.

A command parses, calls one function of a room below, and renders. Only here does an error become text and an
exit code: 0 done, 1 failed, 2 the user's input or usage, 3 done but records were rejected.
"""

import gc

__all__ = ["run"]


def run() -> None:
    """Run the program and leave with its exit code.

    Python looks for garbage again and again while modules are imported, and finds none: a twentieth to a tenth of the
    help's time. So it begins with the command itself.
    """
    gc.disable()
    try:
        from mlsr_es.commands.main import run_program

        run_program()
    finally:
        gc.enable()
