"""Image suggestion for Elasticsearch by multimodal learned sparse retrieval (arXiv 2402.07736).

``index`` fills an index with images, and ``Suggester`` asks it which images belong in a text:

    import mlsr_es

    mlsr_es.index("./site", index="site-images", es_url="http://localhost:9200")
    images = mlsr_es.Suggester("site-images", es_url="http://localhost:9200")
    for image in images.suggest("How do I rotate a layer?", explain=True):
        print(image.score, image.id, image.words)
"""

from typing import TYPE_CHECKING

from mlsr_es import lazy
from mlsr_es.version import __version__

if TYPE_CHECKING:
    from mlsr_es.api import Suggester, index
    from mlsr_es.collection import Section
    from mlsr_es.errors import MlsrError
    from mlsr_es.suggestion import SuggestedImage, Suggestions

__all__ = ["MlsrError", "Section", "SuggestedImage", "Suggester", "Suggestions", "__version__", "index"]

__getattr__ = lazy.exports(
    __name__,
    api=("Suggester", "index"),
    collection=("Section",),
    errors=("MlsrError",),
    suggestion=("SuggestedImage", "Suggestions"),
)
