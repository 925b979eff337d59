"""From the command line to values: what is searched for, which cluster is meant, which fields."""
