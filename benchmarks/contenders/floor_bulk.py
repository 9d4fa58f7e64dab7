"""The floor of bulk: orjson writes plain dicts of constant values."""

from __future__ import annotations

from random import Random

import orjson
from measuring import report_rate, write_each

NAMES = [f"Organisation {number}" for number in range(1_000)]
TOOLS = ["personio", "workday", "lever", "greenhouse"]
random = Random(0).random


def line() -> bytes:
    number = int(random() * (1 << 48))
    tool = TOOLS[number & 3]
    end_user = {
        "organization_name": NAMES[number % 1_000],
        "creator_email": "jo@acme.example",
        "origin_id": None,
    }
    data = {
        "integration_tool": tool,
        "integration_id": f"{tool}:{number:024x}",
        "integration_category": "HRIS",
        "end_user": end_user,
        "qa_status": "PASSED",
        "setup_status": "COMPLETED",
        "state": "ACTIVE",
        "updated_at": "2024-05-01T12:00:00.000Z",
    }
    payload = {"id": f"{number:024x}", "type": "integration-state-changed", "data": data}
    return orjson.dumps(payload, option=orjson.OPT_APPEND_NEWLINE)


report_rate(write_each(line), "orjson", line=line)
