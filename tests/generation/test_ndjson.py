"""Payloads by the million: whose bytes they are, whether they differ, and what they are like."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from support.sampling import some_fast

import kombo_fakes
from kombo_fakes import (
    IntegrationStateChangedFactory,
    OverrideError,
    Schema,
    events,
    faults,
    generate,
    ndjson,
)
from kombo_fakes.core.instants import parse_instant
from kombo_fakes.generation.templates import BLOCK

KOMBO_FAKES = [sys.executable, "-m", "kombo_fakes"]
MANY = 3 * BLOCK


def payloads(*arguments: Any, **options: Any) -> list[Any]:
    return [json.loads(line) for line in b"".join(ndjson(*arguments, **options)).splitlines()]


# -- whoever makes them, they are the same


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"seed": 5},
        pytest.param({"invalid": True}, marks=pytest.mark.slow),
        {"faults": ["data.state-enum-*", "data-required-*"]},
        {"overrides": {"data.state": "INVALID"}},
        {"values": "any", "n": 20},
        {"values": "corners"},
    ],
    ids=str,
)
def test_parts_are_the_whole(options):
    """Parts of any number, one after the other, are the bytes of one run."""
    asked = {"n": MANY, **options} if "values" not in options else options
    if "faults" in options:
        asked["n"] = 400  # Of each.
    whole = b"".join(ndjson(**asked))
    for parts in (2, 7):
        stretches = [b"".join(ndjson(**asked, part=(k, parts))) for k in range(1, parts + 1)]
        assert b"".join(stretches) == whole
        lengths = [stretch.count(b"\n") for stretch in stretches]
        assert max(lengths) - min(lengths) <= 1


@pytest.mark.parametrize("options", [{}, {"invalid": True}], ids=str)
def test_lines_are_what_generate_makes(options):
    """The two doors to the same payloads."""
    made = list(generate(n=MANY, **options))
    lines = payloads(n=MANY, **options)
    if not options:
        assert lines == [one.payload for one in made]
    else:
        assert [line["payload"] for line in lines] == [one.payload for one in made]
        assert [line["fault"] for line in lines] == [one.fault.id for one in made if one.fault]


def test_a_longer_run_begins_with_a_shorter_one():
    """However many there are, the first ones stay what they are."""
    longer = b"".join(ndjson(n=MANY)).splitlines()
    for shorter in (1, 10, BLOCK, BLOCK + 1, MANY - 1):
        assert b"".join(ndjson(n=shorter)).splitlines() == longer[:shorter]


@pytest.mark.slow
def test_jobs_make_the_same_bytes():
    """Several processes give what one does, for a schema of one's own, too."""
    own = Schema({"type": "object", "title": "own", "properties": {
        "id": {"type": "string", "format": "uuid"}, "at": {"type": "string", "format": "date-time"},
    }, "required": ["id", "at"]})  # fmt: skip
    for schema in ("integration-state-changed", own):
        one, three = (list(ndjson(schema, 50_000, seed=2, jobs=jobs)) for jobs in (1, 3))
        assert b"".join(one) == b"".join(three)


@pytest.mark.slow
def test_the_command_in_parts_and_jobs(tmp_path):
    """What two machines with two processes each write is what one writes alone."""

    def run(*options: str) -> bytes:
        done = subprocess.run(
            [*KOMBO_FAKES, "generate", "-n", "60000", "--format", "ndjson", *options],
            capture_output=True,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout

    parts = [run("--part", f"{k}/2", "--jobs", "2") for k in (1, 2)]
    assert b"".join(parts) == run()


# -- no two are one


@pytest.mark.parametrize(
    "count", [20_000, pytest.param(1_000_000, marks=pytest.mark.slow)], ids=str
)
def test_ids_are_unique(count):
    """Of events, integrations and end users."""
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


def test_nothing_to_tell_them_apart_by():
    """Where a schema has no ids, payloads are generated one by one."""
    schema = Schema({"type": "object", "properties": {"n": {"type": "integer"}},
                     "required": ["n"], "additionalProperties": False})  # fmt: skip
    made = payloads(schema, 2 * BLOCK)
    assert len(made) == 2 * BLOCK
    assert len({one["n"] for one in made}) > 100
    assert all(map(schema.is_valid, made))


# -- they are what they are said to be


@pytest.mark.parametrize("event", some_fast(events(), 4))
def test_payloads_of_every_event_are_valid(event, judges):
    """By two validators that know nothing of this package."""
    schema = Schema.load(event)
    both = judges(schema.effective)
    made = payloads(event, MANY)
    assert all(map(both.first.is_valid, made))
    assert all(map(both.accept, made[:: BLOCK // 4]))


@pytest.mark.parametrize("event", ["integration-state-changed", "sync-finished"])
def test_wrong_payloads_have_their_fault(event, judges):
    """Each of several rounds of the catalogue, and nothing else."""
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
        # The second one knows the formats of the first event only.
        of_both = 1 if fault.keyword == "format" and event != "integration-state-changed" else 2
        for broken in both.broken(payload)[:of_both]:
            assert {pointer for pointer, _ in broken} == {fault.pointer}, line
            assert fault.keyword in {keyword for _, keyword in broken}, line


def test_what_is_asked_for_is_in_each():
    """Overrides and removals, and what has to agree with them."""
    overrides = {"data.integration_tool": "personio", "data.end_user.creator_email": None}
    for one in payloads(n=MANY, overrides=overrides):
        assert one["data"]["integration_id"].startswith("personio:")
        assert one["data"]["end_user"]["creator_email"] is None


def test_an_id_that_is_given_stays():
    """In all of them, however many there are."""
    made = payloads(n=MANY, overrides={"id": "mine", "data.integration_id": "personio:mine"})
    assert {(one["id"], one["data"]["integration_id"]) for one in made} == {
        ("mine", "personio:mine")
    }


def test_nothing_of_the_workshop_is_left_in_them():
    """No mark for an id, and no hole."""
    for options in ({}, {"invalid": True}):
        text = b"".join(ndjson(n=20 * BLOCK, **options))
        assert b"0KomboId" not in text
        assert not re.search(rb"[\x00-\x09\x0b-\x1f]", text)


# -- what they are like

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
    "length of the company's name": lambda p: len(p["data"]["end_user"]["organization_name"]) // 6,
    "year": lambda p: p["data"]["updated_at"][:4],
    "month": lambda p: p["data"]["updated_at"][5:7],
    "hour": lambda p: int(p["data"]["updated_at"][11:13]) // 3,
    "form of the instant": lambda p: re.sub(r"\d", "0", p["data"]["updated_at"]),
}


def shares(made: Iterable[Any], feature: Callable[[Any], object]) -> dict[object, float]:
    counts = Counter(map(feature, made))
    return {value: count / counts.total() for value, count in counts.items()}


@pytest.mark.slow
def test_they_are_like_what_the_factory_builds():
    """The same values as often, by the distance in variation of a dozen of features."""
    built = IntegrationStateChangedFactory.build_batch(20_000, kombo_seed=1)
    made = payloads(n=200_000, seed=1)[BLOCK:]
    for name, feature in FEATURES.items():
        one, other = shares(built, feature), shares(made, feature)
        distance = sum(abs(one.get(v, 0) - other.get(v, 0)) for v in {**one, **other}) / 2
        # As far as samples of the number of templates are from each other by chance, or not quite.
        assert distance < (len({**one, **other}) / 4_000) ** 0.5, (name, distance)


def test_instants_are_spread_and_exist():
    """Every hour and many days, none of them one that no clock shows."""
    made = payloads(n=MANY)
    instants = [one["data"]["updated_at"] for one in made]
    assert all(parse_instant(text) is not None for text in instants)
    assert len({text[11:13] for text in instants}) == 24
    assert len(set(instants)) > 0.99 * len(instants)


@pytest.mark.slow
def test_names_vary_more_the_more_there_are():
    """The people behind integrations return, as they do with Kombo, but there are many."""

    def people(count: int) -> int:
        made = payloads(n=count)
        return len({one["data"]["end_user"]["creator_email"] for one in made})

    assert people(BLOCK) > 600
    assert people(20 * BLOCK) > people(BLOCK) * 1.2


# -- memory


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads what Linux tells of a process")
def test_memory_is_flat():
    """A million take what ten thousand take, but for templates, of which there is a last one."""
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
def test_what_is_compressed_is_the_same(tmp_path, name):
    """What comes out of the file is what would be in it otherwise; twice the same bytes."""
    from kombo_fakes.cli.main import main

    contents = []
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        out = tmp_path / place / name
        assert main(["generate", "-n", str(MANY), "--out", str(out)]) == 0
        contents.append(out.read_bytes())
    assert contents[0] == contents[1]
    if name.endswith(".gz"):
        text = gzip.decompress(contents[0])
    elif name.endswith(".zst"):
        text = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(contents[0])).read()
    else:
        text = contents[0]
    assert text == b"".join(ndjson(n=MANY))


def test_without_its_package_zst_is_refused(tmp_path, monkeypatch, capfd):
    """Before anything is made, with the way to get it."""
    from kombo_fakes.cli.main import main

    monkeypatch.setitem(sys.modules, "zstandard", None)
    assert main(["generate", "--out", str(tmp_path / "a.ndjson.zst")]) == 2
    assert "pip install 'kombo-fakes[zstd]'" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="POSIX only: signals")
def test_ctrl_c_ends_all_jobs(tmp_path):
    """At some third of the way: one line, nothing left behind, no process either."""
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
    os.killpg(process.pid, signal.SIGINT)  # As a terminal does: all of them get it.
    # Which ends only when nobody holds its standard error any more.
    _, complaint = process.communicate()
    assert (process.returncode, complaint) == (130, b"kombo-fakes: interrupted\n")
    assert list(tmp_path.iterdir()) == []


# -- what is refused


@pytest.mark.parametrize("jobs", [0, -1, 1.5, True, "2", 1_000])
def test_a_number_of_jobs_that_is_none(jobs):
    """At the call, not at the first line."""
    with pytest.raises(OverrideError, match="number of processes"):
        ndjson(jobs=jobs)


@pytest.mark.parametrize("part", [(9, 8), (0, 8), (-1, 8), (1, 0)])
def test_a_part_that_there_is_not(part):
    """At the call, by both doors."""
    for make in (ndjson, generate):
        with pytest.raises(OverrideError, match="parts are numbered from 1"):
            make(part=part)


@pytest.mark.slow
def test_names_that_stay_in_their_process():
    """What can't be passed on is said to be that."""

    class Mine(type(kombo_fakes.webhooks.names.POOLED)):  # type: ignore[misc]
        pass

    with pytest.raises(OverrideError, match="passed to other processes"):
        list(ndjson(n=50_000, jobs=2, names=Mine()))
