"""The plugin in projects of its own."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def few_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Load what the tests are about: to find and import a dozen other plugins takes longer.

    ``test_isolation.py`` has the plugin found by pytest, beside all that are installed.
    """
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTEST_PLUGINS", "kombo_fakes.pytest_plugin,_hypothesis_pytestplugin")
    # pytest 8.2 warns that a plugin which is named here has been imported before.
    monkeypatch.setenv("PYTEST_ADDOPTS", "-W ignore::pytest.PytestAssertRewriteWarning")
