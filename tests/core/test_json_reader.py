"""Files and strings are read strictly, and in bounded time."""

from __future__ import annotations

import gzip
import io
import json
import math
import os
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from kombo_fakes.core.json_reader import (
    MAX_DEPTH,
    describe_path,
    is_too_deep,
    parse_json,
    read_bytes,
    read_lines,
)
from kombo_fakes.errors import DocumentError, KomboFakesError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

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
def test_every_json_value_is_read_back(value: Any, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert parse_json(text) == value
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return  # A lone surrogate can only be written as an escape.
    assert parse_json(data) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[Infinity]", snapshot("x: Infinity is not a JSON value")),
        ("[-Infinity]", snapshot("x: -Infinity is not a JSON value")),
        ("-1e400", snapshot("x: the number '-1e400' is beyond the range of 64-bit floats")),
        (
            '{"a": 1 "b": 2}',
            snapshot("x: invalid JSON at line 1, column 9: Expecting ',' delimiter"),
        ),
        ("[1]\n\n  [2]", snapshot("x: invalid JSON at line 3, column 3: Extra data")),
        ("'a'", snapshot("x: invalid JSON at line 1, column 1: Expecting value")),
        ("\u00a0", snapshot("x: invalid JSON at line 1, column 1: Expecting value")),
        (
            b"\xef\xbb\xbf[]",
            snapshot("x: begins with a byte order mark; JSON is UTF-8 without one"),
        ),
        ("1" * 4301, snapshot("x: an integer has more than 4,300 digits")),
        (b'["\xe4"]', snapshot("x: invalid UTF-8 at byte 2")),
        (
            b"\xff\xfe[\x00]\x00",
            snapshot("x: begins with a byte order mark; JSON is UTF-8 without one"),
        ),
        (
            b"\xfe\xff\x00[\x00]",
            snapshot("x: begins with a byte order mark; JSON is UTF-8 without one"),
        ),
        (b"\xed\xa0\x80", snapshot("x: invalid UTF-8 at byte 0")),
        ("", snapshot("x: is empty; expected JSON")),
        (" \t\r\n", snapshot("x: is empty; expected JSON")),
        ("X", snapshot("x: invalid JSON at line 1, column 1: Expecting value")),
    ],
)
def test_invalid_json_is_an_error_of_one_line_that_says_where(
    text: str | bytes, message: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        parse_json(text, "x")
    assert str(caught.value) == message
    assert str(caught.value).isprintable()
    assert isinstance(caught.value, KomboFakesError)


def test_numbers_in_range_are_read_exactly() -> None:
    assert parse_json("[1e308, 5e-324, 1e-400, -0.0]") == [1e308, 5e-324, 0.0, -0.0]
    assert math.copysign(1, parse_json("-0.0")) == -1
    assert parse_json("1" + "0" * 400) == 10**400


def nested(levels: int, *, key: str | None = None) -> Any:
    """Arrays in each other, or objects with a key."""
    value: Any = 1
    for _ in range(levels):
        value = [value] if key is None else {key: value}
    return value


@pytest.mark.parametrize("key", [None, "a"], ids=["arrays", "objects"])
def test_the_limit_of_nesting_is_exact(key: str | None) -> None:
    text = json.dumps(nested(MAX_DEPTH, key=key))
    assert parse_json(text) == nested(MAX_DEPTH, key=key)
    assert not is_too_deep(nested(MAX_DEPTH, key=key))
    assert is_too_deep(nested(MAX_DEPTH + 1, key=key))
    with pytest.raises(DocumentError, match="nested deeper than 200 levels"):
        parse_json(json.dumps(nested(MAX_DEPTH + 1, key=key)))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 10**6 + "]" * 10**6])
def test_hostile_nesting_is_an_error(text: str) -> None:
    with pytest.raises(DocumentError, match="nested deeper"):
        parse_json(text)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.json", snapshot(": no such file")),
        (".", snapshot(": is a directory; expected a file")),
        ("a\0b", snapshot(": cannot be read: embedded null byte")),
        ("x" * 300, snapshot(": cannot be read: File name too long")),
        ("file.json/below", snapshot(": cannot be read: Not a directory")),
    ],
)
def test_an_unreadable_file_is_named(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "file.json").write_text("{}")
    path = f"{tmp_path}/{name}"
    with pytest.raises(DocumentError) as caught:
        read_bytes(path)
    assert str(caught.value).removeprefix(path) == message


def test_a_closed_standard_input_is_an_error(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(DocumentError) as caught:
        read_bytes("-")
    assert str(caught.value) == snapshot("standard input: cannot be read: it is closed")


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"[1]")))
    assert read_bytes("-") == b"[1]"
    assert describe_path("-") == "standard input"
    assert describe_path(Path("a.json")) == "a.json"


def test_a_string_without_a_name_is_called_so() -> None:
    with pytest.raises(DocumentError) as caught:
        parse_json("")
    assert str(caught.value) == snapshot("the string: is empty; expected JSON")


@pytest.fixture
def five(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the bound to five bytes."""
    monkeypatch.setattr("kombo_fakes.core.json_reader.MAX_BYTES", 5)


@pytest.mark.usefixtures("five")
def test_the_limit_of_a_file_is_exact(tmp_path: Path) -> None:
    """Five bytes are read and six are not. In a file of lines each line has the limit."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_bytes(path) == b"12345"
    path.write_bytes(b"123456")
    with pytest.raises(DocumentError) as caught:
        read_bytes(path)
    assert str(caught.value).removeprefix(str(path)) == snapshot(
        ": larger than 5 bytes, the most that is read"
    )
    path.write_bytes(b"1234\n\n5678\n9")
    assert list(read_lines(path)) == [b"1234", b"", b"5678", b"9"]
    path.write_bytes(b"12345\n")
    with pytest.raises(DocumentError) as caught:
        list(read_lines(path))
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="a pipe has no path here")
@pytest.mark.usefixtures("five")
@pytest.mark.parametrize("read", [read_bytes, lambda path: list(read_lines(path))])
def test_the_limit_is_checked_before_the_end_of_a_file(read: Any) -> None:
    """The pipe stays open, so reading to its end would never return."""
    reading, writing = os.pipe()
    try:
        os.write(writing, b"123456")
        with pytest.raises(DocumentError):
            read(f"/dev/fd/{reading}")
    finally:
        os.close(writing)
        os.close(reading)


@pytest.mark.skipif(
    not Path("/proc/self/mem").exists(), reason="needs a file that opens and cannot be read"
)
@pytest.mark.parametrize("read", [read_bytes, lambda path: list(read_lines(path))])
def test_a_file_that_opens_and_cannot_be_read_is_named(read: Any) -> None:
    with pytest.raises(DocumentError, match="/proc/self/mem: cannot be read: "):
        read("/proc/self/mem")


def test_several_zst_frames_are_one_file(tmp_path: Path) -> None:
    """One of the frames is empty, and a line goes across the border of two frames."""
    path = tmp_path / "many.ndjson.zst"
    pieces = (b"[1,", b"", b"2]\n[3", b"]")
    path.write_bytes(b"".join(map(zstd.compress, pieces)))
    assert read_bytes(path) == b"[1,2]\n[3]"
    assert list(read_lines(path)) == [b"[1,2]", b"[3]"]


@pytest.mark.parametrize(
    ("packed", "reason"),
    [
        (
            zstd.compress(b"[1]" * 999)[:-1],
            snapshot(
                ": cannot be decompressed: Compressed file ended before the end-of-stream marker was reached"
            ),
        ),
        (
            b"[1]",
            snapshot(
                ": cannot be decompressed: Unable to decompress Zstandard data: Unknown frame descriptor"
            ),
        ),
        (
            zstd.compress(b"[1]") + b"[1]",
            snapshot(
                ": cannot be decompressed: Unable to decompress Zstandard data: Unknown frame descriptor"
            ),
        ),
    ],
)
def test_a_damaged_zst_file_is_named_with_the_reason(
    packed: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.json.zst"
    path.write_bytes(packed)
    with pytest.raises(DocumentError) as caught:
        read_bytes(path)
    assert str(caught.value).removeprefix(str(path)) == reason


@pytest.mark.parametrize("ending", ["gz", "GZ"])
def test_several_gzip_members_are_one_file(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"many.ndjson.{ending}"
    path.write_bytes(b"".join(map(gzip.compress, (b"[1,", b"", b"2]\n[3", b"]"))))
    assert read_bytes(path) == b"[1,2]\n[3]"
    assert list(read_lines(path)) == [b"[1,2]", b"[3]"]


def test_a_zst_file_without_its_package_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "some.json.zst"
    path.write_bytes(zstd.compress(b"[1]"))
    monkeypatch.setitem(sys.modules, zstd.__name__, None)
    with pytest.raises(DocumentError) as caught:
        read_bytes(path)
    assert str(caught.value).removeprefix(str(path)) == snapshot(
        ": .zst files need the package backports.zstd: pip install 'kombo-fakes[zstd]'"
    )
    # A damaged file of another kind is explained without the package.
    other = tmp_path / "some.json.gz"
    other.write_bytes(b"[1]")
    with pytest.raises(DocumentError, match="cannot be decompressed"):
        read_bytes(other)


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_a_bomb_is_rejected_before_it_fills_memory(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kombo_fakes.core.json_reader.MAX_BYTES", 1_000_000)
    path = tmp_path / f"bomb.json.{ending}"
    path.write_bytes((gzip if ending == "gz" else zstd).compress(bytes(100_000_000)))
    tracemalloc.start()
    with pytest.raises(DocumentError) as caught:
        read_bytes(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(caught.value).removeprefix(str(path)) == snapshot(
        ": larger than 1,000,000 bytes, the most that is read"
    )
    assert peak < 5_000_000
