"""A report as JSON: for other programs, for a baseline, and to be sent again."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from itertools import chain
from typing import Any, get_args

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import DocumentError
from kombo_fakes.probing.model import Exchange, Finding, Reply, Trouble
from kombo_fakes.probing.reports.report import Report
from kombo_fakes.version import __version__
from kombo_fakes.wire.delivery import Delivery

FORMAT = 1

_TROUBLES = (None, *get_args(Trouble))


def data_report(report: Report) -> dict[str, Any]:
    """A report as a JSON object, the findings with all that is needed to send them again.

    Examples:
        >>> from kombo_fakes import probe
        >>> told = data_report(probe(lambda delivery: 500))
        >>> told["findings"][0]["id"], told["findings"][0]["exchanges"][0]["reply"]["status"]
        ('first-delivery', 500)
    """
    return {
        "format": FORMAT,
        "made_by": f"kombo_fakes {__version__}",
        "target": report.target,
        "policy": report.policy,
        "seed": report.seed,
        "events": list(report.events),
        "deliveries": report.deliveries,
        "stopped": report.stopped,
        "findings": [finding_data(finding) for finding in report.findings],
        "known": [finding_data(finding) for finding in report.skipped],
        "notes": list(report.notes),
        "not_judged": list(report.not_judged),
        "cases": [
            {
                "id": outcome.case.id,
                "group": outcome.case.group,
                "about": outcome.case.about,
                "pointer": outcome.case.pointer,
                "expected": outcome.case.expectation,
                "status": None if outcome.reply is None else outcome.reply.status,
                "failure": outcome.failure,
                "judged": outcome.judged,
            }
            for outcome in report.outcomes
        ],
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding as a JSON object; what is expected is what the last delivery should do."""
    return {
        "id": finding.id,
        "category": finding.category,
        "likelihood": finding.likelihood,
        "title": finding.title,
        "text": finding.text,
        "cause": finding.cause.id,
        "fix": finding.fix,
        "source": finding.cause.source,
        "cases": list(finding.cases),
        "expected": finding.expectation,
        "exchanges": [exchange_data(exchange) for exchange in finding.exchanges],
    }


def exchange_data(exchange: Exchange) -> dict[str, Any]:
    """A delivery and its reply as a JSON object; bodies are in base64."""
    delivery, reply = exchange.delivery, exchange.reply
    return {
        "done": list(delivery.done),
        "request": {
            "method": delivery.method,
            "headers": [list(header) for header in delivery.headers],
            "body": b64encode(delivery.body).decode("ascii"),
        },
        "reply": {
            "status": reply.status,
            "trouble": reply.trouble,
            "headers": [list(header) for header in reply.headers],
            "body": b64encode(reply.body).decode("ascii"),
        },
    }


def exchange_of(data: Any, name: str) -> Exchange:
    """The exchange that `exchange_data` has written.

    Raises:
        DocumentError: if it is none.
    """
    try:
        request, reply = data["request"], data["reply"]
        delivery = Delivery(
            str(request["method"]),
            _headers(request["headers"]),
            b64decode(request["body"], validate=True),
            tuple(map(str, data.get("done", ()))),
        )
        status, trouble = reply.get("status"), reply.get("trouble")
        if not (status is None or isinstance(status, int)) or trouble not in _TROUBLES:
            raise TypeError
        return Exchange(
            delivery,
            Reply(
                status,
                _headers(reply.get("headers", ())),
                b64decode(reply.get("body", "")),
                trouble,
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise DocumentError(
            f"{name}: is no exchange of a probe: an object with request and reply"
        ) from None


def _headers(data: Any) -> tuple[tuple[str, str], ...]:
    headers = tuple((str(key), str(value)) for key, value in data)
    for text in chain.from_iterable(headers):
        text.encode("latin-1")  # As a header is sent; what can't be is none.
    return headers


def known_findings(data: Any, name: str) -> frozenset[str]:
    """The ids of the findings in a baseline: a report, or an array of ids.

    Raises:
        DocumentError: if it is neither.

    Examples:
        >>> sorted(known_findings(["signature-absent"], "baseline.json"))
        ['signature-absent']
    """
    if isinstance(data, list) and all(isinstance(entry, str) for entry in data):
        return frozenset(data)
    if isinstance(data, Mapping):
        listed: list[Any] = []
        for key in ("findings", "known"):
            found = data.get(key, [])
            listed.extend(found if isinstance(found, list) else [None])
        ids = [entry.get("id") if isinstance(entry, Mapping) else None for entry in listed]
        if "findings" in data and all(isinstance(entry, str) for entry in ids):
            return frozenset(map(str, ids))
    raise DocumentError(
        f"{name}: is no baseline, but {shorten(data)}: a report of `probe --json`, or an array of "
        "ids of findings"
    )


def known_cases(data: Any, name: str) -> frozenset[str]:
    """The ids of the cases that show what a baseline holds; of an array of ids, these.

    Raises:
        DocumentError: if it is neither a report nor an array of ids.

    Examples:
        >>> sorted(known_cases({"findings": [{"id": "a", "cases": ["fault:b"]}]}, "baseline.json"))
        ['fault:b']
    """
    ids = known_findings(data, name)
    if not isinstance(data, Mapping):
        return ids
    listed = [entry.get("cases", []) for entry in [*data["findings"], *data.get("known", ())]]
    if not all(isinstance(cases, list) for cases in listed):
        raise DocumentError(f"{name}: is no report: the cases of a finding are an array of ids")
    return frozenset(str(case) for cases in listed for case in cases)
