"""The source of `kombo_fakes.types`: TypedDicts that say what the schemas say."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping
from typing import Any

from codegen.formatting import format_source
from kombo_fakes.webhooks.model import Event
from kombo_fakes.webhooks.registry import event_named
from kombo_fakes.webhooks.shared_fields import TYPES
from kombo_fakes.webhooks.shipped import event_document, events

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


class _Types:
    """The types that have been named so far, as source."""

    def __init__(self) -> None:
        self._shapes: dict[str, object] = {}
        self._used: set[str] = {"Literal", "TypeAlias", "TypedDict"}
        self.aliases: list[str] = []
        self.classes: list[str] = []

    @property
    def imports(self) -> str:
        return f"from typing import {', '.join(sorted(self._used))}"

    def add_event(self, event: Event) -> None:
        """Name the types of an event's payload."""
        self._type(event, event_document(event.name), ())

    def _type(self, event: Event, schema: Mapping[str, Any], place: tuple[str, ...]) -> str:
        found = self._without_null(event, schema, place)
        is_nullable = schema.get("nullable") is True and found not in ("Any", "None")
        return f"{found} | None" if is_nullable else found

    def _without_null(self, event: Event, schema: Mapping[str, Any], place: tuple[str, ...]) -> str:
        options = schema.get("enum")
        if options is not None and all(isinstance(option, str) for option in options):
            return self._literal(event, schema, place)
        match schema.get("type"):
            case "object" if _has_fields(schema):
                return self._typed_dict(event, schema, place)
            case "object":
                return f"dict[str, {self._any()}]"
            case "array" if "items" in schema:
                *above, last = place
                items = self._type(event, schema["items"], (*above, f"{last}[]"))
                return f"list[{items}]"
            case str(scalar) if scalar in _SCALARS:
                return _SCALARS[scalar]
        # Only the validator reads what else a schema says.
        return self._any()

    def _any(self) -> str:
        self._used.add("Any")
        return "Any"

    def _literal(self, event: Event, schema: Mapping[str, Any], place: tuple[str, ...]) -> str:
        literal = f"Literal[{', '.join(map(repr, schema['enum']))}]"
        name = _name_of(event, place)
        if name is None:
            return literal
        if self._is_new(name, literal, event, place):
            self.aliases += [f"{name}: TypeAlias = {literal}", *_document_alias(schema), ""]
        return name

    def _typed_dict(self, event: Event, schema: Mapping[str, Any], place: tuple[str, ...]) -> str:
        name = _name_of(event, place) or event.type_name + "".join(map(_capitalize, place))
        required = set(schema.get("required", ()))
        fields = {
            field: self._type(event, child, (*place, field))
            for field, child in schema["properties"].items()
        }
        if not self._is_new(name, (fields, required), event, place):
            return name
        base, rest = "TypedDict", fields
        if required & fields.keys() and fields.keys() - required:
            # A TypedDict has only required or only optional keys of its own.
            always = {field: fields[field] for field in fields if field in required}
            base, rest = f"{name}Required", {f: t for f, t in fields.items() if f not in required}
            self._write(base, "TypedDict", f"The keys that `{name}` always has.", always)
        total = "" if required >= rest.keys() else ", total=False"
        self._write(name, base + total, _document(event, schema, place), rest)
        return name

    def _write(self, name: str, bases: str, document: str, fields: Mapping[str, str]) -> None:
        lines = [f"class {name}({bases}):", f'    """{document}"""', ""]
        self.classes += [
            *lines,
            *(f"    {field}: {kind}" for field, kind in fields.items()),
            "",
            "",
        ]

    def _is_new(self, name: str, shape: object, event: Event, place: tuple[str, ...]) -> bool:
        is_new = name not in self._shapes
        if self._shapes.setdefault(name, shape) != shape:
            where = ".".join(place)
            raise SystemExit(
                f"{event.name}: {where} has another shape than the {name} of an earlier event; "
                f"give it a name of its own in the event's file: types={{{where!r}: ...}}"
            )
        return is_new


def _has_fields(schema: Mapping[str, Any]) -> bool:
    names = schema.get("properties") or ()
    # A key that is not an identifier cannot stand in the body of a class.
    return bool(names) and all(
        name.isidentifier() and not keyword.iskeyword(name) for name in names
    )


def _name_of(event: Event, place: tuple[str, ...]) -> str | None:
    if not place:
        return event.type_name
    # What the event's file says about a whole place goes before what is said about its end.
    whole = ".".join(place)
    ends = (".".join(place[start:]) for start in range(len(place)))
    return event.types.get(whole) or next((TYPES[end] for end in ends if end in TYPES), None)


def _capitalize(name: str) -> str:
    return "".join(part.capitalize() for part in name.replace("[]", "_item").split("_"))


def _document(event: Event, schema: Mapping[str, Any], place: tuple[str, ...]) -> str:
    if not place:
        article = "an" if event.name[0] in "aeiou" else "a"
        return f"The payload of {article} ``{event.name}`` event."
    described = " ".join(str(schema.get("description", "")).split())
    return described or f"The {'.'.join(place)} of `{event.type_name}`."


def _document_alias(schema: Mapping[str, Any]) -> Iterable[str]:
    described = " ".join(str(schema.get("description", "")).split())
    return [f'"""{described}"""'] if described else []


def types_source() -> str:
    """The source of `kombo_fakes.types`, formatted."""
    known = [event_named(name) for name in events()]
    types = _Types()
    for event in known:
        types.add_event(event)
    names = ", ".join(repr(event.name) for event in known)
    union = " | ".join(event.type_name for event in known)
    table = ", ".join(f"{event.name!r}: {event.type_name}" for event in known)
    source = [
        '"""The payloads as TypedDicts, for type checkers, editors and ``@given`` by type.',
        "",
        "``make events`` writes this module from the schemas and the files in `webhooks/events/`.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        types.imports,
        "",
        f"EventName: TypeAlias = Literal[{names}]",
        '"""The name of a shipped event."""',
        "",
        *types.aliases,
        "",
        *types.classes,
        f"Payload: TypeAlias = {union}",
        '"""The payload of any shipped event. Comparing its ``type`` narrows it to that event."""',
        "",
        f"PAYLOAD_TYPES: dict[EventName, type] = {{{table},}}",
        '"""The TypedDict of each event."""',
    ]
    return format_source("\n".join(source) + "\n", "kombo_fakes/types.py")


if __name__ == "__main__":
    print(types_source(), end="")
