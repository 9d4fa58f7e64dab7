"""How to violate each keyword: near misses before nonsense.

A near miss is what a careless receiver accepts: ``active`` for ``ACTIVE``, a date without a time,
``"12"`` for 12. A mutator need not be sure that its values are invalid: the catalogue of faults
checks each of them.
"""
