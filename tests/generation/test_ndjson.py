"""Payloads by the million: their bytes, their differences and their distributions."""

from __future__ import annotations

import json
import os
import pickle
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot
from support.sampling import some_fast

import kombo_fakes
from kombo_fakes import (
    IntegrationStateChangedFactory,
    OverrideError,
    Schema,
    UnknownNameError,
    events,
    faults,
    generate,
    ndjson,
)
from kombo_fakes.core.compression import ZSTD_MODULE
from kombo_fakes.core.instants import parse_instant
from kombo_fakes.core.json_reader import read_bytes
from kombo_fakes.generation.templates import BLOCK

KOMBO_FAKES = [sys.executable, "-m", "kombo_fakes"]
MANY = 2 * BLOCK + 10


def payloads(*arguments: Any, **options: Any) -> list[Any]:
    return [json.loads(line) for line in b"".join(ndjson(*arguments, **options)).splitlines()]


# -- the same bytes from parts, processes and functions


@pytest.mark.parametrize(
    "options",
    [
        {},
        pytest.param({"seed": 5}, marks=pytest.mark.slow),
        pytest.param({"invalid": True}, marks=pytest.mark.slow),
        {"faults": ["data.state-enum-*", "data-required-*"]},
        {"overrides": {"data.state": "INVALID"}},
        {"values": "any", "n": 20},
        {"values": "corners"},
    ],
    ids=str,
)
def test_the_parts_of_a_run_make_up_its_bytes(options):
    arguments = {"n": MANY, **options} if "values" not in options else options
    if "faults" in options:
        arguments["n"] = 400  # Of each fault.
    whole = b"".join(ndjson(**arguments))
    for parts in (2, 7):
        ranges = [b"".join(ndjson(**arguments, part=(k, parts))) for k in range(1, parts + 1)]
        assert b"".join(ranges) == whole
        lengths = [part_of_whole.count(b"\n") for part_of_whole in ranges]
        assert max(lengths) - min(lengths) <= 1


@pytest.mark.parametrize("options", [{}, {"invalid": True}], ids=str)
def test_generate_and_ndjson_make_the_same_payloads(options):
    made = list(generate(n=MANY, **options))
    lines = payloads(n=MANY, **options)
    if not options:
        assert lines == [one.payload for one in made]
    else:
        assert [line["payload"] for line in lines] == [one.payload for one in made]
        assert [line["fault"] for line in lines] == [one.fault.id for one in made if one.fault]


def test_a_longer_run_begins_with_a_shorter_one():
    longer = b"".join(ndjson(n=MANY)).splitlines()
    for shorter in (1, 10, BLOCK, BLOCK + 1, MANY - 1):
        assert b"".join(ndjson(n=shorter)).splitlines() == longer[:shorter]


@pytest.mark.slow
def test_several_processes_make_the_bytes_of_one():
    own = Schema({"type": "object", "title": "own", "properties": {
        "id": {"type": "string", "format": "uuid"}, "at": {"type": "string", "format": "date-time"},
    }, "required": ["id", "at"]})  # fmt: skip
    for schema in ("integration-state-changed", own):
        one, three = (list(ndjson(schema, 50_000, seed=2, jobs=jobs)) for jobs in (1, 3))
        assert b"".join(one) == b"".join(three)


@pytest.mark.slow
def test_the_command_writes_the_same_bytes_in_parts_and_in_processes(tmp_path):
    def run(*options: str) -> bytes:
        done = subprocess.run(
            [*KOMBO_FAKES, "generate", "-n", "60000", "--format", "ndjson", *options],
            capture_output=True,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout

    parts = [run("--part", f"{k}/2", "--jobs", "2") for k in (1, 2)]
    assert b"".join(parts) == run()


# -- no two are alike


@pytest.mark.parametrize(
    "count", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)], ids=str
)
def test_ids_of_events_and_integrations_are_unique(count):
    identifier = re.compile(
        rb'"id":"(\w{24})".*"integration_id":"\w+:(\w{24})".*"origin_id":(null|"[^"]+")'
    )
    ids: set[bytes] = set()
    number = 0
    for lines in ndjson(n=count):
        for line in lines.splitlines():
            found = identifier.search(line)
            assert found is not None, line
            ids.update(found.groups()[:2])
            number += 1
    assert (number, len(ids)) == (count, 2 * count)


def test_payloads_of_a_schema_without_ids_are_generated_one_by_one():
    schema = Schema({"type": "object", "properties": {"n": {"type": "integer"}},
                     "required": ["n"], "additionalProperties": False})  # fmt: skip
    made = payloads(schema, 2 * BLOCK)
    assert len(made) == 2 * BLOCK
    assert len({one["n"] for one in made}) > 100
    assert all(map(schema.is_valid, made))


# -- validity


@pytest.mark.parametrize("event", some_fast(events(), 4))
def test_two_validators_accept_the_payloads_of_every_event(event, judges):
    schema = Schema.load(event)
    both = judges(schema.effective)
    made = payloads(event, MANY)
    assert all(map(both.first.is_valid, made))
    assert all(map(both.accept, made[:: BLOCK // 4]))


@pytest.mark.parametrize(
    "event", ["integration-state-changed", pytest.param("sync-finished", marks=pytest.mark.slow)]
)
def test_invalid_payloads_have_their_fault_and_no_other_in_every_round(event, judges):
    schema = Schema.load(event)
    both = judges(schema.effective)
    known = {fault.id: fault for fault in faults(schema)}
    lines = payloads(event, 12 * len(known), invalid=True)
    assert Counter(line["fault"] for line in lines) == dict.fromkeys(known, 12)
    for line in lines[-3 * len(known) :]:
        fault, payload = known[line["fault"]], line["payload"]
        assert fault.is_in(payload), line
        assert not both.first.is_valid(payload), line
        assert (line["pointer"], line["keyword"]) == (fault.pointer, fault.keyword)
        # The second validator knows the formats of the first event only.
        validators = 1 if fault.keyword == "format" and event != "integration-state-changed" else 2
        for broken in both.broken(payload)[:validators]:
            assert {pointer for pointer, _ in broken} == {fault.pointer}, line
            assert fault.keyword in {keyword for _, keyword in broken}, line


def test_every_payload_has_the_overrides_and_agrees_with_them():
    overrides = {"data.integration_tool": "personio", "data.end_user.creator_email": None}
    for one in payloads(n=MANY, overrides=overrides):
        assert one["data"]["integration_id"].startswith("personio:")
        assert one["data"]["end_user"]["creator_email"] is None


def test_an_overridden_id_is_the_same_in_every_payload():
    made = payloads(n=MANY, overrides={"id": "mine", "data.integration_id": "personio:mine"})
    assert {(one["id"], one["data"]["integration_id"]) for one in made} == {
        ("mine", "personio:mine")
    }


@pytest.mark.parametrize("blocks", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_no_mark_or_hole_of_a_template_is_left_in_a_payload(blocks):
    for options in ({}, {"invalid": True}):
        text = b"".join(ndjson(n=blocks * BLOCK, **options))
        assert b"9KomboMark" not in text
        assert not re.search(rb"[\x00-\x09\x0b-\x1f]", text)


# -- distributions

FEATURES: dict[str, Callable[[Any], object]] = {
    "state": lambda p: p["data"]["state"],
    "qa_status": lambda p: p["data"]["qa_status"],
    "setup_status": lambda p: p["data"]["setup_status"],
    "statuses": lambda p: tuple(p["data"][k] for k in ("state", "qa_status", "setup_status")),
    "category": lambda p: p["data"]["integration_category"],
    "tool": lambda p: p["data"]["integration_tool"],
    "creator": lambda p: p["data"]["end_user"]["creator_email"] is None,
    "creator's domain": lambda p: str(p["data"]["end_user"]["creator_email"]).rpartition(".")[2],
    "origin": lambda p: p["data"]["end_user"]["origin_id"] is None,
    "length of the name of the organisation": lambda p: (
        len(p["data"]["end_user"]["organization_name"]) // 6
    ),
    "year": lambda p: p["data"]["updated_at"][:4],
    "month": lambda p: p["data"]["updated_at"][5:7],
    "hour": lambda p: int(p["data"]["updated_at"][11:13]) // 3,
    "form of the instant": lambda p: re.sub(r"\d", "0", p["data"]["updated_at"]),
}


def shares(made: Iterable[Any], feature: Callable[[Any], object]) -> dict[object, float]:
    counts = Counter(map(feature, made))
    return {value: count / counts.total() for value, count in counts.items()}


@pytest.mark.slow
def test_payloads_of_templates_have_the_distributions_of_those_of_factories():
    """By the total variation distance of a dozen features."""
    built = IntegrationStateChangedFactory.build_batch(20_000, kombo_seed=1)
    made = payloads(n=200_000, seed=1)[BLOCK:]
    for name, feature in FEATURES.items():
        one, other = shares(built, feature), shares(made, feature)
        distance = sum(abs(one.get(v, 0) - other.get(v, 0)) for v in {**one, **other}) / 2
        # Below the distance that two samples as large as the number of templates have by chance.
        assert distance < (len({**one, **other}) / 4_000) ** 0.5, (name, distance)


def test_instants_exist_and_are_spread_over_days_and_hours():
    made = payloads(n=MANY)
    moments = [one["data"]["updated_at"] for one in made]
    assert all(parse_instant(moment) is not None for moment in moments)
    assert len({moment[11:13] for moment in moments}) == 24
    assert len(set(moments)) > 0.99 * len(moments)


@pytest.mark.slow
def test_more_payloads_have_more_names():
    """Names repeat, because one person can create several integrations."""

    def people(count: int) -> int:
        made = payloads(n=count)
        return len({one["data"]["end_user"]["creator_email"] for one in made})

    assert people(BLOCK) > 600
    assert people(20 * BLOCK) > people(BLOCK) * 1.2


# -- memory


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform != "linux", reason="reads the memory of a process as Linux reports it"
)
def test_a_million_payloads_take_little_more_memory_than_ten_thousand():
    """The difference is the templates, whose number has a limit."""
    script = (
        "import resource, sys; from kombo_fakes import ndjson\n"
        "for lines in ndjson(n=int(sys.argv[1])): pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    peaks = [
        int(subprocess.check_output([sys.executable, "-c", script, str(count)]))
        for count in (10_000, 1_000_000)
    ]
    assert peaks[1] < peaks[0] + 48 * 1024, peaks


# -- files


@pytest.mark.parametrize("name", ["many.ndjson", "many.ndjson.gz", "many.jsonl.zst"])
def test_compressed_files_hold_the_same_lines_and_have_the_same_bytes_each_time(tmp_path, name):
    from kombo_fakes.cli.main import main

    contents = []
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        out = tmp_path / place / name
        assert main(["generate", "-n", str(MANY), "--out", str(out)]) == 0
        contents.append(out.read_bytes())
    assert contents[0] == contents[1]
    assert read_bytes(tmp_path / "one" / name) == b"".join(ndjson(n=MANY))


def test_zst_without_its_package_is_an_error_before_anything_is_made(tmp_path, monkeypatch, capfd):
    from kombo_fakes.cli.main import main

    monkeypatch.setitem(sys.modules, ZSTD_MODULE, None)
    assert main(["generate", "--out", str(tmp_path / "a.ndjson.zst")]) == 2
    assert "pip install 'kombo-fakes[zstd]'" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX only: signals")
def test_ctrl_c_ends_all_processes_with_one_line_and_leaves_no_file(tmp_path):
    process = subprocess.Popen(
        [*KOMBO_FAKES, "generate", "-n", "300000", "--jobs", "2", "--out", "many.ndjson"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while process.poll() is None and not any(
        path.stat().st_size > 40_000_000 for path in Path(tmp_path).glob(".kombo-fakes-*")
    ):
        pass
    # A terminal sends the signal to all processes too.
    os.killpg(process.pid, signal.SIGINT)
    # Returns when no process holds standard error any more.
    _, complaint = process.communicate()
    assert (process.returncode, complaint) == (130, b"kombo-fakes: interrupted\n")
    assert list(tmp_path.iterdir()) == []


# -- errors


@pytest.mark.parametrize(
    ("jobs", "message"),
    [
        (0, snapshot("jobs=0: the number of processes is an integer from 1 to 256")),
        (-1, snapshot("jobs=-1: the number of processes is an integer from 1 to 256")),
        (1.5, snapshot("jobs=1.5: the number of processes is an integer from 1 to 256")),
        (True, snapshot("jobs=true: the number of processes is an integer from 1 to 256")),
        ("2", snapshot("jobs='2': the number of processes is an integer from 1 to 256")),
        (1_000, snapshot("jobs=1000: the number of processes is an integer from 1 to 256")),
    ],
)
def test_an_invalid_number_of_jobs_is_an_error_at_the_call(jobs, message):
    with pytest.raises(OverrideError) as caught:
        ndjson(jobs=jobs)
    assert str(caught.value) == message


@pytest.mark.parametrize("make", [ndjson, generate])
@pytest.mark.parametrize(
    ("part", "message"),
    [
        ((9, 8), snapshot("part 9/8: parts are numbered from 1 to the number of parts")),
        ((0, 8), snapshot("part 0/8: parts are numbered from 1 to the number of parts")),
        ((-1, 8), snapshot("part -1/8: parts are numbered from 1 to the number of parts")),
        ((1, 0), snapshot("part 1/0: parts are numbered from 1 to the number of parts")),
        (
            5,
            snapshot(
                "part=5 is not usable: it has to be the number of the part and the number of parts, such as (1, 2)"
            ),
        ),
        (
            (1, 2, 3),
            snapshot(
                "part=(1, 2, 3) is not usable: it has to be the number of the part and the number of parts, such as (1, 2)"
            ),
        ),
    ],
)
def test_a_part_that_does_not_exist_is_an_error_at_the_call(make, part, message):
    with pytest.raises(OverrideError) as caught:
        make(part=part)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"n": 0}, OverrideError, snapshot("n=0: the number of payloads is an integer from 1")),
        ({"seed": "1"}, OverrideError, snapshot("seed='1': a seed is an integer")),
        (
            {"values": "realstic"},
            UnknownNameError,
            snapshot("unknown kind of values 'realstic'; did you mean 'realistic'?"),
        ),
        (
            {"faults": ["*"], "invalid": True},
            OverrideError,
            snapshot(
                "invalid=True asks for all faults and faults= for chosen ones; pass one of them"
            ),
        ),
        (
            {"values": "corners", "invalid": True},
            OverrideError,
            snapshot("values='corners' makes valid payloads; for faults pass 'realistic' or 'any'"),
        ),
        (
            {"overrides": [1]},
            OverrideError,
            snapshot(
                "overrides=[1] is not usable: it has to be a mapping of names of fields to values"
            ),
        ),
        (
            {"removals": 5},
            OverrideError,
            snapshot("removals=5 is not usable: it has to be a string or a list of strings"),
        ),
        (
            {"faults": [5]},
            OverrideError,
            snapshot("faults=[5] is not usable: it has to be a string or a list of strings"),
        ),
        (
            {"overrides": {"data.stat": 1}},
            UnknownNameError,
            snapshot(
                "unknown field 'data.stat' of integration-state-changed; did you mean 'data.state'?"
            ),
        ),
        (
            {"overrides": {"": 1}},
            OverrideError,
            snapshot("'' names the whole payload; name a field in it"),
        ),
        (
            {"overrides": {"id": "1"}, "removals": ["id"]},
            OverrideError,
            snapshot("id: is both overridden and removed; ask for one of them"),
        ),
        (
            {"overrides": {"id": {1}}},
            OverrideError,
            snapshot("id: json: a set is not a JSON value: {1}"),
        ),
        (
            {"overrides": {"id": "\ud800"}},
            OverrideError,
            snapshot("id: contains a lone surrogate, which UTF-8 cannot encode"),
        ),
        (
            {"overide": {}},
            TypeError,
            snapshot(
                "generate() got an unexpected keyword argument 'overide'. Did you mean 'overrides'?"
            ),
        ),
    ],
)
def test_invalid_arguments_are_an_error_at_the_call(arguments, error, message):
    with pytest.raises(error) as caught:
        generate(**arguments)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"overrides": {"data.state": "INVALD"}},
            snapshot(
                "data.state: enum: 'INVALD' is not one of ACTIVE, INVALID, INACTIVE; did you mean 'INVALID'?"
            ),
        ),
        ({"removals": ["data.state"]}, snapshot("data: required: property 'state' is missing")),
        (
            {"overrides": {"data": None}, "faults": ["data.state-enum-cut"]},
            snapshot(
                "data.state-enum-cut: the payload has no value at /data/state once the overrides and removals are applied; the schema rejects data: type: expected object, got null"
            ),
        ),
    ],
)
def test_edits_that_the_schema_rejects_are_an_error_of_the_iterator(arguments, message):
    made = generate(**arguments)
    with pytest.raises(OverrideError) as caught:
        next(made)
    assert str(caught.value) == message


def test_the_error_of_an_edit_holds_its_violation_value_and_fault():
    with pytest.raises(OverrideError) as caught:
        next(generate(overrides={"data.state": "active"}))
    error = pickle.loads(pickle.dumps(caught.value))
    assert str(error) == str(caught.value)
    assert (error.violation.pointer, error.violation.keyword) == ("/data/state", "enum")
    assert (error.value, error.fault) == ("active", "data.state-enum-lowercase")


@pytest.mark.slow
def test_names_that_cannot_be_passed_to_other_processes_are_an_error():
    class Mine(type(kombo_fakes.webhooks.names.POOLED)):  # type: ignore[misc]
        pass

    with pytest.raises(OverrideError, match="passed to other processes"):
        list(ndjson(n=50_000, jobs=2, names=Mine()))
