"""Image suggestion for Elasticsearch by multimodal learned sparse retrieval (arXiv 2402.07736)."""

__version__ = "0.1.0"
