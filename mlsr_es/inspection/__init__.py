"""Looking at what is there, in rooms: ``evaluating``, ``tuning``, ``proving``, ``doctor`` and ``mining``.

They ask an index as suggestion does, and score the same vectors on this machine.
"""
