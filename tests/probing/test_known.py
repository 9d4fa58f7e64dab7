"""Findings that are known."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from kombo_fakes import probe, verify
from kombo_fakes.errors import SkipError
from kombo_fakes.probing.known import Known

SECRET = "s3cret of a receiver"


def receive(delivery):
    return 204 if verify(delivery.body, delivery.signature, SECRET) else 401


@pytest.mark.parametrize("skip", ["body-*", ["body-not-json-accepts"], {"body-not-json-*"}])
def test_known_findings_are_given_as_a_string_or_a_collection_with_stars(skip):
    report = probe(receive, secret=SECRET, policy="tolerant", max_examples=0, skip=skip)
    assert report.ok
    assert [finding.id for finding in report.skipped] == ["body-not-json-accepts"]
    assert report.outdated == ()


def test_known_findings_that_a_whole_run_has_not_found_are_outdated():
    skip = ["signature-absnt", "body-*", "accepts-everything"]
    report = probe(receive, secret=SECRET, policy="tolerant", max_examples=0, skip=skip)
    assert report.outdated == ("signature-absnt", "accepts-everything")
    assert report.notes[-1] == snapshot(
        "known findings that were not found: accepts-everything, signature-absnt; remove them from the list"
    )
    report = probe(lambda delivery: 500, secret=SECRET, skip=skip)
    assert report.stopped
    assert report.outdated == ()


@pytest.mark.parametrize(
    ("skip", "message"),
    [
        (3, snapshot("skip=3 is not usable: give the id of a finding, or a list of ids")),
        (None, snapshot("skip=null is not usable: give the id of a finding, or a list of ids")),
        ([None], snapshot("skip=[None] is not usable: give the id of a finding, or a list of ids")),
        (b"x", snapshot("skip=b'x' is not usable: give the id of a finding, or a list of ids")),
    ],
    ids=["int", "none", "list-of-none", "bytes"],
)
def test_skip_has_to_be_an_id_or_several(skip, message):
    with pytest.raises(SkipError) as caught:
        Known(skip)
    assert str(caught.value) == message
