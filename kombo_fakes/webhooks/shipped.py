"""The events that this package ships, one schema file each.

Adding an event is adding a file to the schema directory: its name is the value that its
``type`` property allows.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kombo_fakes.core.json_reader import parse_json, read_bytes
from kombo_fakes.core.messages import unknown_name_error
from kombo_fakes.errors import SchemaError

if TYPE_CHECKING:
    from kombo_fakes.types import EventName

DEFAULT_EVENT = "integration-state-changed"
"""The event that every function takes where none is named."""


def schema_directory() -> Path:
    """Where the shipped schema files are: inside an installed package, beside a checkout's."""
    package = Path(__file__).parents[1]
    installed = package / "schemas"
    return installed if installed.is_dir() else package.parent / "schemas"


def events() -> tuple[EventName, ...]:
    """The names of the shipped events, the default one first, the others by name.

    Examples:
        >>> events()[0]
        'integration-state-changed'
    """
    return tuple(cast("dict[EventName, Path]", _files()))


def check_event(event: str) -> None:
    """Refuse an event that isn't shipped.

    Raises:
        UnknownNameError: if there is no such event; the message names the nearest one.
    """
    if event not in events():
        raise unknown_name_error("event", event, events())


def event_document(event: str) -> Any:
    """The published schema document of a shipped event, parsed anew at each call.

    Raises:
        UnknownNameError: if there is no such event; the message names the nearest one.
    """
    check_event(event)
    return _read(_files()[event])


@cache
def _files() -> dict[str, Path]:
    found = {}
    for path in sorted(schema_directory().glob("*.json")):
        try:
            (name,) = _read(path)["properties"]["type"]["enum"]
        except (KeyError, TypeError, ValueError):
            raise SchemaError(f"{path.name}: no event: its type isn't one fixed value") from None
        found[str(name)] = path
    return dict(sorted(found.items(), key=lambda item: (item[0] != DEFAULT_EVENT, item[0])))


def _read(path: Path) -> Any:
    return parse_json(read_bytes(path), path.name)
