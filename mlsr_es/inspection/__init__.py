"""Examine indices and vectors; the rooms are ``evaluating``, ``tuning``, ``proving``, ``doctor`` and ``mining``.

They query an index as suggestion does, and compute scores of the same vectors on this machine.
"""
