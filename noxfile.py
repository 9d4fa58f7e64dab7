"""Tests with other versions and other plugins: `make compat`, or `nox -s compat -- faker`.

Each dependency is tested at its oldest version, with all others at their newest. The fixtures are
tested beside plugins that change fixtures, factories, random states or the order of tests.
"""

from __future__ import annotations

from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = False

ROOT = Path(__file__).parent
LOWEST = dict(
    line.split("==")
    for line in (ROOT / "tests" / "lowest.txt").read_text(encoding="utf-8").splitlines()
    if "==" in line
)
VARIED = ("hypothesis", "faker", "factory-boy", "pytest")

# The tests that depend on the four: of the plugin, strategies, factories and bytes of seeds.
TESTS = (
    "tests/pytest_plugin/test_fixtures.py",
    "tests/pytest_plugin/test_faults.py",
    "tests/pytest_plugin/test_deliveries.py",
    "tests/strategies/test_payloads.py",
    "tests/generation/test_factories.py",
    "tests/project/test_package.py",
    "tests/project/test_promises.py",
)
FAST = ("-q", "-m", "not slow", "-p", "no:cacheprovider")

# These options replace the configuration and the plugins of this project's own tests.
OTHER_CONFIG = ("-q", "-c", "compat/pytest.ini")
LOOP = ("-o", "asyncio_default_fixture_loop_scope=function")
NO_PLUGINS = ("-p", "no:randomly", "-p", "no:xdist")
BESIDE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "nothing": ((), (*FAST, *NO_PLUGINS, *TESTS)),
    "pytest-randomly": ((), (*FAST, "-p", "no:xdist", *TESTS)),
    "pytest-xdist": ((), (*FAST, "-p", "no:randomly", "-n", "2", *TESTS)),
    "pytest-asyncio": (
        ("pytest-asyncio",),
        (*OTHER_CONFIG, "compat/test_beside_asyncio.py", *LOOP),
    ),
    "pytest-asyncio, auto": (
        ("pytest-asyncio",),
        (*OTHER_CONFIG, "compat/test_beside_asyncio.py", *LOOP, "-o", "asyncio_mode=auto"),
    ),
    "pytest-factoryboy": (
        ("pytest-factoryboy",),
        (*OTHER_CONFIG, "compat/test_beside_factoryboy.py"),
    ),
}


def _install(session: nox.Session) -> None:
    session.install("-q", "--upgrade", "pip")
    session.install("-q", "-e", ".", "--group", "test")


@nox.session
def compat(session: nox.Session) -> None:
    """Test beside other plugins, and with each of the four alone at its oldest version."""
    _install(session)
    for name in session.posargs or (*BESIDE, *VARIED):
        if name in BESIDE:
            _test_beside(session, name)
        else:
            _test_lowest(session, name)


def _test_beside(session: nox.Session, name: str) -> None:
    packages, options = BESIDE[name]
    if packages:
        session.install("-q", *packages)
    session.run("python", "-m", "pytest", *options)
    if packages:
        session.run("python", "-m", "pip", "uninstall", "-q", "-y", *packages)


def _test_lowest(session: nox.Session, package: str) -> None:
    session.install("-q", f"{package}=={LOWEST[package]}")
    session.run("python", "-m", "pytest", "-n", "auto", *FAST, *TESTS)
    session.install("-q", "--upgrade", package)


@nox.session(python=["3.10", "3.11", "3.12", "3.13", "3.14"])
def python(session: nox.Session) -> None:
    """Run the fast tests with each Python that is installed."""
    _install(session)
    session.run("python", "-m", "pytest", "-n", "auto", *FAST)
