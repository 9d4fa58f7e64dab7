"""Payloads are written in the right format, and a file is complete or does not exist."""

from __future__ import annotations

import io
import json
import os
import stat

import pytest
from inline_snapshot import snapshot

from kombo_fakes.core.compression import compressor_for
from kombo_fakes.core.json_reader import read_bytes
from kombo_fakes.core.writer import (
    choose_format,
    is_directory,
    open_for_writing,
    to_compact_json,
    to_pretty_json,
    write_directory,
    write_json,
)
from kombo_fakes.errors import DocumentError, OutputError


@pytest.mark.parametrize("values", [[], [1], [{"a": [1, "x\ny"]}, []], [None, "\u00e9", {}]])
def test_streamed_json_is_what_the_standard_library_writes(values):
    stream = io.BytesIO()
    write_json(stream, iter(values))
    whole = values[0] if len(values) == 1 else values
    assert stream.getvalue().decode() == json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def test_json_is_streamed():
    """At most two payloads are in memory before the first one is written."""
    stream = io.BytesIO()
    sizes = []

    def values():
        for number in range(5):
            sizes.append(len(stream.getvalue()))
            yield number

    write_json(stream, values())
    assert sizes[:2] == [0, 0]
    assert all(size > 0 for size in sizes[2:])


def test_only_lone_surrogates_are_escaped():
    assert to_compact_json({"a": "\ud800\u00e9"}) == b'{"a":"\\ud800\\u00e9"}'
    assert to_compact_json({"a": "\u00e9"}) == '{"a":"\u00e9"}'.encode()
    assert json.loads(to_pretty_json(["\udfff"])) == ["\udfff"]


def test_a_newline_in_a_string_is_escaped():
    assert to_compact_json(["a\nb", {"c": 1}]) == b'["a\\nb",{"c":1}]'


@pytest.mark.parametrize(
    ("out", "given", "format_"),
    [
        ("a.json", None, "json"),
        ("a.json.gz", None, "json"),
        ("a.NDJSON.ZST", "ndjson", "ndjson"),
        ("a.JSON", None, "json"),
        ("a.b.ndjson", None, "ndjson"),
        ("a.jsonl", "ndjson", "ndjson"),
        ("a.txt", "ndjson", "ndjson"),
        ("a.json", "json", "json"),
    ],
)
def test_the_ending_or_what_is_given_decides_the_format(out, given, format_):
    assert choose_format(out, given) == format_


@pytest.mark.parametrize(
    ("out", "given", "message"),
    [
        (
            "a.txt",
            None,
            snapshot(
                "a.txt: the ending '.txt' does not say a format; use .json or .ndjson (and .gz or .zst after it to compress), or name the format"
            ),
        ),
        (
            "a.txt.gz",
            None,
            snapshot(
                "a.txt.gz: the ending '.txt' does not say a format; use .json or .ndjson (and .gz or .zst after it to compress), or name the format"
            ),
        ),
        ("a.json", "ndjson", snapshot("a.json: the ending means json, but ndjson was asked for")),
    ],
)
def test_an_ending_that_decides_nothing_or_contradicts_is_an_error(out, given, message):
    with pytest.raises(OutputError) as caught:
        choose_format(out, given)
    assert str(caught.value) == message


def test_a_directory_exists_or_ends_with_a_slash_or_has_no_ending(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.json").mkdir()
    (tmp_path / "file").touch()
    assert [is_directory(out) for out in ("there.json", "new/", "new", "a/b")] == [True] * 4
    assert not is_directory("new.json")
    for out in ("file", "file/"):
        with pytest.raises(OutputError, match="expected a directory"):
            is_directory(out)


def test_a_file_is_replaced_when_it_is_complete(tmp_path):
    file = tmp_path / "a.json"
    file.write_text("old")
    with open_for_writing(str(file)) as stream:
        stream.write(b"new")
        stream.flush()
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


def _write_half(path, error):
    with open_for_writing(str(path)) as stream:
        stream.write(b"half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError(28, "No space left")])
def test_an_error_leaves_everything_as_it_was(tmp_path, error):
    file = tmp_path / "a.json"
    file.write_text("old")
    for path in (file, tmp_path / "b.json"):
        with pytest.raises((ValueError, KeyboardInterrupt, OutputError)):
            _write_half(path, error)
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert file.read_text() == "old"


@pytest.mark.skipif(os.name == "nt", reason="POSIX only: modes and links")
def test_mode_and_symbolic_link_stay(tmp_path):
    file, link = tmp_path / "a.json", tmp_path / "link.json"
    file.touch()
    file.chmod(0o640)
    link.symlink_to(file)
    with open_for_writing(str(link)) as stream:
        stream.write(b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    with open_for_writing(str(tmp_path / "b.json")):
        pass
    (tmp_path / "c.json").touch()
    modes = [(tmp_path / name).stat().st_mode for name in ("b.json", "c.json")]
    assert modes[0] == modes[1]


def test_a_missing_permission_is_an_error_with_the_path_and_the_reason(tmp_path, monkeypatch):

    def deny(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", deny)
    monkeypatch.setattr("pathlib.Path.mkdir", deny)
    with (
        pytest.raises(OutputError, match=r"a\.json: cannot be written: Permission denied"),
        open_for_writing(str(tmp_path / "a.json")),
    ):
        pass
    with pytest.raises(OutputError, match="new: cannot be written: Permission denied"):
        write_directory(str(tmp_path / "new"), "e", [])


def test_a_directory_in_place_of_a_file_is_an_error(tmp_path):
    with (
        pytest.raises(OutputError, match="expected a file"),
        open_for_writing(str(tmp_path)),
    ):
        pass


def test_the_files_of_a_directory_appear_together(tmp_path):
    place = tmp_path / "a" / "b"

    def files():
        for number in range(3):
            assert not list(place.glob("*.json"))
            yield f"{number}.json", {"n": number}, {"seed": number}

    assert write_directory(str(place), "e", files()) == 3
    assert sorted(path.name for path in place.iterdir()) == [
        "0.json",
        "1.json",
        "2.json",
        "manifest.json",
    ]
    assert json.loads((place / "manifest.json").read_text()) == {
        "event": "e",
        "files": [{"file": f"{n}.json", "seed": n} for n in range(3)],
    }


def test_an_error_in_a_directory_leaves_everything_as_it_was(tmp_path):
    (tmp_path / "old.json").write_text("old")

    def files():
        yield "old.json", {}, {}
        raise KeyboardInterrupt

    for place in (tmp_path, tmp_path / "new" / "newer"):
        with pytest.raises(KeyboardInterrupt):
            write_directory(str(place), "e", files())
    assert [path.name for path in tmp_path.iterdir()] == ["old.json"]
    assert (tmp_path / "old.json").read_text() == "old"


@pytest.mark.parametrize("manifest", ["{", "3", '{"event": "e"}', '{"event": "e", "files": [1]}'])
def test_nothing_is_written_beside_a_manifest_of_another_program(tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(DocumentError, match=r"manifest\.json"):
        write_directory(str(tmp_path), "e", [("a.json", {}, {})])
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_the_same_payloads_are_compressed_to_the_same_bytes(tmp_path, ending):
    contents = []
    for name in ("one", "another"):
        path = tmp_path / f"{name}.ndjson.{ending}"
        with open_for_writing(str(path)) as stream:
            stream.write(b'{"a": 1}\n' * 1000)
        assert read_bytes(path) == b'{"a": 1}\n' * 1000
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


def test_gzip_has_level_6_and_no_name_and_time(tmp_path):
    data = b"a payload " * 1_000
    with (tmp_path / "a.json.gz").open("wb") as file, compressor_for("a.json.gz")(file) as stream:
        stream.write(data)
    written = (tmp_path / "a.json.gz").read_bytes()
    # RFC 1952, 2.3: the flags are byte 3, the time bytes 4 to 7, and 2 in byte 8 is level 9.
    assert (written[3], written[4:8], written[8]) == (0, bytes(4), 0)


def test_zst_has_a_checksum(tmp_path):
    with (tmp_path / "a.zst").open("wb") as file, compressor_for("a.zst")(file) as stream:
        stream.write(b"a payload")
    # RFC 8878, 3.1.1.1.1: bit 2 of the frame header descriptor.
    assert (tmp_path / "a.zst").read_bytes()[4] & 0b100
