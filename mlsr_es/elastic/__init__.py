"""Everything that talks to Elasticsearch, divided into rooms; import from the room that you need.

From the lowest to the highest: ``client`` and ``mapping``; ``cluster``; ``search``, ``reading`` and ``bulk``;
``versions``; ``enrichment``. No other room of the package imports the Elasticsearch client, and these import it only
where they send something. ``client`` turns the client's exceptions into this package's errors.
"""
