"""Faults and values of the caller's: which fault a value is, and both in one payload."""

from __future__ import annotations

from typing import Any

from jsonschema_rs import canonical

from kombo_fakes.catalogues.exploration import is_explored
from kombo_fakes.catalogues.fault import Fault, inapplicable_error
from kombo_fakes.catalogues.fault_search import find_faults
from kombo_fakes.errors import FaultError
from kombo_fakes.schema.requirements import ABSENT, get_value
from kombo_fakes.schema.schema import Schema

# Variants that any value which violates the site belongs to.
_CATCH_ALL = ("other", "unknown", "nonsense")


def identify_fault(payload: Any, usual: Any, schema: Schema) -> Fault | None:
    """Find the fault that a value of the caller's is; None if the catalogue has no such fault.

    Args:
        payload: A payload with a value that the caller asked for.
        usual: The payload without that value.
        schema: The schema.
    """
    found = schema.broken_places(payload)
    at_place = [
        fault
        for fault in find_faults(schema)
        if (fault.pointer, fault.keyword) in found and fault.is_in(payload)
    ]
    # The more precise names first.
    for is_it in (_is_mutation, lambda fault, *_: fault.variant == "other", _belongs_to):
        for fault in at_place:
            if is_it(fault, payload, usual):
                return fault
    return None


def add_fault(fault: Fault, payload: Any, usual: Any) -> Any:
    """Put a fault into a payload with values of the caller's, one of which may be the fault.

    Args:
        fault: The fault.
        payload: The payload with the values that the caller asked for. It is not changed.
        usual: The payload without these values.

    Raises:
        FaultError: if the fault cannot be put into the payload, or the payload has another one.
    """
    found = fault.schema.violations(payload)
    if not found:
        return fault.apply(payload)
    # The validator cannot judge what is not JSON.
    if any(violation.keyword == "json" for violation in found) or not fault.is_in(payload):
        raise inapplicable_error(fault, payload)
    if _is_mutation(fault, payload, usual) or _belongs_to(fault, payload, usual):
        return payload
    known = identify_fault(payload, usual, fault.schema)
    hint = "" if known is None else f"; it is {known.id}"
    raise FaultError(f"{fault.id}: the given value is not this fault{hint}")


def _is_mutation(fault: Fault, payload: Any, usual: Any) -> bool:
    """Whether the fault's mutator makes the value at the site from a usual one."""
    site = fault.site
    value, before = get_value(payload, site.path), get_value(usual, site.path)
    if value is ABSENT:
        return False
    usual_values = [] if before is ABSENT else [before]
    if site.keyword == "enum":
        # The caller may have begun with another listed value than the one in this payload.
        usual_values += site.value
    elif site.keyword == "const":
        usual_values.append(site.value)
    elif site.keyword == "required" and isinstance(value, dict):
        was = before.get(site.value) if isinstance(before, dict) else None
        usual_values.append({**value, site.value: was})
    # As JSON, since Python takes 1, 1.0 and True for the same.
    wanted = canonical.json.to_string(value)
    return any(
        canonical.json.to_string(invalid) == wanted
        for one in usual_values
        for invalid in fault.mutator.mutate(one, site)
    )


def _belongs_to(fault: Fault, payload: Any, usual: Any) -> bool:
    """Whether the value at the site is of the kind of values that the fault stands for."""
    if fault.variant in _CATCH_ALL:
        return True
    value = get_value(payload, fault.site.path)
    return is_explored(fault.schema, fault.site, fault.mutator, value)
