"""The example receivers, held against timelines and the probe: nothing is wrong with them."""

from __future__ import annotations

import importlib
import logging
from pathlib import Path
from typing import Any

import pytest
from support.gallery.serving import serving
from support.sampling import part

from kombo_fakes import Timeline, probe
from kombo_fakes.probing.receivers.resolve import resolve_receiver

SECRET = "s3cret of a receiver"
HOOK = "http://127.0.0.1/webhooks/kombo"
OBSERVE = "/integrations/{integration_id}"
NAMES = ("fastapi_receiver", "flask_receiver", "django_receiver")


def application(name: str, place: Path) -> Any:
    """One of the three, with a database of its own."""
    logging.getLogger("django.request").setLevel(logging.CRITICAL)
    return importlib.import_module(name).create_app(SECRET, place / "inbox.sqlite3")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_timelines_end_in_the_expected_state(name, memory_path):
    """All are played against one database, because their ids differ."""
    app = application(name, memory_path)
    receiver = resolve_receiver(app, url=HOOK, timeout=30, allow_remote=False)

    def observe(integration_id: str) -> Any:
        import json
        from urllib.parse import quote

        reply = receiver.get("/integrations/" + quote(integration_id, safe=""))
        return json.loads(reply.body) if reply.status == 200 else None

    try:
        for seed in range(part(200)):
            Timeline.from_seed(seed, secret=SECRET).play(receiver.deliver, observe)
    finally:
        receiver.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(part(12, at_least=6)))
def test_the_probe_finds_nothing(seed, memory_path):
    """In this process; each seed for one of them, since the next run is much like the last."""
    app = application(NAMES[seed % len(NAMES)], memory_path)
    report = probe(
        app, secret=SECRET, observe=OBSERVE, url=HOOK, seed=seed, max_examples=30, timeout=30,
    )  # fmt: skip
    assert [finding.title for finding in report.findings] == []
    assert report.stopped == ""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["flask_receiver", "django_receiver"])
def test_the_probe_finds_nothing_over_a_socket(name, memory_path):
    """Several runs use the same database."""
    with serving(application(name, memory_path)) as url:
        for seed in range(part(2)):
            report = probe(
                f"{url}/webhooks/kombo", secret=SECRET, observe=url + OBSERVE, seed=seed,
                max_examples=10, timeout=30,
            )  # fmt: skip
            assert [finding.title for finding in report.findings] == []
