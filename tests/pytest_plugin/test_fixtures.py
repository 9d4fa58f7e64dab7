"""What the fixtures give, and how a project redefines what they are made of."""

from __future__ import annotations

import re

import pytest
from inline_snapshot import snapshot
from support.commands import find_line

# Imported here, since pytester forgets after each run what was first imported in it.
from kombo_fakes import IntegrationStateChangedFactory, __version__, faults, payloads  # noqa: F401

pytest_plugins = ("pytester",)

FIXTURES = {
    "kombo_deliveries": "session",
    "kombo_delivery": "function",
    "kombo_delivery_factory": "function",
    "kombo_event": "session",
    "kombo_faker": "session",
    "kombo_invalid_payload": "function",
    "kombo_invalid_payloads": "session",
    "kombo_payload": "function",
    "kombo_payload_factory": "function",
    "kombo_payloads": "session",
    "kombo_probe": "function",
    "kombo_probe_case": "function",
    "kombo_schema": "session",
    "kombo_seed": "session",
    "kombo_strategy_options": "session",
    "kombo_webhook_secret": "session",
    "kombo_wire_fault": "function",
}


def test_fixtures_lists_each_fixture_with_scope_type_and_default(pytester: pytest.Pytester):
    """The output of ``pytest --fixtures`` is the manual."""
    result = pytester.runpytest("--fixtures")
    sections = re.split(r"\n(?=\w+(?: \[\w+ scope\])? -- )", result.stdout.str())
    ours = {part.split()[0]: part for part in sections if part.startswith("kombo_")}
    assert sorted(FIXTURES) == sorted(ours)
    assert {
        name: text.partition("\n")[2].partition("\n\n")[0].strip() for name, text in ours.items()
    } == snapshot(
        {
            "kombo_payloads": """\
A Hypothesis strategy of valid payloads: data.draw(kombo_payloads) in a test under @given.
    Scope: session. Type: SearchStrategy[kombo_fakes.IntegrationStateChanged].
    Default: kombo_fakes.payloads(kombo_schema).
    Its options are kombo_strategy_options.\
""",
            "kombo_invalid_payloads": """\
A Hypothesis strategy of payloads with one fault, and the fault: pairs to unpack.
    Scope: session. Type: SearchStrategy[InvalidPayload].
    Default: kombo_fakes.invalid_payloads(kombo_schema), of all faults.
    Its options are kombo_strategy_options; the marker kombo and --kombo-fault narrow it.\
""",
            "kombo_deliveries": """\
A Hypothesis strategy of valid deliveries in all styles, signed over their bytes.
    Scope: session. Type: SearchStrategy[kombo_fakes.Delivery].
    Default: kombo_fakes.deliveries(kombo_schema, secret=kombo_webhook_secret).
    Its options are kombo_strategy_options.\
""",
            "kombo_payload": """\
A realistic payload, the test's own to change.
    Scope: function. Type: a dict, such as kombo_fakes.IntegrationStateChanged.
    Default: made from the test's node id and kombo_seed.
    Its event is kombo_event, its names come from kombo_faker.\
""",
            "kombo_payload_factory": """\
A callable for realistic payloads, with the overrides and traits of the event's factory:
    kombo_payload_factory(invalid=True, data__integration_tool="workday").
    Scope: function. Type: kombo_fakes.PayloadMaker[kombo_fakes.IntegrationStateChanged].
    Default: IntegrationStateChangedFactory.build, each call with the next seed of the test;
    kombo_seed=3 fixes one call's, and fault="data.state-enum-lowercase" breaks its payload.\
""",
            "kombo_invalid_payload": """\
A payload with one fault, and the fault: a pair to unpack, and a test for each fault.
    Scope: function. Type: kombo_fakes.InvalidPayload. Default: every fault of kombo_event.
    Narrow it with @pytest.mark.kombo(keywords=["enum"], at="/data/state", faults=["*-cut"]) or
    with --kombo-fault. The rest of the payload is made from the test's node id and kombo_seed.\
""",
            "kombo_delivery": """\
A signed delivery of a realistic payload: kombo_delivery.send(client, "/webhooks").
    Scope: function. Type: kombo_fakes.Delivery.
    Default: made from the test's node id and kombo_seed, signed with kombo_webhook_secret.\
""",
            "kombo_delivery_factory": """\
A callable for signed deliveries: of a payload that it is given, or of one that it makes
    with the overrides and traits of the event's factory, as in
    kombo_delivery_factory(invalid=True, style="indented").
    Scope: function. Type: kombo_fakes.DeliveryMaker.
    Default: signed with kombo_webhook_secret, each call with the next seed of the test;
    wire_fault="signature-missing" makes it odd in this way.\
""",
            "kombo_wire_fault": """\
A wire fault, and a test for each: .examples are deliveries, .expected() says whether a
    receiver has to reject or to accept them, or may do either.
    Scope: function. Type: kombo_fakes.WireFault. Default: every wire fault of kombo_event,
    its deliveries for a receiver whose secret is kombo_webhook_secret.\
""",
            "kombo_seed": """\
What all payloads of the run are made from, beside the name of the test.
    Scope: session. Type: int. Default: --kombo-seed, which is 0 by default.
    Redefine it to fix a seed in the code.\
""",
            "kombo_event": """\
The event that the other fixtures make payloads of.
    Scope: session. Type: str. Default: the ini option kombo_event, or "integration-state-changed".
    Set the option for another event, or put @pytest.mark.kombo(event=...) on a test, class or
    module; redefined, it is unknown to the tests per fault, wire fault and case.\
""",
            "kombo_faker": """\
Where the names of organisations and people in realistic payloads come from.
    Scope: session. Type: faker.Faker | None. Default: None, the names that kombo_fakes carries.
    Redefine it to return Faker("de_DE"), say; the Faker's own random state stays as it is.\
""",
            "kombo_strategy_options": """\
The options of kombo_payloads and kombo_invalid_payloads.
    Scope: session. Type: dict[str, Any]. Default: {}.
    Redefine it to return {"allow_nul": False, "max_length": 200}, say: any keyword argument of
    kombo_fakes.payloads, which are values, ambiguous, allow_nul, codec, max_length and nulls.\
""",
            "kombo_webhook_secret": """\
The secret that deliveries are signed with.
    Scope: session. Type: str. Default: kombo_fakes.TEST_SECRET, which calls itself a test secret.
    Redefine it to return what your receiver is configured with in tests.\
""",
            "kombo_schema": """\
The schema of the event, to validate with: kombo_schema.validate(payload).
    Scope: session. Type: kombo_fakes.Schema. Default: that of kombo_event.
    Redefine it to return Schema.load("ours.json"), and the two strategies follow.\
""",
            "kombo_probe_case": """\
A delivery of the probe and what is owed for it, and a test for each: send .delivery, and
    .check(response) fails the test if the response is another one than is .owed.
    Scope: function. Type: kombo_fakes.ProbeCase. Default: every case of kombo_event, signed with
    kombo_webhook_secret, with ids of the test's own. Narrow them with
    @pytest.mark.kombo(policy="tolerant", cases=["wire:*"]), and say with skip=["fault:data.id-*"]
    or baseline="report.json" which ones are known to fail: they are expected failures.\
""",
            "kombo_probe": """\
A callable that plays deliveries at a receiver, and fails the test with all that is wrong:
    kombo_probe(app, url="/webhooks/kombo", observe="/integrations/{integration_id}").
    Scope: function. Type: kombo_fakes.ReceiverProbe.
    Default: kombo_fakes.probe, whose arguments it takes: a receiver is a URL, a WSGI or ASGI
    application, or a callable that takes a Delivery. Event, seed and secret are those of
    kombo_event, kombo_seed and kombo_webhook_secret; policy, and what is known, are those of
    @pytest.mark.kombo(policy="tolerant", skip=["signature-*"], baseline="known.json"), or of the
    arguments of these names. With subtests=subtests, pytest's fixture, each finding is a subtest
    that fails.\
""",
        }
    )
    for name, scope in FIXTURES.items():
        text = ours[name]
        assert "no docstring available" not in text
        assert f"Scope: {scope}. Type: " in text
        assert "Default: " in text
        assert ("[session scope]" in text.splitlines()[0]) == (scope == "session")


def test_markers_explains_the_marker(pytester: pytest.Pytester):
    """The output of ``pytest --markers`` names every argument."""
    result = pytester.runpytest("--markers")
    assert find_line(result.outlines, "@pytest.mark.kombo") == snapshot(
        "(event=None, keywords=None, at=None, faults=None, policy=None, cases=None, skip=None, baseline=None): what the kombo_... fixtures of a test are about. event: the event, by default that of kombo_event. keywords, at, faults: only the faults of these schema keywords, at this place or below it (a JSON Pointer or a dotted name), with these ids ('*' stands for anything). policy: 'strict' or 'tolerant', what kombo_probe and kombo_probe_case hold a receiver to. cases: only the cases of kombo_probe_case with these ids. skip, baseline: what is known to be wrong, as ids, and as a report of `kombo-fakes probe --json` whose path is relative to the test's file. Of several markers the nearest one counts, argument by argument."
    )


def test_help_has_a_group_of_its_own(pytester: pytest.Pytester):
    """The two options stand together, under a heading that says whose they are."""
    result = pytester.runpytest("--help")
    _, _, rest = result.stdout.str().partition("(kombo_fakes):\n")
    assert rest.partition("\n\n")[0] == snapshot("""\
  --kombo-seed=INT      Give every test other payloads; the same seed gives the
                        same ones again (default: 0)
  --kombo-fault=ID      Of the tests per fault run only those of this fault, and
                        skip tests that are left with none; '*' stands for
                        anything. Can be given several times\
""")


@pytest.mark.parametrize("seed", ["0", "-7", "123456789012345678901234567890"])
def test_header_shows_version_and_seed(pytester: pytest.Pytester, seed: str):
    """Whoever reads a failure in a log can run it again."""
    result = pytester.runpytest("--kombo-seed", seed)
    result.stdout.fnmatch_lines([f"kombo_fakes {__version__}: --kombo-seed={seed}"])


@pytest.mark.parametrize(
    ("seed", "message"),
    [
        ("x", snapshot("ERROR: --kombo-seed: 'x' is no whole number")),
        ("", snapshot("ERROR: --kombo-seed: '' is no whole number")),
        ("1.5", snapshot("ERROR: --kombo-seed: '1.5' is no whole number")),
        (
            "9" * 5000,
            snapshot(
                "ERROR: --kombo-seed: '99999999999999999999999999999999999999999999999999999...' (5,000 characters) is no whole number"
            ),
        ),
    ],
    ids=["letter", "empty", "fraction", "long"],
)
def test_bad_seed_is_one_line(pytester: pytest.Pytester, seed: str, message: str):
    """A seed that is no integer is a usage error without a page of usage."""
    result = pytester.runpytest(f"--kombo-seed={seed}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if line]
    assert line == message


def test_fixtures_give_what_they_say(pytester: pytest.Pytester):
    """Every fixture gives a thing of its documented type, with its documented default."""
    pytester.makepyfile(
        """
        import kombo_fakes
        import pytest
        from hypothesis import find, strategies as st


        def test_settings(kombo_seed, kombo_event, kombo_faker, kombo_strategy_options):
            assert 0 == kombo_seed
            assert "integration-state-changed" == kombo_event
            assert kombo_faker is None
            assert {} == kombo_strategy_options


        def test_payload(kombo_payload, kombo_schema):
            assert isinstance(kombo_schema, kombo_fakes.Schema)
            assert type(kombo_payload) is dict
            kombo_schema.validate(kombo_payload)


        def test_factory(kombo_payload_factory, kombo_schema):
            payload = kombo_payload_factory(invalid=True, data__integration_tool="workday")
            kombo_schema.validate(payload)
            assert "INVALID" == payload["data"]["state"]
            assert payload["data"]["integration_id"].startswith("workday:")


        @pytest.mark.kombo(faults="data.state-enum-*")
        def test_invalid(kombo_invalid_payload, kombo_schema):
            assert isinstance(kombo_invalid_payload, kombo_fakes.InvalidPayload)
            payload, fault = kombo_invalid_payload
            assert [("/data/state", "enum")] == [
                (violation.pointer, violation.keyword)
                for violation in kombo_schema.violations(payload)
            ]
            assert fault.is_in(payload)


        def test_strategies(kombo_payloads, kombo_invalid_payloads, kombo_schema):
            kombo_schema.validate(find(kombo_payloads, lambda payload: True))
            payload, fault = find(kombo_invalid_payloads, lambda invalid: True)
            assert fault.is_in(payload)
        """
    )
    per_fault = len(faults(ids="data.state-enum-*"))
    pytester.runpytest("-W", "error").assert_outcomes(passed=4 + per_fault)


def test_given_takes_every_session_fixture(pytester: pytest.Pytester):
    """No session fixture trips Hypothesis's health check for function-scoped fixtures."""
    pytester.makepyfile(
        """
        from hypothesis import given, settings, strategies as st

        @given(data=st.data())
        def test_any(
            kombo_seed, kombo_event, kombo_faker, kombo_strategy_options,
            kombo_schema, kombo_payloads, kombo_invalid_payloads, data,
        ):
            kombo_schema.validate(data.draw(kombo_payloads))
            payload, fault = data.draw(kombo_invalid_payloads)
            assert not kombo_schema.is_valid(payload)
        """
    )
    pytester.runpytest("-W", "error").assert_outcomes(passed=1)


def test_two_calls_differ_and_a_seed_repeats_one(pytester: pytest.Pytester):
    """Payloads of one test differ, from each other and from kombo_payload, unless it says so."""
    pytester.makepyfile(
        """
        from kombo_fakes import IntegrationStateChangedFactory

        def test_calls(kombo_payload, kombo_payload_factory):
            made = [kombo_payload, *(kombo_payload_factory() for _ in range(20))]
            assert 21 == len({payload["id"] for payload in made})
            assert kombo_payload_factory(kombo_seed=3) == kombo_payload_factory(kombo_seed=3)
            assert IntegrationStateChangedFactory.build(kombo_seed=3) == kombo_payload_factory(
                kombo_seed=3
            )
            broken = kombo_payload_factory(fault="data.state-enum-lowercase")
            assert broken["data"]["state"].islower()
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)


def test_a_seeded_call_leaves_the_next_ones_as_they_were(pytester: pytest.Pytester):
    """Fixing one payload of a test doesn't change the others."""
    pytester.makepyfile(
        """
        import json, pathlib, pytest

        def test_one(kombo_payload_factory):
            if pathlib.Path("seeded").exists():
                kombo_payload_factory(kombo_seed=3)
            pathlib.Path("made.json").write_text(json.dumps(kombo_payload_factory()))
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)
    before = (pytester.path / "made.json").read_bytes()
    (pytester.path / "seeded").touch()
    pytester.runpytest().assert_outcomes(passed=1)
    assert before == (pytester.path / "made.json").read_bytes()


def test_misspelt_override_is_an_error_with_the_nearest_name(pytester: pytest.Pytester):
    """The factory fixture checks names as the factory itself does."""
    pytester.makepyfile("def test_one(kombo_payload_factory): kombo_payload_factory(data__stat=1)")
    result = pytester.runpytest()
    assert find_line(result.outlines, "E   ") == snapshot(
        "kombo_fakes.UnknownNameError: unknown field or trait 'data__stat' of IntegrationStateChangedFactory; did you mean 'data__state'?"
    )
    result.stdout.no_fnmatch_line("*kombo_fakes/pytest_plugin*")
    result.stdout.no_fnmatch_line("*kombo_fakes/generation/*")


def test_payloads_are_the_tests_own(pytester: pytest.Pytester):
    """A test that spoils its payload spoils nothing for the next, the catalogue included."""
    pytester.makepyfile(
        """
        import pytest

        def spoil(value):
            if isinstance(value, dict):
                [spoil(item) for item in value.values()]
                value["spoilt"] = True
            elif isinstance(value, list):
                value.append("spoilt")

        def test_spoil_1(kombo_payload): spoil(kombo_payload)
        def test_spoil_2(kombo_payload_factory):
            spoil(kombo_payload_factory(fault="data.state-type-empty-array"))
        @pytest.mark.kombo(keywords="type")
        def test_spoil_3(kombo_invalid_payload): spoil(kombo_invalid_payload.payload)
        @pytest.mark.kombo(keywords="type")
        def test_unspoilt(kombo_invalid_payload):
            assert "spoilt" not in str(kombo_invalid_payload.payload)
            assert "spoilt" not in str(kombo_invalid_payload.fault.examples)
        """
    )
    result = pytester.runpytest("-p", "no:randomly")
    result.assert_outcomes(passed=2 + 2 * len(_faults_of("type")))


def test_settings_are_redefined_in_a_conftest(pytester: pytest.Pytester):
    """A project fixes its seed, its Faker and the options of its strategies by fixtures."""
    pytester.makeconftest(
        """
        import pytest
        from faker import Faker

        @pytest.fixture(scope="session")
        def kombo_seed(): return 42

        @pytest.fixture(scope="session")
        def kombo_faker(): return Faker("ja_JP")

        @pytest.fixture(scope="session")
        def kombo_strategy_options(): return {"max_length": 40, "codec": "ascii", "nulls": 0}
        """
    )
    pytester.makepyfile(
        """
        import json
        import pytest
        from hypothesis import given, strategies as st
        from kombo_fakes.core.choices import seed_for
        from kombo_fakes import IntegrationStateChangedFactory

        def test_seed(kombo_payload, kombo_faker, request):
            seed = seed_for(request.node.nodeid, 42, "kombo_payload", 0)
            assert kombo_payload == IntegrationStateChangedFactory.build(
                kombo_seed=seed, faker=kombo_faker
            )

        @pytest.mark.kombo(faults="data.state-enum-cut")
        def test_names(kombo_payload, kombo_payload_factory, kombo_invalid_payload):
            made = (kombo_payload, kombo_payload_factory(), kombo_invalid_payload.payload)
            for payload in made:
                assert not payload["data"]["end_user"]["organization_name"].isascii()

        @given(data=st.data())
        def test_strategy_options(kombo_payloads, kombo_invalid_payloads, data):
            payload = data.draw(kombo_payloads)
            assert json.dumps(payload, ensure_ascii=False).isascii()
            assert payload["data"]["end_user"]["origin_id"] is not None
            broken, fault = data.draw(kombo_invalid_payloads)
            if fault.keyword == "required" and fault.site.value == "id":
                assert broken["data"]["end_user"]["origin_id"] is not None
        """
    )
    pytester.runpytest("--kombo-seed=7").assert_outcomes(passed=3)


def test_misspelt_strategy_option_is_one_clear_message(pytester: pytest.Pytester):
    """An option that doesn't exist names the setting that holds it and the nearest one."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="session")
        def kombo_strategy_options(): return {"max_lenght": 40}

        def test_one(kombo_payloads): pass
        """
    )
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    assert find_line(result.outlines, "kombo_strategy_options: ") == snapshot(
        "unknown option 'max_lenght'; did you mean 'max_length'?"
    )
    result.stdout.no_fnmatch_line("*Traceback*")


def test_redefined_schema_reaches_the_strategies(pytester: pytest.Pytester):
    """Strategies of somebody's own schema come from redefining kombo_schema alone."""
    pytester.makepyfile(
        """
        import pytest
        from hypothesis import find
        from kombo_fakes import Schema

        @pytest.fixture(scope="session")
        def kombo_schema(): return Schema.load({"type": "string", "maxLength": 3})

        def test_one(kombo_payloads, kombo_invalid_payloads):
            assert "" == find(kombo_payloads, lambda payload: True)
            assert "string" == find(kombo_invalid_payloads, lambda i: True).fault.site.value
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)


TWO_EVENTS = """
import pytest
from kombo_fakes.schema import schema
from kombo_fakes.webhooks import shipped as registry

DOCUMENT = {
    "title": "Other", "type": "object", "required": ["type", "n"], "additionalProperties": False,
    "properties": {"type": {"type": "string", "enum": ["other"]}, "n": {"type": "integer"}},
}

def pytest_configure(config):
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    events = lambda: ("integration-state-changed", "other")
    original = schema.event_document
    document = lambda event: DOCUMENT if event == "other" else original(event)
    for module in (registry, schema):
        patch.setattr(module, "events", events)
    patch.setattr(schema, "event_document", document)
"""
"""A conftest for the day when the package ships a second event."""


@pytest.mark.slow
def test_marker_and_redefinition_choose_the_event(pytester: pytest.Pytester):
    """Every fixture follows the event of its test, in whatever order the tests run."""
    pytester.makeconftest(TWO_EVENTS)
    pytester.makepyfile(
        test_default="""
        import pytest
        from hypothesis import find, given, strategies as st

        def test_default_1(kombo_payload, kombo_schema):
            assert "integration-state-changed" == kombo_payload["type"] == kombo_schema.name

        @pytest.mark.kombo(event="other")
        @given(data=st.data())
        def test_other(kombo_schema, kombo_payloads, kombo_invalid_payloads, data):
            assert "other" == data.draw(kombo_payloads)["type"] == kombo_schema.name
            assert "other" == data.draw(kombo_invalid_payloads).fault.schema.name

        @pytest.mark.kombo(event="other", at="n", keywords="type")
        class TestOther:
            def test_invalid(self, kombo_invalid_payload, kombo_event):
                assert "other" == kombo_event == kombo_invalid_payload.payload["type"]

            @pytest.mark.kombo(event="integration-state-changed", at="data", faults="*-null")
            def test_nearest(self, kombo_invalid_payload):
                assert "data" in kombo_invalid_payload.payload

            def test_strategy(self, kombo_invalid_payloads):
                assert "/n" == find(kombo_invalid_payloads, bool).fault.pointer

        @pytest.mark.parametrize("kombo_event", ["other"], indirect=True)
        def test_own(kombo_payload): assert "other" == kombo_payload["type"]

        def test_default_2(kombo_payload, kombo_schema):
            assert "integration-state-changed" == kombo_payload["type"] == kombo_schema.name
        """
    )
    for options in (["-p", "no:randomly"], [], ["-k", "default_2 or test_other"]):
        outcomes = pytester.runpytest(*options).parseoutcomes()
        assert outcomes.keys() <= {"passed", "deselected"}
        assert outcomes["passed"] >= 2


def test_redefined_event_is_followed(pytester: pytest.Pytester):
    """A project for another event says so once, and beside a test per fault."""
    pytester.makeconftest(
        TWO_EVENTS
        + """
@pytest.fixture(scope="session")
def kombo_event(): return "other"
"""
    )
    pytester.makepyfile(
        """
        import pytest
        from hypothesis import find

        def test_follows(kombo_payload, kombo_payload_factory, kombo_schema, kombo_payloads):
            assert "other" == kombo_payload["type"] == kombo_payload_factory()["type"]
            assert "other" == kombo_schema.name == find(kombo_payloads, bool)["type"]

        @pytest.mark.kombo(event="other", at="n", faults="*-null")
        def test_per_fault(kombo_invalid_payload, kombo_invalid_payloads):
            assert "/n" == kombo_invalid_payload.fault.pointer

        @pytest.mark.kombo(faults="data.state-enum-cut")
        def test_unmarked(kombo_invalid_payload): pass

        @pytest.mark.kombo(faults="data.state-enum-cut")
        def test_unmarked_too(kombo_invalid_payloads): pass

        @pytest.mark.kombo(event="integration-state-changed")
        def test_ignored(kombo_payload): pass
        """
    )
    result = pytester.runpytest("-p", "no:randomly")
    result.assert_outcomes(passed=2, errors=3)
    assert find_line(result.outlines, "kombo_event is ") == snapshot(
        "'other' here, but which faults there are has to be known at collection, when no fixture has a value yet: say so once with the ini option, kombo_event = other, or with @pytest.mark.kombo(event='other')"
    )
    assert find_line(result.outlines, "the marker asks for ") == snapshot(
        "'integration-state-changed', but the redefined kombo_event ignores it; let it return getattr(request, \"param\", 'other')"
    )


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_no_test_gets_what_was_made_for_another(pytester: pytest.Pytester, order: tuple[str, str]):
    """Where two directories set a session differently, the second is told, and gets no mix."""
    for name, longest in (("a", 40), ("b", 60)):
        pytester.mkpydir(name)
        (pytester.path / name / "conftest.py").write_text(
            "import pytest\n"
            "@pytest.fixture(scope='session')\n"
            f"def kombo_strategy_options(): return {{'max_length': {longest}}}\n"
        )
        (pytester.path / name / f"test_{name}.py").write_text(
            "def test_1(kombo_payloads): pass\ndef test_2(kombo_payload, kombo_seed): pass\n"
        )
    result = pytester.runpytest("-p", "no:randomly", *order)
    result.assert_outcomes(passed=3, errors=1)
    line = find_line(result.outlines, "kombo_payloads is ")
    assert re.sub(r"[0-9]+", "N", line) == snapshot(
        "made once a session, and was made where kombo_strategy_options is {'max_length': N}; here it is {'max_length': N}. Redefine kombo_payloads here, too, or choose an event by @pytest.mark.kombo(event=...)"
    )


def test_invalid_payload_has_to_be_an_argument(pytester: pytest.Pytester):
    """A test that asks for the fixture by name, too late for parameters, is told so."""
    pytester.makepyfile("def test_one(request): request.getfixturevalue('kombo_invalid_payload')")
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    assert find_line(result.outlines, "kombo_invalid_payload is ") == snapshot(
        "a test per fault: let the test, or a fixture that it names, have it as an argument"
    )


def test_factory_itself_is_the_same_as_the_fixture(pytester: pytest.Pytester):
    """The fixture takes what build takes: fields, traits, a fault, a seed, a Faker."""
    expected = IntegrationStateChangedFactory.build(anonymous=True, kombo_seed=1)
    pytester.makepyfile(
        f"""
        from faker import Faker

        def test_one(kombo_payload_factory):
            assert {expected!r} == kombo_payload_factory(anonymous=True, kombo_seed=1)
            assert kombo_payload_factory(faker=Faker("de_DE"))
        """
    )
    pytester.runpytest().assert_outcomes(passed=1)


def _faults_of(keyword: str) -> list[str]:
    return [fault.id for fault in faults(keywords=[keyword])]
