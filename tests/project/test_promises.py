"""Names, ids and the bytes of seeds stay, unless the changelog says otherwise."""

from __future__ import annotations

import pytest
from support.promises import BYTES, Promises, broken, news, promised, recorded


@pytest.fixture(scope="module")
def now() -> Promises:
    return promised()


def test_promises_are_kept(now: Promises) -> None:
    """What went is told in the newest part of the changelog."""
    assert broken(recorded(), now, news()) == []


def test_promises_are_recorded(now: Promises) -> None:
    """What is new is promised from now on: `make promises` records it."""
    assert recorded() == now


def test_the_record_is_whole(now: Promises) -> None:
    """Every kind has something, and what is known to be there is."""
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
    ("after", "told", "said"),
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
def test_what_went_is_found_unless_it_is_told(after: Promises, told: str, said: list[str]) -> None:
    """An id by its name or a beginning of it; bytes by a line about seeds."""
    found = broken(BEFORE, {**BEFORE, **after}, told)
    assert len(found) == len(said)
    assert all(part in line for part, line in zip(said, found, strict=True))
