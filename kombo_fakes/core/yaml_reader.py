"""Reading YAML that comes from outside, as the JSON that it means.

YAML 1.2 with its JSON schema, as the OpenAPI specification asks for: no dates, no ``yes`` and
``no`` for booleans. Aliases are allowed, as long as what they stand for stays within bounds.
"""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

from kombo_fakes.core.json_reader import MAX_DEPTH
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import DocumentError

MAX_BYTES = 8_000_000
"""The largest YAML text that is read: the parser takes about 3 seconds for each megabyte."""

MAX_NODES = 2_000_000
"""The most values that a text may hold, once its aliases are written out."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The safe loader with the types of JSON only."""


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
        data: The text in UTF-8.
        name: What to call it in an error message.

    Raises:
        DocumentError: if it is no YAML, with line and column, or is more than the bounds allow.

    Examples:
        >>> parse_yaml(b"{a: 1, b: [yes, 2021-09-01]}", "x.yaml")
        {'a': 1, 'b': ['yes', '2021-09-01']}
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(
            f"{name}: {len(data):,} bytes of YAML; {MAX_BYTES:,} are read. JSON has no such limit"
        )
    try:
        value = _Loader(data).get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        at = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise DocumentError(f"{name}: no YAML{at}: {shorten(str(error.problem))[1:-1]}") from None
    except yaml.YAMLError as error:
        reason = str(error).split("\n", 1)[0]
        raise DocumentError(f"{name}: no YAML: {shorten(reason)[1:-1]}") from None
    except (RecursionError, ValueError) as error:
        raise DocumentError(f"{name}: no YAML: {shorten(str(error))[1:-1]}") from None
    return _Json(name).converted(value, 0)


class _Json:
    """A copy of a parsed document in which there are JSON values only, each counted."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes = 0

    def converted(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise DocumentError(f"{self.name}: more than {MAX_NODES:,} values with all aliases")
        if depth > MAX_DEPTH:
            raise DocumentError(f"{self.name}: nested deeper than {MAX_DEPTH} levels")
        if isinstance(value, dict):
            return {self.key(key): self.converted(v, depth + 1) for key, v in value.items()}
        if isinstance(value, list):
            return [self.converted(item, depth + 1) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            raise DocumentError(f"{self.name}: {value} is no JSON value")
        if value is None or isinstance(value, (str, int, float)):
            return value
        raise DocumentError(f"{self.name}: a {type(value).__name__} is no JSON value")

    def key(self, key: Any) -> str:
        """A key as text: the status codes of OpenAPI are written as numbers."""
        if isinstance(key, bool) or key is None:
            return {True: "true", False: "false", None: "null"}[key]
        if isinstance(key, (str, int, float)):
            return str(key)
        raise DocumentError(f"{self.name}: a {type(key).__name__} is no property name")
