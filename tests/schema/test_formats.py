"""Formats agree with the RFCs and with independent checkers, and strategies exist for each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import email_validator
import jsonschema_rs
import pydantic
import pytest
from django.core.validators import validate_email
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from rfc3339_validator import validate_rfc3339
from rfc3986_validator import validate_rfc3986
from support.sampling import examples, some_fast

from kombo_fakes import Schema, SchemaError, faults, payloads
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.core.instants import is_date, is_date_time, is_time
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.formats import CHECKED, checked_formats

DRAFT_7 = "http://json-schema.org/draft-07/schema#"

# Timestamps with a few characters changed: valid and invalid ones that are similar.
moments = st.builds(
    lambda d, t, f, o: f"{d}T{t}{f}{o}",
    st.dates().map(date.isoformat),
    st.times().map(lambda t: t.strftime("%H:%M:%S")),
    st.sampled_from(["", ".0", ".123", "."]),
    st.sampled_from(["Z", "+02:00", "-23:59", "+24:00", "+0200", ""]),
)
mutated = st.builds(
    lambda text, at, character: text[: at % len(text)] + character + text[at % len(text) + 1 :],
    moments,
    st.integers(0, 40),
    st.sampled_from([*"0123456789-+.:TtZz \n", "", "\u0661"]),
)


@settings(max_examples=examples(500), derandomize=True, database=None, deadline=None)
@given(moments | mutated)
@example("20.1-09-01T12:00:00Z")
@example("2021-09-01T12:00:0+Z")
@example("2021-02-29T12:00:00Z")
def test_date_times_agree_with_an_independent_checker(text: str) -> None:
    """Leap seconds, the year 0 and lower case are the exceptions."""
    if text[17:19] == "60" or text.startswith("0000") or "t" in text or "z" in text:
        return
    assert is_date_time(text) is bool(validate_rfc3339(text))


@pytest.mark.parametrize(
    ("check", "text", "legal"),
    [
        (is_date, "2024-02-29", True),
        (is_date, "2023-02-29", False),
        (is_date, "1900-02-29", False),
        (is_date, "2000-02-29", True),
        (is_date, "0000-02-29", True),
        (is_date, "2021-13-01", False),
        (is_date, "2021-00-01", False),
        (is_date, "2021-1-1", False),
        (is_date, "20210101", False),
        (is_date, "2021-01-01\n", False),
        (is_time, "12:00:00Z", True),
        (is_time, "12:00:00.5+14:00", True),
        (is_time, "23:59:60Z", True),
        (is_time, "23:59:59Z", True),
        (is_time, "23:59:61Z", False),
        (is_time, "05:29:60+05:30", True),
        (is_time, "18:29:60-05:30", True),
        (is_time, "15:59:60-08:00", True),
        (is_time, "23:59:60-08:00", False),
        (is_time, "12:00:00", False),
        (is_time, "24:00:00Z", False),
        (is_time, "12:60:00Z", False),
        (is_time, "12:00:00+01:60", False),
        (is_time, "12:00:00,5Z", False),
    ],
)
def test_dates_and_times_follow_rfc_3339(
    check: Callable[[str], bool], text: str, legal: bool
) -> None:
    """See section 5.6, and sections 5.7 and C for leap days and leap seconds."""
    assert check(text) is legal
    assert Schema.load({"format": check.__name__[3:]}).is_valid(text) is legal


@pytest.mark.parametrize("name", some_fast(sorted(CHECKED), 3))
def test_drawn_and_realistic_values_of_each_format_are_valid(name: str, drawn: Any) -> None:
    schema = Schema.load({"type": "string", "format": name})
    assert schema.repairs == ()
    plain = jsonschema_rs.validator_for(schema.effective, validate_formats=True)
    made = drawn(payloads(schema), 150)
    made += [generator_for(schema).generate(SeededChoices(seed)) for seed in range(30)]
    assert [text for text in made if not plain.is_valid(text)] == []
    assert len(set(made)) >= 4


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("date-time", validate_rfc3339),
        ("date", lambda text: date.fromisoformat(text) is not None),
        ("uri", validate_rfc3986),
        ("email", lambda text: validate_email(text) is None),
        ("email", lambda text: email_validator.validate_email(text, check_deliverability=False)),
        ("email", pydantic.TypeAdapter(pydantic.EmailStr).validate_python),
        ("date-time", pydantic.TypeAdapter(datetime).validate_python),
    ],
    ids=[
        "rfc3339",
        "fromisoformat",
        "rfc3986",
        "django",
        "email-validator",
        "EmailStr",
        "pydantic",
    ],
)
def test_independent_checkers_accept_drawn_values(
    name: str, check: Callable[[str], Any], drawn: Any
) -> None:
    for text in drawn(payloads({"type": "string", "format": name}), 400):
        assert check(text), text


@pytest.mark.parametrize("name", some_fast(sorted(CHECKED), 3))
def test_each_format_has_faults(name: str) -> None:
    schema = Schema.load({"type": "string", "format": name})
    found = faults(schema, keywords="format")
    assert found
    for fault in found:
        assert not any(map(schema.is_valid, fault.examples)), fault.id


# The lengths that strings of a format can have. None if there is no maximum.
REACH: dict[str, tuple[int, int | None]] = {
    "date-time": (20, None), "date": (10, 10), "time": (9, None), "email": (11, 254),
    "idn-email": (11, 254), "hostname": (9, 253), "idn-hostname": (9, 253), "uri": (16, None),
    "iri": (16, None), "uri-reference": (0, None), "iri-reference": (0, None),
    "uri-template": (16, None), "uuid": (36, 36), "ipv4": (9, 14), "ipv6": (11, 14),
    "duration": (3, 8), "json-pointer": (0, None), "relative-json-pointer": (1, None),
    "regex": (0, None),
}  # fmt: skip


def reachable(name: str) -> list[dict[str, int]]:
    """Return bounds that some value meets: each bound alone, both together, an exact length."""
    least, most = REACH[name]
    end = least + 60 if most is None else most
    middle = (least + end) // 2
    return [
        {"maxLength": least},
        {"maxLength": min(end, least + 1)},
        {"maxLength": middle},
        {"minLength": middle},
        {"minLength": middle, "maxLength": middle},
        {"minLength": min(end, middle + 1), "maxLength": min(end, middle + 5)},
        {"minLength": end},
        {"minLength": end, "maxLength": end},
    ]


def drawn_and_begun(strategy: SearchStrategy[str], count: int) -> tuple[list[str], int]:
    """Return values of a strategy, and how many examples were started to draw them."""
    begun, made = 0, []

    @settings(max_examples=examples(count), database=None, derandomize=True, deadline=None)
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        nonlocal begun
        begun += 1
        made.append(data.draw(strategy))

    draw()
    return made, begun


@pytest.mark.parametrize("name", some_fast(sorted(CHECKED), 3))
def test_lengths_beside_a_format_are_met_with_hardly_any_filtering(name: str) -> None:
    for bounds in reachable(name):
        schema = Schema.load({"type": "string", "format": name, **bounds})
        made, begun = drawn_and_begun(payloads(schema), 40)
        assert [text for text in made if not schema.is_valid(text)] == [], bounds
        assert begun - len(made) <= 6, bounds


IMPOSSIBLE: dict[str, list[dict[str, int]]] = {
    "date-time": [{"maxLength": 19}],
    "date": [{"maxLength": 9}, {"minLength": 11}],
    "time": [{"maxLength": 8}],
    "duration": [{"maxLength": 2}],
    "email": [{"maxLength": 2}],
    "hostname": [{"maxLength": 0}, {"minLength": 256}],
    "ipv4": [{"maxLength": 6}, {"minLength": 16}],
    "uuid": [{"maxLength": 35}, {"minLength": 37}],
    "uri": [{"maxLength": 1}],
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible_lengths_of_a_format_are_an_error_when_the_strategy_is_built(name: str) -> None:
    for bound in IMPOSSIBLE[name]:
        with pytest.raises(SchemaError, match="no value satisfies it"):
            payloads({"type": "string", "format": name, **bound})


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_lengths_that_no_usual_string_has_are_met_if_the_format_allows_them(
    name: str, drawn: Any
) -> None:
    least, most = REACH[name]
    bounds = [{"maxLength": least - 1}] if least else []
    bounds += [{"minLength": most + 1}] if most and name not in ("ipv6", "duration") else []
    for bound in bounds:
        schema = Schema.load({"type": "string", "format": name, **bound})
        try:
            strategy = payloads(schema)
        except SchemaError:
            with pytest.raises(SchemaError):
                generator_for(schema).generate(SeededChoices(0))
        else:
            assert all(map(schema.is_valid, drawn(strategy, 10)))


@pytest.mark.parametrize("most", [20, 24, 25, 30])
def test_instants_with_a_maximum_length_cover_fractions_offsets_and_edges(
    most: int, drawn: Any
) -> None:
    made = drawn(
        payloads({"type": "string", "format": "date-time"}, max_length=most), 400, exactly=True
    )
    assert max(map(len, made)) == most
    assert len({text[:10] for text in made}) > 100
    assert min(made) < "0100"
    assert max(made) > "9000"
    assert any(text[-6:] == "+14:00" for text in made) is (most >= 25)
    assert any("." in text for text in made) is (most >= 22)
    assert {len(text) for text in made} >= {20, most}


@pytest.mark.parametrize("most", [11, 12, 20, 80, 254, 300])
def test_addresses_with_a_maximum_length_reach_it(most: int, drawn: Any) -> None:
    made = drawn(payloads({"type": "string", "format": "email", "maxLength": most}), 400)
    for address in made:
        validate_email(address)
        assert len(address) <= min(most, 254)
        assert len(address.split("@")[0]) <= 64
    assert max(map(len, made)) >= min(most, 70)
    assert len(set(made)) > 30


@pytest.mark.parametrize(
    ("name", "meant"),
    [("DATE-TIME", "date-time"), ("datetime", "date-time"), ("e-mail", "email"), ("url", "uri")],
)
def test_a_misspelt_format_is_noted_with_the_nearest_one(name: str, meant: str) -> None:
    (repair,) = Schema.load({"type": "string", "format": name}).repairs
    wanted = f"(root): format '{name}' is not checked; did you mean '{meant}'?"
    assert str(repair) == wanted


@pytest.mark.parametrize("name", ["postcode", "int32", "x", "timezone"])
def test_an_unknown_format_is_an_annotation_without_sites_and_faults(name: str) -> None:
    schema = Schema.load({"type": "string", "format": name})
    (repair,) = schema.repairs
    assert str(repair) == f"(root): format '{name}' is not checked"
    assert schema.is_valid("anything")
    assert [site.keyword for site in schema.sites()] == ["type"]
    assert {fault.keyword for fault in faults(schema)} == {"type"}


@pytest.mark.parametrize("name", ["uuid", "duration"])
def test_formats_that_draft_7_does_not_have_are_annotations_there(name: str) -> None:
    old = Schema.load({"$schema": DRAFT_7, "type": "string", "format": name})
    assert [repair.keyword for repair in old.repairs] == ["format"]
    assert old.is_valid("no such thing")
    assert [site.keyword for site in old.sites()] == ["type"]
    assert not Schema.load({"type": "string", "format": name}).is_valid("no such thing")
    assert checked_formats(DRAFT_7) == CHECKED - {"uuid", "duration"}
    assert checked_formats(None) == CHECKED


@pytest.mark.parametrize("value", [None, 12, [], {}, True])
def test_formats_apply_to_strings_only(value: Any) -> None:
    assert Schema.load({"format": "date-time"}).is_valid(value)


@pytest.mark.parametrize(
    ("text", "legal"),
    [
        ("Jane Doe <jane@example.com>", False),
        ("jane@example.com", True),
        ('"john doe"@example.com', True),
        ("a@example", True),
        ("jane@example.com ", False),
        ("jane@example.com\n", False),
        ("jane..doe@example.com", False),
        ("", False),
    ],
)
def test_email_addresses_have_no_display_name(text: str, legal: bool) -> None:
    assert Schema.load({"format": "email"}).is_valid(text) is legal
