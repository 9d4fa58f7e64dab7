"""Lines of payloads by jsf."""

from __future__ import annotations

import json

from jsf import JSF
from measuring import load_repaired_schema, report_rate, write_each

faker = JSF(load_repaired_schema())


def line() -> bytes:
    return json.dumps(faker.generate(), separators=(",", ":"), default=str).encode() + b"\n"


report_rate(write_each(line), "jsf", "faker", line=line)
