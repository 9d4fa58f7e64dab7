"""The table of causes: each row has its own fix and source, and each case finds its row."""

from __future__ import annotations

import re

import pytest
from inline_snapshot import snapshot
from support.gallery.receiver import Receiver

from kombo_fakes import probe, wire_faults
from kombo_fakes.catalogues.changes import changes
from kombo_fakes.catalogues.faults import faults
from kombo_fakes.probing.cases.phases import CaseMaker
from kombo_fakes.probing.cases.scenarios import SCENARIOS
from kombo_fakes.probing.model import LIKELIHOODS
from kombo_fakes.probing.reports.wording import make_finding
from kombo_fakes.probing.verdicts.case_causes import (
    CHANGE_CAUSES,
    KEYWORD_CAUSES,
    VALID_CAUSES,
    WIRE_CAUSES,
)
from kombo_fakes.probing.verdicts.causes import (
    CAUSES,
    SIGNATURE_KEY_PREFIX,
    TIMELINE_APPLYING,
)
from kombo_fakes.probing.verdicts.diagnosis.pipeline import diagnose
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.signing import sign

SECRET = "s3cret of a receiver"
OBSERVE = "/integrations/{integration_id}"


@pytest.mark.parametrize("attribute", ["title", "fix", "source"])
def test_every_cause_has_its_own(attribute):
    values = [getattr(cause, attribute) for cause in CAUSES.values()]
    assert all(value and value == value.strip() for value in values)
    assert len(set(values)) == len(values)


def test_causes_are_named_by_ids_and_have_a_likelihood():
    for name, cause in CAUSES.items():
        assert name == cause.id
        assert re.fullmatch(r"[a-zA-Z]+(-[a-zA-Z]+)*", name)
        assert cause.likelihood in LIKELIHOODS


@pytest.mark.parametrize("cause", CAUSES.values(), ids=lambda cause: cause.id)
def test_titles_and_fixes_are_phrases_without_a_full_stop(cause):
    assert not cause.fix.endswith(".")
    assert not cause.title.endswith(".")
    assert not cause.source.endswith(".")
    assert set(re.findall(r"\{.*?\}", cause.title)) <= {"{verb}", "{keyword}"}


def test_every_wire_fault_has_a_cause():
    assert {fault.id for fault in wire_faults(secret=SECRET)} == set(WIRE_CAUSES)


def test_every_topic_of_other_cases_has_a_cause():
    topics = {
        group: {
            case.topic
            for _, cases in CaseMaker(DEFAULT_EVENT, SECRET, "strict", 0, "a run").phases()
            for case in cases
            if case.group in group
        }
        for group in (("change",), ("valid", "style"))
    }
    assert topics["change",] <= set(CHANGE_CAUSES)
    assert topics["valid", "style"] <= set(VALID_CAUSES)
    assert changes(DEFAULT_EVENT)


def test_the_keywords_that_have_causes_of_their_own_are_keywords_of_faults():
    assert set(KEYWORD_CAUSES) <= {fault.keyword for fault in faults(DEFAULT_EVENT)}


def test_causes_of_all_cases_and_scenarios_are_rows_of_the_table():
    cases = [
        case
        for _, made in CaseMaker(DEFAULT_EVENT, SECRET, "strict", 0, "a run").phases("a signature")
        for case in made
    ]
    assert len(cases) > 500
    for row in (*cases, *SCENARIOS):
        assert CAUSES[row.cause.id] is row.cause


def test_fixes_of_timelines_say_how_their_own_bug_is_fixed():
    ids = ("forgotten", "at-once", "updating", "statuses", "marked", "foreign")
    fixes = {name: CAUSES[f"timeline-{name}"].fix for name in ids}
    assert TIMELINE_APPLYING.fix not in fixes.values()
    assert fixes == snapshot(
        {
            "forgotten": "store integrations where nothing is evicted: not in a cache or a list of recent ones; delete an integration only when its own event says so",
            "at-once": "apply each event in one database statement or transaction, with a lock on the row, instead of reading, changing and writing the whole state",
            "updating": "update the row of the integration if it exists, and insert it otherwise (upsert)",
            "statuses": "store every status that an event brings, whatever the status before it: allow every transition",
            "marked": "store the id of an event only when you apply the event, in the same transaction",
            "foreign": "choose the code that handles an event by its type, and ignore unknown types",
        }
    )


def test_a_secret_that_is_cut_gets_the_fix_for_a_cut_secret():
    class CutsTheSecret(Receiver):
        def compare(self, expected, received):
            return super().compare(expected, received) or received in self.accepted

        def is_signed(self, environ, body):
            self.accepted = [sign(body, SECRET[:length]) for length in range(1, len(SECRET))]
            return super().is_signed(environ, body)

    (finding,) = probe(
        CutsTheSecret(SECRET), secret=SECRET, url="/hooks", max_examples=0, policy="strict"
    ).findings
    assert finding.cause is SIGNATURE_KEY_PREFIX
    assert finding.fix == SIGNATURE_KEY_PREFIX.fix
    assert finding.fix == snapshot(
        "use all bytes of the secret as the key: look for code that truncates it, such as a fixed-size buffer, a split or a strip"
    )


def test_words_of_an_observed_value_are_not_read_as_names_of_fields():
    class SaysMore(Receiver):
        def show(self, record):
            return {**super().show(record), "state": "sync is late and retries are on"}

    report = probe(
        SaysMore(SECRET), secret=SECRET, url="/hooks", observe=OBSERVE, max_examples=0, settle=0.01
    )
    assert [finding.title for finding in report.findings] == snapshot(
        ["stores a value that differs from the one sent (state): the first event of an integration"]
    )


def test_a_run_without_failures_has_no_diagnosis():
    assert list(map(make_finding, diagnose(Evidence(policy="strict")))) == []
