"""Prints the share of payloads that are valid, and of those that are invalid in one place only.

The payloads of each contender are on standard input. The validator is that of this project:
jsonschema-rs, with formats.
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
    # Payloads that are not JSON were left out. They are counted as neither.
    found.append({"valid": valid / shown["count"], "single": single / shown["count"]})
print(json.dumps(found))
