"""Derives the effective schema: the JSON Schema that a published document *means*.

Kombo's published document claims to be JSON Schema 2020-12 but uses keywords of OpenAPI 3.0, so a
strict validator rejects it. Deriving repairs exactly these keywords and lists each repair. A
document that cannot be read without loss is rejected: the result is never silently weaker. A
keyword that JSON Schema does not define is an annotation (core, section 6.5), and is listed too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from kombo_fakes.core.json_reader import MAX_DEPTH, is_too_deep
from kombo_fakes.core.messages import find_nearest, shorten, unknown_name_error
from kombo_fakes.core.pointer import Path, get, parse_pointer, replace_at, to_pointer
from kombo_fakes.errors import PointerError, SchemaError
from kombo_fakes.schema.dialects import guess_dialect, identify_dialect, set_exclusive_bounds
from kombo_fakes.schema.formats import checked_formats, find_similar_format
from kombo_fakes.schema.open_nulls import is_open
from kombo_fakes.schema.references import escape_uri
from kombo_fakes.schema.violations import find_non_json
from kombo_fakes.schema.vocabulary import (
    APPLICATORS,
    ASSERTIONS,
    DIALECTS,
    DRAFT_4,
    DRAFT_6,
    DRAFT_7,
    DRAFT_2020,
    FOREIGN,
    KNOWN,
    find_misspelt,
    map_subschemas,
    subschemas,
)

_URN = "urn:kombo-fakes:schema:"
MOST_SCHEMAS = 100_000
"""The most schemas that a document may hold. One schema takes about 0.1 milliseconds to read."""

_MOST_VALUES = 1_000_000
_LONGEST_PATTERN = 50_000
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Repair:
    """One difference between the effective schema and the published one.

    Attributes:
        pointer: JSON Pointer into the published document.
        keyword: The keyword that was repaired.
        note: What became of it, in one line.
        is_unknown: True if the dialect of the document does not have the keyword.
    """

    pointer: str
    keyword: str
    note: str
    is_unknown: bool = False

    def __str__(self) -> str:
        return f"{self.pointer or '(root)'}: {self.note}"


def derive_effective(
    published: Any,
    name: str = "the schema",
    *,
    ignore: Sequence[str] = (),
    strict: bool = False,
    formats: Collection[str] = (),
) -> tuple[dict[str, Any], tuple[Repair, ...]]:
    """Derive the effective schema from a published document.

    Args:
        published: The document: an object, or a boolean schema. It is not changed.
        name: What error messages call it.
        ignore: Keywords to ignore, with ``*`` for any characters.
        strict: True to reject every unknown keyword, and not only misspelt constraints.
        formats: The formats that are asserted besides those of the document's dialect.

    Returns:
        The effective schema, and the repairs.

    Raises:
        SchemaError: if the document is not a schema, has a misspelt keyword, refers to another
            document, or violates its meta-schema.

    Examples:
        >>> effective, repairs = derive_effective({"type": "string", "nullable": True})
        >>> effective
        {'type': ['string', 'null']}
        >>> print(repairs[0])
        (root): `nullable: true` became a union with null
    """
    if isinstance(published, bool):
        published = {} if published else {"not": {}}
    if not isinstance(published, dict):
        raise SchemaError(f"{name}: a schema is a JSON object, not {shorten(published)}")
    if is_too_deep(published):
        raise SchemaError(f"{name}: nested deeper than {MAX_DEPTH} levels")
    for violation in find_non_json(published):
        at = violation.pointer or "the root"
        raise SchemaError(f"{name}: is not JSON at {at}: {violation.message}")
    _check_values(published, name)
    try:
        reader = _Reader(name, published, tuple(ignore), formats, strict=strict)
    except SchemaError as error:
        raise SchemaError(f"{name}: {error}") from None
    effective = reader.read_document(published)
    _check_meta(effective, name)
    _check_references(effective, name)
    return effective, tuple(reader.repairs)


def _check_values(published: Any, name: str) -> None:
    """Reject too many values, and strings that are not Unicode, which no validator can hold."""
    todo: list[tuple[Path, Any]] = [((), published)]
    count = 0
    while todo:
        path, value = todo.pop()
        count += 1
        if count > _MOST_VALUES:
            raise SchemaError(f"{name}: has more than {_MOST_VALUES:,} values")
        if isinstance(value, dict):
            todo.extend(((*path, key), child) for key, child in value.items())
        elif isinstance(value, list):
            todo.extend(((*path, index), child) for index, child in enumerate(value))
        elif isinstance(value, str) and _SURROGATE.search(value):
            at = to_pointer(path) or "the root"
            raise SchemaError(f"{name}: the string at {at} contains a lone surrogate")


class _Reader:
    def __init__(
        self,
        name: str,
        published: dict[str, Any],
        ignore: tuple[str, ...],
        formats: Collection[str],
        *,
        strict: bool,
    ) -> None:
        self.name = name
        self.ignore = ignore
        self.strict = strict
        self.declared = self._find_dialect(published)
        self.dialect = DRAFT_7 if self.declared in (DRAFT_4, DRAFT_6) else self.declared
        self.draft_7 = self.dialect == DRAFT_7
        self.formats = checked_formats(self.dialect).union(formats)
        self.referenced, self.targets = _references(published)
        self.seen: set[str] = set()
        self.repairs: list[Repair] = []

    def _find_dialect(self, published: dict[str, Any]) -> str:
        if "$schema" in published:
            return identify_dialect(published["$schema"])
        return guess_dialect(published)

    def repair(self, path: Path, keyword: str, note: str) -> None:
        self.repairs.append(Repair(to_pointer(path), keyword, note))

    def read_document(self, published: dict[str, Any]) -> dict[str, Any]:
        """Read the document, and what references find inside of its annotations."""
        effective: dict[str, Any] = self.read(published, ())
        for pointer in sorted(self.targets, key=lambda pointer: (pointer.count("/"), pointer)):
            if pointer not in self.seen:
                path = parse_pointer(pointer)
                read = self.read(get(published, path), path)
                effective = replace_at(effective, path, read)
        return effective

    def read(self, schema: Any, path: Path) -> Any:
        self.seen.add(to_pointer(path))
        if len(self.seen) > MOST_SCHEMAS:
            raise SchemaError(f"{self.name}: has more than {MOST_SCHEMAS:,} schemas")
        if not isinstance(schema, dict):
            return schema
        effective = dict(schema)
        self._read_dialect(effective, path)
        self._check_keywords(effective, path)
        self._check_patterns(effective, path)
        self._read_reference(effective, path)
        self._read_foreign(effective, path)
        self._read_required(effective, path)
        self._read_id(effective, path)
        self._read_nullable(effective, path)
        self._read_content(effective, path)
        self._note_format(effective, path)
        return map_subschemas(effective, lambda where, child: self.read(child, path + where))

    def _read_dialect(self, schema: dict[str, Any], path: Path) -> None:
        """Write the dialect as the validator knows it, and what draft 4 writes otherwise."""
        declared = schema.get("$schema")
        if path and declared is not None:
            del schema["$schema"]
            if "$id" not in schema or self.draft_7:
                note = "a `$schema` inside of a document was removed"
                self.repair(path, "$schema", note)
        elif not path and (declared is not None or self.dialect != DRAFT_2020):
            named = self.dialect + ("#" if self.draft_7 else "")
            if self.declared != self.dialect or declared is None:
                number = self.declared.rpartition("-0")[2].partition("/")[0]
                as_draft = f"draft {number} is read as draft 7" if declared else None
                note = as_draft or f"a document without `$schema` is read as draft {number}"
                self.repair(path, "$schema", note)
            schema["$schema"] = named
        if self.declared != DRAFT_4:
            return
        if isinstance(schema.get("id"), str) and "$id" not in schema:
            schema["$id"] = schema.pop("id")
        set_exclusive_bounds(schema)

    def _check_keywords(self, schema: dict[str, Any], path: Path) -> None:
        for keyword in list(schema):
            if keyword in KNOWN or keyword == "nullable" or keyword.startswith("x-"):
                continue
            ignored = any(fnmatchcase(keyword, pattern) for pattern in self.ignore)
            near = find_misspelt(keyword)
            if not ignored and (near or self.strict):
                near = near or find_nearest(keyword, KNOWN)
                hint = f"; did you mean {near!r}?" if near else ""
                raise SchemaError(
                    f"{self.name}: unknown keyword {shorten(keyword)} at "
                    f"{to_pointer(path) or 'the root'}{hint}"
                )
            note = f"unknown keyword {shorten(keyword)} is an annotation"
            self.repairs.append(Repair(to_pointer(path), keyword, note, is_unknown=True))

    def _check_patterns(self, schema: dict[str, Any], path: Path) -> None:
        """Reject patterns that take too much memory to compile."""
        for pattern in (schema.get("pattern"), *_names_of(schema.get("patternProperties"))):
            if isinstance(pattern, str) and len(pattern) > _LONGEST_PATTERN:
                raise SchemaError(
                    f"{self.name}: a pattern at {to_pointer(path) or 'the root'} has "
                    f"{len(pattern):,} characters; at most {_LONGEST_PATTERN:,} are read"
                )

    def _read_reference(self, schema: dict[str, Any], path: Path) -> None:
        """Remove the keywords beside a ``$ref``, which draft 7 ignores (core, section 8.3)."""
        target = schema.get("$ref")
        if not isinstance(target, str):
            return
        escaped = escape_uri(target)
        if escaped != target:
            schema["$ref"] = escaped
            self.repair(path, "$ref", f"{shorten(target)} was escaped, because it is not a URI")
        if not self.draft_7:
            return
        ignored = ASSERTIONS | APPLICATORS | ({"$id"} if path else set())
        beside = [keyword for keyword in schema if keyword in ignored]
        for keyword in beside:
            del schema[keyword]
        if beside:
            note = f"draft 7 ignores keywords beside $ref, so {', '.join(beside)} was removed"
            self.repair(path, "$ref", note)

    def _read_foreign(self, schema: dict[str, Any], path: Path) -> None:
        """Remove the keywords of other dialects, which this one ignores."""
        for keyword, instead in FOREIGN.get(self.declared, {}).items():
            if keyword not in schema:
                continue
            if self.strict:
                known = [d for d in DIALECTS if keyword not in FOREIGN[d]]
                right = f"use {instead} instead, or " if instead else ""
                raise SchemaError(
                    f"{self.name}: {keyword} at {to_pointer(path) or 'the root'}: "
                    f"{self.declared} does not have it; {right}set $schema to {known[0]}"
                )
            del schema[keyword]
            note = f"{self.declared} does not have {keyword}, so it was removed"
            self.repairs.append(Repair(to_pointer(path), keyword, note, is_unknown=True))

    def _read_required(self, schema: dict[str, Any], path: Path) -> None:
        names = schema.get("required")
        if self.strict or not isinstance(names, list):
            return
        if all(isinstance(name, str) for name in names):
            schema["required"] = list(dict.fromkeys(names))
            if len(schema["required"]) < len(names):
                self.repair(path, "required", "names that `required` repeats were removed")

    def _read_id(self, schema: dict[str, Any], path: Path) -> None:
        identifier = schema.get("$id")
        if not isinstance(identifier, str) or not identifier.startswith("#"):
            return
        if self.draft_7 and re.match(r"#[A-Za-z]", identifier):
            return  # In draft 7 this is how an anchor is written.
        if identifier in self.referenced and re.fullmatch(r"#[A-Za-z][-A-Za-z0-9._]*", identifier):
            schema.setdefault("$anchor", identifier[1:])
        if path:
            del schema["$id"]
            became = (
                f"became the anchor {schema['$anchor']!r}" if "$anchor" in schema else "was removed"
            )
            self.repair(path, "$id", f"the bare fragment {shorten(identifier)} {became}")
        else:
            last = identifier.rpartition("/")[2].lstrip("#") or "root"
            schema["$id"] = _URN + re.sub(r"[^A-Za-z0-9._-]", "-", last)
            self.repair(path, "$id", f"{shorten(identifier)} became {schema['$id']!r}")

    def _read_nullable(self, schema: dict[str, Any], path: Path) -> None:
        if "nullable" not in schema:
            return
        nullable = schema.pop("nullable")
        if not isinstance(nullable, bool):
            raise SchemaError(
                f"{self.name}: nullable at {to_pointer(path) or 'the root'} is "
                f"{shorten(nullable)}; expected true or false"
            )
        if not nullable:
            self.repair(path, "nullable", "`nullable: false` has no effect, so it was removed")
            return
        types = schema.get("type")
        if is_open({**schema, "nullable": True}):
            schema["nullable"] = True  # Whoever makes faults has to know.
        if types is None:
            # OpenAPI 3.0.3: nullable adds null to the type beside it, if there is one.
            self.repair(path, "nullable", "`nullable: true` without a type has no effect (OAS 3.0)")
            return
        if not isinstance(types, (str, list)):
            return  # It violates the meta-schema, which is checked later.
        types = [types] if isinstance(types, str) else types
        schema["type"] = types if "null" in types else [*types, "null"]
        note = "`nullable: true` became a union with null"
        if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
            note += ", in the enum too"
        if "const" in schema and schema["const"] is not None:
            schema["enum"] = [schema.pop("const"), None]
            note += ", beside the constant"
        self.repair(path, "nullable", note)

    def _read_content(self, schema: dict[str, Any], path: Path) -> None:
        """Remove keywords that the validator asserts and draft 7 leaves open (section 8.2)."""
        if not self.draft_7:
            return
        for keyword in ("contentEncoding", "contentMediaType"):
            if keyword in schema:
                del schema[keyword]
                self.repair(path, keyword, f"{keyword} is not checked, so it was removed")

    def _note_format(self, schema: dict[str, Any], path: Path) -> None:
        name = schema.get("format")
        if isinstance(name, str) and name not in self.formats:
            near = find_similar_format(name)
            hint = f"; did you mean {near!r}?" if near else ""
            note = f"format {shorten(name)} is not checked{hint}"
            self.repair(path, "format", note)


def _names_of(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, dict) else ()


def _check_meta(effective: dict[str, Any], name: str) -> None:
    try:
        jsonschema_rs.meta.validate(effective)
    except jsonschema_rs.ValidationError as error:
        reason = _explain_unknown_type(effective)
        if reason:
            raise SchemaError(f"{name}: {reason}") from None
        at = to_pointer(error.instance_path)
        raise SchemaError(f"{name}: violates the meta-schema at {at}: {_line(error)}") from None


_TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")


def _explain_unknown_type(effective: dict[str, Any]) -> str:
    """Explain the first unknown type; empty if there is none."""
    todo: list[tuple[Path, Any]] = [((), effective)]
    while todo:
        path, schema = todo.pop(0)
        if not isinstance(schema, dict):
            continue
        types = schema.get("type")
        for one in types if isinstance(types, list) else [types]:
            if isinstance(one, str) and one not in _TYPES:
                where = f" at {to_pointer(path) or 'the root'}"
                return str(unknown_name_error("type", one, _TYPES, where=where))
        todo.extend((path + where, child) for where, child in subschemas(schema))
    return ""


def _check_references(effective: dict[str, Any], name: str) -> None:
    def reject(uri: str) -> Any:
        raise LookupError(uri)

    try:
        jsonschema_rs.validator_for(effective, retriever=reject)
    except (jsonschema_rs.ReferencingError, ValueError) as error:
        raise SchemaError(_explain_reference(effective, name, _line(error))) from None


def _explain_reference(effective: dict[str, Any], name: str, reason: str) -> str:
    todo: list[tuple[Path, Any]] = [((), effective)]
    while todo:
        path, schema = todo.pop()
        if not isinstance(schema, dict):
            continue
        target = schema.get("$ref")
        if isinstance(target, str) and _named_in(reason, target):
            at = (
                f"{name}: $ref {shorten(unquote(target))} at {to_pointer(path) or 'the root'} leads"
            )
            if target.startswith("#"):
                return f"{at} nowhere"
            return f"{at} out of the document; copy its target into $defs"
        for pattern in (schema.get("pattern"), *schema.get("patternProperties", ())):
            if isinstance(pattern, str) and "regex" in reason and json.dumps(pattern) in reason:
                return (
                    f"{name}: pattern {shorten(pattern)} at {to_pointer(path) or 'the root'} is "
                    "not an ECMA-262 regular expression that the validator understands"
                )
        todo.extend((path + where, child) for where, child in subschemas(schema))
    absent = re.match(r"Resource '([^']*)' is not present", reason)
    if absent:
        return (
            f"{name}: a reference leads to {shorten(absent[1])}, out of the document; "
            "copy its target into $defs"
        )
    return f"{name}: {reason}"


def _references(published: dict[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """Find the targets of all references, and the JSON Pointers among them."""
    found: set[str] = set()
    pointers: set[str] = set()
    todo: list[Any] = [published]
    while todo:
        schema = todo.pop()
        if not isinstance(schema, dict):
            continue
        target = schema.get("$ref")
        if isinstance(target, str) and target not in found:
            found.add(target)
            if target.startswith("#/"):
                with suppress(PointerError):
                    path = parse_pointer(unquote(target[1:]))
                    todo.append(get(published, path))
                    pointers.add(to_pointer(path))
        todo.extend(child for _, child in subschemas(schema))
    return frozenset(found), frozenset(pointers)


def _named_in(reason: str, target: str) -> bool:
    document, _, fragment = target.partition("#")
    part = document or fragment
    return part != "" and (f"'{part}" in reason or f"'{target}'" in reason)


def _line(error: BaseException) -> str:
    """The first line of a validator's message, kept short: it may quote hostile input."""
    message = str(error).partition("\n")[0]
    return message if len(message) <= 200 else message[:200] + "..."
