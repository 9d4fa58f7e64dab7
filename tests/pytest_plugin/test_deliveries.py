"""The fixtures of deliveries in a project."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot
from support.commands import find_line

# Imported here, because pytester forgets what its runs import first.
from kombo_fakes import (  # noqa: F401
    IntegrationStateChangedFactory,
    deliveries,
    payloads,
    wire_faults,
)

pytest_plugins = ("pytester",)


def test_deliveries_are_signed_with_the_secret_of_the_project(pytester: pytest.Pytester):
    pytester.makeconftest(
        """
        import pytest

        @pytest.fixture(scope="session")
        def kombo_webhook_secret():
            return "ours"
        """
    )
    pytester.makepyfile(
        """
        import kombo_fakes
        from hypothesis import given, strategies as st

        def right(delivery):
            return kombo_fakes.verify(delivery.body, delivery.signature, "ours")

        def test_one(kombo_delivery, kombo_schema):
            assert right(kombo_delivery)
            kombo_schema.validate(kombo_delivery.payload)

        def test_factory(kombo_delivery_factory):
            first, second = kombo_delivery_factory(), kombo_delivery_factory()
            assert first.event_id != second.event_id
            assert kombo_delivery_factory(kombo_seed=3) == kombo_delivery_factory(kombo_seed=3)
            assert right(first)
            indented = kombo_delivery_factory({"id": "1"}, style="indented")
            assert indented.body == b'{\\n  "id": "1"\\n}' and right(indented)
            assert kombo_delivery_factory(invalid=True).payload["data"]["state"] == "INVALID"
            assert kombo_delivery_factory(wire_fault="signature-missing").signature is None

        @given(data=st.data())
        def test_strategy(kombo_deliveries, data):
            assert right(data.draw(kombo_deliveries))
        """
    )
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=3)


@pytest.mark.slow
def test_kombo_wire_fault_makes_a_test_per_wire_fault(pytester: pytest.Pytester):
    pytester.makepyfile(
        """
        import pytest

        def test_default(kombo_wire_fault):
            assert kombo_wire_fault.examples

        @pytest.mark.kombo(event="sync-finished")
        def test_other(kombo_wire_fault):
            assert kombo_wire_fault.schema.name == "sync-finished"
        """
    )
    result = pytester.runpytest("-v", "-p", "no:randomly")
    # The tests use the test secret, and two wire faults are signed with it.
    result.assert_outcomes(passed=2 * len(wire_faults()), skipped=2)
    assert "test_default[signature-key-empty] PASSED" in result.stdout.str()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            "style='indentd'",
            snapshot(
                "kombo_fakes.UnknownNameError: unknown style 'indentd'; did you mean 'indented'?"
            ),
        ),
        (
            "wire_fault='signature-mising'",
            snapshot(
                "kombo_fakes.UnknownNameError: unknown wire fault 'signature-mising'; did you mean 'signature-missing'?"
            ),
        ),
        ("{}, invalid=True", snapshot("TypeError: give a payload or invalid=, not both")),
        (
            "wire_fault='signature-*'",
            snapshot(
                "kombo_fakes.OverrideError: wire_fault='signature-*' matches 30 wire faults (signature-missing, signature-empty, signature-key-empty, ...): give the id of one"
            ),
        ),
        (
            "wire_fault='signature-missing', style='x'",
            snapshot(
                "TypeError: give style= or wire_fault=, not both: a wire fault sets the style itself"
            ),
        ),
    ],
)
def test_wrong_arguments_of_the_delivery_factory(
    pytester: pytest.Pytester, call: str, message: str
):
    """The traceback ends in the line of the test."""
    pytester.makepyfile(f"def test_one(kombo_delivery_factory): kombo_delivery_factory({call})")
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    assert find_line(result.outlines, "E   ") == message
    assert "kombo_fakes/pytest_plugin" not in result.stdout.str()


@pytest.mark.slow
@pytest.mark.parametrize("secret", ["ours", "null"])
def test_wire_faults_depend_on_the_secret(pytester: pytest.Pytester, secret: str):
    """A signature with the test secret is a fault unless the receiver has that secret."""
    pytester.makeconftest(
        "import pytest\n"
        "@pytest.fixture(scope='session')\n"
        f"def kombo_webhook_secret(): return {secret!r}\n"
    )
    pytester.makepyfile("def test_it(kombo_wire_fault): assert kombo_wire_fault.examples")
    result = pytester.runpytest("-v", "-p", "no:randomly", "-k", "signature")
    result.stdout.fnmatch_lines(["*test_it[[]signature-key-test] PASSED*"])
    outcomes = result.parseoutcomes()
    assert set(outcomes) <= {"passed", "skipped", "deselected"}
    assert ("skipped" in outcomes) == (secret == "null")


def test_no_message_holds_a_secret(pytester: pytest.Pytester):
    conftest = (
        "import pytest\n"
        "@pytest.fixture(scope='session')\n"
        "def kombo_webhook_secret(): return {secret!r}\n"
    )
    for name, secret in (("first", "hush-hush-one"), ("second", "hush-hush-two")):
        directory = pytester.mkpydir(name)
        (directory / "conftest.py").write_text(conftest.format(secret=secret))
        (directory / f"test_{name}.py").write_text("def test_it(kombo_deliveries): pass")
    # With a fixture in the rootdir the session fixture is not made again.
    pytester.makeconftest(
        "import pytest\n"
        "@pytest.fixture(scope='session')\n"
        "def kombo_webhook_secret(): return 'hush-hush-none'\n"
    )
    result = pytester.runpytest("-p", "no:randomly")
    assert find_line(result.outlines, "kombo_deliveries ") == snapshot(
        "is a session fixture, and it was made with another kombo_webhook_secret than this test has. Redefine kombo_deliveries beside kombo_webhook_secret, or choose an event with @pytest.mark.kombo(event=...)"
    )
    assert "hush-hush" not in result.stdout.str()
