"""A report as a page: one file that needs no network, to be looked at and passed on."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from kombo_fakes.probing.model import CATEGORY_TITLES, Finding
from kombo_fakes.probing.reports.payload_diff import differences_from_valid
from kombo_fakes.probing.reports.plain_text import GROUP_NAMES, counted, how_likely, sentence
from kombo_fakes.probing.reports.readable import body_text, reply_text, request_head, visible
from kombo_fakes.probing.reports.report import Outcome, Report
from kombo_fakes.probing.reports.sequence_diagram import picture_of
from kombo_fakes.version import __version__

_GROUPS = {group: name.capitalize() for group, name in GROUP_NAMES.items()}
_STRIPS = {
    "signature": "Signatures",
    "body": "Bodies",
    "http": "HTTP",
    "style": "Spellings",
    "change": "Changes",
    "timeline": "Timelines",
    "valid": "Whole payloads",
}
_OWED = {"accept": "2xx", "reject": "4xx", "either": "any answer but 5xx"}
_MARKS = {"fine": "✓", "wrong": "✗", "free": "○", "unjudged": "–"}
_VERDICTS = {
    "fine": "as owed",
    "wrong": "not as owed",
    "free": "either is right",
    "unjudged": "not judged",
}
_MOST_TELLING = ("wrong", "fine", "free", "unjudged")
_VALID = "valid values"
_SHORT = 60
_DOWNLOAD = 200_000
_IN_LIST = 1_500


def html_report(report: Report) -> bytes:
    """The page: findings, the payload as a map, timelines as lanes, and every case.

    All that a receiver has answered, and all that was sent to it, goes in as text.

    Examples:
        >>> from kombo_fakes import probe
        >>> page = html_report(probe(lambda delivery: 500))
        >>> page.startswith(b"<!DOCTYPE html>")
        True
    """
    from jinja2 import Environment
    from markupsafe import Markup

    # Whatever an expression of the page gives, not only what somebody has thought of.
    def shown(value: Any) -> Any:
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
    return text.encode("utf-8", "backslashreplace")


def _digest(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _tried(report: Report) -> Counter[str]:
    return Counter(outcome.case.group for outcome in report.outcomes if outcome.judged)


# -- the head


def _verdict(report: Report) -> dict[str, str]:
    count = len(report.findings)
    if count:
        return {"state": "wrong", "text": counted(count, "finding")}
    if report.stopped:
        return {"state": "wrong", "text": "Stopped before its end"}
    return {"state": "fine", "text": "Nothing found" if not report.skipped else "Nothing new found"}


def _nothing(report: Report) -> str:
    if report.stopped:
        return "Nothing was found until the run was stopped."
    if report.not_judged:
        return "Every delivery that could be judged was treated as is owed."
    return "Every delivery was treated as is owed."


def _facts(report: Report) -> list[tuple[str, str]]:
    return [
        ("receiver", report.target),
        ("held to be", report.policy),
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
            "state": "wrong" if failed[name] else "fine",
        }
        for name, title in _GROUPS.items()
        if tried[name]
    ]


# -- findings


def _finding(finding: Finding, report: Report) -> dict[str, Any]:
    # A title is a cause, and then what shows it.
    cause, _, shown_by = finding.title.partition(": ")
    if len(shown_by) < _SHORT:
        cause, shown_by = finding.title, ""
    told = {
        "id": finding.id,
        "title": cause,
        "shown_by": shown_by,
        "text": finding.text,
        "fix": sentence(finding.fix) if finding.fix else "",
        "category": CATEGORY_TITLES[finding.category],
        "likelihood": how_likely(finding),
        "count": counted(len(finding.cases), "case"),
        "cases": finding.cases,
        "lanes": picture_of(finding.exchanges),
        "diff": _diff(finding, report),
        "request": None,
    }
    if not finding.exchanges:
        return told
    delivery, reply = finding.exchanges[-1].delivery, finding.exchanges[-1].reply
    small = len(delivery.body) <= _DOWNLOAD
    encoded = b64encode(delivery.body).decode() if small and delivery.body else ""
    told["request"] = {
        "head": request_head(delivery),
        "body": body_text(delivery.body),
        "note": "; ".join(delivery.done),
        "download": f"data:application/octet-stream;base64,{encoded}" if encoded else "",
    }
    told["response"] = {"status": str(reply), "text": reply_text(reply)}
    told["curl"] = finding.curl(report.url)
    return told


def _diff(finding: Finding, report: Report) -> dict[str, Any] | None:
    if len(finding.exchanges) != 1:
        return None
    sent = finding.exchanges[0].delivery
    case = next((o.case for o in report.outcomes if o.case.delivery is sent), None)
    if case is None or case.group in ("style", "wire"):
        return None  # It isn't the payload that is special.
    rows = differences_from_valid(case)
    caption = "Beside the valid delivery that is nearest to it (but for ids and the time)"
    return {"caption": caption, "rows": rows} if rows else None


# -- the maps


_Numbered = tuple[int, Outcome, str]


def _field_map(numbered: Sequence[_Numbered]) -> dict[str, Any]:
    """Rows of places and columns of keywords, each cell what came of the cases there."""
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
    """What no field shows: signatures, bodies, styles, changes, timelines."""
    found: dict[str, dict[str, list[_Numbered]]] = {}
    for entry in numbered:
        case = entry[1].case
        if case.group == "fault" or (case.group == "valid" and case.pointer):
            continue
        strip = case.topic.partition("-")[0] if case.group == "wire" else case.group
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
    wrong = f"{states['wrong']} of {count} not as owed"
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
        "expected": _OWED[case.expectation],
        "answer": _answer(outcome),
    }


def _answer(outcome: Outcome) -> str:
    return "not sent" if outcome.reply is None else str(outcome.reply)


def _data(numbered: Iterable[_Numbered]) -> str:
    """The cases as JSON for the script, with nothing in it that could end the element."""
    told = [
        {
            "id": visible(outcome.case.id),
            "about": visible(outcome.case.about),
            "why": visible(f"Owed: {_OWED[outcome.case.expectation]}, because {outcome.case.why}."),
            "state": state,
            "mark": _MARKS[state],
            "answer": _answer(outcome),
            "head": request_head(outcome.case.delivery),
            "body": body_text(outcome.case.delivery.body, _IN_LIST),
            "response": "" if outcome.reply is None else reply_text(outcome.reply),
        }
        for _, outcome, state in numbered
    ]
    text = json.dumps(told, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
