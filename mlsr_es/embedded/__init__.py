"""A real Elasticsearch node on this machine: got, started and stopped by this package."""
