"""Names, ids and the bytes of seeds stay, unless the changelog says otherwise."""

from __future__ import annotations

import pytest
from support.promises import BYTES, Promises, broken, news, promised, recorded


@pytest.fixture(scope="module")
def now() -> Promises:
    return promised()


def test_the_changelog_names_everything_that_was_removed_or_changed(now: Promises) -> None:
    assert broken(recorded(), now, news()) == []


def test_the_record_is_up_to_date(now: Promises) -> None:
    assert recorded() == now, "run `make promises`"


def test_the_record_has_names_of_every_kind(now: Promises) -> None:
    assert all(promise for names in now.values() for promise in names.values())
    names = now["names"]
    assert "kombo_probe" in names["fixtures and options of pytest"]
    assert "--kombo-seed" in names["fixtures and options of pytest"]
    assert "probe --observe-url" in names["options of commands"]
    assert "payloads" in names["kombo_fakes"]
    assert "data.state-enum-lowercase" in now["faults"]["integration-state-changed"]
    assert "signature-missing" in now["wire faults"]["every event"]


BEFORE: Promises = {"faults": {"an-event": ["a-enum", "b-enum", "b-type"]}, BYTES: {"x": "1"}}


@pytest.mark.parametrize(
    ("after", "changelog", "breaches"),
    [
        ({"faults": {"an-event": ["b-enum", "b-type", "c", "a-enum"]}}, "", []),
        ({"faults": {"an-event": ["a-enum", "b-type"]}}, "", ["b-enum is gone"]),
        ({"faults": {"an-event": ["a-enum", "b-type"]}}, "* `b-enum` is now `c`.", []),
        ({"faults": {"an-event": ["a-enum"]}}, "* There is no `b-*` any more.", []),
        ({"faults": {"an-event": ["a-enum"]}}, "* There is no b-enum.", ["b-enum", "b-type"]),
        ({"faults": {}}, "", ["a-enum is gone", "b-enum is gone", "b-type is gone"]),
        ({BYTES: {"x": "2"}}, "", ["other bytes"]),
        ({BYTES: {"x": "2"}}, "* Seeds: x is another one.", []),
        ({BYTES: {}}, "", ["other bytes"]),
    ],
)
def test_a_change_that_the_changelog_does_not_name_is_a_breach(
    after: Promises, changelog: str, breaches: list[str]
) -> None:
    # The changelog names ids in whole or by their beginning, and bytes by a line about seeds.
    found = broken(BEFORE, {**BEFORE, **after}, changelog)
    assert len(found) == len(breaches)
    assert all(part in line for part, line in zip(breaches, found, strict=True))
