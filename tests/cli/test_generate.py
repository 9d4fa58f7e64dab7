"""`kombo-fakes generate`: what it prints and writes, and what it rejects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from kombo_fakes import Schema, faults

EVENT = "integration-state-changed"


@pytest.fixture(scope="module")
def schema() -> Schema:
    return Schema.load()


# -- what is printed


def test_one_payload_is_an_indented_object_and_nothing_else(run, schema):
    outcome = run("generate")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out.startswith('{\n  "id": ')
    assert outcome.out.endswith("}\n")
    schema.validate(json.loads(outcome.out))


def test_several_payloads_are_the_array_that_the_standard_library_writes(run, schema):
    outcome = run("generate", "-n", "3")
    payloads = json.loads(outcome.out)
    assert len(payloads) == 3
    assert outcome.out == json.dumps(payloads, indent=2, ensure_ascii=False) + "\n"
    assert all(schema.is_valid(payload) for payload in payloads)


def test_ndjson_is_one_compact_payload_per_line(run, schema):
    outcome = run("generate", "-n", "3", "--format", "ndjson")
    lines = outcome.out.splitlines()
    assert len(lines) == 3
    for line in lines:
        payload = json.loads(line)
        assert line == json.dumps(payload, separators=(",", ":"), ensure_ascii=False)
        assert schema.is_valid(payload)


@pytest.mark.parametrize("values", ["realistic", "any"])
def test_a_longer_run_begins_with_the_payloads_of_a_shorter_one(run, values):
    options = ("--format", "ndjson", "--values", values, "--seed", "5")
    short = run("generate", "-n", "3", *options).out.splitlines()
    assert run("generate", "-n", "9", *options).out.splitlines()[:3] == short


def test_the_seed_decides_the_bytes_and_is_0_by_default(run):
    assert run("generate", "--seed", "4").out == run("generate", "--seed", "4").out
    assert run("generate", "--seed", "4").out != run("generate", "--seed", "5").out
    assert run("generate").out == run("generate", "--seed", "0").out


def test_values_any_are_valid_varied_and_sometimes_null(run, schema):
    lines = run("generate", "--values", "any", "-n", "100", "--format", "ndjson").out
    payloads = [json.loads(line) for line in lines.split("\n") if line]
    assert all(schema.is_valid(payload) for payload in payloads)
    assert len({json.dumps(payload) for payload in payloads}) > 90
    assert any(payload["data"]["end_user"]["creator_email"] is None for payload in payloads)


def test_faker_changes_the_names_and_the_seed_still_decides_them(run, schema):
    first = run("generate", "--faker", "ja_JP")
    assert first.out == run("generate", "--faker", "ja_JP").out
    assert first.out != run("generate").out
    schema.validate(json.loads(first.out))


def test_every_command_accepts_a_schema_file(run, tmp_path):
    file = tmp_path / "own.json"
    file.write_text('{"title": "T", "type": "object", "properties": {"a": {"enum": [1, 2]}},'
                    ' "required": ["a"]}')  # fmt: skip
    assert json.loads(run("generate", "--schema", str(file)).out)["a"] in (1, 2)
    assert "a-enum-next" in run("faults", "--schema", str(file)).out
    assert run("validate", "--schema", str(file), str(file)).status == 1


# -- wrong payloads


def test_as_many_invalid_payloads_as_faults_have_each_fault_once(run, schema):
    """Their order is not that of the catalogue."""
    ids = [fault.id for fault in faults()]
    lines = run("generate", "--invalid", "-n", str(len(ids)), "--format", "ndjson").out
    found = [json.loads(line) for line in lines.split("\n") if line]
    assert sorted(one["fault"] for one in found) == sorted(ids)
    assert [one["fault"] for one in found] != ids
    for one in found:
        assert list(one) == ["fault", "pointer", "keyword", "payload"]
        places = schema.broken_places(one["payload"])
        assert (one["pointer"], one["keyword"]) in places
        assert {pointer for pointer, _ in places} == {one["pointer"]}


def test_after_the_last_fault_invalid_begins_again_in_another_order(run):
    count = len(faults())
    lines = run("generate", "--invalid", "-n", str(2 * count), "--format", "ndjson").out
    ids = [json.loads(line)["fault"] for line in lines.split("\n") if line]
    assert sorted(ids[:count]) == sorted(ids[count:])
    assert ids[:count] != ids[count:]


@pytest.mark.parametrize("values", ["realistic", "any"])
def test_a_wildcard_makes_n_payloads_of_each_matching_fault(run, schema, values):
    lines = run("generate", "--fault", "data.updated_at-format-*", "-n", "2", "--format", "ndjson",
                "--values", values).out  # fmt: skip
    found = [json.loads(line) for line in lines.split("\n") if line]
    wanted = [f.id for f in faults(ids=["data.updated_at-format-*"]) for _ in range(2)]
    assert [one["fault"] for one in found] == wanted
    for one in found:
        assert schema.broken_places(one["payload"]) == {("/data/updated_at", "format")}


def test_invalid_payloads_as_json_have_no_labels(run):
    payload = json.loads(run("generate", "--fault", "data.state-enum-cut").out)
    assert list(payload) == ["id", "type", "data"]


# -- changes


def test_set_accepts_names_pointers_json_and_plain_strings(run):
    outcome = run("generate", "--set", "data.state=INVALID", "--set", "data.integration_id=lever:1",
                  "--set", "/data/end_user/origin_id=null")  # fmt: skip
    data = json.loads(outcome.out)["data"]
    assert data["state"] == "INVALID"
    assert data["end_user"]["origin_id"] is None
    assert (data["integration_id"], data["integration_tool"]) == ("lever:1", "lever")


def test_other_fields_agree_with_an_object_that_is_set(run):
    end_user = {"organization_name": "Acme", "creator_email": None, "origin_id": "7"}
    outcome = run("generate", "--set", f"data.end_user={json.dumps(end_user)}")
    assert json.loads(outcome.out)["data"]["end_user"] == end_user


def test_set_creates_missing_parents_and_unset_removes_optional_fields(run, tmp_path):
    file = tmp_path / "own.json"
    file.write_text(json.dumps({
        "title": "T", "type": "object", "required": ["home", "tags"],
        "properties": {
            "age": {"type": "integer"},
            "home": {"type": ["object", "null"], "properties": {"zip": {"type": "string"}}},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
    }))  # fmt: skip
    lines = run("generate", "--schema", str(file), "-n", "30", "--format", "ndjson", "--unset",
                "age", "--set", "home.zip=x", "--set", "tags.2=y").out  # fmt: skip
    payloads = [json.loads(line) for line in lines.split("\n") if line]
    assert all(payload["home"]["zip"] == "x" for payload in payloads)
    assert all(payload["tags"][2] == "y" for payload in payloads)
    assert all("age" not in payload for payload in payloads)


def test_a_payload_can_have_a_set_field_and_a_fault(run):
    outcome = run("generate", "--set", "data.state=INVALID", "--set", "data.qa_status=FAILED",
                  "--fault", "data.state-enum-lowercase")  # fmt: skip
    data = json.loads(outcome.out)["data"]
    assert (data["state"], data["qa_status"]) == ("invalid", "FAILED")


def test_an_invalid_value_can_be_that_of_the_fault(run):
    outcome = run("generate", "--set", "data.state=PAUSED", "--fault", "data.state-enum-unknown")
    assert json.loads(outcome.out)["data"]["state"] == "PAUSED"
    outcome = run("generate", "--unset", "data.state", "--fault", "data.state-required-absent")
    assert "state" not in json.loads(outcome.out)["data"]


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ("--set data.state=INVALD", "data.state-enum-other"),
        ("--set data.state=active", "data.state-enum-lowercase"),
        ("--set data.state=INVALI", "data.state-enum-cut"),
        ("--set data.updated_at=foo", "data.updated_at-format-prose"),
        ("--set data.updated_at=", "data.updated_at-format-empty"),
        ("--set data.state=null", "data.state-type-null"),
        ("--set data.integration_id=12.25", "data.integration_id-type-number"),
        ("--set data=[3]", "data-type-in-array"),
        ("--unset data.state", "data.state-required-absent"),
        pytest.param(
            "--values any --set data.state=INVALD",
            "data.state-enum-other",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "--values any --unset data.state", "data.state-required-absent", marks=pytest.mark.slow
        ),
    ],
)
def test_an_invalid_value_is_accepted_with_the_fault_that_the_error_names_only(run, wrong, fault):
    error = run("generate", *wrong.split()).error
    if "12.25" not in wrong:
        assert error.endswith(f"--fault {fault}")
    made = run("generate", *wrong.split(), "--fault", fault, "--format", "ndjson")
    assert (made.err, json.loads(made.out)["fault"]) == ("", fault)
    place, keyword, _ = fault.split("-", 2)
    for other in faults(ids=[f"{place}-{keyword}-*"]):
        if other.id != fault and other.variant not in ("unknown", "other", "prose"):
            assert fault in run("generate", *wrong.split(), "--fault", other.id).error


def test_set_works_with_any_kind_of_values(run, schema):
    """Corners of the fields that are set are left out."""
    drawn = run("generate", "--values", "any", "--set", "data.state=INVALID", "-n", "5").out
    assert {payload["data"]["state"] for payload in json.loads(drawn)} == {"INVALID"}
    lines = run("generate", "--values", "corners", "--set", "data.state=INVALID",
                "--format", "ndjson").out  # fmt: skip
    payloads = [json.loads(line) for line in lines.split("\n") if line]
    assert len(payloads) > 40
    assert {payload["data"]["state"] for payload in payloads} == {"INVALID"}
    assert all(schema.is_valid(payload) for payload in payloads)
    wrong = run("generate", "--values", "any", "--set", "data.state=INVALID", "--fault",
                "data.qa_status-enum-cut")  # fmt: skip
    assert json.loads(wrong.out)["data"]["state"] == "INVALID"


# -- files and directories


def test_the_ending_of_a_file_decides_its_format(run, tmp_path):
    printed = run("generate", "-n", "2").out
    outcome = run("generate", "-n", "2", "--out", str(tmp_path / "a.json"))
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == printed
    for name in ("a.ndjson", "a.jsonl"):
        run("generate", "-n", "2", "--out", str(tmp_path / name))
        lines = (tmp_path / name).read_text(encoding="utf-8").splitlines()
        assert [json.loads(line) for line in lines] == json.loads(printed)
    run("generate", "--out", str(tmp_path / "a.txt"), "--format", "json")
    assert json.loads((tmp_path / "a.txt").read_text(encoding="utf-8"))


def test_files_that_remain_from_an_earlier_call_are_noted(run, tmp_path):
    place = str(tmp_path / "payloads")
    assert run("generate", "-n", "3", "--out", place).err == ""
    outcome = run("generate", "-n", "2", "--out", place)
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err.replace(place, "payloads") == snapshot(
        "kombo-fakes: note: payloads: still has a file of an earlier call: integration-state-changed-0003.json\n"
    )
    run("generate", "--fault", "data.state-enum-cut", "-n", "5", "--out", place)
    outcome = run("generate", "--fault", "data.state-enum-cut", "--out", place)
    assert outcome.err.replace(place, "payloads") == snapshot(
        "kombo-fakes: note: payloads: still has 4 files of an earlier call: data.state-enum-cut-2.json, data.state-enum-cut-3.json, data.state-enum-cut-4.json, ...\n"
    )
    other = str(tmp_path / "parts")
    for part in ("1/2", "2/2"):
        assert run("generate", "-n", "4", "--part", part, "--out", other).err == ""


def test_several_calls_can_write_into_one_directory(run, tmp_path):
    """The manifest lists the files of all calls that still exist."""
    place = tmp_path / "payloads"
    run("generate", "-n", "2", "--out", str(place))
    run("generate", "--values", "any", "--seed", "3", "--out", f"{place}/")
    run("generate", "--fault", "data.state-enum-c*", "-n", "2", "--out", str(place))
    run("generate", "--values", "corners", "-n", "1", "--out", str(place))
    names = sorted(path.name for path in place.iterdir())
    assert names == [
        "data.state-enum-capitalised-2.json",
        "data.state-enum-capitalised.json",
        "data.state-enum-cut-2.json",
        "data.state-enum-cut.json",
        f"{EVENT}-0001.json",
        f"{EVENT}-0002.json",
        f"{EVENT}-any-0001.json",
        "manifest.json",
        "nulls.json",
    ]
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["event"] == EVENT
    listed = {entry["file"]: entry for entry in manifest["files"]}
    assert list(listed) == sorted(set(names) - {"manifest.json"})
    assert listed[f"{EVENT}-any-0001.json"] == {
        "file": f"{EVENT}-any-0001.json",
        "values": "any",
        "seed": 3,
    }
    assert listed["data.state-enum-cut.json"] == {
        "file": "data.state-enum-cut.json",
        "values": "realistic",
        "seed": 0,
        "fault": "data.state-enum-cut",
        "pointer": "/data/state",
        "keyword": "enum",
        "description": "data.state: without its last character",
    }
    (place / "nulls.json").unlink()
    run("generate", "--seed", "9", "--out", str(place))
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    listed = {entry["file"]: entry for entry in manifest["files"]}
    assert "nulls.json" not in listed
    assert listed[f"{EVENT}-0001.json"]["seed"] == 9


def test_a_file_in_a_directory_has_the_bytes_of_standard_output(run, tmp_path):
    run("generate", "--fault", "data.state-enum-cut", "--out", str(tmp_path))
    written = (tmp_path / "data.state-enum-cut.json").read_text(encoding="utf-8")
    assert written == run("generate", "--fault", "data.state-enum-cut").out


def test_a_dash_as_output_is_standard_output(run):
    assert run("generate", "--out", "-").out == run("generate").out


# -- what is rejected


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        # Numbers.
        ("-n 0", snapshot("Invalid value for '-n' / '--count': '0' is not an integer of at least 1")),
        ("-n -3", snapshot("Invalid value for '-n' / '--count': '-3' is not an integer of at least 1")),
        ("-n x", snapshot("Invalid value for '-n' / '--count': 'x' is not an integer of at least 1")),
        ("-n 1.5", snapshot("Invalid value for '-n' / '--count': '1.5' is not an integer of at least 1")),
        ("-n 1_000", snapshot("Invalid value for '-n' / '--count': '1_000' is not an integer of at least 1")),
        ("-n \u0663", snapshot("Invalid value for '-n' / '--count': '٣' is not an integer of at least 1")),
        (f"-n {'9' * 5000}", snapshot("Invalid value for '-n' / '--count': '99999999999999999999999999999999999999999999999999999...' (5,000 characters) is not an integer of at least 1")),
        ("--seed -1", snapshot("Invalid value for '--seed': '-1' is not an integer of at least 0")),
        ("--seed abc", snapshot("Invalid value for '--seed': 'abc' is not an integer of at least 0")),
        # Names.
        ("--event integration-stat-changed", snapshot("unknown event 'integration-stat-changed'; did you mean 'integration-state-changed'?")),
        ("--fault data.stat-enum-lowercase", snapshot("unknown fault 'data.stat-enum-lowercase' of integration-state-changed; did you mean 'data.state-enum-lowercase'?")),
        ("--fault data.state-enum", snapshot("unknown fault 'data.state-enum' of integration-state-changed; did you mean 'data.state-enum-*'?")),
        ("--fault zzz*", snapshot("unknown fault 'zzz*' of integration-state-changed; there are 274, for example data-additionalProperties-camel-case, data-additionalProperties-empty-name, data-additionalProperties-proto; `kombo-fakes faults` lists them all")),
        ("--values coners", snapshot("Invalid value for '--values': 'coners' is not one of 'realistic', 'any', 'corners', 'examples'.")),
        ("--format xml", snapshot("Invalid value for '--format': 'xml' is not one of 'json', 'ndjson'.")),
        ("--part 9/8", snapshot("Invalid value for '--part': 9/8: parts are numbered from 1 to 8")),
        ("--part 0/8", snapshot("Invalid value for '--part': 0/8: parts are numbered from 1 to 8")),
        ("--part 3", snapshot("Invalid value for '--part': '3' is not a part such as 3/8")),
        ("--part 1/2 -n 4", snapshot('--part 1/2: parts of an array cannot be joined; add --format ndjson')),
        ("--part 1/2 -n 4 --out p1.json", snapshot('--part 1/2: parts of an array cannot be joined; add --format ndjson')),
        ("--jobs 0", snapshot("Invalid value for '--jobs': '0' is not an integer of at least 1")),
        ("--jobs 1000 --format ndjson", snapshot('jobs=1000: the number of processes is an integer from 1 to 256')),
        ("--jobs 2", snapshot('--jobs 2: several processes can only make lines; add --format ndjson')),
        ("--jobs 2 --out many.json", snapshot('--jobs 2: several processes can only make lines; add --format ndjson')),
        ("--jobs 2 --out many/", snapshot('--jobs 2: several processes can only make lines; add --format ndjson')),
        ("--out many.ndjson.bz2", snapshot("many.ndjson.bz2: the ending '.bz2' does not say a format; use .json or .ndjson (and .gz or .zst after it to compress), or name the format")),
        ("--set data.stat=X", snapshot("unknown field 'data.stat' of integration-state-changed; did you mean 'data.state'?")),
        ("--set /data/stat=X", snapshot("unknown field '/data/stat' of integration-state-changed; did you mean '/data/state'?")),
        ("--set data.end_user.creatoremail=X", snapshot("unknown field 'data.end_user.creatoremail' of integration-state-changed; did you mean 'data.end_user.creator_email'?")),
        ("--unset data.stat", snapshot("unknown field 'data.stat' of integration-state-changed; did you mean 'data.state'?")),
        # Values.
        ("--set data.state=active", snapshot("data.state: enum: 'active' is not one of ACTIVE, INVALID, INACTIVE; did you mean 'ACTIVE'?; for an invalid payload, use --fault data.state-enum-lowercase")),
        ("--set data.integration_id=12", snapshot('data.integration_id: type: expected string, got 12; write a string in quotes: \'"12"\'')),
        ("--set data.end_user=null", snapshot('data.end_user: type: expected object, got null; for an invalid payload, use --fault data.end_user-type-null')),
        ("--set data.end_user.creator_email=nobody", snapshot("data.end_user.creator_email: format: 'nobody' is not a valid email; for an invalid payload, use --fault data.end_user.creator_email-format-prose")),
        ('--set data.integration_category=["x"]', snapshot("data.integration_category: type: expected string, got ['x']; for an invalid payload, use --fault data.integration_category-enum-other")),
        ('--set data.integration_id="\\ud800"', snapshot('data.integration_id: contains a lone surrogate, which UTF-8 cannot encode')),
        ("--set data.integration_id=\udcff", snapshot('data.integration_id: contains a lone surrogate, which UTF-8 cannot encode')),
        ("--unset data.state", snapshot("data: required: property 'state' is missing; for an invalid payload, use --fault data.state-required-absent")),
        ("--set data.state=PAUSED --fault data.qa_status-enum-cut", snapshot("data.qa_status-enum-cut: the value at /data/qa_status cannot have this fault once the overrides and removals are applied; the schema rejects data.state: enum: 'PAUSED' is not one of ACTIVE, INVALID, INACTIVE")),
        ("--unset data --fault data.state-enum-cut", snapshot("data.state-enum-cut: the payload has no value at /data/state once the overrides and removals are applied; the schema rejects the payload: required: property 'data' is missing")),
        # Forms.
        ("--set nothing", snapshot("--set 'nothing': expected POINTER=JSON, such as data.state=INVALID")),
        ("--set =x", snapshot("--set '=x': expected POINTER=JSON, such as data.state=INVALID")),
        ("--set data..state=x", snapshot("'data..state' is neither a JSON Pointer nor a dotted name")),
        ("--set /data/~5=x", snapshot("'/data/~5': in a JSON Pointer a '~' must be followed by 0 or 1")),
        ("--unset=", snapshot("'' names the whole payload; name a field in it")),
        # Combinations.
        ("--fault data.state-enum-cut --invalid", snapshot('--invalid and --fault: give one of them; --invalid uses all faults')),
        ("--values corners --invalid", snapshot('--values corners: the corners are valid; for faults use --values realistic or any')),
        ("--values any --faker de_DE", snapshot('--faker: makes realistic values; leave out --faker or --values any')),
        ("--set data.state=ACTIVE --unset data.state", snapshot('data.state: is both overridden and removed; ask for one of them')),
        ("--event integration-state-changed --schema x.json", snapshot('--event and --schema: give one of them')),
        ("surplus", snapshot('Got unexpected extra argument (surplus); `kombo-fakes generate --help` lists what it takes')),
    ],
)  # fmt: skip
def test_invalid_arguments_are_one_line(run, arguments, message):
    assert run("generate", *arguments.split(" ")).error == message


@pytest.mark.parametrize(
    ("arguments", "start", "hint"),
    [
        # Click words the first, and Faker has more locales from version to version.
        ("--evnt x", "No such option", "--event"),
        ("--faker xx_YY", "unknown Faker locale 'xx_YY'; there are ", "ar_AE"),
    ],
)
def test_a_misspelt_name_is_an_error_with_the_nearest_names(run, arguments, start, hint):
    error = run("generate", *arguments.split(" ")).error
    assert error.startswith(start)
    assert hint in error


UNSATISFIABLE = (b"false", b'{"type": "string", "minLength": 3, "maxLength": 2}')


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, snapshot("schema.json: no such file")),
        (b"", snapshot("schema.json: is empty; expected JSON")),
        (
            b"{",
            snapshot(
                "schema.json: invalid JSON at line 1, column 2: Expecting property name enclosed in double quotes"
            ),
        ),
        (b"\xff", snapshot("schema.json: invalid UTF-8 at byte 0")),
        (b"[1]", snapshot("schema.json: a schema is a JSON object, not [1]")),
        (
            b'{"type": "objekt"}',
            snapshot("schema.json: unknown type 'objekt' at the root; did you mean 'object'?"),
        ),
        (
            b'{"type": 3}',
            snapshot(
                "schema.json: violates the meta-schema at /type: 3 is not valid under any of the schemas listed in the 'anyOf' keyword"
            ),
        ),
        (
            b'{"propertees": {}}',
            snapshot(
                "schema.json: unknown keyword 'propertees' at the root; did you mean 'properties'?"
            ),
        ),
        (
            b'{"$ref": "#/nowhere"}',
            snapshot("schema.json: $ref '#/nowhere' at the root leads nowhere"),
        ),
        (
            b'{"$ref": "http://schema.example/a"}',
            snapshot(
                "schema.json: $ref 'http://schema.example/a' at the root leads out of the document; pass its target with resources= (--resources DIR), or copy it into $defs"
            ),
        ),
        (
            UNSATISFIABLE[0],
            snapshot("schema.json: no value satisfies it; the contradiction is at the root"),
        ),
        (
            UNSATISFIABLE[1],
            snapshot("schema.json: no value satisfies it; the contradiction is at the root"),
        ),
        (b"[" * 100_000, snapshot("schema.json: nested deeper than 200 levels")),
    ],
)
def test_an_unusable_schema_is_one_line_with_its_name(run, tmp_path, monkeypatch, content, message):
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path("schema.json").write_bytes(content)
    # A schema that nothing satisfies can still validate, and has no faults.
    others = [] if content in UNSATISFIABLE else [["faults"], ["validate", "-"]]
    for command in (["generate"], *others):
        assert run(*command, "--schema", "schema.json").error == message


@pytest.mark.parametrize(
    ("out", "options", "message"),
    [
        ("file", (), snapshot("file: is a file; expected a directory")),
        ("file/", (), snapshot("file/: is a file; expected a directory")),
        ("file/a.json", (), snapshot("file/a.json: cannot be written: Not a directory")),
        (
            "nowhere/a.json",
            (),
            snapshot("nowhere/a.json: cannot be written: there is no directory nowhere"),
        ),
        (
            "a.txt",
            (),
            snapshot(
                "a.txt: the ending '.txt' does not say a format; use .json or .ndjson (and .gz or .zst after it to compress), or name the format"
            ),
        ),
        (
            "a.json",
            ("--format", "ndjson"),
            snapshot("a.json: the ending means json, but ndjson was asked for"),
        ),
        (
            "a.ndjson",
            ("--format", "json"),
            snapshot("a.ndjson: the ending means ndjson, but json was asked for"),
        ),
        (
            "directory",
            ("--format", "ndjson"),
            snapshot(
                "--out directory: a directory holds .json files; for ndjson write a file, such as directory.ndjson"
            ),
        ),
        ("", (), snapshot("--out '': expected the name of a file or a directory")),
    ],
)
def test_an_unusable_output_is_one_line_and_leaves_nothing_behind(
    run, tmp_path, monkeypatch, out, options, message
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    assert run("generate", "--out", out, *options).error == message
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("manifest", ["{", "[]", '{"x": 1}', '{"event": "other", "files": []}'])
def test_a_manifest_of_something_else_is_not_overwritten(run, tmp_path, manifest):
    (tmp_path / "manifest.json").write_text(manifest)
    assert run("generate", "--out", str(tmp_path)).error
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]
    assert (tmp_path / "manifest.json").read_text() == manifest


def test_control_characters_in_arguments_are_escaped(run):
    for arguments in (
        ("generate", "--\x1b[31m"),
        ("\x1b[31m",),
        ("generate", "--set", "\x1b]0;=1"),
    ):
        assert "\x1b" not in run(*arguments).error
