"""`OMIT`: the override that leaves a field out."""

from __future__ import annotations

from typing import Any


class Omit:
    """The type of `OMIT`."""

    def __repr__(self) -> str:
        return "OMIT"

    def __reduce__(self) -> str:
        return "OMIT"  # Copies and unpickled ones are the same object, which `is` recognises.


OMIT: Any = Omit()
"""Override an optional field with this to leave it out: ``.build(data__location=OMIT)``."""
