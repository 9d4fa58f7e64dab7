"""The settings of a probe: one place for their names, defaults and errors."""

from __future__ import annotations

import inspect
from dataclasses import fields
from typing import Any

import pytest
from inline_snapshot import snapshot

from kombo_fakes import ReceiverProbe, probe
from kombo_fakes.errors import KomboFakesError
from kombo_fakes.probing.engine.settings import ProbeSettings

OF_THE_CALL = {"receiver", "progress", "on_exchange"}
OF_THE_FIXTURE = {"self", "subtests", "baseline"}


def test_probe_has_the_names_the_types_and_the_defaults_of_the_settings():
    parameters = inspect.signature(probe).parameters
    own = {name: p for name, p in parameters.items() if name not in OF_THE_CALL}
    assert {name: (p.annotation, p.default) for name, p in own.items()} == {
        field.name: (field.type, field.default) for field in fields(ProbeSettings)
    }


def test_the_fixture_has_the_names_and_the_types_of_the_settings():
    parameters = inspect.signature(ReceiverProbe.__call__).parameters
    own = {name: p for name, p in parameters.items() if name not in OF_THE_CALL | OF_THE_FIXTURE}
    assert {name: p.annotation for name, p in own.items()} == {
        field.name: field.type for field in fields(ProbeSettings)
    }


def test_events_and_known_findings_are_kept_as_tuples():
    settings = ProbeSettings(
        event=iter(["sync-finished", "data-changed", "sync-finished"]), skip=iter(["a-*"])
    )
    assert settings.events == settings.events == ("sync-finished", "data-changed")
    assert "a-finding" in settings.known


def test_no_events_are_the_default_event():
    assert ProbeSettings(event=[]).events == ProbeSettings().events


def test_the_secret_is_not_shown():
    assert "hush" not in repr(ProbeSettings(secret="hush"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"policy": "strikt"}, snapshot("unknown policy 'strikt'; did you mean 'strict'?")),
        (
            {"event": "sync-finsihed"},
            snapshot("unknown event 'sync-finsihed'; did you mean 'sync-finished'?"),
        ),
        ({"secret": ""}, snapshot("the secret is empty: anybody could sign a request")),
        ({"skip": 3}, snapshot("skip=3 is not usable: give the id of a finding, or a list of ids")),
        (
            {"event": 5},
            snapshot(
                "unknown event '5'; expected one of: ai-apply-application-status-updated, ai-apply-job-posting-status-updated, assessment:order-received, connection-flow-failed, data-changed, inline-assessment:order-received, integration-created, integration-deleted, integration-state-changed, issue-status-changed, sync-finished"
            ),
        ),
        (
            {"event": b"sync-finished"},
            snapshot("unknown event \"b'sync-finished'\"; did you mean 'sync-finished'?"),
        ),
        (
            {"timeout": 0},
            snapshot(
                "timeout=0 is not usable: it has to be a number of seconds, above 0 and at most 86,400"
            ),
        ),
        (
            {"timeout": "5"},
            snapshot(
                "timeout='5' is not usable: it has to be a number of seconds, above 0 and at most 86,400"
            ),
        ),
        (
            {"timeout": float("inf")},
            snapshot(
                "timeout=inf is not usable: it has to be a number of seconds, above 0 and at most 86,400"
            ),
        ),
        (
            {"max_seconds": float("nan")},
            snapshot("max_seconds=nan is not usable: it has to be a number of seconds above 0"),
        ),
        (
            {"max_seconds": None},
            snapshot("max_seconds=null is not usable: it has to be a number of seconds above 0"),
        ),
        (
            {"settle": -1},
            snapshot("settle=-1 is not usable: it has to be a number of seconds, 0 or more"),
        ),
        (
            {"settle": "1"},
            snapshot("settle='1' is not usable: it has to be a number of seconds, 0 or more"),
        ),
        (
            {"max_examples": -1},
            snapshot("max_examples=-1 is not usable: it has to be an integer, 0 or more"),
        ),
        (
            {"max_examples": 1.5},
            snapshot("max_examples=1.5 is not usable: it has to be an integer, 0 or more"),
        ),
        ({"url": 5}, snapshot("url=5 is not usable: it has to be a path or a URL")),
        (
            {"url": "http://user:password@[/?token=1"},
            snapshot("url='http://[/?...' is not usable: it has to be a path or a URL"),
        ),
    ],
    ids=[
        "policy",
        "event",
        "secret",
        "skip",
        "event-number",
        "event-bytes",
        "timeout",
        "timeout-string",
        "timeout-infinite",
        "max-seconds",
        "max-seconds-none",
        "settle",
        "settle-string",
        "max-examples",
        "max-examples-float",
        "url",
        "url-secret",
    ],
)
def test_an_error_says_what_would_be_right(options: dict[str, Any], message: str):
    with pytest.raises(KomboFakesError) as caught:
        ProbeSettings(**options)
    assert str(caught.value) == message
