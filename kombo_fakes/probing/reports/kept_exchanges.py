"""What was kept of a probe, to be sent again: what is expected, and what an answer means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast, get_args

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import DocumentError
from kombo_fakes.probing.model import Category, Exchange, Expectation, Reply
from kombo_fakes.probing.reports.as_json import exchange_of
from kombo_fakes.probing.verdicts.judge import judge_answer

Verdict: TypeAlias = Literal[
    "fixed",
    "still wrong",
    "wrong in another way",
    "as expected",
    "as recorded",
    "differs from the recording",
    "not judged",
]

WRONG: frozenset[Verdict] = frozenset(
    {"still wrong", "wrong in another way", "differs from the recording"}
)
"""The verdicts that say that something is wrong."""

_SEEN_BY_ANSWER: tuple[Category, ...] = ("rejects-valid", "accepts-invalid", "crashes", "hangs")


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """An exchange that a report or a recording holds.

    Attributes:
        title: The finding or the case that it is from.
        exchange: What was sent then, and what came back.
        expectation: What the receiver has to do; None where the file does not say.
        by_answer: Whether the answer tells if the bug is fixed: it tells neither what the receiver
            stores nor what an answer gives away.
    """

    title: str
    exchange: Exchange
    expectation: Expectation | None = None
    by_answer: bool = True

    def judge(self, reply: Reply) -> Verdict:
        """What the reply of today means.

        Examples:
            >>> from kombo_fakes import Delivery
            >>> then = Exchange(Delivery.of({}), Reply(204))
            >>> kept = KeptExchange("signature-absent", then, "reject")
            >>> [kept.judge(Reply(status)) for status in (401, 204, 500)]
            ['fixed', 'still wrong', 'wrong in another way']
        """
        then = self.exchange.reply
        # Only the statuses are compared: headers and bodies hold dates and ids that differ.
        is_same = str(reply) == str(then)
        if self._is_wrong(reply):
            return "still wrong" if is_same and self._is_wrong(then) else "wrong in another way"
        if self.expectation is None:
            return "as recorded" if is_same else "differs from the recording"
        if self._is_wrong(then):
            return "fixed"
        return "as expected" if self.by_answer else "not judged"

    def _is_wrong(self, reply: Reply) -> bool:
        if judge_answer(self.exchange.delivery, self.expectation or "either", reply) is not None:
            return True
        # Neither 429 nor a redirect says anything about the delivery, so neither fixes anything.
        is_redirect = reply.status is not None and 300 <= reply.status < 400
        is_new = self.expectation is not None or str(reply) != str(self.exchange.reply)
        return (reply.is_rate_limited or is_redirect) and is_new


def read_kept_exchanges(data: Any, name: str, only: Iterable[str] = ()) -> list[KeptExchange]:
    """Read what a file holds to be sent again: a report, a finding, or one recorded exchange.

    Args:
        data: The JSON value of the file.
        name: What to call it in a message.
        only: The ids of the findings to read, known ones as well; by default all new ones.

    Raises:
        DocumentError: if it is none of these.
    """
    if isinstance(data, Mapping) and "request" in data:
        return [KeptExchange(str(data.get("case", name)), exchange_of(data, name))]
    if isinstance(data, Mapping) and isinstance(data.get("findings"), list):
        wanted = set(only)
        listed = list(data["findings"])
        if wanted and isinstance(data.get("known"), list):
            listed += data["known"]
        found = [entry for entry in listed if isinstance(entry, Mapping)]
        chosen = [entry for entry in found if not wanted or str(entry.get("id")) in wanted]
        return [kept for entry in chosen for kept in _read_finding(entry, name)]
    if isinstance(data, Mapping) and isinstance(data.get("exchanges"), list):
        kept = _read_finding(data, name)
        if kept:
            return kept
    raise DocumentError(
        f"{name}: is neither a report of `probe --json`, nor a finding of one, nor a delivery "
        "that `probe --record` has kept"
    )


def _read_finding(entry: Mapping[str, Any], name: str) -> list[KeptExchange]:
    exchanges = entry.get("exchanges")
    if not isinstance(exchanges, list) or not exchanges:
        return []
    sent = [exchange_of(one, name) for one in exchanges]
    title = str(entry.get("id", name))
    expected = entry.get("expected")
    if expected not in get_args(Expectation):
        known = ", ".join(get_args(Expectation))
        raise DocumentError(
            f"{name}: {shorten(title)}: 'expected' has to be one of {known}; "
            "a report of another version has to be made again by `kombo-fakes probe --json`"
        )
    last = cast(Expectation, expected)
    # Only the last one went wrong: those before it were answered as expected.
    before = [KeptExchange(title, one, _expectation_met(one.reply) or last) for one in sent[:-1]]
    by_answer = entry.get("category") in _SEEN_BY_ANSWER
    return [*before, KeptExchange(title, sent[-1], last, by_answer)]


def _expectation_met(reply: Reply) -> Expectation | None:
    """The expectation that a right reply has met; None where it could be any."""
    if reply.is_accepted:
        return "accept"
    return "reject" if reply.is_rejected or reply.is_rate_limited else None
