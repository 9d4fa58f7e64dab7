"""Judges payloads with jsonschema for Python, formats included."""

from __future__ import annotations

from typing import Any

from jsonschema.validators import validator_for
from serving import Emit, serve


def handle(task: Any, emit: Emit) -> None:
    judge = None
    # The first schema that the validator can read is the one that it judges by.
    for schema in task["schemas"]:
        try:
            kind = validator_for(schema)
            kind.check_schema(schema)
            judge = kind(schema, format_checker=kind.FORMAT_CHECKER)
            judge.is_valid(task["values"][0])
            break
        except Exception:
            judge = None
    if judge is None:
        return
    for index, value in enumerate(task["values"]):
        try:
            emit(index=index, valid=judge.is_valid(value))
        except Exception:
            emit(index=index, valid=None)


if __name__ == "__main__":
    serve(handle)
