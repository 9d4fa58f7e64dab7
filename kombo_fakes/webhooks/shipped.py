"""The events that this package ships, one schema file each.

The name of an event is the value that the ``type`` property of its schema allows.
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
"""The event that every function uses if none is named."""


def schema_directory() -> Path:
    """Return the directory of the shipped schema files.

    It is inside an installed package, and beside the package in a checkout.
    """
    package = Path(__file__).parents[1]
    installed = package / "schemas"
    return installed if installed.is_dir() else package.parent / "schemas"


def events() -> tuple[EventName, ...]:
    """Return the names of the shipped events: the default one first, the others sorted.

    Examples:
        >>> events()[0]
        'integration-state-changed'
    """
    return tuple(cast("dict[EventName, Path]", _files()))


def check_event(event: str) -> None:
    """Check that an event is shipped.

    Raises:
        UnknownNameError: if it is not; the message names the nearest event.
    """
    if event not in events():
        raise unknown_name_error("event", event, events())


def event_document(event: str) -> Any:
    """Return the published schema document of an event, parsed anew at each call.

    Raises:
        UnknownNameError: if the event is not shipped; the message names the nearest event.
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
            raise SchemaError(
                f"{path.name}: not the schema of an event: /properties/type/enum must hold one name"
            ) from None
        found[str(name)] = path
    return dict(sorted(found.items(), key=lambda item: (item[0] != DEFAULT_EVENT, item[0])))


def _read(path: Path) -> Any:
    return parse_json(read_bytes(path), path.name)
