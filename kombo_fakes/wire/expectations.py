"""What a receiver is expected to do with a delivery."""

from __future__ import annotations

from typing import Literal, TypeAlias

Expectation: TypeAlias = Literal["reject", "accept", "either"]
"""To answer 4xx, to answer 2xx, or one of both. A crash or silence is never right."""

Policy: TypeAlias = Literal["strict", "tolerant"]
"""Whether a receiver enforces the published schema, or accepts everything that it can read."""
