"""`Schema`: a published JSON Schema, its effective reading and its validator."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
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
from kombo_fakes.schema.bundle import bundle_document
from kombo_fakes.schema.complexity import measure_complexity
from kombo_fakes.schema.custom_formats import Format, Formats, collect_formats, list_checks
from kombo_fakes.schema.effective import Repair, derive_effective
from kombo_fakes.schema.examples import ExampleFinder, find_rejected_examples
from kombo_fakes.schema.formats import CHECKERS
from kombo_fakes.schema.inlining import inline_branches
from kombo_fakes.schema.open_nulls import allow_open_nulls
from kombo_fakes.schema.openapi import OpenApiSchemas, is_openapi
from kombo_fakes.schema.own_values import keep_formatted
from kombo_fakes.schema.resources import Resources, ResourcesLike
from kombo_fakes.schema.sites import Site, find_sites
from kombo_fakes.schema.violations import (
    Violation,
    describe_error,
    find_non_json,
    locate_error,
    to_plain_json,
)
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, event_document, events

# The `email` of JSON Schema is the Mailbox of RFC 5321, section 4.1.2, which has no display name.
# By default, jsonschema-rs accepts `Jane <jane@example.com>`.
_EMAIL = jsonschema_rs.EmailOptions(allow_display_text=False)


@public
class Schema:
    """A JSON Schema: the published document, its effective reading, and a validator for it.

    Make one with `Schema.load`, keep it and pass it on: its strategies and faults are derived
    once and cached. Two schemas with the same content are not equal.

    Attributes:
        name: The event that it describes, otherwise its title, otherwise the name of its file.
        source: The file or event that it was loaded from, as error messages call it.
        published: The document as it was published, with the schemas of other documents that it
            refers to in ``$defs``. Do not change it.
        effective: The JSON Schema that the document means, which is valid by its meta-schema.
            Its dialect is 2020-12 unless the document names another. Do not change it.
        repairs: Each difference between the two, with its reason.
        formats: The formats of your own that it asserts, by name. Do not change them.
    """

    def __init__(
        self,
        published: Any,
        *,
        source: str = "the schema",
        ignore: Sequence[str] = (),
        strict: bool = False,
        repairs: tuple[Repair, ...] = (),
        formats: Formats | None = None,
    ) -> None:
        self.published = published
        self.source = source
        self.formats: dict[str, Format] = collect_formats(formats)
        self._options: dict[str, Any] = {
            "ignore": tuple(ignore), "strict": strict, "repairs": repairs, "formats": self.formats,
        }  # fmt: skip
        self.effective: dict[str, Any]
        self.repairs: tuple[Repair, ...]
        self.effective, found = derive_effective(
            published, source, ignore=ignore, strict=strict, formats=self.formats
        )
        self.repairs = (*repairs, *found)
        title = str(self.effective.get("title") or _name_file(source))
        self.name: str = _find_event(self.effective) or title

    @classmethod
    def load(
        cls,
        source: SchemaLike = DEFAULT_EVENT,
        *,
        ignore: Sequence[str] = (),
        strict: bool = False,
        resources: ResourcesLike | None = None,
        formats: Formats | None = None,
    ) -> Schema:
        """Load a schema from an event name, a file or a dict.

        Args:
            source: The name of a shipped event, a path to a JSON or YAML file, a parsed document,
                or a `Schema`, which is returned unchanged. A string that names both an event
                and a file means the event.
            ignore: Keywords to ignore, with ``*`` for any characters: ``["ts*"]``. Without it an
                unknown keyword is an annotation, unless it looks like a misspelt constraint.
            strict: True to reject every keyword that the document's dialect does not have.
            resources: The documents that references lead to: by their URI, or a directory with
                JSON and YAML files. A relative reference also finds files in the directory of the
                document. Nothing is fetched.
            formats: Formats of your own for this schema, by name, besides the registered ones
                (`register_format`).

        Raises:
            UnknownNameError: if it is neither an event nor a file.
            DocumentError: if the file cannot be read, or is not JSON or YAML.
            SchemaError: if the document is not a schema, uses an unsupported keyword, or refers
                to what is not found.

        Examples:
            >>> schema = Schema.load(DEFAULT_EVENT)
            >>> schema.is_valid({"id": "1"}), len(schema.sites())
            (False, 39)
            >>> common = {"definitions": {"id": {"type": "string"}}}
            >>> Schema.load({"$ref": "common.json#/definitions/id"},
            ...     resources={"common.json": common}).is_valid(1)
            False
        """
        if isinstance(source, Schema):
            return source
        # True and false are schemas as well (JSON Schema Core 2020-12, section 4.3.2).
        if isinstance(source, (dict, bool)):
            found = Resources(resources)
            return cls._load(
                source, "the schema", found, ignore=ignore, strict=strict, formats=formats
            )
        if isinstance(source, str):
            if source in events():
                return _load_shipped(source)
            if not _looks_like_a_file(source):
                # Raises the error for an unknown event.
                event_document(source)
        if not isinstance(source, (str, os.PathLike)):
            raise SchemaError(f"a schema is a path, an event name or a dict, not {shorten(source)}")
        path = os.fspath(source)
        found = Resources(resources, None if path == "-" else path)
        document = _reject_openapi(read_document(path), path)
        return cls._load(document, path, found, ignore=ignore, strict=strict, formats=formats)

    @classmethod
    def _load(
        cls, document: Any, source: str, found: Resources, *, strict: bool, **options: Any
    ) -> Schema:
        bundled, repairs = bundle_document(document, source, found, strict=strict)
        return cls(bundled, source=source, strict=strict, repairs=repairs, **options)

    @classmethod
    def from_openapi(
        cls,
        source: str | os.PathLike[str] | dict[str, Any],
        *,
        ignore: Sequence[str] = (),
        strict: bool = False,
        resources: ResourcesLike | None = None,
        formats: Formats | None = None,
    ) -> Mapping[str, Schema]:
        """Load the schemas of an OpenAPI 3.0, 3.1, 3.2 or Swagger 2.0 description, by name.

        Args:
            source: A path to a JSON or YAML file, or the parsed description.
            ignore: Keywords to ignore, as for `load`.
            strict: True to reject every unknown keyword.
            resources: The documents that references lead to, as for `load`.
            formats: Formats of your own, as for `load`.

        Returns:
            A mapping from names to schemas: of ``components.schemas`` (``definitions`` in Swagger),
            ``webhooks``, ``x-webhooks`` and callbacks. Any other schema is found by its JSON
            Pointer, such as ``#/paths/~1jobs/post/...``. A schema is built at its first lookup, so
            an unsupported one does not affect the others.

        Raises:
            DocumentError: if the file cannot be read.
            SchemaError: if the document is not such a description. Looking up a schema
                raises it if that schema is not supported.
            UnknownNameError: when a name is looked up that the description does not have.

        Examples:
            >>> described = Schema.from_openapi({"openapi": "3.0.3", "components": {"schemas": {
            ...     "State": {"type": "string", "nullable": True, "enum": ["ACTIVE"]}}}})
            >>> described["State"].is_valid(None), list(described)
            (True, ['State'])
        """
        if isinstance(source, dict):
            name, document = "the description", source
            found = Resources(resources)
        else:
            name = os.fspath(source)
            found = Resources(resources, None if name == "-" else name)
            document = read_document(name)

        def make(document: Any, called: str, repairs: tuple[Repair, ...]) -> Schema:
            options: dict[str, Any] = {"ignore": ignore, "strict": strict, "formats": formats}
            return cls(document, source=called, repairs=repairs, **options)

        return OpenApiSchemas(document, make, name, found, strict=strict)

    def sites(self) -> tuple[Site, ...]:
        """Return every constraint at every place of a payload, outermost first.

        Examples:
            >>> print(*Schema.load({"type": "object", "required": ["a"]}).sites(), sep="; ")
            type at (root); required of 'a' at (root)
        """
        return self._sites

    def validate(self, payload: Any) -> None:
        """Check a payload, formats included.

        Args:
            payload: A JSON value as Python objects. Tuples count as arrays.

        Raises:
            ValidationError: if the payload is invalid, with every violation.

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
        """Return every violation of a payload; empty if it is valid."""
        # The validator reads NaN as null, and raises an exception for a date.
        found = tuple(find_non_json(payload))
        if found:
            return found
        return tuple(describe_error(error) for error in self._errors(payload))

    def is_valid(self, payload: Any) -> bool:
        """Whether a payload is valid, formats included."""
        return next(find_non_json(payload), None) is None and self.allows(payload)

    def allows(self, payload: Any) -> bool:
        """Like `is_valid`, but faster, for a payload that is known to consist of JSON values."""
        try:
            return self._validator.is_valid(payload)
        except ValueError:
            # jsonschema-rs reads neither lone surrogates nor subclasses such as `class Id(str)`.
            return self._validator.is_valid(to_plain_json(payload))

    def is_open(self, payload: Any) -> bool:
        """Whether a payload is invalid only by nulls that the publisher may mean.

        ``nullable: true`` beside ``allOf`` has no effect by the letter of OpenAPI 3.0.
        """
        return self._wider_validator is not None and self._wider_validator.is_valid(payload)

    def broken_places(self, payload: Any) -> set[tuple[str, str]]:
        """Return the pointer and keyword of every violation of a payload of JSON values."""
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
        """The schema that payloads are generated from: the effective one, or a narrower one."""
        narrower = self._narrower
        inlined = inline_branches(narrower)
        return narrower if measure_complexity(inlined).is_too_high else inlined

    @cached_property
    def _narrower(self) -> dict[str, Any]:
        meant: dict[str, Any] = keep_formatted(self.effective, self.formats, validator_for)
        narrower = narrow(meant)
        if narrower == meant:
            return meant
        if measure_complexity(narrower).is_too_high:
            return narrower
        # If a discriminator contradicts its branches, no payload satisfies the narrower schema.
        satisfiable = canonicalize(narrower).satisfiability() != canonical.Satisfiability.NO
        return narrower if satisfiable else meant

    @cached_property
    def canonical(self) -> jsonschema_rs.CanonicalSchema:
        """The schema that payloads are generated from, in canonical form."""
        return canonicalize(self.generation_schema)

    @cached_property
    def _sites(self) -> tuple[Site, ...]:
        return tuple(find_sites(self.effective, self.formats))

    @cached_property
    def _wider_validator(self) -> jsonschema_rs.Validator | None:
        wider = allow_open_nulls(self.effective)
        return None if wider is None else validator_for(wider)

    @cached_property
    def _validator(self) -> jsonschema_rs.Validator:
        return validator_for(self.effective, self.formats)

    @cached_property
    def rejected_examples(self) -> tuple[Repair, ...]:
        """Each ``example``, ``examples`` or ``default`` that is invalid, so that it is not used.

        Examples:
            >>> print(*Schema.load({"type": "integer", "default": "none"}).rejected_examples)
            (root): default 'none' is invalid, so no payload shows it
        """
        if not self.examples.has_any:
            return ()
        return tuple(find_rejected_examples(self.effective, _validators_for(self.effective)))

    @cached_property
    def examples(self) -> ExampleFinder:
        """The examples in the document, by the path of a value in a payload."""
        return ExampleFinder(self.effective)

    def __repr__(self) -> str:
        return f"<Schema {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # Only the document is pickled. The rest is derived again.
        return partial(Schema, source=self.source, **self._options), (self.published,)


SchemaLike: TypeAlias = "Schema | str | os.PathLike[str] | dict[str, Any]"
"""What `Schema.load` accepts: an event name, a path, a document, a `Schema`."""


def validator_for(
    effective: dict[str, Any], formats: Formats | None = None
) -> jsonschema_rs.Validator:
    """Build a validator that asserts formats. It never uses the network.

    Args:
        effective: The schema.
        formats: The formats that are asserted besides those of its dialect.
    """
    return jsonschema_rs.validator_for(
        effective,
        validate_formats=True,
        formats={**CHECKERS, **list_checks(formats or {})},
        email_options=_EMAIL,
        offline=True,
    )


def _validators_for(effective: dict[str, Any]) -> jsonschema_rs.ValidatorMap:
    """Build a validator for each part of a schema, by its pointer."""
    return jsonschema_rs.validator_map_for(
        effective,
        validate_formats=True,
        formats=CHECKERS,
        email_options=_EMAIL,
        offline=True,
    )


def canonicalize(effective: dict[str, Any]) -> jsonschema_rs.CanonicalSchema:
    """Build the canonical form of an effective schema, formats included, without the network."""
    return jsonschema_rs.canonicalize(effective, validate_formats=True, offline=True)


def _reject_openapi(document: Any, name: str) -> Any:
    if is_openapi(document):
        names = list(OpenApiSchemas(document, lambda d, n, r: n, name))
        if not names:
            raise SchemaError(
                f"{name}: is an OpenAPI description without schemas; expected at least one in "
                "components.schemas, definitions or webhooks"
            )
        listed = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        raise SchemaError(
            f"{name}: is an OpenAPI description; choose one of its schemas: {listed} "
            f"(--name {shlex.quote(names[0])} on the command line, "
            f"Schema.from_openapi({name!r})[{names[0]!r}] in Python)"
        )
    return document


# What is derived from a schema is cached for that one object, so an event needs only one.
@cache
def _load_shipped(event: str) -> Schema:
    return Schema(event_document(event), source=event)


def _name_file(source: str) -> str:
    """Return the name of a file without its directory and ending.

    Names seed what is generated, and the seed must not depend on how the path is written.
    """
    return Path(source).stem if Path(source).suffix else source


def _find_event(effective: dict[str, Any]) -> str | None:
    try:
        (name,) = effective["properties"]["type"]["enum"]
    except (KeyError, TypeError, ValueError):
        return None
    return name if isinstance(name, str) else None


def _looks_like_a_file(source: str) -> bool:
    # A misspelt event gets the error that suggests the right name, unless there is such a file.
    if find_nearest(source, events()) and not Path(source).suffix:
        return _exists(source)
    return "/" in source or "\\" in source or "." in source or _exists(source)


def _exists(source: str) -> bool:
    try:
        return source != "" and Path(source).exists()
    except (OSError, ValueError):
        return False  # The string is too long for a path, for example.
