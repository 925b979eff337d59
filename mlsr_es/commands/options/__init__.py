"""From options of the command line to values: queries, the cluster, fields and more."""
