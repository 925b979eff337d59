"""All that is said to Elasticsearch, in rooms: who needs one imports from it.

From the lowest to the highest: ``client`` and ``mapping``; ``cluster``; ``search``, ``reading`` and ``bulk``;
``versions``; ``enrichment``. Only they import the Elasticsearch client, and only where something is sent. What it
raises becomes this package's errors (``client``).
"""
