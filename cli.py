"""``python cli.py ...`` in a checkout is the installed ``mlsr-es``."""

from mlsr_es.commands import run

if __name__ == "__main__":
    run()
