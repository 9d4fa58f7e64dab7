"""What the fixtures give, and how a project redefines what they are made of."""

from __future__ import annotations

import re

import pytest
from inline_snapshot import snapshot
from support.commands import find_line

# Imported here, because pytester forgets what its runs import first.
from kombo_fakes import IntegrationStateChangedFactory, __version__, faults, payloads  # noqa: F401

pytest_plugins = ("pytester",)

# pytest 8.2 warns that the plugin, which conftest.py names, has been imported before.
STRICT_WARNINGS = ("-W", "error", "-W", "ignore::pytest.PytestAssertRewriteWarning")

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
    result = pytester.runpytest("--fixtures")
    sections = re.split(r"\n(?=\w+(?: \[\w+ scope\])? -- )", result.stdout.str())
    ours = {part.split()[0]: part for part in sections if part.startswith("kombo_")}
    assert sorted(FIXTURES) == sorted(ours)
    assert {
        name: text.partition("\n")[2].partition("\n\n")[0].strip() for name, text in ours.items()
    } == snapshot(
        {
            "kombo_payloads": """\
A Hypothesis strategy of valid payloads. Use data.draw(kombo_payloads) under @given.
    Scope: session. Type: SearchStrategy of payloads.
    Default: kombo_fakes.payloads(kombo_schema, **kombo_strategy_options).\
""",
            "kombo_invalid_payloads": """\
A Hypothesis strategy of pairs: an invalid payload, and the one fault that it has.
    Scope: session. Type: SearchStrategy[kombo_fakes.InvalidPayload].
    Default: kombo_fakes.invalid_payloads(kombo_schema, **kombo_strategy_options) with all faults.
    The marker kombo and the option --kombo-fault select faults.\
""",
            "kombo_deliveries": """\
A Hypothesis strategy of valid, signed deliveries in all styles.
    Scope: session. Type: SearchStrategy[kombo_fakes.Delivery].
    Default: kombo_fakes.deliveries(kombo_schema, secret=kombo_webhook_secret) with
    kombo_strategy_options.\
""",
            "kombo_payload": """\
A realistic payload. The test may change it.
    Scope: function. Type: dict. Default: a payload of kombo_event that depends on the test's name
    and on kombo_seed.\
""",
            "kombo_payload_factory": """\
A callable that makes realistic payloads. It takes the fields and traits of the event's
    factory: kombo_payload_factory(invalid=True, data__integration_tool="workday").
    Scope: function. Type: kombo_fakes.PayloadMaker.
    Default: the build method of kombo_fakes.factory_for(kombo_event). Each call returns another
    payload. kombo_seed=3 sets the seed of one call, and fault="data.state-enum-lowercase" makes its
    payload invalid.\
""",
            "kombo_invalid_payload": """\
A pair to unpack: an invalid payload, and the one fault that it has. The test runs once for
    each fault.
    Scope: function. Type: kombo_fakes.InvalidPayload. Default: every fault of kombo_event.
    Select faults with @pytest.mark.kombo(keywords=["enum"], at="/data/state", faults=["*-cut"]) or
    with --kombo-fault. The rest of the payload depends on the test's name and on kombo_seed.\
""",
            "kombo_delivery": """\
A signed delivery of a realistic payload: kombo_delivery.send(client, "/webhooks").
    Scope: function. Type: kombo_fakes.Delivery. Default: a delivery signed with
    kombo_webhook_secret, whose payload depends on the test's name and on kombo_seed.\
""",
            "kombo_delivery_factory": """\
A callable that makes signed deliveries, of a payload that you pass, or of one that it makes
    from the fields and traits of the event's factory:
    kombo_delivery_factory(invalid=True, style="indented").
    Scope: function. Type: kombo_fakes.DeliveryMaker.
    Default: deliveries signed with kombo_webhook_secret. Each call makes another payload.
    wire_fault="signature-missing" gives the delivery that wire fault.\
""",
            "kombo_wire_fault": """\
A wire fault. The test runs once for each. Send its .examples, which are deliveries;
    .expected() tells if a receiver has to accept them, has to reject them, or may do either.
    Scope: function. Type: kombo_fakes.WireFault. Default: every wire fault of kombo_event, with
    deliveries for a receiver whose secret is kombo_webhook_secret.\
""",
            "kombo_seed": """\
The seed of all payloads. Each test mixes it with its own name.
    Scope: session. Type: int. Default: the option --kombo-seed, or 0.
    Redefine it to set the seed in code.\
""",
            "kombo_event": """\
The event that the other fixtures use.
    Scope: session. Type: str. Default: the ini option kombo_event, or the first event that
    `kombo-fakes events` lists. To change it, set the ini option, or put
    @pytest.mark.kombo(event=...) on a test, class or module. If you redefine the fixture instead,
    add the marker to tests that run once per fault, wire fault or case.\
""",
            "kombo_faker": """\
The Faker that makes names of organisations and people in realistic payloads.
    Scope: session. Type: faker.Faker | None. Default: None, which uses names that come with
    kombo_fakes. Redefine it to return Faker("de_DE"), for example. The random state of the Faker
    does not change.\
""",
            "kombo_strategy_options": """\
The options of kombo_payloads, kombo_invalid_payloads and kombo_deliveries.
    Scope: session. Type: dict[str, Any]. Default: {}.
    Redefine it to return {"allow_nul": False, "max_length": 200}, for example. The options are the
    keyword arguments of kombo_fakes.payloads: values, ambiguous, allow_nul, codec, max_length and
    nulls.\
""",
            "kombo_webhook_secret": """\
The secret that signs deliveries.
    Scope: session. Type: str. Default: kombo_fakes.TEST_SECRET.
    Redefine it to return the secret that your receiver has in tests.\
""",
            "kombo_schema": """\
The schema of the event. kombo_schema.validate(payload) validates a payload.
    Scope: session. Type: kombo_fakes.Schema. Default: the schema of kombo_event.
    Redefine it to return Schema.load("ours.json"), for example. The strategies then follow that
    schema.\
""",
            "kombo_probe_case": """\
One delivery of the probe, and what a receiver has to do with it. The test runs once for each
    case: send .delivery, and pass the response to .check(response), which fails the test if it is
    not the expected one.
    Scope: function. Type: kombo_fakes.ProbeCase. Default: every case of kombo_event, signed with
    kombo_webhook_secret. The ids in the payloads differ from test to test.
    Select cases with @pytest.mark.kombo(policy="tolerant", cases=["wire:*"]). Cases that
    skip=["fault:data.id-*"] or baseline="report.json" lists are expected to fail.\
""",
            "kombo_probe": """\
A callable that sends deliveries to a receiver, and fails the test with a report of what the
    receiver gets wrong:
    kombo_probe(app, url="/webhooks/kombo", observe="/integrations/{integration_id}").
    Scope: function. Type: kombo_fakes.ReceiverProbe.
    Default: kombo_fakes.probe with its arguments. A receiver is a URL, a WSGI or ASGI application,
    or a callable that takes a Delivery. The event, seed and secret are kombo_event, kombo_seed and
    kombo_webhook_secret. Set the policy and what is known with arguments, or with
    @pytest.mark.kombo(policy="tolerant", skip=["signature-*"], baseline="known.json").
    With subtests=subtests, the fixture of pytest, each finding is a failing subtest.\
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
    result = pytester.runpytest("--markers")
    assert find_line(result.outlines, "@pytest.mark.kombo") == snapshot(
        "(event=None, keywords=None, at=None, faults=None, policy=None, cases=None, skip=None, baseline=None): settings of the kombo_... fixtures for a test, class or module. event: the event to use instead of the default one. keywords, at, faults: select faults by schema keyword, by place (a JSON Pointer or a dotted name; everything below it is included), or by id ('*' stands for anything). policy: 'strict' or 'tolerant', what kombo_probe and kombo_probe_case expect of a receiver. cases: select cases of kombo_probe_case by id. skip: ids of findings or cases that are known. baseline: a report of `kombo-fakes probe --json` whose findings are known; the path is relative to the test's file. If several markers give an argument, the nearest marker wins."
    )


def test_help_shows_the_options(pytester: pytest.Pytester):
    result = pytester.runpytest("--help")
    _, _, rest = result.stdout.str().partition("(kombo_fakes):\n")
    assert rest.partition("\n\n")[0] == snapshot("""\
  --kombo-seed=INT      Seed of all payloads. The same seed gives every test the
                        same payloads again (default: 0)
  --kombo-fault=ID      Run the tests of kombo_invalid_payload with this fault
                        only. '*' stands for anything. Tests without a matching
                        fault are skipped. Can be repeated\
""")


@pytest.mark.parametrize("seed", ["0", "-7", "123456789012345678901234567890"])
def test_header_shows_version_and_seed(pytester: pytest.Pytester, seed: str):
    result = pytester.runpytest("--kombo-seed", seed)
    result.stdout.fnmatch_lines([f"kombo_fakes {__version__}: --kombo-seed={seed}"])


@pytest.mark.parametrize(
    ("seed", "message"),
    [
        ("x", snapshot("ERROR: --kombo-seed: 'x' is not an integer")),
        ("", snapshot("ERROR: --kombo-seed: '' is not an integer")),
        ("1.5", snapshot("ERROR: --kombo-seed: '1.5' is not an integer")),
        (
            "9" * 5000,
            snapshot(
                "ERROR: --kombo-seed: '99999999999999999999999999999999999999999999999999999...' (5,000 characters) is not an integer"
            ),
        ),
    ],
    ids=["character", "empty", "fraction", "long"],
)
def test_a_wrong_seed_is_a_usage_error(pytester: pytest.Pytester, seed: str, message: str):
    result = pytester.runpytest(f"--kombo-seed={seed}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if line]
    assert line == message


def test_fixtures_have_the_documented_types_and_defaults(pytester: pytest.Pytester):
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
    pytester.runpytest(*STRICT_WARNINGS).assert_outcomes(passed=4 + per_fault)


def test_session_fixtures_can_be_used_with_given(pytester: pytest.Pytester):
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
    pytester.runpytest(*STRICT_WARNINGS).assert_outcomes(passed=1)


def test_each_call_of_the_factory_makes_another_payload(pytester: pytest.Pytester):
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


def test_a_call_with_a_seed_does_not_change_the_next_calls(pytester: pytest.Pytester):
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


def test_a_misspelt_override_is_an_error_with_the_nearest_name(pytester: pytest.Pytester):
    pytester.makepyfile("def test_one(kombo_payload_factory): kombo_payload_factory(data__stat=1)")
    result = pytester.runpytest()
    assert find_line(result.outlines, "E   ") == snapshot(
        "kombo_fakes.UnknownNameError: unknown field or trait 'data__stat' of IntegrationStateChangedFactory; did you mean 'data__state'?"
    )
    result.stdout.no_fnmatch_line("*kombo_fakes/pytest_plugin*")
    result.stdout.no_fnmatch_line("*kombo_fakes/generation/*")


def test_a_test_can_change_its_payload(pytester: pytest.Pytester):
    """The next test and the catalogue do not see the change."""
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


def test_settings_can_be_redefined_in_a_conftest(pytester: pytest.Pytester):
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


def test_a_misspelt_strategy_option_is_an_error_with_the_nearest_name(pytester: pytest.Pytester):
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


def test_strategies_follow_a_redefined_schema(pytester: pytest.Pytester):
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
"""A conftest that adds an event to the package."""


@pytest.mark.slow
def test_every_fixture_follows_the_event_of_its_test(pytester: pytest.Pytester):
    """The order of the tests does not matter."""
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


def test_fixtures_follow_a_redefined_event(pytester: pytest.Pytester):
    """Tests per fault need the marker as well."""
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
        "'other' here, but the test was collected for another event. Collection cannot see a redefined fixture. Set the event with the ini option kombo_event = other, or with @pytest.mark.kombo(event='other')"
    )
    assert find_line(result.outlines, "@pytest.mark.kombo asks for ") == snapshot(
        "'integration-state-changed', but the redefined kombo_event returns 'other'. Let it return getattr(request, \"param\", 'other')"
    )


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_session_fixture_with_other_settings_fails_the_test(
    pytester: pytest.Pytester, order: tuple[str, str]
):
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
        "a session fixture, and it was made with another kombo_strategy_options than this test has ({'max_length': N} instead of {'max_length': N}). Redefine kombo_payloads beside kombo_strategy_options, or choose an event with @pytest.mark.kombo(event=...)"
    )


def test_kombo_invalid_payload_has_to_be_an_argument(pytester: pytest.Pytester):
    pytester.makepyfile("def test_one(request): request.getfixturevalue('kombo_invalid_payload')")
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    assert find_line(result.outlines, "kombo_invalid_payload makes ") == snapshot(
        "several tests, so pytest has to see it at collection. Make it an argument of the test, or of a fixture that the test uses"
    )


def test_the_fixture_makes_the_payloads_of_the_factory(pytester: pytest.Pytester):
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
