"""The page of a report: whole in itself, and only text wherever somebody else has a say."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from support.gallery.broken import get_planted
from support.gallery.serving import serving

from kombo_fakes import Delivery, probe
from kombo_fakes.cli.main import main
from kombo_fakes.probing.model import Case, Cause, Exchange, Finding, Reply
from kombo_fakes.probing.reasons import (
    EventNotSent,
    GoodDeliveriesFail,
    Interrupted,
    NotJudged,
    Stop,
)
from kombo_fakes.probing.reports.as_html import html_report
from kombo_fakes.probing.reports.payload_diff import differences_from_valid
from kombo_fakes.probing.reports.readable import body_text, reply_text, visible
from kombo_fakes.probing.reports.report import Outcome, Report
from kombo_fakes.probing.reports.sequence_diagram import draw_sequence
from kombo_fakes.probing.verdicts.causes import VALID_TEXT

SECRET = "s3cret of a receiver"
HOSTILE = (
    "</script><img src=x onerror=alert(1)>\u202e\0\u2066'\"`{{7*7}}{% raw %}\ud83d<!-- ]]> &lt;"
)


class Page(HTMLParser):
    """What stands in a page: its elements with their attributes, and its text."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element that is closed at once."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Fail for what isn't nested."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep a text by the element around it."""
        self.texts.setdefault(self.open[-1] if self.open else "", []).append(data)

    def labels(self) -> set[str]:
        """The labels of the cells."""
        return {
            str(attributes.get("aria-label"))
            for tag, attributes in self.elements
            if tag == "button"
        }


def probed(name: str, **options: Any) -> Report:
    """What a probe finds of a receiver of the gallery."""
    return probe(
        get_planted(name).receiver_factory(SECRET),
        secret=SECRET,
        observe="/integrations/{integration_id}",
        url="/hooks",
        max_examples=0,
        **options,
    )


@pytest.fixture(scope="module")
def copies() -> Report:
    """The report of a receiver that knows no copies."""
    return probed("knows-no-copies")


@pytest.fixture(scope="module")
def nulls() -> Report:
    """The report of a receiver that falls over a null."""
    return probed("crashes-on-null-email")


def hostile_report() -> Report:
    """A report in which every text that comes from elsewhere is an attack."""
    delivery = Delivery(
        "POST",
        (("X", HOSTILE.encode("ascii", "ignore").decode()),),
        HOSTILE.encode("utf-8", "replace"),
        (HOSTILE,),
    )
    reply = Reply(500, (("Server", HOSTILE),), HOSTILE.encode("utf-8", "surrogatepass"))
    cause = Cause(HOSTILE, HOSTILE, HOSTILE, HOSTILE, "hostile")
    case = Case(
        HOSTILE, "fault", HOSTILE, HOSTILE, delivery, "reject", HOSTILE, cause, "hostile",
        HOSTILE, HOSTILE,
    )  # fmt: skip
    event = json.dumps(
        {
            "id": HOSTILE,
            "data": {"integration_id": HOSTILE, "updated_at": HOSTILE, "state": HOSTILE},
        }
    )
    step = Exchange(Delivery("POST", (), event.encode("utf-8", "surrogatepass"), (HOSTILE,)), reply)
    finding = Finding(
        HOSTILE, "crashes", cause, HOSTILE, HOSTILE, HOSTILE, HOSTILE, "hostile", (HOSTILE,),
        (step, step),
    )  # fmt: skip
    alone = replace(finding, exchanges=(Exchange(delivery, reply),))
    return Report(
        HOSTILE, "strict", 1, (HOSTILE,), (finding, alone), (finding,), (HOSTILE,), (HOSTILE,),
        (NotJudged(EventNotSent(), HOSTILE),),
        (Outcome(case, reply, "crashes"), Outcome(replace(case, group="wire"), None, None)),
        2, (Stop(GoodDeliveriesFail(HOSTILE)),), 0.1,
    )  # fmt: skip


def test_a_page_needs_nothing_from_elsewhere(copies: Report) -> None:
    """No address in it but its own parts and the bodies; and only its own style and script run."""
    page = html_report(copies)
    elements = Page(page).elements
    addresses = [
        str(value)
        for _, attributes in elements
        for name, value in attributes.items()
        if name in ("href", "src", "srcset", "action", "data", "poster")
    ]
    assert all(a.startswith(("#", "data:application/octet-stream;base64,")) for a in addresses)
    (policy,) = [
        str(attributes["content"])
        for tag, attributes in elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    for tag, text in re.findall(rb"<(style|script)>(.*?)</\1>", page, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(text).digest()).decode()
        assert f"{tag.decode()}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert not any("style" in a or any(n.startswith("on") for n in a) for _, a in elements)


def test_the_same_report_is_the_same_page(copies: Report) -> None:
    """Byte for byte, and without the secret."""
    assert html_report(copies) == html_report(copies)
    assert SECRET.encode() not in html_report(copies)


def test_hostile_text_stays_text() -> None:
    """Nothing of it becomes an element, and what can't be seen is spelt out."""
    harmless = {tag for tag, _ in Page(html_report(probed("crashes-on-null-email"))).elements}
    page = html_report(hostile_report())
    parsed = Page(page)
    assert {tag for tag, _ in parsed.elements} <= harmless | {
        "line",
        "path",
        "circle",
        "g",
        "svg",
        "text",
    }
    assert not any("onerror" in attributes for _, attributes in parsed.elements)
    text = page.decode()
    assert not re.search("[\0\u202e\u2066\ud83d]", text)
    assert "⟨U+202E⟩⟨U+0000⟩⟨U+2066⟩" in text
    assert "49" not in parsed.texts["h1"][0]
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text)
    assert json.loads(data)[0]["about"] == visible(HOSTILE)
    assert "<" not in data


def test_the_map_shows_where_it_went_wrong(nulls: Report) -> None:
    labels = Page(html_report(nulls)).labels()
    assert "/data/end_user/creator_email, valid values: 1 of 11 not as expected" in labels
    assert "/data/state, enum: 18 cases as expected" in labels
    assert any(label.startswith("Signatures: signature-padded: ") for label in labels)
    assert any(label.endswith("either is fine") for label in labels)


def test_a_finding_is_shown_beside_what_is_valid(nulls: Report) -> None:
    """The difference is the null."""
    (finding,) = nulls.findings
    (case,) = [o.case for o in nulls.outcomes if o.case.delivery is finding.exchanges[0].delivery]
    found = differences_from_valid(case)
    assert ("/data/end_user/creator_email", "null") in {(d.where, d.sent) for d in found}
    assert all(d.valid != d.sent == "null" for d in found)
    page = html_report(nulls).decode()
    assert "<code>/data/end_user/creator_email</code>" in page
    assert "kombo-fakes probe" in page
    assert "curl -sS -i -X POST http://127.0.0.1:8000/hooks " in page


def test_differences() -> None:
    """What is gone, new, of another type or value; ids count where they are meant."""

    def beside(near: Any, sent: Delivery, pointer: str = "") -> Case:
        nearest = Delivery.of(near, "s")
        return Case(
            "c", "valid", "", "", sent, "accept", "", VALID_TEXT, "schema", pointer,
            make_nearest=lambda: nearest,
        )  # fmt: skip

    valid = {"id": "1", "data": {"a": 1, "b": [1, 2], "c": True, "id": "x"}}
    sent = Delivery.of({"id": "2", "data": {"a": "1", "b": [1, 3], "d": None, "id": "y"}}, "s")
    found = differences_from_valid(beside(valid, sent))
    assert [(d.where, d.valid, d.sent) for d in found] == [
        ("/data/a", "1", '"1"'), ("/data/b/1", "2", "3"), ("/data/c", "true", "(not there)"),
        ("/data/d", "(not there)", "null"),
    ]  # fmt: skip
    assert "/id" in {d.where for d in differences_from_valid(beside(valid, sent, "/id"))}
    broken = Delivery("POST", (), b"{")
    assert differences_from_valid(beside(valid, broken)) == ()


def test_sequence_diagram_has_rows_arcs_to_copies_and_the_wrong_delivery_last(
    copies: Report,
) -> None:
    (finding,) = copies.findings
    diagram = draw_sequence(finding.exchanges)
    assert diagram is not None
    assert len(diagram.copies) == 1
    assert [node.outcome for node in diagram.nodes][-1] == "wrong"
    assert [node.outcome for node in diagram.nodes].count("wrong") == 1
    assert diagram.steps[-1].about.startswith("a duplicate of ")
    assert draw_sequence(finding.exchanges[:1]) is None
    page = html_report(copies).decode()
    assert page.count("<svg") == 1
    assert "<title>1 finding: " in page

    def event(integration: str, number: int) -> Exchange:
        payload = {"id": str(number), "data": {"integration_id": integration, "state": "ACTIVE"}}
        return Exchange(Delivery.of(payload, "s"), Reply(200))

    two = draw_sequence([event("a:1", 1), event("b:1", 2), event("a:1", 3)])
    assert two is not None
    assert [row.name for row in two.rows] == ["a:1", "b:1"]
    assert [node.y for node in two.nodes] == [two.rows[i].y for i in (0, 1, 0)]
    assert all(0 < node.x < two.width and 0 < node.y < two.height for node in two.nodes)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "(empty)"),
        (b'{"a":1.50}', '{"a":1.50}'),
        (b'{"a":1,"a":2}', '{"a":1,"a":2}'),
        (b'{"a":[1]}', '{\n  "a": [\n    1\n  ]\n}'),
        (b"\xff\xfe{\x00", "⟨byte FF⟩⟨byte FE⟩{⟨U+0000⟩"),
        (b"[" * 90_000, "[" * 6_000 + "\n… 90,000 bytes in all"),
        ("caf\u00e9 \u200b".encode(), "caf\u00e9 ⟨U+200B⟩"),
    ],
    ids=["empty", "float", "twins", "indented", "utf-16", "deep", "text"],
)
def test_bodies_are_readable(body: bytes, text: str) -> None:
    """Indented only where that loses nothing, and never longer than a page."""
    assert body_text(body) == text


def test_replies_are_readable() -> None:
    """The headers and the beginning of the body, or why there is none."""
    reply = Reply(200, (("X", "a\x1bb"),), b"fine")
    assert reply_text(reply) == "X: a⟨U+001B⟩b\n\nfine"
    assert reply_text(Reply(None, trouble="timeout")) == "(no response in time)"


def test_a_run_without_findings_says_so() -> None:
    unseen = replace(hostile_report(), findings=(), skipped=(), stops=(), outcomes=())
    assert b"Every delivery that could be judged was answered as expected." in html_report(unseen)
    report = replace(unseen, unjudged=())
    assert b"Every delivery was answered as expected." in html_report(report)
    stopped = html_report(replace(report, stops=(Stop(Interrupted()),)))
    assert b"<title>Stopped early: " in stopped
    assert b"The run was stopped before it found anything." in stopped


@pytest.mark.slow
def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--html`` writes the page; a path that can't be is found out before the run."""
    asked: list[str] = []
    receiver = get_planted("crashes-on-null-email").receiver_factory(SECRET)

    def counted(environ: dict[str, Any], start: Any) -> Any:
        asked.append(environ["REQUEST_METHOD"])
        return receiver(environ, start)

    with serving(counted) as url:
        options = ["--secret", SECRET, "--max-examples", "0"]
        page = tmp_path / "report.html"
        assert main(["probe", f"{url}/hooks", *options, "--html", str(page)]) == 1
        assert b"creator_email" in page.read_bytes()
        asked.clear()
        missing = tmp_path / "none" / "report.html"
        assert main(["probe", f"{url}/hooks", *options, "--html", str(missing)]) == 2
        assert asked == []
    assert str(missing) in capsys.readouterr().err.splitlines()[-1]
