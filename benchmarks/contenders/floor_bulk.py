"""The floor of bulk: plain dicts of ready values, written by orjson."""

from __future__ import annotations

from random import Random

import orjson
from measuring import report, written

NAMES = [f"Organisation {number}" for number in range(1_000)]
TOOLS = ["personio", "workday", "lever", "greenhouse"]
random = Random(0).random


def line() -> bytes:
    roll = random()
    number = int(roll * (1 << 48))
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


report(written(line), "orjson", line=line)
