"""What is known to be wrong with a receiver."""

from __future__ import annotations

import pytest

from kombo_fakes import probe, verify
from kombo_fakes.errors import SkipError
from kombo_fakes.probing.known import Known

SECRET = "s3cret of a receiver"


def receive(delivery):
    return 204 if verify(delivery.body, delivery.signature, SECRET) else 401


@pytest.mark.parametrize("skip", ["body-*", ["body-not-json-takes"], {"body-not-json-*"}])
def test_patterns(skip):
    """A text is an id and not its letters; a star stands for anything."""
    report = probe(receive, secret=SECRET, policy="tolerant", max_examples=0, skip=skip)
    assert report.ok
    assert [finding.id for finding in report.skipped] == ["body-not-json-takes"]
    assert not any("not found any more" in note for note in report.notes)


def test_what_is_not_found_any_more():
    """It is mended, or misspelt; after a run that was stopped nobody knows."""
    skip = ["signature-absnt", "body-*", "takes-everything"]
    report = probe(receive, secret=SECRET, policy="tolerant", max_examples=0, skip=skip)
    assert "known, and not found any more: signature-absnt, takes-everything" in report.notes
    report = probe(lambda delivery: 500, secret=SECRET, skip=skip)
    assert report.stopped
    assert not any("not found any more" in note for note in report.notes)


@pytest.mark.parametrize("nonsense", [3, None, [None], b"x"])
def test_nonsense(nonsense):
    """It is said what is expected."""
    with pytest.raises(SkipError, match="is neither an id nor a list of them"):
        Known(nonsense)
