"""JSON Pointers and dotted names: written, read, followed, and never changing what they enter."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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

# RFC 6901, section 5, to the letter.
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
    """The table of RFC 6901, section 5, comes out as printed there."""
    assert get(RFC, parse_pointer(pointer)) == value


@fixed
@given(paths)
def test_a_pointer_is_read_as_it_was_written(path: tuple[str, ...]) -> None:
    """Whatever the names hold, writing and reading are inverse."""
    assert parse_pointer(to_pointer(path)) == path


@fixed
@given(paths)
def test_a_dotted_name_is_read_as_it_was_written(path: tuple[str, ...]) -> None:
    """A name is dotted only where that can be read back."""
    assert parse_pointer(to_dotted(path)) == path


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/~", "only 0 or 1 follows a '~'"),
        ("/a~2b", "only 0 or 1 follows a '~'"),
        ("/~~1", "only 0 or 1 follows a '~'"),
        ("/~~0", "only 0 or 1 follows a '~'"),
        ("/~~01", "only 0 or 1 follows a '~'"),
        ("/~0~", "only 0 or 1 follows a '~'"),
        ("a..b", "neither a JSON Pointer nor a dotted name"),
        (".", "neither a JSON Pointer nor a dotted name"),
        ("a.", "neither a JSON Pointer nor a dotted name"),
        (0, "^0 is no text: a JSON Pointer or a dotted name is one$"),
    ],
)
def test_what_is_no_pointer(text: Any, message: str) -> None:
    """A text that is neither a pointer nor a dotted name is an error that shows it."""
    with pytest.raises(PointerError, match=message) as caught:
        parse_pointer(text)
    assert str(caught.value).startswith(repr(text))


@pytest.mark.parametrize(
    ("part", "is_one"),
    [
        ("0", True), ("7", True), ("10", True), (3, True), ("01", False), ("-1", False),
        (-1, False), ("-", False), ("", False), ("\u0663", False), ("\u00b2", False),
        ("1e3", False), ("1\n", False), ("9" * 5000, False),
    ],
)  # fmt: skip
def test_what_an_index_is(part: str | int, is_one: bool) -> None:
    """Digits of ASCII without leading zeros, as RFC 6901 has it, and of a sane length."""
    assert is_index(part) is is_one
    assert has(list(range(20)), (part,)) is is_one


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        ({"a": 1}, ("b",), "there is nothing at '/b'"),
        ([1], (1,), "there is nothing at '/1'"),
        ([1], ("x",), "'/x' leads into [1]"),
        ("text", ("a",), "'/a' leads into 'text'"),
        ({"a": None}, ("a", "b"), "'/a/b' leads into null"),
        ({"a": {"b": {}}}, ("a", "b", "c"), "there is nothing at '/a/b/c'"),
        ({"a": [{}]}, ("a", 0, "b", "c", "d"), "there is nothing at '/a/0/b'"),
        ({"a": [5]}, ("a", 0, "b", "c"), "'/a/0/b' leads into 5"),
        ({"a": [[]]}, ("a", 0, 1, "c"), "there is nothing at '/a/0/1'"),
    ],
)
def test_where_a_path_leads_nowhere(document: Any, path: Any, message: str) -> None:
    """The error shows how far the path was good."""
    for follow in (get, remove_at):
        with pytest.raises(PointerError) as caught:
            follow(document, path)
        assert str(caught.value) == message
    if len(path) > 1 and path != ("a", "b", "c"):  # A key that isn't there yet is added.
        with pytest.raises(PointerError) as caught:
            replace_at(document, path, 1)
        assert str(caught.value) == message


def test_the_whole_document_can_be_replaced_and_not_removed() -> None:
    """The empty path is the document itself."""
    assert replace_at({"a": 1}, (), 2) == 2
    assert get(5, ()) == 5
    with pytest.raises(PointerError, match="the whole document") as caught:
        remove_at({"a": 1}, ())
    assert str(caught.value) == "the whole document can't be left out of itself"


def test_digits_can_name_a_property() -> None:
    """In an object a number is a name."""
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
    """The place has the new value or is gone, everything beside it is as before, and no original
    is ever changed."""
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
    """Only what lies on the path is copied."""
    document = {"a": {"b": [1]}, "c": {"d": [2]}}
    changed = replace_at(document, ("a", "b", 0), 5)
    assert changed["c"] is document["c"]
    assert changed["a"] is not document["a"]
