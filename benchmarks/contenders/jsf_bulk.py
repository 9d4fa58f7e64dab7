"""Lines of payloads by jsf."""

from __future__ import annotations

import json

from jsf import JSF
from measuring import repaired, report, written

faker = JSF(repaired())


def line() -> bytes:
    return json.dumps(faker.generate(), separators=(",", ":"), default=str).encode() + b"\n"


report(written(line), "jsf", "faker", line=line)
