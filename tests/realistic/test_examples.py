"""The examples of a document: `example`, `examples` and `default` are used where they are valid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from kombo_fakes import Schema, events, faults, generate, invalid_payloads, payloads
from kombo_fakes.cli.main import main
from kombo_fakes.core.choices import LazyChoices
from kombo_fakes.realistic.generator import generator_for

ORDER: dict[str, Any] = {
    "type": "object",
    "required": ["id", "state", "lines", "note", "address"],
    "properties": {
        "id": {"type": "string", "example": "ord_7"},
        "state": {"enum": ["open", "closed"], "default": "closed"},
        "note": {"type": ["string", "null"], "examples": ["leave at the door", 5]},
        "lines": {
            "type": "array",
            "minItems": 2,
            "uniqueItems": True,
            "items": {"$ref": "#/$defs/line"},
        },
        "address": {"$ref": "#/$defs/address", "examples": [{"city": "Porto"}, {"town": "x"}]},
        "labels": {"type": "object", "additionalProperties": {"type": "string", "default": "blue"}},
        "count": {"type": "integer", "default": "none", "minimum": 1},
        "falsy": {"type": "integer", "example": 0},
    },
    "$defs": {
        "line": {
            "type": "object",
            "required": ["sku"],
            "properties": {"sku": {"type": "string", "pattern": "^[A-Z]+$", "example": "ABC"}},
        },
        "address": {
            "type": "object",
            "required": ["city"],
            "properties": {"city": {"type": "string", "default": "Faro"}},
        },
    },
}  # fmt: skip


def show(values: Any, count: int = 60) -> list[Any]:
    return [made.payload for made in generate(ORDER, count, values=values)]


def test_with_values_examples_every_valid_example_is_shown(judges: Any) -> None:
    for payload in show("examples"):
        assert judges(ORDER).accept(payload)
        assert payload["id"] == "ord_7"
        assert payload["state"] == "closed"
        assert payload["note"] in ("leave at the door", None)
        assert payload["address"] == {"city": "Porto"}
        assert payload.get("falsy", 0) == 0
        assert set(payload.get("labels", {}).values()) <= {"blue"}
        assert isinstance(payload.get("count", 1), int)


def test_realistic_values_are_examples_now_and_then() -> None:
    made = show("realistic", 300)
    share = sum(payload["address"] == {"city": "Porto"} for payload in made) / len(made)
    assert 0.2 < share < 0.4
    assert {payload["state"] for payload in made} == {"open", "closed"}
    assert {payload["address"]["city"] for payload in made} > {"Porto", "Faro"}
    assert any(line["sku"] == "ABC" for payload in made for line in payload["lines"])
    assert len({line["sku"] for payload in made for line in payload["lines"]}) > 50


def test_ids_and_addresses_of_other_people_are_examples_only_when_asked_for() -> None:
    fields = {
        "id": "ord_7",
        "orderId": "ord_7",
        "mail": "info@kombo.dev",
        "site": "https://a.example",
    }
    properties = {name: {"type": "string", "example": value} for name, value in fields.items()}
    whole = {"id": "ord_7", "orderId": "", "mail": "", "site": ""}
    document = {"type": "object", "required": [*fields], "properties": properties, "example": whole}
    made = [m.payload for m in generate(document, 60, values="realistic")]
    shown = {name for payload in made for name in fields if payload[name] == fields[name]}
    assert shown == {"site"}
    assert whole not in made
    assert [m.payload for m in generate(document, 1, values="examples")] == [whole]


def test_any_values_are_drawn_without_regard_to_examples() -> None:
    made = [m.payload["id"] for m in generate(ORDER, 40, values="any")]
    assert "ord_7" not in made


def test_strategies_show_examples_when_asked_for(drawn: Any) -> None:
    made = drawn(payloads(Schema.load(ORDER), values="examples"), 30)
    assert {payload["id"] for payload in made} == {"ord_7"}
    pairs = drawn(invalid_payloads(Schema.load(ORDER), values="examples"), 30)
    assert any(pair[0].get("id") == "ord_7" for pair in pairs if isinstance(pair[0], dict))


def test_the_share_of_null_is_the_callers(drawn: Any) -> None:
    schema = Schema.load(ORDER)
    for share, expected in ((0.0, False), (1.0, True)):
        made = drawn(payloads(schema, values="realistic", nulls=share), 30)
        assert {payload["note"] is None for payload in made} == {expected}


def test_an_example_can_be_the_whole_payload_and_a_caller_may_change_it() -> None:
    document = {"type": "object", "example": {"a": [1]}}
    generator = generator_for(Schema.load(document), None, "all")
    first = generator.generate(LazyChoices(0))
    first["a"].append(2)
    assert generator.generate(LazyChoices(1)) == {"a": [1]}


def test_examples_in_branches_items_and_patterns_are_found(judges: Any) -> None:
    document = {
        "type": "object",
        "required": ["a", "b", "t", "x-1"],
        "properties": {
            "a": {"oneOf": [{"type": "integer", "example": 7}, {"type": "string", "example": "s"}]},
            "b": {"allOf": [{"type": "string"}, {"minLength": 2, "example": "bb"}]},
            "t": {
                "type": "array",
                "minItems": 2,
                "prefixItems": [{"const": 1}, {"example": "two"}],
            },
        },
        "patternProperties": {"^x-": {"type": "string", "example": "extension"}},
    }
    made = [m.payload for m in generate(document, 30, values="examples")]
    assert all(judges(document).accept(payload) for payload in made)
    assert {payload["a"] for payload in made} == {7, "s"}
    assert {payload["b"] for payload in made} == {"bb"}
    assert {payload["t"][1] for payload in made} == {"two"}
    assert {payload["x-1"] for payload in made} == {"extension"}


def test_an_example_gives_a_value_where_none_can_be_found() -> None:
    document = {"type": "string", "pattern": r"^(\w+) \1 (?=.)x$", "example": "so so x"}
    made = {m.payload for m in generate(document, 5, values="examples")}
    assert made == {"so so x"}


@pytest.mark.parametrize("event", events())
def test_events_keep_the_facts_of_their_fields(event: str) -> None:
    plain = [made.payload for made in generate(event, 5)]
    assert [made.payload for made in generate(event, 5, values="examples")] == plain


def test_faults_of_a_schema_with_examples_are_invalid(judges: Any) -> None:
    for fault in faults(ORDER):
        assert all(judges(ORDER).refuse(example) for example in fault.examples)


def test_an_example_that_its_schema_rejects_is_said() -> None:
    found = Schema.load(ORDER).rejected_examples
    assert list(map(str, found)) == snapshot(
        [
            "/properties/note: examples 5 is invalid, so no payload shows it",
            "/properties/address: examples {'town': 'x'} is invalid, so no payload shows it",
            "/properties/count: default 'none' is invalid, so no payload shows it",
        ]
    )
    assert Schema.load().rejected_examples == ()


def test_the_command_line_shows_examples_and_notes_rejected_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "order.json"
    path.write_text('{"type": "integer", "examples": [7, "seven"]}')
    assert main(["generate", "--schema", str(path), "--values", "examples"]) == 0
    output = capsys.readouterr()
    assert output.out.strip() == "7"
    assert "examples 'seven' is invalid, so no payload shows it" in output.err
