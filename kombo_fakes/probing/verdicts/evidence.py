"""What a run has seen, and the notes that follow from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from kombo_fakes.probing.model import Case, Category, Exchange, Failure, Policy, Reply

NoteKind: TypeAlias = Literal[
    "rejects-new-properties",
    "rejects-new-values",
    "rejects-new-events",
    "rejects-other-events",
    "rejects-older-shapes",
    "rejects-optional",
    "accepts-optional",
]
"""What a note says."""

_CHANGE_NOTES: dict[str, NoteKind] = {
    "new-property": "rejects-new-properties",
    "new-value": "rejects-new-values",
    "new-event": "rejects-new-events",
    "other-event": "rejects-other-events",
    "older-shape": "rejects-older-shapes",
}
# A receiver may reject these, and whoever runs it may not know that it does.
_OPTIONAL = ("body-nul", "body-lone-surrogate", "body-megabyte")


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is worth knowing, though it is not a finding.

    Attributes:
        kind: What it says.
        cases: The cases that show it.
    """

    kind: NoteKind
    cases: tuple[Case, ...]


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
        """True if a failure of this kind is known already."""
        # How a receiver fails on invalid payloads explains nothing about valid ones.
        return any(
            known.category == category
            and known.case.group in ("valid", "style", "timeline")
            and (topic in ("", known.case.topic) or known.case.topic in _EXPLAIN_ALL)
            and (topic != "enum" or known.case.pointer == pointer)
            for known in self.failures
        )

    def notes(self) -> Iterator[Note]:
        """Make the notes."""
        rejected: dict[NoteKind, list[Case]] = defaultdict(list)
        # A wire fault has several variants under one name. Where a finding reports some of them, a
        # note on the others would seem to contradict it.
        reported = {known.case.topic for known in self.failures if known.case.group == "wire"}
        optional: dict[str, Case] = {}
        accepted: dict[str, Case] = {}
        for name, case in self.cases.items():
            reply = self.replies[name]
            if case.expectation != "either":
                continue
            # Of a tolerant receiver the same is a finding, and not a note.
            if case.group == "change" and reply.is_rejected and self.policy == "strict":
                rejected[_CHANGE_NOTES[case.topic]].append(case)
            elif case.topic in reported:
                continue
            elif case.group == "wire" and reply.is_accepted:
                accepted.setdefault(case.topic, case)
            elif case.topic in _OPTIONAL and reply.is_rejected:
                optional.setdefault(case.topic, case)
        for kind, cases in rejected.items():
            yield Note(kind, tuple(cases))
        for case in optional.values():
            yield Note("rejects-optional", (case,))
        if accepted:
            yield Note("accepts-optional", tuple(accepted[topic] for topic in sorted(accepted)))


_EXPLAIN_ALL = ("realistic", "timeline-applying")
"""Topics of failures that say that nothing works, so that no other one is news."""
