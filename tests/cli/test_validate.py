"""`kombo-fakes validate`: valid files, invalid ones and hostile ones."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot
from support.commands import Outcome

from kombo_fakes.cli.main import main
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.core.writer import open_for_writing
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.schema import Schema


@pytest.fixture
def payload() -> Any:
    return generator_for(Schema.load()).generate(SeededChoices(1))


@pytest.fixture
def judge(tmp_path, monkeypatch, capsys) -> Any:
    """Writes files and validates them, by their names alone."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, **files: Any) -> Outcome:
        names = []
        for name, content in files.items():
            file = Path(name.replace("__", "."))
            text = content if isinstance(content, (bytes, str)) else json.dumps(content)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
            names.append(str(file))
        status = main(["validate", *arguments, *names])
        captured = capsys.readouterr()
        return Outcome(status, captured.out, captured.err)

    return call


def test_a_valid_file_is_one_line_and_status_0(judge, payload):
    assert judge(good__json=payload) == (0, "good.json: ok\n", "")


def test_every_violation_is_a_line_with_file_pointer_and_keyword(judge, payload):
    payload["data"]["state"] = "active"
    del payload["id"]
    status, out, err = judge(bad__json=payload)
    assert (status, err) == (1, "")
    assert sorted(out.splitlines()) == snapshot(
        [
            "bad.json: (root): required: property 'id' is missing",
            "bad.json: /data/state: enum: 'active' is not one of ACTIVE, INVALID, INACTIVE; did you mean 'ACTIVE'?",
        ]
    )


def test_every_line_of_ndjson_is_a_payload(judge, payload):
    """Empty lines are skipped. A line with a fault is judged by its payload."""
    wrong = {"fault": "x", "pointer": "", "keyword": "type", "payload": 1}
    labelled = {**wrong, "payload": payload}
    lines = [json.dumps(payload), "", json.dumps(wrong), json.dumps(labelled) + "\r"]
    status, out, err = judge(some__ndjson="\n".join(lines))
    assert (status, err) == (1, "")
    assert out == snapshot("some.ndjson:3: (root): type: expected object, got 1\n")
    lines.pop(2)
    assert judge(some__jsonl="\n".join(lines)) == (0, "some.jsonl: ok\n", "")


def test_an_array_is_wrong_and_the_message_says_how_to_write_several_payloads(judge, payload):
    status, out, _ = judge(many__json=[payload, payload])
    assert status == 1
    assert out == snapshot(
        "many.json: (root): type: expected object, got an array of 2 items; write several payloads into an .ndjson file, one per line\n"
    )


def test_a_payload_with_an_unknown_type_is_judged_as_the_nearest_event(judge, payload):
    payload["type"] = "integration-state-change"
    status, out, _ = judge(other__json=payload)
    assert status == 1
    assert "/type: enum:" in out
    assert judge(any__json="3").status == 1
    assert judge("--event", "integration-state-changed", any__json="3").status == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", snapshot("bad.json: is empty; expected JSON")),
        (b" \n ", snapshot("bad.json: is empty; expected JSON")),
        (
            b"{",
            snapshot(
                "bad.json: invalid JSON at line 1, column 2: Expecting property name enclosed in double quotes"
            ),
        ),
        (b'{"a": "\xff"}', snapshot("bad.json: invalid UTF-8 at byte 7")),
        (
            b"\xef\xbb\xbf{}",
            snapshot("bad.json: begins with a byte order mark; JSON is UTF-8 without one"),
        ),
        (b"[NaN]", snapshot("bad.json: NaN is not a JSON value")),
        (b"[1e999]", snapshot("bad.json: the number '1e999' is beyond the range of 64-bit floats")),
        (b"1" * 5000, snapshot("bad.json: an integer has more than 4,300 digits")),
        (b"[" * 100_000 + b"]" * 100_000, snapshot("bad.json: nested deeper than 200 levels")),
        (
            b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
            snapshot("bad.json: nested deeper than 200 levels"),
        ),
    ],
    ids=["empty", "spaces", "cut", "utf-8", "bom", "nan", "huge", "digits", "arrays", "objects"],
)
@pytest.mark.parametrize("ending", ["json", "ndjson"])
def test_invalid_json_is_one_line(judge, payload, content, message, ending):
    """In a file of lines it has the number of the line."""
    error = judge(**{f"bad__{ending}": content}).error
    assert re.sub(r"bad\.ndjson(:1)?", "bad.json", error) == message


def test_an_unreadable_file_is_status_2_and_the_others_are_judged(judge, payload):
    status, out, err = judge("nowhere.json", ".", good__json=payload, bad__json=[], no__json="{")
    assert status == 2
    assert [line.split(":")[0] for line in out.splitlines()] == ["good.json", "bad.json"]
    assert err == snapshot("""\
kombo-fakes: error: nowhere.json: no such file
kombo-fakes: error: .: is a directory; expected a file
kombo-fakes: error: no.json: invalid JSON at line 1, column 2: Expecting property name enclosed in double quotes
""")


def test_a_line_that_is_not_json_is_named_by_number_and_the_others_are_judged(judge, payload):
    status, out, err = judge(some__ndjson=f"{json.dumps(payload)}\n{{\n3\n")
    assert status == 2
    assert (out, err) == snapshot(
        (
            "some.ndjson:3: (root): type: expected object, got 3\n",
            "kombo-fakes: error: some.ndjson:2: invalid JSON at line 1, column 2: Expecting property name enclosed in double quotes\n",
        )
    )


def test_hostile_names_and_values_are_escaped_and_short(judge, payload):
    hostile = "\x1b]0;pwned\x07\u202e\r\n"
    payload["data"]["state"] = hostile
    payload["data"]["k" * 1_000_000] = 1
    payload[hostile] = 1
    payload["data"]["end_user"] = {hostile * 1000: {}}
    status, out, err = judge(evil__json=payload)
    assert (status, err) == (1, "")
    assert all(line.isprintable() for line in out.splitlines())
    assert all(len(line) < 1000 for line in out.splitlines())


def test_hostile_pointers_are_escaped_and_short(judge, tmp_path):
    schema = tmp_path / "schema.json"
    schema.write_text('{"additionalProperties": {"type": "string"}}')
    names = {"\x1b[31m": 1, "x" * 100_000: 1}
    status, out, _ = judge("--schema", str(schema), evil__json=names)
    assert status == 1
    assert "\x1b" not in out
    assert len(out) < 2000


def test_a_lone_surrogate_is_a_violation_and_is_escaped(judge, payload):
    payload["data"]["state"] = "\ud800"
    status, out, err = judge(other__json=payload)
    assert (status, err) == (1, "")
    assert out.rstrip("\n").isprintable()


def test_after_fifty_violations_a_line_counts_the_others(judge):
    status, out, _ = judge(many__ndjson="1\n" * 1234)
    lines = out.splitlines()
    assert (status, len(lines)) == (1, 51)
    assert lines[-1] == snapshot("many.ndjson: ... and 1,184 more")


@pytest.mark.slow
def test_a_string_of_fifty_megabytes_is_a_short_line(judge, payload):
    payload["id"] = "x" * 50_000_000
    assert judge(big__json=payload) == (0, "big.json: ok\n", "")
    payload["data"]["state"] = payload["id"]
    status, out, _ = judge(big__json=payload)
    assert status == 1
    assert len(out) < 300


def test_standard_input_is_one_json_text_or_one_per_line(judge, payload, monkeypatch):
    def given(text: str) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))

    given(json.dumps(payload, indent=2))
    assert judge("-") == (0, "standard input: ok\n", "")
    given(f"{json.dumps(payload)}\n{json.dumps(payload)}\n3\n")
    assert judge("-").out == snapshot("standard input:3: (root): type: expected object, got 3\n")
    given(json.dumps({"fault": "x", "pointer": "", "keyword": "type", "payload": payload}))
    assert judge("-").status == 0
    given("")
    assert judge("-").error == snapshot("standard input: is empty; expected JSON")
    given("{\n{")
    assert judge("-").error == snapshot(
        "standard input: invalid JSON at line 2, column 1: Expecting property name enclosed in double quotes"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            (),
            snapshot(
                "Missing argument 'FILE...'; `kombo-fakes validate --help` lists what it takes"
            ),
        ),
        (("--schema", "x.json", "a.json"), snapshot("x.json: no such file")),
        (
            ("--event", "x", "--schema", "y", "a.json"),
            snapshot("--event and --schema: give one of them"),
        ),
    ],
)
def test_invalid_arguments_are_one_line(judge, arguments, message):
    assert judge(*arguments).error == message


@pytest.mark.parametrize("name", ["endless.json", "endless.ndjson", "endless.yaml"])
def test_input_without_end_is_rejected(run, tmp_path, name) -> None:
    endless = tmp_path / name
    endless.symlink_to("/dev/zero")
    arguments = ["--schema", str(endless)] if name.endswith("yaml") else []
    error = run("validate", *arguments, str(endless)).error
    assert error.replace(str(endless), "endless") == snapshot(
        "endless: larger than 256,000,000 bytes, the most that is read"
    )


def test_a_file_of_lines_may_be_larger_than_memory(tmp_path, payload) -> None:
    line = json.dumps(payload).encode() + b"\n"
    lines = tmp_path / "many.ndjson"
    lines.write_bytes(line * 20_000)
    measured = "import resource, sys; from kombo_fakes.cli.main import main; main(sys.argv[1:]);"
    measured += "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    few = tmp_path / "few.ndjson"
    few.write_bytes(line)
    peaks = []
    for file in (few, lines):
        printed = subprocess.run(
            [sys.executable, "-c", measured, "validate", str(file)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        assert printed[-2] == "ok"
        peaks.append(int(printed[-1]) * 1024)
    assert peaks[1] - peaks[0] < lines.stat().st_size // 2


# -- what generate writes


@pytest.mark.parametrize("ending", ["gz", "zst"])
def test_compressed_files_are_read(judge, ending):
    """Also several compressed files in one, as `cat` makes them."""
    for name in ("one.json", "many.ndjson"):
        arguments = ["-n", "300" if name == "many.ndjson" else "1", "--out", f"{name}.{ending}"]
        assert main(["generate", *arguments]) == 0
    assert judge("one.json." + ending) == (0, f"one.json.{ending}: ok\n", "")
    packed = Path(f"many.ndjson.{ending}").read_bytes()
    Path(f"twice.ndjson.{ending}").write_bytes(packed + packed)
    assert judge("twice.ndjson." + ending) == (0, f"twice.ndjson.{ending}: ok\n", "")
    Path(f"cut.ndjson.{ending}").write_bytes(packed[:-3])
    assert f"cut.ndjson.{ending}: " in judge("cut.ndjson." + ending).error
    Path(f"other.json.{ending}").write_bytes(b"{}")
    assert f"other.json.{ending}: " in judge("other.json." + ending).error
    if ending == "gz":  # Which has a checksum.
        Path("broken.ndjson.gz").write_bytes(packed[:-8] + bytes(4) + packed[-4:])
        assert "CRC check failed" in judge("broken.ndjson.gz").error


@pytest.mark.parametrize("name", ["bomb.json.gz", "bomb.ndjson.gz", "bomb.ndjson.zst"])
def test_the_size_limit_is_one_on_decompressed_bytes(judge, name, monkeypatch):
    """No more than that is decompressed."""
    monkeypatch.setattr("kombo_fakes.core.json_reader.MAX_BYTES", 1_000_000)
    spaces = b" " * 50_000_000
    with open_for_writing(name) as stream:
        stream.write(spaces)
    tracemalloc.start()
    error = judge(name).error
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.replace(name, "bomb") == snapshot(
        "bomb: larger than 1,000,000 bytes, the most that is read"
    )
    assert peak < 25_000_000


def test_a_manifest_is_skipped(judge, payload):
    """So a star can name all files of a directory that `generate` has written."""
    assert main(["generate", "-n", "2", "--out", "valid/"]) == 0
    files = sorted(str(path) for path in Path("valid").glob("*.json"))
    status, out, err = judge(*files)
    assert status == 0
    assert out.splitlines() == [f"{file}: ok" for file in files if "manifest" not in file]
    assert err == snapshot(
        "kombo-fakes: note: valid/manifest.json: skipped, because it is a list of the payloads beside it\n"
    )
    assert judge(manifest__json=payload) == (0, "manifest.json: ok\n", "")
    assert judge(manifest__json={"event": 1, "files": [3]}).status == 1
