"""The seam to hypothesis-jsonschema: the one place that calls it.

It makes the leaves (strings, numbers, patterns, fixed values). Objects and arrays are composed in
`kombo_fakes.strategies` with Hypothesis's public API, because hypothesis-jsonschema's own
ones reach into private parts of Hypothesis, which were gone in 6.170.11.
"""

from __future__ import annotations

from typing import Any

from hypothesis.strategies import SearchStrategy
from hypothesis_jsonschema import from_schema

from kombo_fakes.ecma import to_python

_OWN = "kombo-"


def leaf(
    schema: dict[str, Any],
    *,
    formats: dict[str, SearchStrategy[str]],
    allow_nul: bool,
    codec: str | None,
) -> SearchStrategy[Any]:
    """A strategy for a schema without objects and arrays.

    Args:
        schema: A JSON Schema of draft 7 vocabulary that allows scalars only.
        formats: The strategies for ``format``, by name.
        allow_nul: Whether strings that are made here may hold U+0000.
        codec: What strings that are made here can be encoded in; None allows lone surrogates.
    """
    if "format" in schema:
        # A standard name would be overridden with a warning at every call.
        schema = {**schema, "format": _OWN + schema["format"]}
    if "pattern" in schema:
        # Classes mean ASCII in ECMA-262, and all of Unicode in Python.
        schema = {**schema, "pattern": "(?a)" + to_python(schema["pattern"])}
    ours = {_OWN + name: strategy for name, strategy in formats.items()}
    return from_schema(schema, custom_formats=ours, allow_x00=allow_nul, codec=codec)
