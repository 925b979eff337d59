"""Kibana: a data view in which thumbnails are pictures, and a saved search over it.

The only room that speaks to Kibana; it knows the fields of our documents by the files that are shipped for it.
"""

from mlsr_es.kibana.importing import Imported, import_objects
from mlsr_es.kibana.settings import KibanaSettings

__all__ = ["Imported", "KibanaSettings", "import_objects"]
