"""Payloads with what belongs to them: the name of a file, the fault or the corner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from kombo_fakes.catalogues.corners import Corner
from kombo_fakes.catalogues.fault import Fault
from kombo_fakes.catalogues.faults import faults as faults_of
from kombo_fakes.core.public import public
from kombo_fakes.schema.schema import Schema

P = TypeVar("P", covariant=True)


@public
@dataclass(frozen=True, slots=True)
class Made(Generic[P]):
    """A payload that `kombo_fakes.generate` made.

    Attributes:
        payload: The payload.
        stem: The name of a file for it, without a suffix. No other payload of the run has it.
        fault: The fault of an invalid payload; None for a valid one.
        corner: The corner that the payload shows; None if corners were not asked for.
    """

    payload: P
    stem: str
    fault: Fault | None = None
    corner: Corner | None = None


def describe_made(made: Made[Any]) -> Any:
    """What a line of NDJSON holds: the payload, beside its fault if it has one."""
    if made.fault is None:
        return made.payload
    return {**describe_fault(made.fault), "payload": made.payload}


def describe_fault(fault: Fault) -> dict[str, str]:
    """What a line of NDJSON says about the fault of its payload."""
    return {"fault": fault.id, "pointer": fault.pointer, "keyword": fault.keyword}


def make_file_label(schema: Schema) -> str:
    """The name of a schema in file names: without directories, ``:`` and other risky characters.

    Examples:
        >>> make_file_label(Schema({"title": "job:closed"}))
        'job.closed'
    """
    last = re.split(r"[/\\]", schema.name)[-1]
    # A point at the start would hide the file.
    name = re.sub(r"[^A-Za-z0-9._-]+", ".", last.removesuffix(".json")).strip(".")
    # A file name holds 255 bytes, and a number follows.
    return name[:100] or "payload"


class FaultStems:
    """Names of files for payloads with faults: the id of the fault, then the id with a number.

    Args:
        schema: The schema of the payloads.
    """

    def __init__(self, schema: Schema) -> None:
        self._ids = {fault.id for fault in faults_of(schema)}

    def name(self, fault: Fault, turn: int) -> str:
        """The name for a payload, where so many payloads with the fault came before."""
        if turn == 0:
            return fault.id
        stem = f"{fault.id}-{turn + 1}"
        # The id of another fault can end with a number.
        return f"{fault.id}.{turn + 1}" if stem in self._ids else stem
