"""A report as an HTML page: one file that needs no network, to be read and passed on."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from kombo_fakes.core.messages import pluralize
from kombo_fakes.probing.model import CATEGORY_TITLES, Case, Finding
from kombo_fakes.probing.reports.payload_diff import differences_from_valid
from kombo_fakes.probing.reports.plain_text import GROUP_NAMES, label_finding, sentence
from kombo_fakes.probing.reports.readable import body_text, reply_text, request_head, visible
from kombo_fakes.probing.reports.report import Outcome, Report, note_faults
from kombo_fakes.probing.reports.sequence_diagram import draw_sequence
from kombo_fakes.probing.reports.wording import EXPECTED
from kombo_fakes.version import __version__

_GROUPS = {group: name.capitalize() for group, name in GROUP_NAMES.items()}
_STRIPS = {
    "signature": "Signatures",
    "body": "Bodies",
    "http": "HTTP",
    "style": "Styles",
    "change": "Schema changes",
    "timeline": "Timelines",
    "valid": "Whole payloads",
}
_MARKS = {"fine": "✓", "wrong": "✗", "free": "○", "unjudged": "–"}
_VERDICTS = {
    "fine": "as expected",
    "wrong": "not as expected",
    "free": "either is fine",
    "unjudged": "not judged",
}
# A cell stands for several cases. It shows the state that needs attention most.
_MOST_TELLING = ("wrong", "fine", "free", "unjudged")
_VALID = "valid values"
_SHORT = 60
# The page holds bodies in base64. Large ones, and all bodies in full, would make it slow to open.
_DOWNLOAD = 200_000
_IN_LIST = 1_500


def html_report(report: Report) -> bytes:
    """Make the page: findings, the payload as a map, sequence diagrams, and every case.

    Whatever was sent to a receiver, and whatever it has answered, is shown as text.

    Examples:
        >>> from kombo_fakes import probe
        >>> page = html_report(probe(lambda delivery: 500))
        >>> page.startswith(b"<!DOCTYPE html>")
        True
    """
    from jinja2 import Environment
    from markupsafe import Markup

    # Applied to every expression of the page, so that none can be forgotten.
    def shown(value: Any) -> Any:
        # Markup is a subclass of str, and is trusted.
        return visible(value) if type(value) is str else value

    place = files("kombo_fakes.probing.reports") / "page"
    style, script, page = (
        (place / name).read_text("utf-8") for name in ("style.css", "script.js", "report.html")
    )
    numbered = [(number, outcome, outcome.state) for number, outcome in enumerate(report.outcomes)]
    text = (
        Environment(autoescape=True, finalize=shown)
        .from_string(page)
        .render(
            # The page shows what a stranger may have sent. Only its own style and script may take
            # effect, and nothing may be loaded.
            policy=(
                f"default-src 'none'; style-src '{_digest(style)}'; "
                f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'"
            ),
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            data=Markup(_data(numbered)),  # noqa: S704
            version=__version__,
            marks=_MARKS,
            title=f"{_verdict(report)['text']}: {report.target}",
            verdict=_verdict(report),
            facts=_facts(report),
            stopped=report.stopped,
            tiles=_tiles(report),
            nothing=_nothing(report),
            findings=[_finding(finding, report) for finding in report.findings],
            known=[{"id": f.id, "title": f.title} for f in report.skipped],
            notes=report.notes,
            not_judged=report.not_judged,
            field_map=_field_map(numbered),
            strips=_strips(numbered),
            groups=[(name, title) for name, title in _GROUPS.items() if _tried(report)[name]],
            cases=[_row(outcome, state) for _, outcome, state in numbered],
        )
    )
    # A lone surrogate has no form in UTF-8, and must not cost the whole report.
    return text.encode("utf-8", "backslashreplace")


def _digest(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _tried(report: Report) -> Counter[str]:
    return Counter(outcome.case.group for outcome in report.outcomes if outcome.judged)


# -- the head


def _verdict(report: Report) -> dict[str, str]:
    count = len(report.findings)
    if count:
        return {"state": "wrong", "text": pluralize(count, "finding")}
    if report.stopped:
        return {"state": "wrong", "text": "Stopped early"}
    return {"state": "fine", "text": "No findings" if not report.skipped else "No new findings"}


def _nothing(report: Report) -> str:
    if report.stopped:
        return "The run was stopped before it found anything."
    if report.not_judged:
        return "Every delivery that could be judged was answered as expected."
    return "Every delivery was answered as expected."


def _facts(report: Report) -> list[tuple[str, str]]:
    return [
        ("receiver", report.target),
        ("policy", report.policy),
        ("events", ", ".join(report.events)),
        ("deliveries", f"{report.deliveries:,} in {report.seconds:.1f} s"),
        ("seed", str(report.seed)),
    ]


def _tiles(report: Report) -> list[dict[str, Any]]:
    tried = _tried(report)
    failed = Counter(o.case.group for o in report.outcomes if o.failure is not None)
    return [
        {
            "name": title,
            "all": tried[name],
            "good": tried[name] - failed[name],
            "faults": note_faults(report, name),
            "state": "wrong" if failed[name] else "fine",
        }
        for name, title in _GROUPS.items()
        if tried[name]
    ]


# -- findings


def _finding(finding: Finding, report: Report) -> dict[str, Any]:
    # A long list of what shows a finding has a line of its own.
    is_short = len(finding.shown_by) < _SHORT
    entry = {
        "id": finding.id,
        "title": finding.title if is_short else finding.headline,
        "shown_by": "" if is_short else finding.shown_by,
        "text": finding.text,
        "fix": sentence(finding.fix),
        "source": finding.cause.source,
        "labels": label_finding(finding),
        "cases": finding.cases,
        "diagram": draw_sequence(finding.exchanges),
        "diff": _diff(finding, report),
        "request": None,
    }
    if not finding.exchanges:
        return entry
    delivery, reply = finding.exchanges[-1].delivery, finding.exchanges[-1].reply
    small = len(delivery.body) <= _DOWNLOAD
    encoded = b64encode(delivery.body).decode() if small and delivery.body else ""
    entry["request"] = {
        "head": request_head(delivery),
        "body": body_text(delivery.body),
        "note": "; ".join(delivery.done),
        "download": f"data:application/octet-stream;base64,{encoded}" if encoded else "",
    }
    entry["response"] = {"status": str(reply), "text": reply_text(reply)}
    entry["curl"] = finding.curl(report.url)
    return entry


def _diff(finding: Finding, report: Report) -> dict[str, Any] | None:
    # A timeline has a diagram in its place.
    if len(finding.exchanges) != 1:
        return None
    sent = finding.exchanges[0].delivery
    case = next((o.case for o in report.outcomes if o.case.delivery is sent), None)
    if case is None or case.group in ("style", "wire"):
        return None  # The payload is not what is special.
    rows = differences_from_valid(case)
    caption = "Differences from the nearest valid delivery (except ids and timestamps)"
    return {"caption": caption, "rows": rows} if rows else None


# -- the maps


_Numbered = tuple[int, Outcome, str]


def _field_map(numbered: Sequence[_Numbered]) -> dict[str, Any]:
    """Make a table of places and keywords, with the outcome of the cases in each cell."""
    there = [
        entry
        for entry in numbered
        if entry[1].case.group == "fault"
        or (entry[1].case.pointer and entry[1].case.group == "valid")
    ]
    # The catalogue goes through a payload from the top.
    faults = [outcome.case for _, outcome, _ in there if outcome.case.group == "fault"]
    places = dict.fromkeys(case.pointer for case in faults)
    places |= dict.fromkeys(outcome.case.pointer for _, outcome, _ in there)
    columns = dict.fromkeys(_column(outcome) for _, outcome, _ in there)
    cells: dict[tuple[str, str], list[_Numbered]] = {}
    for entry in there:
        cells.setdefault((entry[1].case.pointer, _column(entry[1])), []).append(entry)
    ordered = sorted(columns, key=lambda column: column != _VALID)
    rows = [
        {
            "name": place or "(the payload)",
            "cells": [
                _cell(cells.get((place, column), ()), f"{place or 'the payload'}, {column}")
                for column in ordered
            ],
        }
        for place in places
    ]
    return {"columns": ordered, "rows": rows}


def _column(outcome: Outcome) -> str:
    return outcome.case.keyword if outcome.case.group == "fault" else _VALID


def _strips(numbered: Sequence[_Numbered]) -> list[dict[str, Any]]:
    """List the outcomes of what is not about one field: signatures, bodies, styles, and so on."""
    found: dict[str, dict[str, list[_Numbered]]] = {}
    for entry in numbered:
        case = entry[1].case
        if case.group == "fault" or (case.group == "valid" and case.pointer):
            continue
        strip = case.family or case.group
        # One cell for the variants of a wire fault, and for each of all else.
        name = case.topic if case.group == "wire" else case.about
        found.setdefault(strip, {}).setdefault(name, []).append(entry)
    ordered = [
        *(name for name in _STRIPS if name in found),
        *(n for n in found if n not in _STRIPS),
    ]
    return [
        {
            "name": _STRIPS.get(strip, strip),
            "cells": [
                {**cell, "name": entries[0][1].case.about}
                for name, entries in found[strip].items()
                if (cell := _cell(entries, f"{_STRIPS.get(strip, strip)}: {name}")) is not None
            ],
        }
        for strip in ordered
    ]


def _cell(entries: Sequence[_Numbered], name: str) -> dict[str, Any] | None:
    if not entries:
        return None
    states = Counter(state for _, _, state in entries)
    state = next(state for state in _MOST_TELLING if states[state])
    count = len(entries)
    wrong = f"{states['wrong']} of {count} not as expected"
    several = f"{count} case{'s' if count > 1 else ''} {_VERDICTS[state]}"
    return {
        "state": state,
        "count": f"{states['wrong']}/{count}" if state == "wrong" else str(count),
        "cases": " ".join(str(number) for number, _, _ in entries),
        "label": f"{name}: {wrong if state == 'wrong' else several}",
    }


# -- all cases


def _row(outcome: Outcome, state: str) -> dict[str, str]:
    case = outcome.case
    return {
        "id": case.id,
        "group": case.group,
        "state": state,
        "verdict": CATEGORY_TITLES[outcome.failure] if outcome.failure else _VERDICTS[state],
        "about": case.about,
        "expected": EXPECTED[case.expectation],
        "answer": _answer(outcome),
    }


def _answer(outcome: Outcome) -> str:
    return "not sent" if outcome.reply is None else str(outcome.reply)


def _word_expectation(case: Case) -> str:
    return f"Expected {EXPECTED[case.expectation]}: {case.why}."


def _data(numbered: Iterable[_Numbered]) -> str:
    """Write the cases as JSON for the script, with nothing in it that could end the element."""
    cases = [
        {
            "id": visible(outcome.case.id),
            "about": visible(outcome.case.about),
            "why": visible(_word_expectation(outcome.case)),
            "state": state,
            "mark": _MARKS[state],
            "answer": _answer(outcome),
            "head": request_head(outcome.case.delivery),
            "body": body_text(outcome.case.delivery.body, _IN_LIST),
            "response": "" if outcome.reply is None else reply_text(outcome.reply),
        }
        for _, outcome, state in numbered
    ]
    text = json.dumps(cases, separators=(",", ":"))
    # The text is inside a script element, which "</script>" in a string would end.
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
