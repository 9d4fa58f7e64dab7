"""Makes valid payloads with a tool in Python whose name is the argument."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from serving import Emit, draw, serve


def hypothesis_jsonschema(schema: Any, count: int) -> list[Any]:
    from hypothesis_jsonschema import from_schema

    return draw(from_schema(schema), count, strict=False)


def schemathesis(schema: Any, count: int) -> list[Any]:
    import schemathesis
    from schemathesis import GenerationMode

    body = _rebase(schema)
    if isinstance(body, dict):
        body.pop("$schema", None)
    document = {
        "openapi": "3.1.0",
        "info": {"title": "A receiver", "version": "1"},
        "components": {"schemas": {"Body": body}},
        "paths": {
            "/webhook": {
                "post": {
                    "requestBody": {
                        "required": True,
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Body"}}
                        },
                    },
                    "responses": {"204": {"description": "accepted"}},
                }
            }
        },
    }
    if isinstance(schema, dict) and "$schema" in schema:
        document["jsonSchemaDialect"] = schema["$schema"]
    operation = schemathesis.openapi.from_dict(document)["/webhook"]["POST"]
    strategy = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    return [case.body for case in draw(strategy, count, strict=False)]


def jsf(schema: Any, count: int) -> list[Any]:
    from jsf import JSF

    faker = JSF(schema)
    return [json.loads(json.dumps(faker.generate(), default=str)) for _ in range(count)]


def _rebase(node: Any) -> Any:
    """Have references within the schema lead into the description around it."""
    if isinstance(node, list):
        return [_rebase(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _rebase(value) for key, value in node.items()}
    reference = found.get("$ref")
    if reference == "#" or (isinstance(reference, str) and reference.startswith("#/")):
        found["$ref"] = f"#/components/schemas/Body{reference[1:]}"
    return found


TOOLS: dict[str, Callable[[Any, int], list[Any]]] = {
    "hypothesis-jsonschema": hypothesis_jsonschema,
    "schemathesis": schemathesis,
    "jsf": jsf,
}


def handle(task: Any, emit: Emit) -> None:
    begun = time.process_time()
    values: list[Any] = []
    error = ""
    try:
        values = TOOLS[sys.argv[1]](task["schema"], task["count"])
        status = "made" if values else "refused"
    except MemoryError:
        status = "large"
    except BaseException as failure:
        # Others do not say whether an error is a refusal, so that both count as one.
        status, error = "refused", f"{type(failure).__name__}: {failure}"
    seconds = time.process_time() - begun
    emit(stage="any", status=status, error=error[:600], seconds=seconds, values=values)


if __name__ == "__main__":
    TOOLS[sys.argv[1]]({"type": "object", "properties": {"a": {"type": "string"}}}, 2)
    serve(handle)
