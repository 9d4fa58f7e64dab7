"""Reads YAML that comes from outside as JSON values, strictly and within bounds.

It is YAML 1.2 with the JSON schema, as the OpenAPI specification requires: a date is a string,
and so are ``yes`` and ``no``. Aliases may be used as long as the whole stays within bounds.
"""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

from kombo_fakes.core.json_reader import MAX_DEPTH
from kombo_fakes.errors import DocumentError

MAX_BYTES = 8_000_000
"""The most bytes of YAML that are read: the parser takes about 3 seconds for each megabyte."""

MAX_NODES = 2_000_000
"""The most values that a document may hold, an alias counted each time that it is used."""


# The parser in C is several times faster, but PyYAML can be built without it.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader, with the types of JSON only."""


# PyYAML follows YAML 1.1, which reads `no` as false and `2021-09-01` as a date.
_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?$"),
    list("-+0123456789."),
)


def parse_yaml(data: bytes, name: str) -> Any:
    """Parse one YAML document.

    Args:
        data: The document in UTF-8.
        name: What error messages call it.

    Raises:
        DocumentError: if it is not YAML (the message has line and column), holds what JSON has
            no value for, or exceeds a bound.

    Examples:
        >>> parse_yaml(b"{a: 1, b: [yes, 2021-09-01]}", "x.yaml")
        {'a': 1, 'b': ['yes', '2021-09-01']}
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(
            f"{name}: has {len(data):,} bytes; at most {MAX_BYTES:,} bytes of YAML are read. "
            "Convert it to JSON, of which much more is read"
        )
    try:
        value = _Loader(data).get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise DocumentError(f"{name}: invalid YAML{at}: {_describe(error.problem)}") from None
    # Python converts no integer of more than 4,300 digits, and raises a ValueError.
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise DocumentError(f"{name}: invalid YAML: {_describe(error)}") from None
    return _Converter(name).convert(value, 0)


def _describe(reason: object) -> str:
    """Write what the parser says as one short, printable line."""
    line = str(reason).split("\n", 1)[0]
    return line[:100] if line.isprintable() else ascii(line)[1:-1][:100]


class _Converter:
    """Copies a parsed document as JSON values, and counts them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes = 0

    def convert(self, value: Any, depth: int) -> Any:
        # An alias takes a few bytes and can stand for a large part of the document.
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise DocumentError(
                f"{self.name}: more than {MAX_NODES:,} values, with each alias counted"
            )
        # An alias can also stand for a list that it lies in, which has no end.
        if depth > MAX_DEPTH:
            raise DocumentError(f"{self.name}: nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            return {self.key(key): self.convert(v, depth + 1) for key, v in value.items()}
        if isinstance(value, list):
            return [self.convert(item, depth + 1) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            raise DocumentError(f"{self.name}: {value} is not a JSON value")
        if value is None or isinstance(value, (str, int, float)):
            return value
        raise DocumentError(f"{self.name}: a {type(value).__name__} is not a JSON value")

    def key(self, key: Any) -> str:
        """A key as a string: OpenAPI writes status codes as numbers."""
        if isinstance(key, bool) or key is None:
            return {True: "true", False: "false", None: "null"}[key]
        if isinstance(key, (str, int, float)):
            return str(key)
        raise DocumentError(f"{self.name}: a {type(key).__name__} is not a property name")
