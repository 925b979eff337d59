"""From a source to an index: read, encode and load, overlapped, incremental, resumable."""
