"""A schema as this library uses it: what was published, what it means, what breaks it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema_rs
from jsonschema_rs import canonical

from kombo_fakes.core.files import read_document
from kombo_fakes.core.messages import find_nearest, shorten
from kombo_fakes.core.pointer import to_pointer
from kombo_fakes.core.public import public
from kombo_fakes.errors import SchemaError, ValidationError
from kombo_fakes.schema.annotations import narrow
from kombo_fakes.schema.effective import Repair, derive_effective
from kombo_fakes.schema.formats import CHECKERS
from kombo_fakes.schema.openapi import OpenApiSchemas, is_openapi
from kombo_fakes.schema.sites import Site, find_sites
from kombo_fakes.schema.violations import (
    Violation,
    describe_error,
    find_non_json,
    locate_error,
    to_plain_json,
)
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, event_document, events

_EMAIL = jsonschema_rs.EmailOptions(allow_display_text=False)


@public
class Schema:
    """A JSON Schema: the published document, its effective reading, and a validator for it.

    Make one with `Schema.load`. Two of the same content are not equal; keep one and pass it on,
    since what is derived from it (strategies, faults) is derived once.

    Attributes:
        name: The event that it describes, else its title, else the file that it came from.
        source: The file or event that it came from, as error messages call it.
        published: The document as it was published. Not to be changed.
        effective: The JSON Schema that it means (2020-12 unless it says otherwise), which
            passes its meta-schema. Not to be changed.
        repairs: In what the two differ, and why.
    """

    def __init__(self, published: Any, *, source: str = "the schema") -> None:
        self.published = published
        self.source = source
        self.effective: dict[str, Any]
        self.repairs: tuple[Repair, ...]
        self.effective, self.repairs = derive_effective(published, source)
        title = str(self.effective.get("title") or _stem(source))
        self.name: str = _event_of(self.effective) or title

    @classmethod
    def load(cls, source: SchemaLike = DEFAULT_EVENT) -> Schema:
        """Load a schema from an event name, a file or a dict.

        Args:
            source: The name of a shipped event, a path to a JSON or YAML file, a parsed document,
                or a `Schema`, which is returned as it is. A text that is both is the event.

        Raises:
            UnknownNameError: if it is neither an event nor a file.
            DocumentError: if the file can't be read or holds no JSON.
            SchemaError: if the document is no schema that can be honoured.

        Examples:
            >>> schema = Schema.load(DEFAULT_EVENT)
            >>> schema.is_valid({"id": "1"}), len(schema.sites())
            (False, 39)
        """
        if isinstance(source, Schema):
            return source
        if isinstance(source, (dict, bool)):
            return cls(source)
        if isinstance(source, str):
            if source in events():
                return _shipped(source)
            if not _looks_like_a_file(source):
                # It is no file, so the message is about events.
                event_document(source)
        if not isinstance(source, (str, os.PathLike)):
            raise SchemaError(f"a schema is a path, an event name or a dict, not {shorten(source)}")
        path = os.fspath(source)
        return cls(_of_its_own(read_document(path), path), source=path)

    @classmethod
    def from_openapi(cls, source: str | os.PathLike[str] | dict[str, Any]) -> Mapping[str, Schema]:
        """The schemas of an OpenAPI 3.0 or 3.1 description, by name.

        Args:
            source: A path to a JSON or YAML file, or the parsed description.

        Returns:
            A mapping from the names in ``components.schemas`` and ``webhooks`` to schemas. Each
            is made when it is asked for, so that one that can't be honoured hinders no other.

        Raises:
            DocumentError: if the file can't be read.
            SchemaError: if it is no OpenAPI 3 description; and, when a schema is asked for,
                if that one can't be honoured.
            UnknownNameError: when a name is asked for that it doesn't hold.

        Examples:
            >>> described = Schema.from_openapi({"openapi": "3.0.3", "components": {"schemas": {
            ...     "State": {"type": "string", "nullable": True, "enum": ["ACTIVE"]}}}})
            >>> described["State"].is_valid(None), list(described)
            (True, ['State'])
        """
        if isinstance(source, dict):
            return OpenApiSchemas(source, lambda d, n: cls(d, source=n), "the description")
        name = os.fspath(source)
        return OpenApiSchemas(read_document(name), lambda d, n: cls(d, source=n), name)

    def sites(self) -> tuple[Site, ...]:
        """Every constraint at every place, outermost first.

        Examples:
            >>> print(*Schema.load({"type": "object", "required": ["a"]}).sites(), sep="; ")
            type at (root); required of 'a' at (root)
        """
        return self._sites

    def validate(self, payload: Any) -> None:
        """Check a payload, formats included.

        Args:
            payload: A JSON value as Python objects; tuples count as arrays.

        Raises:
            ValidationError: if the schema refuses it, with every violation.

        Examples:
            >>> Schema.load({"enum": ["ACTIVE"]}).validate("active")
            Traceback (most recent call last):
            kombo_fakes.ValidationError: (root): enum: 'active' is not one of \
ACTIVE; did you mean 'ACTIVE'?
        """
        found = self.violations(payload)
        if found:
            raise ValidationError(found)

    def violations(self, payload: Any) -> tuple[Violation, ...]:
        """Every violation of a payload; none where it is valid."""
        found = tuple(find_non_json(payload))
        if found:
            return found
        return tuple(describe_error(error) for error in self._errors(payload))

    def is_valid(self, payload: Any) -> bool:
        """Whether the schema allows a payload, formats included."""
        return next(find_non_json(payload), None) is None and self.allows(payload)

    def allows(self, payload: Any) -> bool:
        """Like `is_valid`, a little faster, for what is known to be made of JSON values."""
        try:
            return self._validator.is_valid(payload)
        except ValueError:
            return self._validator.is_valid(to_plain_json(payload))

    def broken_places(self, payload: Any) -> set[tuple[str, str]]:
        """The pointer and keyword of every violation, for what is made of JSON values."""
        return {
            (to_pointer(path), keyword)
            for path, keyword in map(locate_error, self._errors(payload))
        }

    def _errors(self, payload: Any) -> list[jsonschema_rs.ValidationError]:
        try:
            return list(self._validator.iter_errors(payload))
        except ValueError:
            return list(self._validator.iter_errors(to_plain_json(payload)))

    @cached_property
    def generation_schema(self) -> dict[str, Any]:
        """The schema that payloads are made from: the effective one, or a narrower one."""
        narrower = narrow(self.effective)
        if narrower == self.effective:
            return self.effective
        # A discriminator that contradicts its branches would leave nothing.
        satisfiable = canonicalize(narrower).satisfiability() != canonical.Satisfiability.NO
        return narrower if satisfiable else self.effective

    @cached_property
    def canonical(self) -> jsonschema_rs.CanonicalSchema:
        """The schema that payloads are made from, in canonical form."""
        return canonicalize(self.generation_schema)

    @cached_property
    def _sites(self) -> tuple[Site, ...]:
        return tuple(find_sites(self.effective))

    @cached_property
    def _validator(self) -> jsonschema_rs.Validator:
        return validator_for(self.effective)

    def __repr__(self) -> str:
        return f"<Schema {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # What is derived from the document is derived again where it is unpickled.
        return partial(Schema, source=self.source), (self.published,)


SchemaLike: TypeAlias = "Schema | str | os.PathLike[str] | dict[str, Any]"
"""What is taken for a schema: an event name, a path, a document, a `Schema`."""


def validator_for(effective: dict[str, Any]) -> jsonschema_rs.Validator:
    """A validator that asserts formats and fetches nothing."""
    return jsonschema_rs.validator_for(
        effective,
        validate_formats=True,
        formats=CHECKERS,
        email_options=_EMAIL,
        offline=True,
    )


def canonicalize(effective: dict[str, Any]) -> jsonschema_rs.CanonicalSchema:
    """The canonical form of an effective schema, formats included; fetches nothing."""
    return jsonschema_rs.canonicalize(effective, validate_formats=True, offline=True)


def _of_its_own(document: Any, name: str) -> Any:
    if is_openapi(document):
        names = list(OpenApiSchemas(document, lambda d, n: n, name))
        if not names:
            raise SchemaError(f"{name}: an OpenAPI description that has no schemas")
        listed = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        raise SchemaError(
            f"{name}: an OpenAPI description, of which one schema has to be named: {listed} "
            f"(--name {shlex.quote(names[0])} on the command line, "
            f"Schema.from_openapi({name!r})[{names[0]!r}] in Python)"
        )
    return document


@cache
def _shipped(event: str) -> Schema:
    return Schema(event_document(event), source=event)


def _stem(source: str) -> str:
    """A file's own name: what is made for it isn't to depend on how the way to it is written."""
    return Path(source).stem if Path(source).suffix else source


def _event_of(effective: dict[str, Any]) -> str | None:
    try:
        (name,) = effective["properties"]["type"]["enum"]
    except (KeyError, TypeError, ValueError):
        return None
    return name if isinstance(name, str) else None


def _looks_like_a_file(source: str) -> bool:
    if find_nearest(source, events()) and not Path(source).suffix:
        return _is_there(source)
    return "/" in source or "\\" in source or "." in source or _is_there(source)


def _is_there(source: str) -> bool:
    try:
        return source != "" and Path(source).exists()
    except (OSError, ValueError):
        return False  # Too long for a file, say.
