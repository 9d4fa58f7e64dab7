"""Factories build without factory_boy where nothing needs it, and build the same payloads."""

from __future__ import annotations

import json
from typing import Any

import factory
import pytest

from kombo_fakes import OMIT, IntegrationStateChangedFactory
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.generation.factories.base import PayloadFactory
from kombo_fakes.generation.factories.by_event import factory_for
from kombo_fakes.schema.schema import Schema


def by_factory_boy(made: type[PayloadFactory[Any]]) -> type[PayloadFactory[Any]]:
    """The same factory with a hook, so that factory_boy builds each payload."""

    class Hooked(made):  # type: ignore[valid-type,misc]
        @classmethod
        def _adjust_kwargs(cls, **kwargs: Any) -> Any:
            return super()._adjust_kwargs(**kwargs)

    return Hooked


ORDERS = factory_for("assessment:order-received")
OPEN = factory_for(
    Schema.load(
        {
            "title": "Open",
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": {"type": "string"},
                "count": {"type": "integer"},
                "note": {"type": "string"},
                "place": {
                    "type": ["object", "null"],
                    "properties": {"city": {"type": "string"}, "zip": {"type": ["string", "null"]}},
                },
            },
        }
    )
)

CASES: dict[str, tuple[type[PayloadFactory[Any]], list[tuple[str, Any]]]] = {
    "event": (
        IntegrationStateChangedFactory,
        [
            ("id", "1"), ("data__state", "INVALID"), ("data__state", "active"), ("invalid", True),
            ("qa_failed", True), ("anonymous", True), ("identified", False), ("lms", True),
            ("data__integration_tool", "workday"), ("data__integration_tool", 3),
            ("data__end_user__organization_name", "Müller & Söhne"),
            ("data__end_user__creator_email", None), ("data__end_user__origin_id", None),
            ("data__end_user", {"organization_name": "A", "creator_email": None, "origin_id": "1"}),
            ("data__updated_at", "2024-05-01T12:00:00.000Z"), ("data__qa_status", OMIT),
            ("fault", "data.state-enum-cut"), ("fault", "data.updated_at-required-absent"),
            ("kombo_index", 4),
            ("data__end_user__origin_id", factory.LazyAttribute(lambda own: "lazy")),
        ],
    ),
    "order": (
        ORDERS,
        [
            ("data__candidate__first_name", "Jo"), ("data__application__job__name", "QA"),
            ("data__candidate__phone", OMIT), ("data__job__location__city", "Bonn"),
            ("data__job__location", None), ("data__id", "1"), ("data__status", "OPEN"),
        ],
    ),
    "open": (
        OPEN,
        [
            ("id", "1"), ("count", 2), ("count", 2.5), ("note", "x"), ("note", OMIT),
            ("place", None), ("place__city", "Bonn"), ("place__zip", None), ("place", OMIT),
            ("place", {"city": "Ulm"}), ("count", "2"),
        ],
    ),
}  # fmt: skip


def describe_outcome(made: type[PayloadFactory[Any]], name: str, overrides: dict[str, Any]) -> str:
    """The bytes of a payload, or the error instead of it."""
    try:
        return json.dumps(made.build(**overrides))
    except Exception as error:
        return f"{type(error).__name__}: {error}".replace("Hooked", name)


@pytest.mark.parametrize("case", CASES)
def test_both_ways_build_the_same_bytes_and_raise_the_same_errors(case: str) -> None:
    made, overridable = CASES[case]
    other = by_factory_boy(made)
    built = 0
    for seed in range(400):
        choices = SeededChoices(seed)
        chosen = dict(choices.pick(overridable) for _ in range(choices.integer(0, 3)))
        # In another order than in the schema.
        overrides = {"kombo_seed": seed, **{name: chosen[name] for name in sorted(chosen)}}
        expected = describe_outcome(other, made.__name__, overrides)
        assert describe_outcome(made, made.__name__, overrides) == expected, overrides
        built += not expected.split(":")[0].endswith("Error")
    assert built > 150


def build_numbered(made: type[PayloadFactory[Any]]) -> list[str]:
    """Some payloads, of which each takes a number of the sequence that a factory counts."""
    made.reset_sequence(100, force=True)
    built = [made.build(), made.build(invalid=True), made.build(kombo_seed=1), made.build()]
    return [json.dumps(payload) for payload in built]


def test_every_payload_takes_a_number_in_both_ways_with_a_seed_too() -> None:
    found = build_numbered(IntegrationStateChangedFactory)
    assert found == build_numbered(by_factory_boy(IntegrationStateChangedFactory))
    assert len(set(found)) == 4


def test_fields_parameters_hooks_and_options_of_a_subclass_always_count() -> None:
    seen: list[Any] = []

    class Field(IntegrationStateChangedFactory):
        id = factory.Sequence(lambda number: f"own-{number}")

    class After(IntegrationStateChangedFactory):
        @factory.post_generation
        def noted(payload: Any, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805
            seen.append(payload["id"])

    class Hook(IntegrationStateChangedFactory):
        @classmethod
        def _adjust_kwargs(cls, **kwargs: Any) -> Any:
            return {**kwargs, "id": "adjusted"}

    class Built(IntegrationStateChangedFactory):
        @classmethod
        def _build(cls, model_class: type, *args: Any, **kwargs: Any) -> Any:
            return [super()._build(model_class, *args, **kwargs)]

    class Seeded(IntegrationStateChangedFactory):
        class Params:
            kombo_seed = 3

    class Usually(IntegrationStateChangedFactory):
        invalid = True

    class Nested(IntegrationStateChangedFactory):
        class Params:
            gone = factory.Trait(inactive=True, data__qa_status="FAILED")

    assert Field.build()["id"].startswith("own-")
    assert After.build()["id"] == seen[0]
    assert Hook.build()["id"] == "adjusted"
    assert Hook.build(data__state="ACTIVE")["id"] == "adjusted"
    assert isinstance(Built.build(), list)
    assert Seeded.build() == IntegrationStateChangedFactory.build(kombo_seed=3)
    assert all(payload["data"]["state"] == "INVALID" for payload in Usually.build_batch(10))
    plain = IntegrationStateChangedFactory.build(kombo_seed=3)
    assert Usually.build(invalid=False, kombo_seed=3) == plain
    for payload in Nested.build_batch(10, gone=True):
        assert (payload["data"]["state"], payload["data"]["qa_status"]) == ("INACTIVE", "FAILED")
    assert Nested.build(kombo_seed=3) == plain


def test_traits_of_a_subclass_with_plain_values_are_built_without_factory_boy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Mine(IntegrationStateChangedFactory):
        class Params:
            bare = factory.Trait(data__end_user__creator_email=None)

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("factory_boy was called")

    monkeypatch.setattr(factory.Factory, "build", fail)
    assert Mine.build(bare=True, data__state="ACTIVE")["data"]["state"] == "ACTIVE"
    with pytest.raises(AssertionError, match="was called"):
        Mine.build(data__state=factory.LazyAttribute(lambda own: "ACTIVE"))
