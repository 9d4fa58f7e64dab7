"""What contenders have made, on standard input: how much is valid, and wrong in one place only.

Runs where this project is installed; the validator is jsonschema-rs, with formats.
"""

from __future__ import annotations

import json
import sys

from kombo_fakes import Schema

schema = Schema.load()
found = []
for shown in json.load(sys.stdin):
    places = [{pointer for pointer, _ in schema.broken_places(p)} for p in shown["payloads"]]
    valid, single = sum(not p for p in places), sum(len(p) == 1 for p in places)
    # What is no JSON was left out, and is neither.
    found.append({"valid": valid / shown["count"], "single": single / shown["count"]})
print(json.dumps(found))
