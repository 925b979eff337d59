"""All that is said to Elasticsearch: connection, mappings, versions, bulk load, queries, hits."""
