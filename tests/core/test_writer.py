"""Writing payloads: formats, endings, files that are whole or not there."""

from __future__ import annotations

import io
import json
import os
import stat

import pytest

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
def test_json_is_what_the_standard_library_writes(values):
    """A streamed text has the bytes of one that is dumped as a whole."""
    stream = io.BytesIO()
    write_json(stream, iter(values))
    whole = values[0] if len(values) == 1 else values
    assert stream.getvalue().decode() == json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def test_json_is_streamed():
    """No more than two payloads are held before the first one is written."""
    stream = io.BytesIO()
    sizes = []

    def values():
        for number in range(5):
            sizes.append(len(stream.getvalue()))
            yield number

    write_json(stream, values())
    assert sizes[:2] == [0, 0]
    assert all(size > 0 for size in sizes[2:])


def test_lone_surrogates_are_escaped():
    """What UTF-8 has no bytes for is written as an escape, and only there."""
    assert to_compact_json({"a": "\ud800\u00e9"}) == b'{"a":"\\ud800\\u00e9"}'
    assert to_compact_json({"a": "\u00e9"}) == '{"a":"\u00e9"}'.encode()
    assert json.loads(to_pretty_json(["\udfff"])) == ["\udfff"]


def test_ndjson_has_no_line_feed_within_a_line():
    """A line feed in a text is escaped, so that lines are payloads."""
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
def test_the_format_of_an_ending(out, given, format_):
    """The ending says the format; what is given counts where the ending says nothing."""
    assert choose_format(out, given) == format_


@pytest.mark.parametrize(("out", "given"), [("a.txt", None), ("a.json", "ndjson")])
def test_an_ending_that_says_nothing_or_something_else(out, given):
    """No format at all and two of them are errors."""
    with pytest.raises(OutputError, match=r"a\."):
        choose_format(out, given)


def test_what_is_a_directory(tmp_path, monkeypatch):
    """A directory is one that is there, one with a slash, or a name without an ending."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.json").mkdir()
    (tmp_path / "file").touch()
    assert [is_directory(out) for out in ("there.json", "new/", "new", "a/b")] == [True] * 4
    assert not is_directory("new.json")
    for out in ("file", "file/"):
        with pytest.raises(OutputError, match="where a directory is needed"):
            is_directory(out)


def test_a_file_is_there_once_it_is_whole(tmp_path):
    """While it is written the old one stands, and afterwards nothing else is left."""
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
    """Whatever happens while it is written, the old file stays and no other appears."""
    file = tmp_path / "a.json"
    file.write_text("old")
    for path in (file, tmp_path / "b.json"):
        with pytest.raises((ValueError, KeyboardInterrupt, OutputError)):
            _write_half(path, error)
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert file.read_text() == "old"


@pytest.mark.skipif(os.name == "nt", reason="POSIX only: modes and links")
def test_mode_and_link_stay(tmp_path):
    """A file keeps its mode, a link goes on leading where it led, a new file has the usual mode."""
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


def test_a_place_without_the_permission(tmp_path, monkeypatch):
    """What the system refuses is an error with the place and the reason."""

    def refuse(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with (
        pytest.raises(OutputError, match=r"a\.json: can't be written: Permission denied"),
        open_for_writing(str(tmp_path / "a.json")),
    ):
        pass
    with pytest.raises(OutputError, match="new: can't be written: Permission denied"):
        write_directory(str(tmp_path / "new"), "e", [])


def test_a_file_in_the_place_of_a_directory(tmp_path):
    """A directory where a file is needed is an error that says so."""
    with (
        pytest.raises(OutputError, match="where a file is needed"),
        open_for_writing(str(tmp_path)),
    ):
        pass


def test_a_directory_appears_at_once(tmp_path):
    """No file has its name before all are written, and then the manifest lists them."""
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
    """Neither files nor new directories stay behind; old files do."""
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
def test_a_manifest_that_is_none(tmp_path, manifest):
    """A file of that name that isn't ours stops everything."""
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(DocumentError, match=r"manifest\.json"):
        write_directory(str(tmp_path), "e", [("a.json", {}, {})])
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]
