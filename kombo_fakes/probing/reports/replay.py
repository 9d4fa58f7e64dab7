"""What was kept of a probe, to be sent again: what was owed for it, and what an answer means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast, get_args

from kombo_fakes.errors import DocumentError
from kombo_fakes.probing.model import Case, Category, Exchange, Expectation, Reply
from kombo_fakes.probing.reports.as_json import exchange_of
from kombo_fakes.probing.verdicts.judge import judge

Verdict: TypeAlias = Literal[
    "mended",
    "still wrong",
    "wrong otherwise",
    "as owed",
    "as recorded",
    "other than recorded",
    "not judged",
]

WRONG: frozenset[Verdict] = frozenset({"still wrong", "wrong otherwise", "other than recorded"})
"""What something still goes wrong with."""

_BY_CATEGORY: dict[str, Expectation] = {
    "rejects-valid": "accept",
    "accepts-invalid": "reject",
}
_BY_ANSWER: tuple[Category, ...] = (
    "rejects-valid",
    "accepts-invalid",
    "crashes",
    "hangs",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One exchange.

    Attributes:
        title: The finding or the case that it is from.
        exchange: What was sent then, and what came back.
        expectation: What the receiver has to do; None where the file doesn't know.
        by_answer: Whether the answer tells if it is mended: neither what is stored nor what an
            answer gives away is seen by it.
    """

    title: str
    exchange: Exchange
    expectation: Expectation | None = None
    by_answer: bool = True

    def verdict(self, reply: Reply) -> Verdict:
        """What an answer of today means.

        Examples:
            >>> from kombo_fakes import Delivery
            >>> kept = Kept("signature-absent", Exchange(Delivery.of({}), Reply(204)), "reject")
            >>> [kept.verdict(Reply(status)) for status in (401, 204, 500, 307)]
            ['mended', 'still wrong', 'wrong otherwise', 'wrong otherwise']
        """
        then = self.exchange.reply
        same = str(reply) == str(then)
        if self._is_wrong(reply):
            return "still wrong" if same and self._is_wrong(then) else "wrong otherwise"
        if self.expectation is None:
            return "as recorded" if same else "other than recorded"
        if self._is_wrong(then):
            return "mended"
        return "as owed" if self.by_answer else "not judged"

    def _is_wrong(self, reply: Reply) -> bool:
        case = _case(self.exchange, self.expectation or "either")
        if judge(case, reply) is not None:
            return True
        # Neither says anything about the delivery, so that neither mends anything.
        elsewhere = reply.status is not None and (reply.status == 429 or 300 <= reply.status < 400)
        return elsewhere and (
            self.expectation is not None or str(reply) != str(self.exchange.reply)
        )


def _case(exchange: Exchange, owed: Expectation) -> Case:
    return Case(
        id="", group="", topic="", about="", delivery=exchange.delivery, expectation=owed, why="",
        likelihood="realistic",
    )  # fmt: skip


def kept_in(data: Any, name: str, only: Iterable[str] = ()) -> list[Kept]:
    """What a file holds to be sent again: a report, a finding, or one recorded exchange.

    Args:
        data: The JSON value of the file.
        name: What to call it in a message.
        only: The ids of the findings to take, known ones as well; all that are new if not given.

    Raises:
        DocumentError: if it is none of these.
    """
    if isinstance(data, Mapping) and "request" in data:
        return [Kept(str(data.get("case", name)), exchange_of(data, name))]
    if isinstance(data, Mapping) and isinstance(data.get("findings"), list):
        wanted, owed = set(only), _owed_in(data)
        listed = list(data["findings"])
        if wanted and isinstance(data.get("known"), list):
            listed += data["known"]
        found = [entry for entry in listed if isinstance(entry, Mapping)]
        chosen = [entry for entry in found if not wanted or str(entry.get("id")) in wanted]
        return [kept for entry in chosen for kept in _of_finding(entry, name, owed)]
    if isinstance(data, Mapping) and isinstance(data.get("exchanges"), list):
        kept = _of_finding(data, name, {})
        if kept:
            return kept
    raise DocumentError(
        f"{name}: is neither a report of `probe --json`, nor a finding of one, nor a delivery "
        "that `probe --record` has kept"
    )


def _owed_in(report: Mapping[str, Any]) -> dict[str, Expectation]:
    """What is owed, by the id of the case."""
    cases = report.get("cases")
    listed = cases if isinstance(cases, list) else []
    return {
        str(case.get("id")): case["expected"]
        for case in listed
        if isinstance(case, Mapping) and _is_owed(case.get("expected"))
    }


def _is_owed(value: Any) -> bool:
    return isinstance(value, str) and value in get_args(Expectation)


def _of_finding(
    entry: Mapping[str, Any], name: str, by_case: Mapping[str, Expectation]
) -> list[Kept]:
    exchanges = entry.get("exchanges")
    if not isinstance(exchanges, list) or not exchanges:
        return []
    sent = [exchange_of(one, name) for one in exchanges]
    title, category = str(entry.get("id", name)), str(entry.get("category"))
    last = _owed_of(entry, category, by_case)
    # Only the last one went wrong: what came before it was answered as was owed.
    before = [Kept(title, one, _answered(one.reply) or last) for one in sent[:-1]]
    return [*before, Kept(title, sent[-1], last, category in _BY_ANSWER)]


def _owed_of(
    entry: Mapping[str, Any], category: str, by_case: Mapping[str, Expectation]
) -> Expectation:
    """What is owed for the last delivery of a finding."""
    if _is_owed(entry.get("expected")):
        return cast(Expectation, entry["expected"])
    if category in _BY_CATEGORY:
        return _BY_CATEGORY[category]
    if str(entry.get("id")).endswith("first-delivery"):
        return "accept"  # No case of the report: nothing was tried after it.
    cases = entry.get("cases")
    listed = cases if isinstance(cases, list) else []
    found = {by_case[str(one)] for one in listed if str(one) in by_case}
    return found.pop() if len(found) == 1 else "either"


def _answered(reply: Reply) -> Expectation | None:
    if reply.is_accepted:
        return "accept"
    return "reject" if reply.status is not None and 400 <= reply.status < 500 else None
