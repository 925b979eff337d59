"""The package as a library: ``Suggester`` asks an index for images, ``index`` fills one.

Nothing here prints. Errors are those of ``mlsr_es.errors``, and progress is reported to whom the caller names.
"""

from typing import TYPE_CHECKING

from mlsr_es import lazy

if TYPE_CHECKING:
    from mlsr_es.api.indexing import index, job_of
    from mlsr_es.api.suggester import Suggester

__all__ = ["Suggester", "index", "job_of"]

__getattr__ = lazy.exports(__name__, indexing=("index", "job_of"), suggester=("Suggester",))
