"""Reading files and texts: what the standard library would let through, and in bounded time."""

from __future__ import annotations

import gzip
import io
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from kombo_fakes.core.json_reader import (
    MAX_DEPTH,
    describe_path,
    is_too_deep,
    parse_json,
    read_bytes,
    read_lines,
)
from kombo_fakes.errors import DocumentError, KomboFakesError

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(derandomize=True, database=None, deadline=None)
@given(json_values, st.booleans())
def test_what_was_written_is_read(value: Any, ascii_only: bool) -> None:
    """Every JSON value comes back, escaped or not, as text or as bytes."""
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert parse_json(text) == value
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return  # A lone surrogate can only be written escaped.
    assert parse_json(data) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[Infinity]", "x: Infinity is no JSON value"),
        ("[-Infinity]", "x: -Infinity is no JSON value"),
        ("-1e400", "x: '-1e400' is out of the range of numbers here"),
        ('{"a": 1,}', "x: no JSON at line 1, column"),
        ('[1]\n\n  [2]', "x: no JSON at line 3, column 3: Extra data"),
        ("'a'", "x: no JSON at line 1, column 1: Expecting value"),
        ("\u00a0", "x: no JSON at line 1, column 1"),
        (b"\xef\xbb\xbf[]", "x: begins with a byte order mark; JSON is UTF-8 without"),
        ("1" * 4301, "x: an integer of more than 4,300 digits"),
        (b'["\xe4"]', "x: not UTF-8 at byte 2"),
        (b"\xff\xfe[\x00]\x00", "x: begins with a byte order mark; JSON is UTF-8 without"),
        (b"\xfe\xff\x00[\x00]", "x: begins with a byte order mark; JSON is UTF-8 without"),
        (b"\xed\xa0\x80", "x: not UTF-8 at byte 0"),
        ("", "x: empty, where a JSON text was expected"),
        (" \t\r\n", "x: empty, where a JSON text was expected"),
        ("X", "x: no JSON at line 1, column 1: Expecting value"),
    ],
)  # fmt: skip
def test_what_is_no_json(text: str | bytes, message: str) -> None:
    """Line and column, or the byte, in one line."""
    with pytest.raises(DocumentError) as caught:
        parse_json(text, "x")
    assert message in str(caught.value)
    assert str(caught.value).isprintable()
    assert isinstance(caught.value, KomboFakesError)


def test_small_and_large_numbers_are_kept() -> None:
    """What fits is read exactly, down to what is rounded to nothing."""
    assert parse_json("[1e308, 5e-324, 1e-400, -0.0]") == [1e308, 5e-324, 0.0, -0.0]
    assert math.copysign(1, parse_json("-0.0")) == -1
    assert parse_json("1" + "0" * 400) == 10**400


def nested(levels: int, *, key: str | None = None) -> Any:
    """So many arrays, or objects, one in the other."""
    value: Any = 1
    for _ in range(levels):
        value = [value] if key is None else {key: value}
    return value


@pytest.mark.parametrize("key", [None, "a"], ids=["arrays", "objects"])
def test_the_limit_of_nesting_is_exact(key: str | None) -> None:
    """As many levels as the message says are read, and not one more."""
    text = json.dumps(nested(MAX_DEPTH, key=key))
    assert parse_json(text) == nested(MAX_DEPTH, key=key)
    assert not is_too_deep(nested(MAX_DEPTH, key=key))
    assert is_too_deep(nested(MAX_DEPTH + 1, key=key))
    with pytest.raises(DocumentError, match="nested deeper than 200 levels"):
        parse_json(json.dumps(nested(MAX_DEPTH + 1, key=key)))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 10**6 + "]" * 10**6])
def test_hostile_nesting_ends_soon(text: str) -> None:
    """No crash."""
    with pytest.raises(DocumentError, match="nested deeper"):
        parse_json(text)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.json", "no such file"),
        (".", "is a directory; name the files in it"),
        ("a\0b", "can't be read: "),
        ("x" * 300, "can't be read: File name too long"),
        ("file.json/below", "can't be read: Not a directory"),
    ],
)
def test_files_that_cannot_be_read(name: str, message: str, tmp_path: Path) -> None:
    """One line that begins with the path."""
    (tmp_path / "file.json").write_text("{}")
    path = f"{tmp_path}/{name}"
    with pytest.raises(DocumentError) as caught:
        read_bytes(path)
    assert str(caught.value).startswith(path)
    assert message in str(caught.value)


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dash is standard input, and is called so."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"[1]")))
    assert read_bytes("-") == b"[1]"
    assert describe_path("-") == "standard input"
    assert describe_path(Path("a.json")) == "a.json"


def test_a_text_without_a_name() -> None:
    """It is called so."""
    with pytest.raises(DocumentError) as caught:
        parse_json("")
    assert str(caught.value) == "the text: empty, where a JSON text was expected"


@pytest.fixture
def five(monkeypatch: pytest.MonkeyPatch) -> None:
    """At most five bytes are read."""
    monkeypatch.setattr("kombo_fakes.core.json_reader.MAX_BYTES", 5)


@pytest.mark.usefixtures("five")
def test_the_limit_of_a_file_is_exact(tmp_path: Path) -> None:
    """So many bytes are read, and not one more; of lines each has that limit."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_bytes(path) == b"12345"
    path.write_bytes(b"123456")
    with pytest.raises(DocumentError) as caught:
        read_bytes(path)
    assert str(caught.value).startswith(f"{path}: ")
    path.write_bytes(b"1234\n\n5678\n9")
    assert list(read_lines(path)) == [b"1234", b"", b"5678", b"9"]
    path.write_bytes(b"12345\n")
    with pytest.raises(DocumentError) as caught:
        list(read_lines(path))
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="a pipe has no path here")
@pytest.mark.usefixtures("five")
@pytest.mark.parametrize("read", [read_bytes, lambda path: list(read_lines(path))])
def test_what_is_too_long_is_refused_before_its_end(read: Any) -> None:
    """Whoever reads on would wait for ever: the other end stays open."""
    reading, writing = os.pipe()
    try:
        os.write(writing, b"123456")
        with pytest.raises(DocumentError):
            read(f"/dev/fd/{reading}")
    finally:
        os.close(writing)
        os.close(reading)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file that can't be read")
@pytest.mark.parametrize("read", [read_bytes, lambda path: list(read_lines(path))])
def test_a_file_that_opens_and_cannot_be_read(read: Any) -> None:
    """It is named, too."""
    with pytest.raises(DocumentError, match="/proc/self/mem: can't be read: "):
        read("/proc/self/mem")


def test_pieces_of_zst_are_one_file(tmp_path: Path) -> None:
    """Several frames one after the other, an empty one among them, and lines over their borders."""
    path = tmp_path / "many.ndjson.zst"
    pieces = (b"[1,", b"", b"2]\n[3", b"]")
    path.write_bytes(b"".join(map(zstandard.compress, pieces)))
    assert read_bytes(path) == b"[1,2]\n[3]"
    assert list(read_lines(path)) == [b"[1,2]", b"[3]"]


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (zstandard.compress(b"[1]" * 999)[:-1], "it ends before its end"),
        (b"[1]", "Unknown frame descriptor"),
        (zstandard.compress(b"[1]") + b"[1]", "Unknown frame descriptor"),
    ],
)
def test_zst_that_cannot_be_unpacked(packed: bytes, reason: str, tmp_path: Path) -> None:
    """The file is named, and why."""
    path = tmp_path / "wrong.json.zst"
    path.write_bytes(packed)
    with pytest.raises(DocumentError) as caught:
        read_bytes(path)
    told, _, why = str(caught.value).partition(": can't be unpacked: ")
    assert told == str(path)
    assert why.endswith(reason)


@pytest.mark.parametrize("ending", ["gz", "GZ"])
def test_pieces_of_gz_are_one_file(ending: str, tmp_path: Path) -> None:
    """Several members one after the other, and lines over their borders."""
    path = tmp_path / f"many.ndjson.{ending}"
    path.write_bytes(b"".join(map(gzip.compress, (b"[1,", b"", b"2]\n[3", b"]"))))
    assert read_bytes(path) == b"[1,2]\n[3]"
    assert list(read_lines(path)) == [b"[1,2]", b"[3]"]


def test_zst_needs_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is named."""
    path = tmp_path / "some.json.zst"
    path.write_bytes(zstandard.compress(b"[1]"))
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(DocumentError) as caught:
        read_bytes(path)
    needed = ".zst needs the package zstandard: pip install 'kombo-fakes[zstd]'"
    assert str(caught.value) == f"{path}: {needed}"
