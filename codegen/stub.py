"""The source of `kombo_fakes/__init__.pyi`: the public names as type checkers and editors see them.

`payloads`, `generate` and the factories are typed by event.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import kombo_fakes
from codegen.formatting import format_source
from kombo_fakes.types import PAYLOAD_TYPES

_TYPED_BY_EVENT = ("generate", "payloads")
# What the signatures need beside the public names, by module.
_USED = {
    "generation.settings": ("AllOptions", "ValidOptions"),
    "schema.schema": ("SchemaLike",),
    "strategies.options": ("StrategyOptions", "Values"),
}


def _overloads() -> Iterator[str]:
    yield from _overload(
        "payloads", "values: Values = ..., **options: Unpack[StrategyOptions]", "SearchStrategy[{}]"
    )
    yield (
        "def payloads(event_or_schema: SchemaLike, values: Values = ...,"
        " **options: Unpack[StrategyOptions]) -> SearchStrategy[Any]: ..."
    )
    yield from _overload(
        "generate", "n: int | None = ..., **options: Unpack[ValidOptions]", "Iterator[Made[{}]]"
    )
    # A payload that is wrong on purpose may have any shape.
    yield (
        "def generate(event_or_schema: SchemaLike = ..., n: int | None = ...,"
        " **options: Unpack[AllOptions]) -> Iterator[Made[Any]]: ..."
    )


def _overload(name: str, parameters: str, returned: str) -> Iterator[str]:
    """Yield one overload for each event, and the decorator of the overload for all schemas."""
    for number, (event, payload) in enumerate(PAYLOAD_TYPES.items()):
        # Only the default event need not be named.
        default = "" if number else " = ..."
        yield "@overload"
        yield (
            f"def {name}(event_or_schema: Literal[{event!r}]{default}, {parameters})"
            f" -> {returned.format(payload.__name__)}:"
        )
        yield from _body(name, is_first=not number)
    yield "@overload"


def _body(name: str, *, is_first: bool) -> list[str]:
    """Editors show the docstring of the first overload."""
    if not is_first:
        return ["    ..."]
    lines = (inspect.getdoc(getattr(kombo_fakes, name)) or "").splitlines()
    return [f'    """{lines[0]}', *(f"    {line}" for line in lines[1:]), '    """']


def _imports() -> Iterator[str]:
    for module, names in sorted(kombo_fakes._HOMES.items()):
        # In a stub, an import exports a name only if it renames it to itself (PEP 484).
        public = [f"{name} as {name}" for name in sorted(names) if name not in _TYPED_BY_EVENT]
        if public:
            yield f"from kombo_fakes.{module} import {', '.join(public)}"
    types = ", ".join(f"{t.__name__} as {t.__name__}" for t in PAYLOAD_TYPES.values())
    yield f"from kombo_fakes.types import {types}"
    for module, names in _USED.items():
        yield f"from kombo_fakes.{module} import {', '.join(names)}"


def stub_source() -> str:
    """The source of `kombo_fakes/__init__.pyi`, formatted."""
    source = [
        '"""The public names, for type checkers and editors.',
        "",
        "``make events`` writes this file from the table in ``__init__.py``, the schemas and the",
        "files in `webhooks/events/`.",
        '"""',
        "",
        "from collections.abc import Iterator",
        "from typing import Any, Literal, overload",
        "from hypothesis.strategies import SearchStrategy",
        "from typing_extensions import Unpack",
        *_imports(),
        "",
        f"__all__ = {list(kombo_fakes.__all__)!r}",
        "",
        "__version__: str",
        "",
    ]
    for payload in PAYLOAD_TYPES.values():
        name = payload.__name__
        source += [
            f"class {name}Factory(PayloadFactory[{name}]):",
            f'    """The factory of `{name}`."""',
            "",
        ]
    source += _overloads()
    return format_source("\n".join(source) + "\n", "kombo_fakes/__init__.pyi")


if __name__ == "__main__":
    print(stub_source(), end="")
