"""`kombo-fakes faults`, `events`, the help, and the program itself."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
from typing import Any

import pytest
from inline_snapshot import snapshot
from support.commands import Runner

from kombo_fakes import __version__, events, faults, wire_faults
from kombo_fakes.cli.main import main


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs the command line on a terminal of 100 columns, and returns what it shows."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")

    def show(*arguments: str) -> str:
        with contextlib.redirect_stdout(Terminal()) as stream:
            assert main(list(arguments)) == 0
        return stream.getvalue()

    return show


def test_piped_faults_are_lines_with_id_pointer_keyword_and_description(capsys):
    assert main(["faults"]) == 0
    lines = capsys.readouterr().out.splitlines()
    wanted = [[f.id, f.pointer, f.keyword, f.description] for f in faults()]
    assert [line.split("\t") for line in lines] == wanted


def test_faults_as_json_have_everything_but_examples(capsys):
    assert main(["faults", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in listed] == [fault.id for fault in faults()]
    assert list(listed[0]) == ["id", "pointer", "keyword", "variant", "description", "single"]


def test_faults_can_be_selected_by_keywords_and_place(capsys):
    """A place includes everything in it."""
    arguments = ["faults", "--at", "data.end_user", "--keyword", "format", "--keyword", "required"]
    assert main(arguments) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert {row[2] for row in rows} == {"format", "required"}
    assert all(row[1].startswith("/data/end_user") for row in rows)


def test_wire_faults_list_what_strict_and_tolerant_receivers_have_to_do(capsys):
    assert main(["faults", "--wire"]) == 0
    lines = capsys.readouterr().out.splitlines()
    found = wire_faults(secret="a secret of some characters")
    wanted = [[f.id, f.strict, f.tolerant, f.description, f.why] for f in found]
    assert [line.split("\t") for line in lines] == wanted
    assert main(["faults", "--wire", "--json", "--event", "sync-finished"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in listed] == [fault.id for fault in found]
    assert list(listed[0]) == ["id", "family", "description", "strict", "tolerant", "why"]


def test_wire_faults_on_a_terminal_show_an_equal_expectation_once(on_terminal):
    shown = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal("faults", "--wire"))
    assert re.search(r"signature-missing +reject +no signature header", shown)
    assert re.search(r"body-null +reject /", shown)
    assert f"{len(wire_faults(secret='a secret'))} wire faults" in shown


@pytest.mark.parametrize("option", [["--at", "data"], ["--keyword", "enum"]])
def test_wire_faults_cannot_be_selected_by_place_or_keyword(run, option):
    assert run("faults", "--wire", *option).error == snapshot(
        "--wire: wire faults have no place or keyword; leave out --at and --keyword"
    )


def test_faults_on_a_terminal_are_a_table_with_their_number(on_terminal):
    shown = on_terminal("faults", "--keyword", "enum")
    assert "what is wrong" in shown
    assert "data.state-enum-lowercase" in shown
    assert f"{len(faults(keywords=['enum']))} faults" in shown


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["faults", "--at", "data.state"], [fault.id for fault in faults(at="data.state")]),
        (["faults"], [fault.id for fault in faults()]),
        (["faults", "--wire"], [fault.id for fault in wire_faults(secret="a secret")]),
        (["events"], list(events())),
    ],
)
def test_ids_are_not_wrapped_and_tables_fit_the_terminal(
    on_terminal, monkeypatch, arguments, names, columns
):
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal(*arguments))
    firsts = {line.split("  ")[0].strip() for line in shown.splitlines()}
    longest = max(map(len, names))
    if longest <= columns - 8 * (1 if columns < 100 and "--wire" not in arguments else 2):
        assert set(names) <= firsts
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= columns


def test_a_first_column_wider_than_the_terminal_is_folded(on_terminal, monkeypatch):
    """Otherwise the other columns would have no room."""
    monkeypatch.setenv("COLUMNS", "30")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", on_terminal("faults", "--at", "data.end_user"))
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= 30
    assert "what is" in shown


def test_markup_and_escape_sequences_of_a_schema_are_shown_as_they_are(on_terminal, tmp_path):
    file = tmp_path / "own.json"
    name = "[red]\x1b[31m"
    file.write_text(json.dumps({"type": "object", "properties": {name: {"type": "string"}}}))
    shown = on_terminal("faults", "--schema", str(file))
    assert "[red]" in shown
    assert "\x1b[31m" not in shown


def test_piped_events_are_lines_with_event_and_title_and_begin_with_the_default(capsys):
    assert main(["events"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[0] for line in lines] == list(events())
    assert lines[0].split("\t")[1] == "IntegrationStateChangedWebhookPayload"


def test_events_on_a_terminal_name_the_default(on_terminal):
    assert "integration-state-changed is the default" in on_terminal("events")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            "faults --keyword enm",
            snapshot("unknown keyword 'enm' in integration-state-changed; did you mean 'enum'?"),
        ),
        (
            "faults --at data.stat",
            snapshot(
                "unknown place 'data.stat' in integration-state-changed; did you mean 'data.state'?"
            ),
        ),
        (
            "faults --at /data/stat",
            snapshot(
                "unknown place '/data/stat' in integration-state-changed; did you mean '/data/state'?"
            ),
        ),
        (
            "events surplus",
            snapshot(
                "Got unexpected extra argument (surplus); `kombo-fakes events --help` lists what it takes"
            ),
        ),
        (
            "faults data.state-*",
            snapshot(
                "Got unexpected extra argument (data.state-*); `kombo-fakes faults --help` lists what it takes"
            ),
        ),
        ("validat", snapshot("unknown command 'validat'; did you mean 'validate'?")),
        (
            "frobnicate",
            snapshot(
                "unknown command 'frobnicate'; the commands are generate, validate, faults, events, sign, verify, send, vectors, probe, replay"
            ),
        ),
    ],
)
def test_invalid_arguments_are_one_line(run: Runner, arguments: str, message: str) -> None:
    assert run(*arguments.split(" ")).error == message


def test_an_option_that_is_like_no_other_is_an_error_that_names_the_help(run: Runner) -> None:
    # Click words the rest, in another way from version to version.
    assert run("events", "--json").error.endswith(
        "; `kombo-fakes events --help` lists what it takes"
    )


def test_an_unknown_option_is_named(run: Runner) -> None:
    # Click words this, in another way from version to version.
    error = run("--frobnicate").error
    assert error.startswith("No such option")
    assert "--frobnicate" in error


def test_an_unknown_event_lists_the_known_ones(run: Runner) -> None:
    assert run("faults", "--event", "x").error.endswith(", ".join(sorted(events())))


def test_version_is_that_of_the_package(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"kombo-fakes {__version__}\n"


def test_a_bug_is_one_line_that_says_how_to_see_the_traceback(capsys, monkeypatch):
    def broken() -> tuple[str, ...]:
        raise RuntimeError("a\nb")

    monkeypatch.setattr("kombo_fakes.webhooks.shipped.events", broken)
    assert main(["events"]) == 2
    assert capsys.readouterr().err == snapshot(
        "kombo-fakes: error: a bug in kombo-fakes: RuntimeError: a; b (set KOMBO_FAKES_TRACEBACK=1 in the environment to see the traceback)\n"
    )
    monkeypatch.setenv("KOMBO_FAKES_TRACEBACK", "1")
    with pytest.raises(RuntimeError):
        main(["events"])


def test_ctrl_c_is_one_line_and_status_130(capsys, monkeypatch):
    def interrupted() -> tuple[str, ...]:
        raise KeyboardInterrupt

    monkeypatch.setattr("kombo_fakes.webhooks.shipped.events", interrupted)
    assert main(["events"]) == 130
    assert capsys.readouterr().err == "kombo-fakes: interrupted\n"


def test_closed_standard_output_is_one_line(capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["generate"]) == 2
    assert capsys.readouterr().err == snapshot(
        "kombo-fakes: error: standard output: cannot be written: it is closed\n"
    )


def test_characters_that_the_locale_cannot_encode_are_escaped_but_json_is_utf_8(
    monkeypatch, tmp_path
):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    file = tmp_path / "own.json"
    file.write_text('{"enum": ["\u00e9"]}', encoding="utf-8")
    assert main(["validate", "--schema", str(file), str(file)]) == 1
    assert main(["generate", "--schema", str(file)]) == 0
    assert "\\xe9" in raw.getvalue().decode("utf-8")
    assert raw.getvalue().endswith('"\u00e9"\n'.encode())
