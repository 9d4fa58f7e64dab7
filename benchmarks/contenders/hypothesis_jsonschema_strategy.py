"""hypothesis-jsonschema, with a schema that was repaired by hand."""

from __future__ import annotations

from hypothesis_jsonschema import from_schema
from measuring import drawn, repaired, report

report(drawn(from_schema(repaired())), "hypothesis-jsonschema", "hypothesis")
