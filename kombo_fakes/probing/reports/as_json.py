"""A report as JSON, which other programs, baselines and `kombo-fakes replay` read."""

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
    """Make a JSON object of a report. Its findings hold what is needed to send them again.

    Examples:
        >>> from kombo_fakes import probe
        >>> data = data_report(probe(lambda delivery: 500))
        >>> data["findings"][0]["id"], data["findings"][0]["exchanges"][0]["reply"]["status"]
        ('first-delivery', 500)
    """
    return {
        "format": FORMAT,
        "made_by": f"kombo_fakes {__version__}",
        "target": report.target,
        "query_removed": report.is_query_removed,
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
    """Make a JSON object of a finding. ``expected`` is about its last delivery."""
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
    """Make a JSON object of a delivery and its reply. Bodies are in base64."""
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
    """Read an exchange that `exchange_data` has written.

    Args:
        data: The JSON value.
        name: What to call it in a message.

    Raises:
        DocumentError: if it is not an exchange.
    """
    try:
        request, reply = data["request"], data["reply"]
        delivery = Delivery(
            str(request["method"]),
            _headers(request["headers"]),
            # By default, characters that are not base64 are skipped, and other bytes would be sent.
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
            f"{name}: is not an exchange of a probe: an object with request and reply"
        ) from None


def _headers(data: Any) -> tuple[tuple[str, str], ...]:
    headers = tuple((str(key), str(value)) for key, value in data)
    for text in chain.from_iterable(headers):
        text.encode("latin-1")  # Headers are sent in this encoding.
    return headers


def known_findings(data: Any, name: str) -> frozenset[str]:
    """Read the ids of the findings in a baseline.

    Args:
        data: The JSON value: a report, or an array of ids.
        name: What to call it in a message.

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
            # None fails the check below. A broken report must not pass for an empty baseline.
            listed.extend(found if isinstance(found, list) else [None])
        ids = [entry.get("id") if isinstance(entry, Mapping) else None for entry in listed]
        if "findings" in data and all(isinstance(entry, str) for entry in ids):
            return frozenset(map(str, ids))
    raise DocumentError(
        f"{name}: {shorten(data)} is not a baseline: give a report of `probe --json`, or an array "
        "of ids of findings"
    )


def known_cases(data: Any, name: str) -> frozenset[str]:
    """Read the ids of the cases that show the findings of a baseline.

    Args:
        data: The JSON value: a report, or an array of ids of cases.
        name: What to call it in a message.

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
        raise DocumentError(
            f"{name}: is not a report: the cases of a finding have to be an array of ids"
        )
    return frozenset(str(case) for cases in listed for case in cases)
