"""Tests per fault: how the marker and the option select faults, and what mistakes say."""

from __future__ import annotations

import json
import re

import pytest
from inline_snapshot import snapshot
from support.commands import find_line

# Imported here, because pytester forgets what its runs import first.
from kombo_fakes import IntegrationStateChangedFactory, faults, invalid_payloads  # noqa: F401
from kombo_fakes.core.choices import seed_for

pytest_plugins = ("pytester",)


def _ids(pytester: pytest.Pytester, *options: str) -> list[str]:
    result = pytester.runpytest("-p", "no:randomly", "--collect-only", "-q", *options)
    assert result.ret == pytest.ExitCode.OK
    return [line.partition("::")[2] for line in result.outlines if "::" in line]


def test_kombo_invalid_payload_makes_a_test_per_fault(pytester: pytest.Pytester):
    """Without a marker the tests are the whole catalogue, in its order."""
    pytester.makepyfile("def test_one(kombo_invalid_payload): pass")
    assert _ids(pytester) == [f"test_one[{fault.id}]" for fault in faults()]


@pytest.mark.parametrize(
    ("marker", "narrowed"),
    [
        ("keywords=['enum']", {"keywords": ["enum"]}),
        ("keywords='enum'", {"keywords": ["enum"]}),
        ("keywords=('enum', 'format')", {"keywords": ["enum", "format"]}),
        ("keywords={'enum'}", {"keywords": ["enum"]}),
        ("at='/data/state'", {"at": "/data/state"}),
        ("at='data.end_user'", {"at": "/data/end_user"}),
        ("at=''", {}),
        ("faults=['data.state-enum-*']", {"ids": ["data.state-enum-*"]}),
        ("faults='data.state-enum-cut'", {"ids": ["data.state-enum-cut"]}),
        ("keywords=['enum'], at='/data/state'", {"keywords": ["enum"], "at": "/data/state"}),
        ("event='integration-state-changed', keywords=['enum']", {"keywords": ["enum"]}),
        ("", {}),
        ("keywords=None, at=None, faults=None", {}),
    ],
)
def test_the_marker_selects_faults(pytester: pytest.Pytester, marker: str, narrowed: dict):
    """Its arguments mean the same as those of kombo_fakes.faults."""
    pytester.makepyfile(
        f"""
        import pytest

        @pytest.mark.kombo({marker})
        def test_one(kombo_invalid_payload): pass
        """
    )
    hidden = hasattr(pytest, "HIDDEN_PARAM") or "event" not in marker
    before = "" if hidden else "integration-state-changed-"
    assert _ids(pytester) == [f"test_one[{before}{fault.id}]" for fault in faults(**narrowed)]


def test_the_nearest_marker_wins_for_each_argument(pytester: pytest.Pytester):
    pytester.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.kombo(keywords=["enum"])

        @pytest.mark.kombo(at="/data/state", faults="*-cut")
        class TestState:
            def test_inherits(self, kombo_invalid_payload): pass

            @pytest.mark.kombo(at="/data/qa_status")
            def test_replaces(self, kombo_invalid_payload): pass

            @pytest.mark.kombo(faults=None)
            def test_lifts(self, kombo_invalid_payload): pass
        """
    )
    lifted = [fault.id for fault in faults(keywords=["enum"], at="/data/state")]
    assert _ids(pytester) == [
        "TestState::test_inherits[data.state-enum-cut]",
        "TestState::test_replaces[data.qa_status-enum-cut]",
        *(f"TestState::test_lifts[{fault_id}]" for fault_id in lifted),
    ]


def test_a_fixture_can_use_kombo_invalid_payload(pytester: pytest.Pytester):
    pytester.makepyfile(
        """
        import json, pytest

        @pytest.fixture
        def body(kombo_invalid_payload): return json.dumps(kombo_invalid_payload.payload)

        @pytest.mark.kombo(faults="data.state-enum-cut")
        def test_one(body): assert json.loads(body)
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)


def test_the_option_selects_among_the_faults_of_the_marker(pytester: pytest.Pytester):
    """A test without a matching fault is skipped."""
    pytester.makepyfile(
        """
        import pytest

        def test_all(kombo_invalid_payload): pass

        @pytest.mark.kombo(keywords=["format"])
        def test_formats(kombo_invalid_payload): pass

        @pytest.mark.kombo(keywords=["format"])
        def test_strategy(kombo_invalid_payloads): pass

        def test_other(kombo_payload): pass
        """
    )
    result = pytester.runpytest(
        "-rs", "--kombo-fault=data.state-enum-cut", "--kombo-fault=data.qa_status-enum-c*"
    )
    result.assert_outcomes(passed=4, skipped=2)
    skipped = {line.partition(": ")[2] for line in result.outlines if line.startswith("SKIPPED")}
    assert skipped == snapshot(
        {
            "no fault of this test matches --kombo-fault=data.state-enum-cut --kombo-fault=data.qa_status-enum-c*"
        }
    )


@pytest.mark.slow
def test_marker_and_option_select_the_faults_of_the_strategy(pytester: pytest.Pytester):
    pytester.makepyfile(
        """
        import pytest
        from hypothesis import given, strategies as st

        @pytest.mark.kombo(keywords=["enum"], at="/data/state")
        @given(data=st.data())
        def test_state(kombo_invalid_payloads, data):
            fault = data.draw(kombo_invalid_payloads).fault
            assert ("/data/state", "enum") == (fault.pointer, fault.keyword)

        @given(data=st.data())
        def test_command_line(kombo_invalid_payloads, data, pytestconfig):
            fault = data.draw(kombo_invalid_payloads).fault
            assert not pytestconfig.getoption("--kombo-fault") or fault.variant == "cut"

        @pytest.mark.kombo(keywords=["enum"], at="/data/qa_status")
        @given(data=st.data())
        def test_qa_status(kombo_invalid_payloads, data):
            assert "/data/qa_status" == data.draw(kombo_invalid_payloads).fault.pointer
        """
    )
    pytester.runpytest().assert_outcomes(passed=3)
    pytester.runpytest("--kombo-fault=*-cut").assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            "data.state-enum-ct",
            snapshot(
                "--kombo-fault: unknown fault 'data.state-enum-ct'; did you mean 'data.state-enum-cut'?"
            ),
        ),
        (
            "nothing-*",
            snapshot(
                "--kombo-fault: unknown fault 'nothing-*'; there are N, for example data-additionalProperties-camel-case, data-additionalProperties-empty-name, data-additionalProperties-proto; `kombo-fakes faults` lists them all"
            ),
        ),
        (
            "",
            snapshot(
                "--kombo-fault: unknown fault ''; there are N, for example data-additionalProperties-camel-case, data-additionalProperties-empty-name, data-additionalProperties-proto; `kombo-fakes faults` lists them all"
            ),
        ),
    ],
)
@pytest.mark.parametrize("options", [(), ("-p", "xdist", "-n", "2")])
def test_an_unknown_fault_in_the_option_is_a_usage_error(
    pytester: pytest.Pytester, fault: str, message: str, options: tuple[str, ...]
):
    pytester.makepyfile("def test_one(kombo_invalid_payload): pass")
    result = pytester.runpytest(f"--kombo-fault={fault}", *options)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert re.sub("[0-9]+", "N", find_line(result.errlines, "ERROR: ")) == message
    result.stderr.no_fnmatch_line("*Traceback*")


MISTAKES = [
    (
        "keyword=['enum']",
        snapshot("@pytest.mark.kombo: unknown argument 'keyword'; did you mean 'keywords'?"),
    ),
    (
        "keywords=['enmu']",
        snapshot(
            "@pytest.mark.kombo: unknown keyword 'enmu' in integration-state-changed; did you mean 'enum'?"
        ),
    ),
    (
        "at='/data/stat'",
        snapshot(
            "@pytest.mark.kombo: unknown place '/data/stat' in integration-state-changed; did you mean '/data/state'?"
        ),
    ),
    (
        "at='data..state'",
        snapshot("@pytest.mark.kombo: 'data..state' is neither a JSON Pointer nor a dotted name"),
    ),
    (
        "faults=['data.state-enum-ct']",
        snapshot(
            "@pytest.mark.kombo: unknown fault 'data.state-enum-ct' of integration-state-changed; did you mean 'data.state-enum-cut'?"
        ),
    ),
    (
        "event='integration-state-change'",
        snapshot(
            "@pytest.mark.kombo: unknown event 'integration-state-change'; did you mean 'integration-state-changed'?"
        ),
    ),
    (
        "'enum'",
        snapshot(
            "@pytest.mark.kombo: 'enum' has no argument name; write event=..., keywords=... or another name"
        ),
    ),
    ("at=5", snapshot("@pytest.mark.kombo: at=5 is not a string")),
    ("event=['a']", snapshot("@pytest.mark.kombo: event=['a'] is not a string")),
    (
        "keywords=5",
        snapshot("@pytest.mark.kombo: keywords=5 is neither a string nor a list of them"),
    ),
    (
        "faults=[5]",
        snapshot("@pytest.mark.kombo: faults=[5] is neither a string nor a list of them"),
    ),
    (
        "keywords='enum', at='/data/updated_at'",
        snapshot(
            "@pytest.mark.kombo: no fault of integration-state-changed matches keywords=('enum',), at='/data/updated_at'"
        ),
    ),
]


@pytest.mark.parametrize(("marker", "message"), MISTAKES, ids=[marker for marker, _ in MISTAKES])
@pytest.mark.parametrize(
    "fixture", ["kombo_invalid_payload", pytest.param("tmp_path", marks=pytest.mark.slow)]
)
def test_a_mistake_in_the_marker_is_one_line_at_collection(
    pytester: pytest.Pytester, marker: str, message: str, fixture: str
):
    """Tests that do not use the fixture get the error, too."""
    pytester.makepyfile(
        test_it=f"""
        import pytest

        @pytest.mark.kombo({marker})
        def test_one({fixture}): pass
        """
    )
    result = pytester.runpytest()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert find_line(result.outlines, "test_it.py::test_one: ") == message
    for internal in ("*Traceback*", "*kombo_fakes/pytest_plugin*", "E  *"):
        result.stdout.no_fnmatch_line(internal)


def test_payloads_depend_on_the_node_id(pytester: pytest.Pytester):
    """The factory makes the same payload from the seed of the node id."""
    pytester.makepyfile(
        """
        import json, pytest
        from pathlib import Path

        @pytest.mark.kombo(keywords=["enum"])
        def test_one(kombo_invalid_payload, request):
            payload, fault = kombo_invalid_payload
            line = json.dumps([request.node.nodeid, fault.id, payload])
            with Path("made.ndjson").open("a") as file:
                file.write(line + "\\n")
        """
    )
    pytester.runpytest("--kombo-seed=5")
    lines = (pytester.path / "made.ndjson").read_text().splitlines()
    made = [json.loads(line) for line in lines]
    assert len({payload["data"]["integration_id"] for _, _, payload in made}) == len(made)
    for node_id, fault, payload in made:
        seed = seed_for(node_id, 5, "kombo_invalid_payload", 0)
        assert payload == IntegrationStateChangedFactory.build(fault=fault, kombo_seed=seed)


@pytest.mark.slow
def test_every_fault_fits_every_payload(pytester: pytest.Pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("times", range(3))
        def test_one(kombo_invalid_payload, times):
            payload, fault = kombo_invalid_payload
            assert fault.is_in(payload)
        """
    )
    pytester.runpytest().assert_outcomes(passed=3 * len(faults()))


def test_a_wire_fault_in_the_option_is_a_usage_error(pytester: pytest.Pytester):
    result = pytester.runpytest("--kombo-fault", "signature-m*")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert find_line(result.errlines, "ERROR: ") == snapshot(
        "--kombo-fault: 'signature-m*' is a wire fault, not a fault of a payload. Select tests of kombo_wire_fault by their names: -k signature-missing"
    )


@pytest.mark.slow
def test_the_ini_option_sets_the_event(pytester: pytest.Pytester):
    pytester.makeini("[pytest]\nkombo_event = sync-finished")
    pytester.makepyfile(
        """
        import pytest

        def test_payload(kombo_event, kombo_payload, kombo_schema):
            assert kombo_event == kombo_payload["type"] == kombo_schema.name == "sync-finished"

        @pytest.mark.kombo(faults="*-type-null")
        def test_fault(kombo_invalid_payload):
            assert kombo_invalid_payload.fault.schema.name == "sync-finished"

        def test_faults(kombo_invalid_payloads, kombo_wire_fault):
            assert kombo_wire_fault.schema.name == "sync-finished"

        @pytest.mark.kombo(cases="realistic:*")
        def test_case(kombo_probe_case):
            assert kombo_probe_case.delivery.payload["type"] == "sync-finished"

        @pytest.mark.kombo(event="integration-state-changed", cases="realistic:*")
        def test_marker(kombo_event, kombo_probe_case):
            assert kombo_event == "integration-state-changed"
        """
    )
    result = pytester.runpytest("-p", "no:randomly")
    outcomes = result.parseoutcomes()
    assert set(outcomes) <= {"passed", "skipped"}, outcomes
    assert outcomes["passed"] > 50


def test_an_unknown_event_in_the_ini_option_is_a_usage_error(pytester: pytest.Pytester):
    pytester.makeini("[pytest]\nkombo_event = sync-finishd")
    result = pytester.runpytest()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert find_line(result.errlines, "ERROR: ") == snapshot(
        "kombo_event: unknown event 'sync-finishd'; did you mean 'sync-finished'?"
    )
