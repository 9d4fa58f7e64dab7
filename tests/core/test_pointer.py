"""JSON Pointers and dotted names are written, read and followed; no document is changed."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from kombo_fakes.core.pointer import (
    get,
    has,
    is_index,
    parse_pointer,
    remove_at,
    replace_at,
    to_dotted,
    to_pointer,
)
from kombo_fakes.errors import PointerError

names = st.text(alphabet="ab~/.01 é", max_size=4)
paths = st.lists(names, max_size=4).map(tuple)
documents = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab0/~"), inner, max_size=3)
    ),
    max_leaves=8,
)
fixed = settings(derandomize=True, database=None, deadline=None)

# The example document of RFC 6901, section 5.
RFC = {
    "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6,
    " ": 7, "m~n": 8,
}  # fmt: skip


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", RFC), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1),
        ("/c%d", 2), ("/e^f", 3), ("/g|h", 4), ("/i\\j", 5), ('/k"l', 6), ("/ ", 7), ("/m~0n", 8),
    ],
)  # fmt: skip
def test_the_examples_of_the_rfc(pointer: str, value: Any) -> None:
    assert get(RFC, parse_pointer(pointer)) == value


@fixed
@given(paths)
def test_a_pointer_is_read_as_it_was_written(path: tuple[str, ...]) -> None:
    assert parse_pointer(to_pointer(path)) == path


@fixed
@given(paths)
def test_a_dotted_name_is_read_as_it_was_written(path: tuple[str, ...]) -> None:
    assert parse_pointer(to_dotted(path)) == path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/~", snapshot("'/~': in a JSON Pointer a '~' must be followed by 0 or 1")),
        ("/a~2b", snapshot("'/a~2b': in a JSON Pointer a '~' must be followed by 0 or 1")),
        ("/~~1", snapshot("'/~~1': in a JSON Pointer a '~' must be followed by 0 or 1")),
        ("/~~0", snapshot("'/~~0': in a JSON Pointer a '~' must be followed by 0 or 1")),
        ("/~~01", snapshot("'/~~01': in a JSON Pointer a '~' must be followed by 0 or 1")),
        ("/~0~", snapshot("'/~0~': in a JSON Pointer a '~' must be followed by 0 or 1")),
        ("a..b", snapshot("'a..b' is neither a JSON Pointer nor a dotted name")),
        (".", snapshot("'.' is neither a JSON Pointer nor a dotted name")),
        ("a.", snapshot("'a.' is neither a JSON Pointer nor a dotted name")),
        (0, snapshot("0 is not a string; expected a JSON Pointer or a dotted name")),
    ],
)
def test_an_invalid_pointer_is_an_error_that_shows_it(text: Any, message: str) -> None:
    with pytest.raises(PointerError) as caught:
        parse_pointer(text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("part", "is_one"),
    [
        ("0", True), ("7", True), ("10", True), (3, True), ("01", False), ("-1", False),
        (-1, False), ("-", False), ("", False), ("\u0663", False), ("\u00b2", False),
        ("1e3", False), ("1\n", False), ("9" * 5000, False),
    ],
)  # fmt: skip
def test_an_index_is_ascii_digits_without_leading_zeros(part: str | int, is_one: bool) -> None:
    assert is_index(part) is is_one
    assert has(list(range(20)), (part,)) is is_one


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        ({"a": 1}, ("b",), snapshot("there is no value at '/b'")),
        ([1], (1,), snapshot("there is no value at '/1'")),
        ([1], ("x",), snapshot("'/x' leads into [1], which has no such part")),
        ("text", ("a",), snapshot("'/a' leads into 'text', which has no such part")),
        ({"a": None}, ("a", "b"), snapshot("'/a/b' leads into null, which has no such part")),
        ({"a": {"b": {}}}, ("a", "b", "c"), snapshot("there is no value at '/a/b/c'")),
        ({"a": [{}]}, ("a", 0, "b", "c", "d"), snapshot("there is no value at '/a/0/b'")),
        ({"a": [5]}, ("a", 0, "b", "c"), snapshot("'/a/0/b' leads into 5, which has no such part")),
        ({"a": [[]]}, ("a", 0, 1, "c"), snapshot("there is no value at '/a/0/1'")),
    ],
)
def test_a_path_that_leads_nowhere_is_shown_up_to_where_it_fails(
    document: Any, path: Any, message: str
) -> None:
    for follow in (get, remove_at):
        with pytest.raises(PointerError) as caught:
            follow(document, path)
        assert str(caught.value) == message
    if len(path) > 1 and path != ("a", "b", "c"):  # A new key is added.
        with pytest.raises(PointerError) as caught:
            replace_at(document, path, 1)
        assert str(caught.value) == message


def test_the_whole_document_can_be_replaced_and_not_removed() -> None:
    assert replace_at({"a": 1}, (), 2) == 2
    assert get(5, ()) == 5
    with pytest.raises(PointerError) as caught:
        remove_at({"a": 1}, ())
    assert str(caught.value) == snapshot("the whole document cannot be removed from itself")


def test_digits_can_name_a_property() -> None:
    assert get({"0": "x"}, (0,)) == "x"
    assert replace_at({"0": {"1": 1}}, ("0", 1), 2) == {"0": {"1": 2}}
    assert remove_at({"01": 1, "1": 2}, ("01",)) == {"1": 2}


def places(document: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a document."""
    children: list[tuple[str | int, Any]] = []
    if isinstance(document, dict):
        children = list(document.items())
    elif isinstance(document, list):
        children = list(enumerate(document))
    return [path, *(p for key, child in children for p in places(child, (*path, key)))]


@fixed
@given(documents, st.data())
def test_replacing_and_removing_change_one_place_of_a_copy(document: Any, data: Any) -> None:
    before = copy.deepcopy(document)
    path = data.draw(st.sampled_from(places(document)))
    changed = replace_at(document, path, "new")
    assert get(changed, path) == "new"
    assert replace_at(changed, path, get(document, path)) == document
    if path:
        without = remove_at(document, path)
        parent = get(document, path[:-1])
        assert len(get(without, path[:-1])) == len(parent) - 1
        if isinstance(parent, dict):
            assert replace_at(without, path, get(document, path)) == document
    assert document == before


def test_a_replacement_shares_what_is_not_on_the_path() -> None:
    document = {"a": {"b": [1]}, "c": {"d": [2]}}
    changed = replace_at(document, ("a", "b", 0), 5)
    assert changed["c"] is document["c"]
    assert changed["a"] is not document["a"]
