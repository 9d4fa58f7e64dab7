"""From failures to findings: one bug is one finding, however many deliveries show it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kombo_fakes.probing.model import Case, Category, Failure, Finding
from kombo_fakes.probing.verdicts.evidence import Evidence
from kombo_fakes.probing.verdicts.findings import (
    AFTER,
    CRASHES,
    HANGS,
    LEAKS,
    LOSSES,
    REFUSES,
    SLUGS,
    TAKES,
    VERBS,
    a_delivery,
    abouts,
    describe_failure,
    enumerated,
    finding_of,
    if_any,
    plainness,
)
from kombo_fakes.sequences.ledger import EVENTS
from kombo_fakes.sequences.mismatches import ABSENT, WHOLE

CORRUPTS: Category = "corrupts-state"
_STATE: tuple[Category, ...] = ("acknowledged-not-applied", CORRUPTS)


Test = Callable[[Failure], bool]
Take = Callable[[Test], list[Failure]]


class _Failures:
    """The failures of which there is no finding yet."""

    def __init__(self, failures: Iterable[Failure]) -> None:
        self.left: list[Failure] = list(failures)
        self._folded: list[tuple[Failure, frozenset[str]]] = []

    def take(self, wanted: Test) -> list[Failure]:
        """Those that a finding is made of."""
        taken = [failure for failure in self.left if wanted(failure)]
        self.left = [failure for failure in self.left if not wanted(failure)]
        return taken

    def fold(self, wanted: Test, because: Iterable[Failure]) -> None:
        """Put some down to what others show, whose finding has them as cases as well."""
        some = {id(failure) for failure in self.left if wanted(failure)}
        names = frozenset(failure.case.id for failure in because if id(failure) not in some)
        if names:
            self._folded += [(failure, names) for failure in self.take(wanted)]

    def unfolded(self, findings: list[Finding]) -> list[Finding]:
        """The same findings, with the cases that were put down to theirs.

        What was put down to something that is in no finding is left again.
        """
        waiting, before = self._folded, -1
        while len(waiting) != before:
            before, still = len(waiting), []
            for failure, names in waiting:
                at = next((n for n, f in enumerate(findings) if names & set(f.cases)), None)
                if at is None:
                    still.append((failure, names))
                elif failure.case.id not in findings[at].cases:
                    cases = (*findings[at].cases, failure.case.id)
                    findings[at] = replace(findings[at], cases=cases)
            waiting = still
        self._folded = []
        self.left += [failure for failure, _ in waiting]
        return findings


def diagnose(evidence: Evidence) -> list[Finding]:
    """The findings of a run: whatever failed is a case of one of them."""
    failures = _Failures(evidence.failures)
    take, fold = failures.take, failures.fold
    found: list[Finding] = []
    for category in (CRASHES, HANGS):
        # Letters beyond ASCII, wherever else they occur.
        accents = [
            f for f in failures.left if f.case.id == "valid:text-accents" and f.category == category
        ]
        fold(_both(category, _has_other_letters), accents)
    found += _poisoned(take, fold)
    found += _takes_everything(evidence, take)
    for category in (CRASHES, HANGS):
        unknown = [
            f
            for f in failures.left
            if f.case.topic in ("new event", "other event") and f.category == category
        ]
        fold(_both(category, _is_other_type), unknown)
    long = list(_too_long(evidence, take))
    found += long
    if not any(finding.category == REFUSES for finding in long):
        found += _resigned(evidence, take)
    for category in (CRASHES, HANGS):
        for bare, topics in _BARE.items():
            signed = [f for f in failures.left if f.category == category and f.case.topic in topics]
            fold(_both(category, _is_named(bare)), signed)
    found += _signatures(evidence, take, fold)
    found += _not_validated(evidence, take, fold)
    found += _bodies(take)
    found += _changes(take)
    found += _timelines(evidence, failures)
    found += _applied(take)
    found += _valid(failures)
    found += _rest(take)
    found = failures.unfolded(found)
    found += _rest(take)
    found += _leaks(evidence)
    return found


Fold = Callable[[Test, Iterable[Failure]], None]


def _is_other_type(failure: Failure) -> bool:
    return failure.case.group == "fault" and failure.case.pointer == "/type"


def _has_other_letters(failure: Failure) -> bool:
    text = failure.case.group == "valid" and failure.case.topic == "text"
    return not text and not failure.exchanges[-1].delivery.body.isascii()


def _both(category: Category, test: Test) -> Test:
    return lambda failure: failure.category == category and test(failure)


def _is(failure: Failure) -> Test:
    return lambda other: other is failure


def _is_named(name: str) -> Test:
    """By its id, or what an id that ends in a hyphen begins with."""
    start = name if name.endswith("-") else f"{name}/"
    return lambda failure: failure.case.id == name or failure.case.id.startswith(start)


def _of_themes(topics: frozenset[str]) -> Test:
    return lambda failure: failure.case.topic in topics


def _ids(failures: Iterable[Failure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(failure.case.id for failure in failures))


def _of_ids(ids: set[str]) -> Test:
    return lambda failure: failure.case.id in ids


def _poisoned(take: Take, fold: Fold) -> Iterable[Finding]:
    """Good deliveries that fail because of what came before."""
    failures = take(lambda f: f.case.topic == "afterwards")
    if failures:
        shown = failures[0]
        verb = VERBS[shown.category]
        # The delivery itself, where it was not taken well either.
        fold(lambda f: f.case.id == shown.case.id, failures)
        yield finding_of(
            "afterwards",
            shown.category,
            f"one delivery breaks those after it: {shown.case.about}, it {verb} good ones"
            if shown.loss is None
            else f"one delivery breaks what comes after it: {shown.case.about}, "
            f"{LOSSES[shown.loss.kind]}",
            failures,
            shown=shown,
        )


def _takes_everything(evidence: Evidence, take: Take) -> Iterable[Finding]:
    owed = [
        name
        for name, case in evidence.cases.items()
        if case.expectation == "reject" and case.group in ("wire", "fault")
    ]
    taken = [name for name in owed if evidence.replies[name].is_accepted]
    failures = [f for f in evidence.failures if f.category == TAKES]
    if failures and len(taken) == len(owed) and any(n.startswith("wire:body") for n in owed):
        shown = next((f for f in failures if f.case.topic == "signature-missing"), None)
        all_taken = take(lambda f: f.category == TAKES)
        rest: list[Failure] = []
        if any(f.case.topic == "applying" for f in evidence.failures):
            rest = take(lambda f: True)  # It does nothing at all but answer.
        yield finding_of(
            "takes-everything",
            TAKES,
            "it never refuses anything: forged, broken or invalid, it is answered 2xx",
            all_taken,
            cases=_ids([*all_taken, *rest]),
            shown=shown,
        )


def _too_long(evidence: Evidence, take: Take) -> Iterable[Finding]:
    """What is valid and long: where all that fails is longer than all that doesn't."""
    valid = {n: c for n, c in evidence.cases.items() if c.group in ("valid", "style")}
    for category in (REFUSES, CRASHES, HANGS):
        failures = [f for f in evidence.failures if f.category == category and f.case.id in valid]
        if not any(f.case.topic == "size" for f in failures):
            continue
        wrong = {f.case.id for f in failures}
        shortest = min(len(f.case.delivery.body) for f in failures)
        longest = max((len(c.delivery.body) for n, c in valid.items() if n not in wrong), default=0)
        if longest < shortest:
            forged = failures[0].exchanges[-1].reply.status in (401, 403)
            why = ", like forged ones: it may read only a part of the body" if forged else ""
            yield finding_of(
                f"valid-size-{SLUGS[category]}",
                category,
                f"it {VERBS[category]} long bodies, of {shortest:,} bytes for example{why}",
                take(_both(category, _of_ids(wrong))),
            )


def _resigned(evidence: Evidence, take: Take) -> Iterable[Finding]:
    """A signature that isn't checked over the bytes."""
    bad = {
        evidence.replies[name].status
        for name in ("wire:signature-other-secret", "wire:signature-missing")
        if name in evidence.replies
    } & {401, 403}
    looks_forged: Callable[[Failure], bool] = lambda f: (  # noqa: E731
        f.category == REFUSES
        and f.case.group in ("valid", "style")
        and f.exchanges[-1].reply.status in bad
    )
    spelt = [f for f in evidence.failures if f.case.group == "style" and looks_forged(f)]
    changed = {"signature-body-blank", "signature-body-order"}
    unchecked = {f.case.topic for f in evidence.failures if f.category == TAKES} & changed
    signatures = {
        f.case.topic
        for f in evidence.failures
        if f.category == TAKES and f.case.topic.startswith("signature-")
    }
    if signatures - changed - {"signature-body-byte"}:
        unchecked = set()  # Others are taken as well: it isn't the bytes.
    if spelt or unchecked:
        yield finding_of(
            "signature-re-serialised",
            REFUSES if spelt else TAKES,
            "it checks the signature over re-serialised JSON, or other changed text, instead of "
            "the raw bytes of the body",
            take(looks_forged) + take(lambda f: f.category == TAKES and f.case.topic in unchecked),
        )
        return
    texts = [f for f in evidence.failures if looks_forged(f)]
    if texts and {f.case.topic for f in texts} <= {"text", "realistic", "combination"}:
        yield finding_of(
            "signature-decoded",
            REFUSES,
            "it checks the signature over text that was decoded and encoded again (not as UTF-8): "
            f"bodies with {enumerated(f.case.about for f in texts)} are refused like forged ones",
            take(looks_forged),
        )


_KEYS = {"signature-key-empty", "signature-key-null", "signature-key-undefined"}
_KEYS |= {"signature-key-none"}

# Wire faults of one cause, and what is wrong where they are taken.
SIGNATURES: tuple[tuple[str, frozenset[str], str], ...] = (
    ("signature-absent", frozenset({"signature-missing", "signature-empty"}),
     "it fails open: deliveries without a signature are taken (a missing or an empty header)"),
    ("signature-key-fallback", frozenset(_KEYS),
     "it fails open: a signature made with an empty key, or the word that stands for no secret "
     "(null, undefined, None), is taken"),
    ("signature-key-known", frozenset({"signature-key-guessable", "signature-key-test"}),
     "it takes signatures made with a default key that anybody can guess"),
    ("signature-key-prefix", frozenset({"signature-key-prefix"}),
     "it takes signatures made with a part (a prefix) of the secret"),
    ("signature-prefix", frozenset({"signature-shortened", "signature-longer",
                                    "signature-character-changed"}),
     "it compares only a part (a prefix) of the signature"),
    ("signature-case", frozenset({"signature-case-changed"}),
     "it compares signatures case-insensitively: letters in another case are taken"),
    ("signature-algorithm", frozenset({"signature-other-algorithm"}),
     "it takes signatures of another algorithm than HMAC-SHA256 with the secret, such as a plain "
     "hash without a key"),
    ("signature-body", frozenset({"signature-other-body", "signature-empty-body",
                                  "signature-replayed",
                                  "signature-body-byte", "signature-body-blank",
                                  "signature-body-order"}),
     "its signature check doesn't cover the whole body: the signature of other bytes is taken"),
    ("signature-malformed", frozenset({"signature-malformed", "signature-non-ascii",
                                       "signature-long"}),
     "it takes a malformed signature"),
    ("signature-branch", frozenset({"signature-branch"}),
     "it checks no signature of deliveries of some kind"),
)  # fmt: skip


# Deliveries without a signature, and what is wrong with them where it is with signed ones, too.
_BARE = {
    "wire:unsigned-empty": ("body-empty",),
    "wire:unsigned-empty-object": ("body-empty-object",),
    "wire:unsigned-array": ("body-array",),
    "wire:unsigned-put": ("http-put",),
    "wire:unsigned-no-type": ("http-content-type-missing",),
    "wire:unsigned-text": ("http-content-type-other",),
    "wire:unsigned-form": ("http-content-type-other",),
    "wire:unsigned-xml": ("http-content-type-other",),
    "wire:unsigned-type-new-event": ("new event", "other event"),
    "wire:unsigned-event-": ("new event", "other event"),
}


def _signatures(evidence: Evidence, take: Take, fold: Fold) -> Iterable[Finding]:
    def is_about(category: Category) -> Callable[[Failure], bool]:
        return lambda f: f.category == category and f.case.topic.startswith("signature-")

    owed = {
        case.topic
        for case in evidence.cases.values()
        if case.expectation == "reject" and case.topic.startswith("signature-")
    } - {"signature-branch"}
    taken = {f.case.topic for f in evidence.failures if is_about(TAKES)(f)}
    if "signature-missing" in taken:
        missing = [f for f in evidence.failures if f.case.topic == "signature-missing"]
        fold(_both(TAKES, _of_themes(frozenset({"signature-branch"}))), missing)
        taken -= {"signature-branch"}
    if owed and len(taken) >= 0.8 * len(owed):
        yield from if_any(
            "signature-unchecked",
            TAKES,
            "it never refuses a signature: deliveries are taken from anybody",
            take(is_about(TAKES)),
        )
    hit = [row for row in SIGNATURES if row[1] & taken]
    wrong_at_all = taken & {"signature-other-secret", "signature-other-body"}
    if len(hit) > 3 or (wrong_at_all and len(hit) > 1):
        yield from if_any(
            "signature-loose",
            TAKES,
            "it takes many wrong signatures",
            take(is_about(TAKES)),
        )
    for name, topics, title in SIGNATURES:
        failures = take(_both(TAKES, _of_themes(topics)))
        only = _only(failures, title)
        yield from if_any(name, TAKES, only, failures)
    yield from if_any("signature-wrong", TAKES, "it takes wrong signatures", take(is_about(TAKES)))
    for category in (CRASHES, HANGS):
        verb = VERBS[category]
        failures = take(is_about(category))
        yield from if_any(
            f"signature-{category}",
            category,
            f"it {verb} an unusual or malformed signature: {abouts(failures)}",
            failures,
        )
    applied: Category = "rejected-but-applied"
    # It isn't the signature, but by what it came.
    fold(
        _both(applied, _of_themes(frozenset({"signature-branch"}))),
        [
            f
            for f in evidence.failures
            if f.category == applied and f.case.topic.startswith("http-")
        ],
    )
    yield from if_any(
        "signature-applied",
        applied,
        "it refuses forged deliveries and applies them all the same: the signature is checked "
        "after the work is done",
        take(is_about(applied)),
    )


def _only(failures: Sequence[Failure], title: str) -> str:
    abouts = list(dict.fromkeys(f.case.about for f in failures))
    return f"{title} ({enumerated(abouts)})" if abouts else title


def _not_validated(evidence: Evidence, take: Take, fold: Fold) -> Iterable[Finding]:
    """Faults that are taken: by a receiver that doesn't validate, or that forgets something."""
    all_of_them = {n: c for n, c in evidence.cases.items() if c.group == "fault"}
    taken = {
        f.case.id: f for f in evidence.failures if f.case.group == "fault" and f.category == TAKES
    }
    if taken:
        bodies = {*_NO_OBJECTS, "body-huge-integer", "body-huge-exponent", "body-nan", "body-deep"}
        causes = [f for f in taken.values() if f.case.keyword in ("type", "required")]
        if any(f.case.keyword == "required" and f.case.pointer == "" for f in causes):
            bodies.add("body-empty-object")
        # What is taken for the same reason, whichever finding has it.
        fold(_both(TAKES, _of_themes(frozenset(bodies))), causes)
        if len(taken) > 0.6 * len(all_of_them):
            yield from if_any(
                "not-validated",
                TAKES,
                "it doesn't validate payloads: most of what the published schema refuses is taken "
                "(if it is meant to be a tolerant reader, probe it with --policy tolerant)",
                take(lambda f: f.case.group == "fault" and f.category == TAKES),
            )
        else:
            yield from _explained(taken, all_of_them, take)
    for category in (CRASHES, HANGS):
        verb = VERBS[category]
        faulty = take(_both(category, lambda f: f.case.group == "fault"))
        if not faulty:
            continue
        others: list[Failure] = []
        if len({f.case.keyword for f in faulty}) > 2:
            # Whatever is invalid, so that what comes to the same is no other bug.
            others += take(_both(category, _is_alike))
        others += take(
            _both(category, _coming_to({(f.case.keyword, f.case.pointer) for f in faulty}))
        )
        keywords = sorted({f.case.keyword for f in faulty})
        places = enumerated(dict.fromkeys(f.case.pointer or "the root" for f in faulty))
        words = enumerated(_KEYWORDS.get(keyword, keyword) for keyword in keywords)
        yield finding_of(
            f"faults-{category}",
            category,
            f"it {verb} invalid payloads instead of refusing them: {words}, at {places}",
            [*faulty, *others],
            # Not another event, which is valid in itself and comes to the same.
            shown=min(faulty, key=plainness),
        )
    yield from if_any(
        "faults-applied",
        "rejected-but-applied",
        "it refuses invalid payloads and applies them all the same",
        take(_is_applied_all_the_same)
        if any(f.case.group == "fault" and _is_applied_all_the_same(f) for f in evidence.failures)
        else [],
    )


_ALIKE = {"new property", "new value", "older shape", "body-huge-integer", "body-huge-exponent"}
_NO_OBJECTS = {"body-array", "body-string", "body-number", "body-null", "body-boolean"}
_ALIKE |= {*_NO_OBJECTS, "body-nan", "body-empty-object"}


def _coming_to(sites: set[tuple[str, str]]) -> Test:
    return lambda failure: _comes_to(failure, sites)


def _comes_to(failure: Failure, sites: set[tuple[str, str]]) -> bool:
    """Whether a change, or a body that is no object, is what a fault at one of these sites is."""
    topic, pointer = failure.case.topic, failure.case.pointer
    if topic == "other event":
        # Its data lack what others have, and have what others lack.
        return bool({("required", "/data"), ("additionalProperties", "/data")} & sites)
    if topic in ("body-empty-object", *_NO_OBJECTS):
        return ("type", "") in sites or (topic == "body-empty-object" and ("required", "") in sites)
    keyword = {"new property": "additionalProperties", "new value": "enum"}.get(topic)
    if topic == "older shape":
        keyword, pointer = "required", pointer.rpartition("/")[0]
    return keyword is not None and (keyword, pointer) in sites


def _is_alike(failure: Failure) -> bool:
    return failure.case.topic in _ALIKE


_KEYWORDS = {
    "type": "a value of another type",
    "required": "a required field that is missing",
    "enum": "a value that is none of the enum",
    "format": "a text that is not of the format",
    "additionalProperties": "an unknown property",
}


def _is_applied_all_the_same(failure: Failure) -> bool:
    return failure.category == "rejected-but-applied"


def _explained(taken: dict[str, Failure], cases: dict[str, Case], take: Take) -> Iterable[Finding]:
    """The fewest reasons for the faults that are taken: a keyword, a place, or both."""
    left = set(taken)
    while left:
        name, title, reason = max(_reasons(left, cases), key=lambda r: (len(r[2] & left), r[0]))
        chosen = reason & left
        yield finding_of(
            f"takes-{name}",
            TAKES,
            title,
            take(_both(TAKES, _of_ids(chosen))),
        )
        left -= chosen


def _reasons(left: set[str], cases: dict[str, Case]) -> Iterable[tuple[str, str, set[str]]]:
    by_keyword: dict[str, set[str]] = defaultdict(set)
    by_place: dict[str, set[str]] = defaultdict(set)
    inside: dict[str, set[str]] = defaultdict(set)
    by_site: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, case in cases.items():
        by_keyword[case.keyword].add(name)
        by_site[case.keyword, case.pointer].add(name)
        pointer = case.pointer
        while pointer:
            by_place[pointer].add(name)
            if pointer != case.pointer or case.keyword != "type":
                inside[pointer].add(name)
            pointer = pointer.rpartition("/")[0]
    for keyword, names in by_keyword.items():
        what = _KEYWORDS.get(keyword, keyword)
        hit = names & left
        if len(hit) >= 0.9 * len(names):
            yield keyword, f"it doesn't check {keyword}: takes {what}, wherever it is", names
        elif hit:
            places = enumerated(
                dict.fromkeys(cases[name].pointer or "the root" for name in sorted(hit))
            )
            how = enumerated(
                dict.fromkeys(cases[name].about.partition(": ")[2] for name in sorted(hit))
            )
            # A weaker reason than a whole place: counted as if it explained less.
            yield (
                f"{keyword}-some",
                f"it doesn't check {keyword} everywhere: takes {what} at {places} ({how})",
                hit,
            )
    for pointer, names in by_place.items():
        keywords = {cases[name].keyword for name in names}
        if len(names & left) >= 0.9 * len(names) and len(keywords) > 1:
            yield f"{pointer[1:].replace('/', '.')}", f"it doesn't check {pointer} at all", names
    for pointer, names in inside.items():
        pointers = {cases[name].pointer for name in names}
        if len(names & left) >= 0.9 * len(names) and len(pointers) > 1:
            name = f"{pointer[1:].replace('/', '.')}-inside"
            yield name, f"it doesn't check what is in {pointer}", names


CLUSTERS: tuple[tuple[str, frozenset[str], str], ...] = (
    ("not-json", frozenset({"body-empty", "body-truncated", "body-not-json",
                            "body-trailing-garbage"}), "bodies that are no JSON"),
    ("encoding", frozenset({"body-not-utf8", "body-utf16", "body-bom"}),
     "bodies in another encoding, or bytes that are no UTF-8"),
    ("extended", frozenset({"body-extended-json"}), "what is JSON to a lenient parser only"),
    ("empty-object", frozenset({"body-empty-object"}), "an object without members"),
    ("not-an-object", frozenset({"body-array", "body-string", "body-number", "body-null",
                                 "body-boolean"}), "JSON that is not an object (an array, a "
     "string, a number, null)"),
    ("numbers", frozenset({"body-nan", "body-huge-integer", "body-huge-exponent"}),
     "numbers that are none, or too large (NaN, Infinity, thousands of digits)"),
    ("depth", frozenset({"body-deep"}), "deeply nested JSON (recursion)"),
    ("surrogates", frozenset({"body-lone-surrogate"}), "lone surrogates"),
    ("nul", frozenset({"body-nul"}), "the NUL character \\u0000"),
    ("size", frozenset({"body-megabyte"}), "large bodies"),
    ("twin-keys", frozenset({"body-twin-keys"}), "a name that comes twice (duplicate keys)"),
)  # fmt: skip


_CLUSTERED: frozenset[str] = frozenset().union(*(row[1] for row in CLUSTERS))


def _bodies(take: Take) -> Iterable[Finding]:
    for category in (CRASHES, HANGS, TAKES):
        # What is in no cluster has a finding of its own, with all the rest.
        failures = take(_both(category, _of_themes(_CLUSTERED)))
        topics = {f.case.topic for f in failures}
        hit = [row for row in CLUSTERS if row[1] & topics]
        if category != TAKES and hit and hit[0][0] == "not-json":
            # Whoever can't read a body fails at what nearly is JSON, too.
            hit[0] = (hit[0][0], hit[0][1] | {"body-extended-json"}, hit[0][2])
            hit = [row for row in hit if row[0] != "extended"]
        verb = VERBS[category]
        if len(hit) > 3:
            yield finding_of(
                f"bodies-{SLUGS[category]}",
                category,
                f"it {verb} bodies that it can't read: {enumerated(row[2] for row in hit)}",
                failures,
            )
            continue
        for name, cluster, what in hit:
            some = [f for f in failures if f.case.topic in cluster]
            yield finding_of(
                f"body-{name}-{SLUGS[category]}",
                category,
                f"it {verb} {what}: {abouts(some)}",
                some,
            )
    yield from if_any(
        "body-applied",
        "rejected-but-applied",
        "it refuses bodies that are no payload and applies them all the same",
        take(lambda f: f.case.topic.startswith("body-") and f.category == "rejected-but-applied"),
    )


def _changes(take: Take) -> Iterable[Finding]:
    failures = take(lambda f: f.case.group == "change")
    groups: dict[tuple[Category, str], list[Failure]] = defaultdict(list)
    for failure in failures:
        topic = failure.case.topic
        topic = "unknown event" if topic in ("new event", "other event") else topic
        groups[failure.category, topic].append(failure)
    for (category, topic), some in groups.items():
        status = some[0].exchanges[-1].reply.status
        blamed = ", as if the signature were wrong" if status in (401, 403) else ""
        what = {
            "new property": "unknown properties, which the next release of Kombo may send",
            "new value": "unknown enum values, which the next release of Kombo may send",
            "older shape": "payloads of an older release of the schema",
            "unknown event": "events that it doesn't know, which Kombo sends to the same URL",
        }.get(topic, f"changes ({topic})")
        verb = VERBS[category]
        yield finding_of(
            f"change-{topic.replace(' ', '-')}-{SLUGS[category]}",
            category,
            f"it {verb} {what}{blamed}: {abouts(some)}",
            some,
        )


THEMES = {
    "forgotten": "an integration that was known is forgotten when others come",
    "at once": "of different events at the same moment (concurrent deliveries, a race) not all are "
    "applied",
    "applying": "what it acknowledges is not there afterwards",
    "updating": "a newer event doesn't replace what is stored",
    "statuses": "a status doesn't arrive",
    "copies": "a copy (duplicate) of an event is applied again",
    "order": "an older (stale) event that comes late overwrites a newer one",
    "timestamps": "timestamps are not compared as instants (but as text, or without their offset "
    "or fraction)",
    "ties": "events of the same instant (a tie) don't stay as they are when copies come",
    "integrations": "an event of one integration changes, or is measured by, another one",
    "case": "integrations whose ids differ in case only are taken for one (case-insensitive)",
    "case of events": "events whose ids differ in case only are taken for one (case-insensitive)",
    "alike": "integrations are taken for one whose ids differ a little only",
    "alike events": "events are taken for one whose ids differ a little only",
    "eras": "timestamps before or after some year don't count as newer",
    "marked": "an invalid payload that was refused makes the real event with the same id be "
    "ignored (marked as seen before it is validated)",
    "foreign": "an event of an unknown type is applied as if it were a change of state",
    "forged": "a forged delivery that was refused makes the real event with the same id be ignored "
    "(marked as seen before the signature is checked)",
    "same moment": "copies of an event at the same moment (concurrent duplicates) are not applied "
    "exactly once",
}

"""What is wrong where a history fails, by the topic of its scenario."""

# Where nothing but the count of events is wrong.
_COUNTS = {
    "order": "an older (stale) event that comes late is counted as applied",
    "statuses": "events aren't counted right",
    "updating": "events aren't counted right",
}


def _fields(failure: Failure) -> list[str]:
    """The fields that are not stored as they were sent."""
    return [one.field for one in failure.mismatches if one.field != WHOLE]


def _lacks(failures: Iterable[Failure]) -> bool:
    """Whether all that is wrong is that fields aren't there to be seen."""
    return all(
        f.mismatches and all(m.received is ABSENT and m.field != WHOLE for m in f.mismatches)
        for f in failures
    )


_LACKING = (
    "let the document that is observed hold state, qa_status, setup_status and updated_at: what "
    "isn't in it can't be judged"
)


def _timelines(evidence: Evidence, failures: _Failures) -> Iterable[Finding]:
    groups: dict[tuple[Category, str], list[Failure]] = defaultdict(list)
    spelt = [f for f in evidence.failures if f.case.group == "style"]
    enums = [f for f in evidence.failures if f.case.topic == "enum" and f.category in _STATE]
    mixed = [f for f in evidence.failures if f.case.topic == "integrations"]
    out_of_order = any(
        f.case.topic == "timestamps" and f.category == "applies-out-of-order"
        for f in evidence.failures
    )
    stored = [
        f
        for f in evidence.failures
        if f.case.group in ("valid", "style") and f.category == CORRUPTS and _fields(f)
    ]
    for failure in [f for f in failures.left if f.case.group == "timeline"]:
        because: list[Failure] = []
        if failure.category == CORRUPTS and failure.case.topic != "foreign":
            fields = set(_fields(failure))
            if fields and fields <= {field for f in stored for field in _fields(f)}:
                # What is stored wrongly on its own is wrong in a history, too.
                because = [f for f in stored if fields & set(_fields(f))]
        if mixed and failure.case.topic not in ("integrations", "case", "case of events", "alike"):
            because = mixed  # Nothing else can be told where integrations are mixed up.
        if (
            failure.case.topic == "statuses"
            and enums
            and failure.category not in (REFUSES, TAKES, CRASHES, HANGS)
        ):
            because = enums  # A status that gets lost on its own is lost in a history, too.
        if failure.case.id == "timeline:copy-written-anew":
            # It isn't the copy, but how it is written.
            because = [f for f in spelt if f.category == failure.category] or because
        failures.fold(_is(failure), because)
    for failure in failures.take(lambda f: f.case.group == "timeline"):
        if (
            failure.case.topic == "timestamps"
            and out_of_order
            and failure.category == "loses-events"
        ):
            failure = replace(failure, category="applies-out-of-order")
        groups[failure.category, failure.case.topic].append(failure)
    for (category, topic), some in groups.items():
        title = THEMES.get(topic, "what it knows isn't what it should")
        fix = ""
        if category in ("crashes", "hangs", REFUSES):
            does = {"crashes": "crashes on", "hangs": "hangs on"}.get(category, "refuses")
            title = f"it answers {some[0].exchanges[-1].reply} in a history: {some[0].case.about}"
            if topic == "same moment":
                title = f"it {does} a copy of an event at the same moment (concurrent duplicates)"
            elif topic == "copies":
                title = f"it {does} a copy (duplicate) of an event"
        elif category == CORRUPTS and topic != "foreign":
            named = dict.fromkeys(field for f in some for field in _fields(f))
            title = f"what it stores is not what was sent ({enumerated(named)})"
            if _lacks(some):
                title = f"the document that is observed lacks fields ({enumerated(named)})"
                fix = _LACKING
        elif all(_fields(f) == [EVENTS] for f in some) and topic in _COUNTS:
            title = _COUNTS[topic]
        elif category == "rejected-but-applied":
            title = "a forged delivery is refused and applied all the same"
        about = abouts(some)
        if topic in ("alike", "alike events"):
            about = enumerated(f.case.about.partition("differ in ")[2] for f in some)
        shown = min(some, key=plainness)
        yield finding_of(
            f"timeline-{topic.replace(' ', '-')}-{SLUGS[category]}",
            category,
            f"{title}: {about}",
            some,
            fix=fix,
            more=(describe_failure(shown), AFTER, *shown.steps),
        )


def _applied(take: Take) -> Iterable[Finding]:
    """Deliveries that were taken and whose state is not what it should be."""
    some = take(lambda f: f.category in _STATE)
    groups: dict[tuple[Category, str, str], list[Failure]] = defaultdict(list)
    fields = [tuple(_fields(failure)) for failure in some]
    common = {names for names in fields if names and fields.count(names) > 20}
    for failure, names in zip(some, fields, strict=True):
        if names in common:
            key = (failure.category, "fields", ".".join(names))
        elif failure.case.topic == "enum":
            key = (failure.category, "enum", failure.case.pointer)
        else:
            key = (failure.category, failure.case.topic, "")
        groups[key].append(failure)
    if len(groups) > 3 or len(some) > 60:
        merged: dict[tuple[Category, str, str], list[Failure]] = defaultdict(list)
        for key, failures in groups.items():
            merged[key[0], "", ""].extend(failures)
        groups = merged
    for (category, topic, where), failures in groups.items():
        verb = (
            "takes, and doesn't apply,"
            if category == "acknowledged-not-applied"
            else "stores wrongly"
        )
        place = f" at {where}" if where.startswith("/") else f" ({where})" if where else ""
        title = f"it {verb} {_VALID.get(topic, 'valid payloads')}{place}"
        if _lacks(failures):
            named = dict.fromkeys(field for f in failures for field in _fields(f))
            title = f"the document that is observed lacks fields ({enumerated(named)})"
        yield finding_of(
            f"state-{SLUGS[category]}-{topic or 'all'}{where.replace('/', '.')}",
            category,
            f"{title}: {abouts(failures)}",
            failures,
            fix=_LACKING if _lacks(failures) else "",
            more=(describe_failure(min(failures, key=plainness)),),
        )


_VALID = {
    "null": "payloads with a null (where null is allowed)",
    "enum": "payloads with a value of the enum",
    "text": "payloads with unusual texts",
    "date-time": "payloads with a timestamp that is spelt otherwise (an offset, another fraction, "
    "a far year)",
    "style": "payloads whose JSON is written otherwise",
    "number": "payloads with an unusual number",
    "shape": "payloads of an unusual shape",
    "realistic": "realistic payloads",
    "size": "long bodies",
    "fields": "a field of valid payloads",
    "combination": "payloads with several unusual values",
    "afterwards": "good deliveries after all the others: something before has poisoned it",
}


def _valid(failures: _Failures) -> Iterable[Finding]:
    groups: dict[tuple[Category, str, str], list[Failure]] = defaultdict(list)
    valid = [f for f in failures.left if f.case.group in ("valid", "style")]
    # A realistic payload fails by something in it that comes alone as well.
    for failure in valid:
        topic = failure.case.topic
        if topic in ("realistic", "combination"):
            others = [
                f
                for f in valid
                if f.category == failure.category and f.case.topic not in ("realistic", topic)
            ]
            failures.fold(_is(failure), others)
    for failure in failures.take(lambda f: f.case.group in ("valid", "style")):
        topic = failure.case.topic
        where = failure.case.pointer if topic in ("enum", "shape") else ""
        groups[failure.category, topic, where].append(failure)
    for (category, topic, where), some in groups.items():
        verb = VERBS[category]
        places = enumerated(dict.fromkeys(f.case.pointer for f in some if f.case.pointer))
        at = f" at {places}" if places else ""
        yield finding_of(
            f"valid-{topic}{where.replace('/', '.')}-{SLUGS[category]}",
            category,
            f"it {verb} {_VALID.get(topic, topic)}{at}: {abouts(some)}",
            some,
        )


def _rest(take: Take) -> Iterable[Finding]:
    groups: dict[tuple[Category, str], list[Failure]] = defaultdict(list)
    for failure in take(lambda f: True):
        # A type that is missing is as good as another one.
        topic = failure.case.topic.replace("type-missing", "type-other")
        groups[failure.category, topic].append(failure)
    for (category, topic), some in groups.items():
        yield finding_of(
            f"{topic.replace(' ', '-')}-{SLUGS[category]}",
            category,
            f"it {VERBS[category]} {a_delivery(abouts(some))}",
            some,
        )


_LEAKS = {
    "secret": "an answer shows the webhook secret",
    "signature": "an answer shows the signature that would have been right: anybody can forge one",
    "traceback": "an answer shows a stack trace (traceback)",
}


def _leaks(evidence: Evidence) -> Iterable[Finding]:
    for kind, seen in evidence.leaks.items():
        name, exchange = min(seen, key=lambda s: (len(s[1].delivery.body), s[0]))
        case = evidence.cases.get(name)
        if case is None:
            about = "a look at what it knows" if name == "observed" else name
            case = Case(
                name, "leak", kind, about, exchange.delivery, "either",
                "an answer goes to whoever asks", "hostile",
            )  # fmt: skip
        failure = Failure(LEAKS, case, (exchange,))
        yield finding_of(
            f"leaks-{kind}", LEAKS, _LEAKS[kind], [failure], likelihood="hostile",
            cases=tuple(dict.fromkeys(entry[0] for entry in seen)),
        )  # fmt: skip
