"""The catalogue of faults: every single way to violate a schema, labelled and checked."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence

from kombo_fakes.catalogues.fault import Fault
from kombo_fakes.catalogues.fault_search import find_faults
from kombo_fakes.core.messages import unknown_name_error, unknown_pattern_error
from kombo_fakes.core.pointer import parse_pointer, to_dotted, to_pointer
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT


def faults(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    *,
    keywords: Iterable[str] | None = None,
    at: str | None = None,
    ids: Iterable[str] | None = None,
) -> tuple[Fault, ...]:
    """The catalogue of faults, or a part of it, in the order of the schema.

    Args:
        event_or_schema: Whatever `Schema.load` accepts; the default event if left out.
        keywords: Only faults of these keywords.
        at: Only faults at this place or below it: a JSON Pointer or a dotted name.
        ids: Only faults with one of these ids; ``*`` stands for any characters, as in file names.

    Raises:
        UnknownNameError: if a keyword, a place or an id does not occur in the whole catalogue;
            the message suggests the nearest one.

    Examples:
        >>> [fault.id for fault in faults(at="/data/qa_status", keywords=["enum"])][:2]
        ['data.qa_status-enum-lowercase', 'data.qa_status-enum-capitalised']
    """
    schema = Schema.load(event_or_schema)
    found: Sequence[Fault] = find_faults(schema)
    if keywords is not None:
        # A string is iterable, and would be taken for its characters.
        wanted = (keywords,) if isinstance(keywords, str) else tuple(keywords)
        known = {fault.keyword for fault in find_faults(schema)}
        for keyword in wanted:
            if keyword not in known:
                raise unknown_name_error("keyword", keyword, known, where=f" in {schema.name}")
        found = [fault for fault in found if fault.keyword in wanted]
    if at is not None:
        place = to_pointer(parse_pointer(at))
        if not any(_is_within(fault.pointer, place) for fault in find_faults(schema)):
            places = {fault.pointer for fault in find_faults(schema)}
            # The suggestion is in the notation that the caller used.
            known = places if at.startswith("/") else {to_dotted(parse_pointer(p)) for p in places}
            raise unknown_name_error("place", at, known, where=f" in {schema.name}")
        found = [fault for fault in found if _is_within(fault.pointer, place)]
    if ids is not None:
        patterns = (ids,) if isinstance(ids, str) else tuple(map(str, ids))
        found = _select_ids(schema, found, patterns)
    return tuple(found)


def get_fault(fault_id: str, event_or_schema: SchemaLike = DEFAULT_EVENT) -> Fault:
    """The fault with an id.

    Raises:
        UnknownNameError: if no fault has this id; the message suggests the nearest one.

    Examples:
        >>> get_fault("root-type-null", {"type": "object"}).examples
        (None,)
    """
    schema = Schema.load(event_or_schema)
    for fault in find_faults(schema):
        if fault.id == fault_id:
            return fault
    raise unknown_name_error("fault", fault_id, (fault.id for fault in find_faults(schema)))


def _select_ids(schema: Schema, found: Sequence[Fault], patterns: tuple[str, ...]) -> list[Fault]:
    known = [fault.id for fault in find_faults(schema)]
    for pattern in patterns:
        if not fnmatch.filter(known, pattern):
            raise unknown_pattern_error("fault", pattern, known, where=f" of {schema.name}")
    return [f for f in found if any(fnmatch.fnmatchcase(f.id, pattern) for pattern in patterns)]


def _is_within(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(place + "/")
