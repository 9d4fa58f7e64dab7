"""The sentences of findings and notes. They are made of diagnoses, and no code reads them."""

from __future__ import annotations

from collections.abc import Iterable

from kombo_fakes.core.messages import pluralize
from kombo_fakes.probing.model import Case, Expectation, Failure, Finding, Loss, Reply
from kombo_fakes.probing.verdicts.causes import AFTERWARDS, VERBS
from kombo_fakes.probing.verdicts.diagnosis.result import Details, Diagnosis
from kombo_fakes.probing.verdicts.evidence import Note, NoteKind
from kombo_fakes.probing.verdicts.judge import judge_answer
from kombo_fakes.sequences.mismatches import describe_mismatches

EXPECTED: dict[Expectation, str] = {
    "accept": "2xx",
    "reject": "4xx",
    "either": "any response except 5xx or a hang",
}
"""What a receiver is expected to answer, in words."""

_MOST = 5

_BROKEN = {
    "type": "a value of another type",
    "required": "a missing required field",
    "enum": "a value that is not in the enum",
    "format": "a string that does not match the format",
    "additionalProperties": "an unknown property",
}
"""What is wrong with a payload that breaks a keyword of the schema."""

_NOTES: dict[NoteKind, str] = {
    "rejects-new-properties": "rejects new properties, as the strict policy requires; if a release "
    "of Kombo adds one, the receiver will reject its events",
    "rejects-new-values": "rejects new enum values, as the strict policy requires; if a release of "
    "Kombo adds one, the receiver will reject its events",
    "rejects-new-events": "rejects unknown event types, although Kombo sends all events to one URL",
    "rejects-other-events": "rejects other events of Kombo, although Kombo sends all events "
    "to one URL",
    "rejects-older-shapes": "rejects payloads of older Kombo releases",
    "rejects-optional": "rejects deliveries that it may accept or reject",
    "accepts-optional": "accepts deliveries that it may accept or reject",
}


def make_finding(diagnosis: Diagnosis) -> Finding:
    """Make the finding of a diagnosis, with its sentences."""
    return Finding(
        id=diagnosis.id,
        category=diagnosis.category,
        cause=diagnosis.cause,
        headline=_word_headline(diagnosis),
        shown_by=join_some(diagnosis.details.examples),
        text="\n".join(_word_lines(diagnosis)),
        fix=diagnosis.fix or diagnosis.cause.fix,
        likelihood=diagnosis.likelihood,
        cases=tuple(case.id for case in diagnosis.cases),
        exchanges=diagnosis.shown.exchanges,
        expectation=diagnosis.shown.case.expectation,
        is_invalid=any(case.group in ("fault", "change") for case in diagnosis.cases),
    )


def _word_headline(diagnosis: Diagnosis) -> str:
    details = diagnosis.details
    title = diagnosis.cause.title.format(verb=VERBS[diagnosis.category], keyword=details.keyword)
    return title + "".join(_word_details(details))


def _word_details(details: Details) -> Iterable[str]:
    if details.fields:
        yield f" ({join_some(details.fields)})"
    if details.broken:
        yield f" ({join_some(_BROKEN.get(keyword, keyword) for keyword in details.broken)})"
    if details.places:
        yield f" at {join_some(place or 'the root' for place in details.places)}"
    if details.other_events:
        events = pluralize(details.other_events, "other event")
        yield f"{',' if details.places else ''} and on {events} of Kombo"
    if details.smallest:
        yield f", from {details.smallest:,} bytes"
    if details.keyword:
        yield ", everywhere" if details.everywhere else ", in some cases"
    if details.looks_forged:
        yield ", as if the signature were wrong"
    if details.loss is not None:
        yield f", and {describe_loss(details.loss)}"


def _word_lines(diagnosis: Diagnosis) -> Iterable[str]:
    shown = diagnosis.shown
    case, exchange = shown.case, shown.exchanges[-1]
    reply = shown.answer or exchange.reply
    is_later = diagnosis.cause is AFTERWARDS and shown.loss is None
    yield f"Sent: {'a good delivery, after this one: ' if is_later else ''}{_word_sent(case)}."
    if diagnosis.category == "leaks":
        yield (
            f"Received {reply}, expected a response without internals, because anybody can read it."
        )
    elif shown.mismatches and judge_answer(exchange.delivery, case.expectation, reply) is None:
        rule = f" Rule: {case.why}." if case.group == "timeline" else ""
        yield f"Received {reply}, as expected, but the state is wrong.{rule}"
    else:
        yield f"Received {_word_reply(reply)}, expected {EXPECTED[case.expectation]}: {case.why}."
    yield from describe_failure(shown)
    if shown.steps:
        yield "After these deliveries:"
        yield from (f"{number}. {step}" for number, step in enumerate(shown.steps, 1))


def _word_sent(case: Case) -> str:
    if case.signed_topics:
        return case.about
    if case.group == "style":
        return f"a valid payload {case.about}"
    if case.family == "signature":
        how = "incorrectly signed" if case.expectation == "reject" else "signed in an unusual way"
        return f"a valid payload, {how}: {case.about}"
    return (
        f"{case.about} at {case.pointer}" if case.group == "valid" and case.pointer else case.about
    )


def _word_reply(reply: Reply) -> str:
    return f"{reply}" if reply.status is not None else f"no response ({reply})"


def describe_failure(failure: Failure) -> Iterable[str]:
    """Say what went wrong besides the answer, line by line."""
    if failure.leaked:
        yield f"The response shows {failure.leaked}."
    if failure.answer is not None:
        last = failure.exchanges[-1].moment
        together = sum(exchange.moment == last for exchange in failure.exchanges)
        if together > 1:
            yield f"This was one of {together} concurrent deliveries."
    if failure.loss is not None:
        yield f"After it, {describe_loss(failure.loss)}: {failure.loss.error}"
    if failure.mismatches:
        whose = f" of {failure.integration}" if failure.integration else ""
        yield f"Observed state{whose}: {describe_mismatches(failure.mismatches)}."
    if failure.breaks_others:
        yield "After it, good deliveries fail, too."


def describe_loss(loss: Loss) -> str:
    """Say why a receiver cannot be probed any more, without what differs from run to run.

    Examples:
        >>> describe_loss(Loss("unreachable", "nothing accepts connections there"))
        'the receiver is no longer reachable'
    """
    return {
        "unreachable": "the receiver is no longer reachable",
        "unobservable": "the state of the receiver can no longer be observed",
    }[loss.kind]


def describe_note(note: Note) -> str:
    """Make a sentence of a note."""
    return f"{_NOTES[note.kind]}: {join_some(dict.fromkeys(map(_word_sent, note.cases)))}"


def join_some(words: Iterable[str], most: int = _MOST) -> str:
    """Join the first words of a list, and say how many more there are.

    Examples:
        >>> join_some("abc", most=2), join_some(["a, b", "c"])
        ('a, b and 1 more', 'a, b; c')
    """
    listed = list(words)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    # Semicolons separate words that have commas or colons in them.
    between = "; " if any(set(",:") & set(word) for word in listed[:most]) else ", "
    return between.join(listed[:most]) + more


def name_delivery(about: str) -> str:
    """Name a delivery by what is special about it.

    Examples:
        >>> name_delivery("an empty body")
        'a delivery (an empty body)'
    """
    return f"a delivery ({about})"
