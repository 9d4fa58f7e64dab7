"""Payloads depend on the name of the test and the seed, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Imported here, because pytester forgets what its runs import first.
from kombo_fakes import IntegrationStateChangedFactory, faults, payloads  # noqa: F401

pytest_plugins = ("pytester",)


@pytest.fixture
def few_plugins() -> None:
    """Load every plugin that is installed, as pytest does it."""


HEAVY = ("faker", "factory", "hypothesis", "jsonschema_rs", "rich", "kombo_fakes.schema.schema")

RECORDER = """
import json, os, pytest
from pathlib import Path

@pytest.fixture
def record(request):
    def write(*values):
        name = request.node.nodeid.replace("/", "_").replace(":", "_")
        Path(os.environ["RECORD"], name).write_bytes(json.dumps(values).encode())
    return write

def pytest_collection_modifyitems(items):
    if "REVERSED" in os.environ:
        items.reverse()
"""

TESTS = """
import pytest

def test_payload(kombo_payload, record): record(kombo_payload)

def test_factory(kombo_payload_factory, record):
    record(*(kombo_payload_factory() for _ in range(3)), kombo_payload_factory(invalid=True))

@pytest.mark.parametrize("n", range(5))
def test_parametrized(kombo_payload, kombo_payload_factory, record, n):
    record(kombo_payload, kombo_payload_factory())

@pytest.mark.kombo(event="integration-state-changed", at="/data/state")
def test_invalid(kombo_invalid_payload, record): record(kombo_invalid_payload.payload)

class TestClass:
    def test_payload(self, kombo_payload, record): record(kombo_payload)
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A test suite that records what each test gets."""
    pytester.makeconftest(RECORDER)
    pytester.makepyfile(test_a=TESTS, test_b=TESTS)
    return pytester


@pytest.fixture
def recorded(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    """A callable that runs the suite and returns the recorded bytes by test."""
    runs = 0

    def run(*options: str, processes: bool = False) -> dict[str, bytes]:
        nonlocal runs
        runs += 1
        directory = project.mkdir(f"run{runs}")
        monkeypatch.setenv("RECORD", str(directory))
        runpytest = project.runpytest_subprocess if processes else project.runpytest_inprocess
        result = runpytest("-p", "no:cacheprovider", *options)
        assert result.ret == pytest.ExitCode.OK
        return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}

    return run


@pytest.mark.slow
def test_payloads_do_not_depend_on_order_or_other_tests(recorded, monkeypatch: pytest.MonkeyPatch):
    in_order = recorded("-p", "no:randomly", "test_a.py", "test_b.py")
    assert len(in_order) == 2 * (3 + 5 + len(faults(at="/data/state")))
    assert len(set(in_order.values())) == len(in_order)
    assert in_order == recorded("-p", "no:randomly", "test_b.py", "test_a.py")
    for seed in range(3):
        assert in_order == recorded(f"--randomly-seed={seed}")
    monkeypatch.setenv("REVERSED", "yes")
    assert in_order == recorded("-p", "no:randomly")
    alone = recorded("-p", "no:randomly", "test_b.py::test_factory")
    assert alone == {"test_b.py__test_factory": in_order["test_b.py__test_factory"]}


def test_another_seed_changes_every_payload(recorded):
    first, again, other = recorded(), recorded("--kombo-seed=0"), recorded("--kombo-seed=1")
    assert first == again
    assert first.keys() == other.keys()
    assert not first.items() & other.items()


@pytest.mark.slow
def test_payloads_do_not_depend_on_workers_or_hash_seeds(recorded, monkeypatch: pytest.MonkeyPatch):
    here = recorded("--kombo-seed=9")
    for hash_seed, options in (
        ("1", ()),
        ("2", ("-n", "2")),
        ("3", ("-n", "2", "-p", "no:randomly")),
    ):
        monkeypatch.setenv("PYTHONHASHSEED", hash_seed)
        assert here == recorded("--kombo-seed=9", *options, processes=True)


@pytest.mark.slow
def test_header_and_marker_with_workers(pytester: pytest.Pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.kombo(event="integration-state-changed", keywords={"enum", "format"})
        def test_one(kombo_invalid_payload, kombo_invalid_payloads, kombo_schema): pass
        """
    )
    result = pytester.runpytest_subprocess("-n", "2", "--kombo-seed=4", "--kombo-fault=*-empty")
    left = faults(keywords=["enum", "format"], ids="*-empty")
    result.assert_outcomes(passed=len(left))
    result.stdout.fnmatch_lines(["kombo_fakes *: --kombo-seed=4"])


USES_EVERYTHING = """
import pytest

@pytest.mark.kombo(at="/data/state")
def test_invalid(watched, kombo_invalid_payload): pass

def test_made(watched, kombo_payload, kombo_payload_factory):
    kombo_payload_factory()
    kombo_payload_factory(anonymous=True, kombo_seed=3)
    kombo_payload_factory(data__end_user__origin_id="x", fault="data.state-enum-cut")
"""


def test_fixtures_do_not_change_random_states(pytester: pytest.Pytester):
    """Those of Python, factory_boy and Faker, and of the Faker that a project lends."""
    pytester.makeconftest(
        """
        import random

        import factory.random
        import faker
        import pytest

        FAKER = faker.Faker("de_DE")

        @pytest.fixture(scope="session")
        def kombo_faker(): return FAKER

        def states():
            return (
                random.getstate(),
                factory.random.get_random_state(),
                faker.generator.random.getstate(),
                FAKER.random.getstate(),
            )

        @pytest.fixture
        def watched():
            before = states()
            yield
            assert before == states()
        """
    )
    pytester.makepyfile(USES_EVERYTHING)
    result = pytester.runpytest("-p", "no:randomly")
    result.assert_outcomes(passed=1 + len(faults(at="/data/state")))


@pytest.mark.parametrize(
    "base", ["factory.Factory", "factory.DictFactory", "kombo_fakes.IntegrationStateChangedFactory"]
)
def test_fixtures_do_not_change_sequences_of_factories(pytester: pytest.Pytester, base: str):
    pytester.makeconftest(
        f"""
        import factory
        import kombo_fakes
        import pytest

        class Mine({base}):
            class Meta:
                model = dict

            id = factory.Sequence(str)

        @pytest.fixture
        def watched():
            Mine.reset_sequence(5, force=True)
            yield
            assert "5" == Mine.build()["id"]
        """
    )
    pytester.makepyfile(USES_EVERYTHING)
    result = pytester.runpytest("-p", "no:randomly")
    result.assert_outcomes(passed=1 + len(faults(at="/data/state")))


def run_pytest(directory: Path, *options: str, env: dict[str, str] | None = None) -> None:
    """Run test_it.py in a process of its own. It has to pass."""
    command = [sys.executable, "-m", "pytest", *options, "-q", "test_it.py"]
    run = subprocess.run(
        command, cwd=directory, env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


@pytest.mark.slow
def test_an_unused_plugin_imports_nothing_heavy(tmp_path: Path):
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_one():\n"
        f"    assert [m for m in {HEAVY!r} if m in sys.modules] == []\n"
        "    ours = sorted(m for m in sys.modules if m.partition('.')[0] == 'kombo_fakes')\n"
        "    assert ours == [\n"
        "        'kombo_fakes', 'kombo_fakes.core', 'kombo_fakes.core.messages',\n"
        "        'kombo_fakes.errors', 'kombo_fakes.pytest_plugin',\n"
        "        'kombo_fakes.pytest_plugin.captured_output',\n"
        "        'kombo_fakes.pytest_plugin.fixtures', 'kombo_fakes.pytest_plugin.marker',\n"
        "        'kombo_fakes.pytest_plugin.probe_fixtures',\n"
        "        'kombo_fakes.pytest_plugin.session_fixtures', 'kombo_fakes.version',\n"
        "    ]\n"
    )
    # Other plugins import Faker and more.
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_PLUGINS", None)
    run_pytest(tmp_path, "-p", "kombo_fakes.pytest_plugin", env=environment)


@pytest.mark.slow
def test_a_module_of_the_plugin_can_be_loaded_first(pytester: pytest.Pytester):
    """The option -p loads it before the rest of the plugin."""
    pytester.makepyfile("def test_one(kombo_probe, kombo_payload): pass")
    result = pytester.runpytest_subprocess("-p", "kombo_fakes.pytest_plugin.probe_fixtures")
    result.assert_outcomes(passed=1)


@pytest.mark.slow
def test_a_payload_does_not_import_hypothesis(tmp_path: Path):
    (tmp_path / "test_it.py").write_text(
        "import sys, pytest\n"
        "@pytest.mark.kombo(at='/data/state')\n"
        "def test_one(kombo_payload, kombo_payload_factory, kombo_invalid_payload, kombo_schema):\n"
        "    kombo_payload_factory()\n"
        "    assert 'hypothesis' not in sys.modules\n"
    )
    run_pytest(tmp_path, "-p", "no:hypothesispytest")


@pytest.mark.slow
def test_the_plugin_works_without_that_of_hypothesis_and_can_be_switched_off(
    pytester: pytest.Pytester,
):
    pytester.makepyfile(
        """
        from hypothesis import HealthCheck, given, settings, strategies as st

        # A busy machine draws slowly.
        @given(data=st.data())
        @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
        def test_one(kombo_payloads, kombo_schema, data):
            kombo_schema.validate(data.draw(kombo_payloads))
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest")
    result.assert_outcomes(passed=1)
    result = pytester.runpytest_subprocess("-p", "no:kombo_fakes")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'kombo_payloads' not found"])
    result.stdout.no_fnmatch_line("kombo_fakes *: --kombo-seed*")
