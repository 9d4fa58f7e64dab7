"""What answers give away."""

from __future__ import annotations

from collections.abc import Iterator

from kombo_fakes.probing.model import Case, Failure
from kombo_fakes.probing.verdicts.case_causes import LEAK_CAUSES
from kombo_fakes.probing.verdicts.diagnosis.result import Details, Diagnosis, make_diagnosis
from kombo_fakes.probing.verdicts.evidence import Evidence


def diagnose_leaks(evidence: Evidence) -> Iterator[Diagnosis]:
    """One diagnosis for each kind of what answers give away."""
    for kind, seen in evidence.leaks.items():
        cause = LEAK_CAUSES[kind]
        failures = []
        for name, exchange in sorted(seen, key=lambda one: (len(one[1].delivery.body), one[0])):
            case = evidence.cases.get(name) or Case(
                id=name,
                group="leak",
                topic=kind,
                about="a GET that observes the state" if name == "observed" else name,
                delivery=exchange.delivery,
                expectation="either",
                why="anybody can read a response",
                cause=cause,
                likelihood=cause.likelihood,
            )
            failures.append(Failure("leaks", case, (exchange,)))
        yield make_diagnosis(cause.id, "leaks", cause, failures, Details())
