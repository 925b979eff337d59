"""Kibana: a data view that shows thumbnails as pictures, and a saved search over it.

No other room sends requests to Kibana. This one reads the names of the documents' fields from shipped files.
"""

from mlsr_es.kibana.importing import Imported, import_objects
from mlsr_es.kibana.objects import ShownFields
from mlsr_es.kibana.settings import KibanaSettings

__all__ = ["Imported", "KibanaSettings", "ShownFields", "import_objects"]
