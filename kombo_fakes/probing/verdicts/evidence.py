"""What a run has seen, and what of it is worth a note."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from kombo_fakes.probing.model import Case, Category, Exchange, Failure, Policy, Reply
from kombo_fakes.probing.verdicts.findings import enumerated


@dataclass(slots=True)
class Evidence:
    """All that a run has seen, for the diagnosis at its end."""

    policy: Policy
    failures: list[Failure] = field(default_factory=list)
    leaks: dict[str, list[tuple[str, Exchange]]] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)

    def add_reply(self, case: Case, reply: Reply) -> None:
        """Keep the reply to a case, unless it is 429, which says nothing about the case."""
        if not reply.is_rate_limited:
            self.cases[case.id], self.replies[case.id] = case, reply

    def add(self, failure: Failure) -> None:
        """Keep something that went wrong."""
        self.failures.append(failure)

    def amend(self, failure: Failure, amended: Failure) -> None:
        """Keep another description of something that went wrong."""
        self.failures[self.failures.index(failure)] = amended

    def add_leak(self, kind: str, case_id: str, exchange: Exchange) -> None:
        """Keep an answer that gives something away."""
        self.leaks.setdefault(kind, []).append((case_id, exchange))

    def explains(self, category: Category, topic: str, pointer: str) -> bool:
        """Whether a failure of this kind is known already."""
        return any(
            known.category == category
            and known.case.group in ("valid", "style", "timeline")
            and (topic in ("", known.case.topic) or known.case.topic in ("realistic", "applying"))
            and (topic != "enum" or known.case.pointer == pointer)
            for known in self.failures
        )

    def notes(self) -> list[str]:
        """What is worth knowing and no finding."""
        found = []
        refused = defaultdict(list)
        taken = []
        for name, case in self.cases.items():
            reply = self.replies[name]
            if case.expectation == "either" and case.group == "change" and reply.is_rejected:
                refused[case.topic].append(case)
            if case.expectation == "either" and case.group == "wire" and reply.is_accepted:
                taken.append(case.topic)
        for topic, cases in refused.items():
            what = _CHANGES.get(topic, topic)
            if self.policy == "strict" and topic == "older shape":
                found.append(
                    "refuses what older releases of Kombo have sent: "
                    f"{enumerated(case.about for case in cases)}"
                )
            elif self.policy == "strict" and topic in ("new property", "new value"):
                places = enumerated(case.pointer or "the payload" for case in cases)
                found.append(
                    f"refuses tomorrow's payloads: {what} ({places}), which a strict receiver "
                    "has to; a release of Kombo that adds one will be refused"
                )
            elif self.policy == "strict":
                found.append(
                    f"refuses {what}: "
                    f"{enumerated(case.id.partition(':')[2] for case in cases)}"
                    "; Kombo sends all events to one URL, and repeats what is refused"
                )
        for topic in ("body-nul", "body-lone-surrogate", "body-megabyte"):
            case_reply = self.replies.get(f"wire:{topic}")
            if case_reply is not None and case_reply.is_rejected:
                found.append(f"refuses {self.cases[f'wire:{topic}'].about}, as it may")
        if taken:
            found.append(f"takes, as it may: {enumerated(sorted(set(taken)))}")
        return found


_CHANGES = {
    "new property": "properties that are new",
    "new value": "values that are new",
    "new event": "events that are new",
    "other event": "other events of Kombo",
}
