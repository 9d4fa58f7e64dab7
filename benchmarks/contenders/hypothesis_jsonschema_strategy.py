"""hypothesis-jsonschema, with a schema that was repaired by hand."""

from __future__ import annotations

from hypothesis_jsonschema import from_schema
from measuring import draw_examples, load_repaired_schema, report_rate

report_rate(
    draw_examples(from_schema(load_repaired_schema())), "hypothesis-jsonschema", "hypothesis"
)
