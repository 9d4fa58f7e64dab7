"""`kombo-fakes send`, to servers that work and to servers that do not."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trustme
from inline_snapshot import snapshot
from support.commands import KOMBO_FAKES, SECRET
from support.servers import (
    CLOSING,
    NO_CONTENT,
    Peer,
    Server,
    answer,
    answering,
    closed_port,
    endless,
    silent,
    slow_body,
)

from kombo_fakes import Schema, faults, generate, serialize, verify, wire_faults
from kombo_fakes.cli.main import main

POSIX = pytest.mark.skipif(os.name == "nt", reason="POSIX only: modes, signals")


def sent(server: Server) -> list[bytes]:
    """The bodies that arrived. Each has to have its right signature."""
    for request in server.requests:
        (signature,) = request.header(b"x-kombo-signature")
        assert verify(request.body, signature, SECRET)
    return [request.body for request in server.requests]


def test_one_signed_realistic_payload_is_sent_and_its_status_counted(
    run: Any, secret: None
) -> None:
    with Server() as server:
        assert run("send", server.url) == (0, "204\t1\n", "")
    (only,) = sent(server)
    assert only == serialize(next(generate()).payload)
    assert server.requests[0].line == b"POST /hooks HTTP/1.1"
    assert server.requests[0].header(b"content-type") == [b"application/json"]


@pytest.mark.parametrize("values", ["realistic", "any", "corners"])
def test_the_payloads_are_those_of_generate_with_the_same_options(
    run: Any, secret: None, values: str
) -> None:
    options = ["--event", "data-changed", "--seed", "4", "--values", values, "-n", "7"]
    with Server() as server:
        assert run("send", server.url, *options).out == "204\t7\n"
    made = generate("data-changed", 7, seed=4, values=values)  # type: ignore[arg-type]
    assert sent(server) == [serialize(one.payload) for one in made]


def test_deliveries_with_a_fault_have_a_right_signature(run: Any, secret: None) -> None:
    ids = {fault.id for fault in faults(ids=["data.state-enum-*"])}
    with Server() as server:
        found = run("send", server.url, "--fault", "data.state-enum-*", "--json")
        assert run("send", server.url, "--invalid", "-n", "3").out == "204\t3\n"
    report = json.loads(found.out)
    assert {one["fault"] for one in report["deliveries"]} == ids
    assert len(sent(server)) == len(ids) + 3
    assert not any(Schema.load().is_valid(json.loads(body)) for body in sent(server))


def test_wire_faults_are_sent_and_n_is_the_number_for_each(run: Any, secret: None) -> None:
    with Server() as server:
        found = run("send", server.url, "--wire-fault", "signature-*", "-n", "3", "--json")
        assert run("send", server.url, "--wire-fault", "http-get").status == 0
    report = json.loads(found.out)
    ids = [fault.id for fault in wire_faults(secret=SECRET, family="signature")]
    assert [one["wire_fault"] for one in report["deliveries"]] == [i for i in ids for _ in range(3)]
    assert len({one["name"] for one in report["deliveries"]}) == 3 * len(ids)
    assert server.requests[0].header(b"x-kombo-signature") == []
    assert server.requests[-1].line.startswith(b"GET ")


def test_the_style_is_that_of_the_option_and_the_body_is_signed_as_sent(
    run: Any, secret: None
) -> None:
    payloads = [made.payload for made in generate(n=12)]
    with Server() as server:
        for name in ("indented", "mixed", "random"):
            assert run("send", server.url, "-n", "12", "--style", name).out == "204\t12\n"
    bodies = sent(server)
    assert [json.loads(body) for body in bodies] == payloads * 3
    assert bodies[:12] == [serialize(payload, "indented") for payload in payloads]
    assert len({body[:4] for body in bodies[24:]}) > 2


def test_each_delivery_is_repeated_and_the_seed_decides_the_order(run: Any, secret: None) -> None:
    made = [serialize(one.payload) for one in generate(n=10)]
    with Server() as server:
        assert run("send", server.url, "-n", "10", "--repeat", "2").out == "204\t20\n"
        for seed in ("0", "0", "1"):
            run("send", server.url, "-n", "10", "--repeat", "2", "--shuffle", "--seed", seed)
    bodies = sent(server)
    plain, first, again, third = (bodies[i : i + 20] for i in range(0, 80, 20))
    assert plain == [body for body in made for _ in range(2)]
    assert sorted(first) == sorted(plain)
    assert first == again != plain
    assert [first.index(body) for body in first] != [third.index(body) for body in third]


def test_fields_can_be_set_and_left_out(run: Any, secret: None) -> None:
    with Server() as server:
        run("send", server.url, "--set", "data.state=INACTIVE")
        rejected = run("send", server.url, "--set", "data.state=NONE")
        absent = "data.updated_at-required-absent"
        run("send", server.url, "--unset", "data.updated_at", "--fault", absent)
    assert rejected.error == snapshot(
        "data.state: enum: 'NONE' is not one of ACTIVE, INVALID, INACTIVE; for an invalid payload, use --fault data.state-enum-other"
    )
    first, second = map(json.loads, sent(server))
    assert first["data"]["state"] == "INACTIVE"
    assert "updated_at" not in second["data"]


def test_a_schema_file_replaces_the_event(run: Any, secret: None, tmp_path: Path) -> None:
    file = tmp_path / "own.json"
    file.write_text('{"title": "T", "type": "object", "properties": {"a": {"const": 7}},'
                    ' "required": ["a"], "additionalProperties": false}')  # fmt: skip
    with Server() as server:
        assert run("send", server.url, "--schema", str(file)).status == 0
    assert sent(server) == [b'{"a":7}']


def test_a_field_that_the_schema_does_not_name_is_sent_and_noted(
    run: Any, secret: None, tmp_path: Path
) -> None:
    file = tmp_path / "own.json"
    file.write_text('{"title": "T", "type": "object", "properties": {"lines": {"type": "null"}}}')
    with Server() as server:
        outcome = run("send", server.url, "--schema", str(file), "--set", "lnes=1")
    assert (outcome.status, outcome.out) == (0, "204\t1\n")
    assert outcome.err == snapshot(
        "kombo-fakes: note: --set 'lnes': the schema does not name this property; did you mean 'lines'?\n"
    )


def test_the_rate_limits_deliveries_per_second(run: Any, secret: None) -> None:
    with Server() as server:
        assert run("send", server.url, "-n", "3", "--rate", "1000").out == "204\t3\n"


def test_every_status_is_a_line_and_no_status_is_an_error(run: Any, secret: None) -> None:
    answers = [answer(b"", status=status) for status in ("500 No", "204 Fine", "400 No", "500 No")]
    with Server(answering(*answers)) as server:
        assert run("send", server.url, "-n", "4") == (0, "204\t1\n400\t1\n500\t2\n", "")


def test_a_terminal_shows_a_table_and_a_bar_that_disappears(
    run: Any, secret: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out, err = Terminal(), Terminal()
    with monkeypatch.context() as patch, Server() as server:
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        assert main(["send", server.url, "-n", "3"]) == 0
    assert "deliveries" in out.getvalue()
    assert f"3 to {server.url}" in out.getvalue()
    assert "\x1b" in err.getvalue()


def test_json_has_the_counts_and_every_delivery(run: Any, secret: None) -> None:
    with Server() as server:
        outcome = run("send", server.url + "?token=1", "-n", "2", "--json")
    ids = [made.payload["id"] for made in generate(n=2)]
    assert (outcome.status, outcome.err) == (0, "")
    assert json.loads(outcome.out) == {
        "url": server.url,
        "sent": 2,
        "statuses": {"204": 2},
        "error": None,
        "deliveries": [
            {
                "name": f"integration-state-changed-000{number}",
                "id": one,
                "fault": None,
                "wire_fault": None,
                "style": "compact",
                "status": 204,
            }
            for number, one in enumerate(ids, 1)
        ],
    }


# -- send, and what goes wrong


def send_in_vain(run: Any, server: Server, *options: str) -> str:
    """Sends to a server that does not answer as it should, and returns the error without the URL."""
    message: str = run("send", server.url, *options).error
    assert message.startswith(f"{server.url}: ")
    return message.removeprefix(f"{server.url}: ")


def test_a_receiver_that_does_not_run_is_one_line(run: Any, secret: None) -> None:
    url = f"http://127.0.0.1:{closed_port()}/hooks"
    assert run("send", url).error.replace(url, "URL") == snapshot(
        "URL: nothing accepts connections there; is the receiver running?"
    )


def resetting(peer: Peer) -> None:
    peer.request()
    peer.reset()


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        (silent, snapshot("no answer within 0.7 s")),
        (slow_body, snapshot("its answer did not end within 0.7 s (8,000,000 bytes)")),
        (endless, snapshot("its answer did not end after 8,000,000 bytes")),
        (resetting, snapshot("closed the connection without an answer")),
        (answering(b""), snapshot("closed the connection without an answer")),
        (
            answering(b"nonsense\r\n\r\n"),
            snapshot("its answer is not HTTP: 'nonsense'"),
        ),
    ],
)
def test_an_answer_that_does_not_come_is_one_line(
    run: Any, secret: None, handler: Any, message: str
) -> None:
    options = ["--timeout", "0.7"] if handler in (silent, slow_body) else []
    with Server(handler) as server:
        found = send_in_vain(run, server, *options)
    assert re.sub(r"[0-9,]+ bytes", "8,000,000 bytes", found) == message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(run: Any, secret: None, status: int) -> None:
    data = answer(b"", "Location: /other/\x1b[31m", status=f"{status} There")
    with Server(answering(data)) as server:
        line = send_in_vain(run, server)
    assert f"answered {status}, a redirect to '/other/" in line
    assert "redirects are not followed" in line
    assert ("change POST to GET" in line) == (status < 307)
    assert "\x1b" not in line
    assert len(server.requests) == 1


def test_a_3xx_status_without_location_is_an_answer(run: Any, secret: None) -> None:
    with Server(answering(answer(b"", status="304 Same"))) as server:
        assert run("send", server.url) == (0, "304\t1\n", "")


def test_a_private_certificate_needs_the_file_of_its_authority(
    run: Any, secret: None, tmp_path: Path
) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with Server(tls=context) as server:
        assert send_in_vain(run, server) == snapshot(
            "no secure connection: its certificate is not trusted: unable to get local issuer certificate; pass the certificates to trust as --ca-file or ca_file="
        )
        assert run("send", server.url, "--ca-file", str(ca_file)).out == "204\t1\n"
        error = send_in_vain(run, server, "--ca-file", f"{tmp_path}/none.pem")
        assert error.replace(str(tmp_path), "DIR") == snapshot(
            "the certificate file 'DIR/none.pem' cannot be read: No such file or directory"
        )


def test_an_error_names_its_delivery_and_comes_after_the_counts(run: Any, secret: None) -> None:
    def handle(peer: Peer) -> None:
        if peer.number < 4:
            peer.request()
            peer.send(CLOSING)

    for as_json in (False, True):
        with Server(handle) as server:
            options = ["--json"] if as_json else []
            outcome = run("send", server.url, "-n", "9", *options)
        assert outcome.status == 2
        assert outcome.err.endswith("without an answer (delivery 4)\n")
        if as_json:
            report = json.loads(outcome.out)
            assert (report["sent"], report["statuses"]) == (3, {"204": 3})
            assert report["error"] in outcome.err
        else:
            assert outcome.out == "204\t3\n"


@POSIX
def test_ctrl_c_prints_the_counts_and_one_line_and_is_status_130(secret: None) -> None:
    def handle(peer: Peer) -> None:
        for _ in range(3):
            peer.request()
            peer.send(NO_CONTENT)
        peer.request()
        process.send_signal(signal.SIGINT)
        peer.wait()

    with Server(handle) as server:
        process = subprocess.Popen(
            [*KOMBO_FAKES, "send", server.url, "-n", "9"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )  # fmt: skip
        out, err = process.communicate()
    assert (process.returncode, out, err) == (130, b"204\t3\n", b"kombo-fakes: interrupted\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["127.0.0.1:8000"],
            snapshot(
                "'127.0.0.1:8000': does not begin with http:// or https://; did you mean 'http://127.0.0.1:8000'?"
            ),
        ),
        (
            ["http://192.0.2.1/"],
            snapshot(
                "http://192.0.2.1/: 192.0.2.1 is another machine than this one; to send there, pass --allow-remote or allow_remote=True"
            ),
        ),
        (
            ["http://u:hunter2@127.0.0.1/"],
            snapshot(
                "'http://127.0.0.1/': contains a user or password, which is not sent; leave it out"
            ),
        ),
        (
            ["URL", "--timeout", "0"],
            snapshot("Invalid value for '--timeout': 0.0 is not in the range x>0."),
        ),
        (
            ["URL", "--timeout", "nan"],
            snapshot("Invalid value for '--timeout': 'nan' is not a finite number"),
        ),
        (
            ["URL", "--timeout", "1e9"],
            snapshot("timeout=1000000000.0: must be more than 0 and at most 86400 seconds"),
        ),
        (
            ["URL", "--rate", "inf"],
            snapshot("Invalid value for '--rate': 'inf' is not a finite number"),
        ),
        (
            ["URL", "--rate", "-1"],
            snapshot("Invalid value for '--rate': -1.0 is not in the range x>0."),
        ),
        (
            ["URL", "-n", "0"],
            snapshot("Invalid value for '-n' / '--count': '0' is not an integer of at least 1"),
        ),
        (
            ["URL", "--repeat", "0"],
            snapshot("Invalid value for '--repeat': '0' is not an integer of at least 1"),
        ),
        (
            ["URL", "--style", "intended"],
            snapshot("unknown style 'intended'; did you mean 'indented'?"),
        ),
        (
            ["URL", "--event", "sync-finsihed"],
            snapshot("unknown event 'sync-finsihed'; did you mean 'sync-finished'?"),
        ),
        (
            ["URL", "--fault", "data.state-enum-lowercas"],
            snapshot(
                "unknown fault 'data.state-enum-lowercas' of integration-state-changed; did you mean 'data.state-enum-lowercase'?"
            ),
        ),
        (
            ["URL", "--wire-fault", "signature-mising"],
            snapshot("unknown wire fault 'signature-mising'; did you mean 'signature-missing'?"),
        ),
        (
            ["URL", "--set", "data.stat=x"],
            snapshot(
                "unknown field 'data.stat' of integration-state-changed; did you mean 'data.state'?"
            ),
        ),
        (
            ["URL", "--set", "nothing"],
            snapshot("--set 'nothing': expected POINTER=JSON, such as data.state=INVALID"),
        ),
        (
            ["URL", "--invalid", "--fault", "*"],
            snapshot("--invalid and --fault: give one of them; --invalid uses all faults"),
        ),
        (
            ["URL", "--wire-fault", "*", "--invalid"],
            snapshot("--wire-fault: needs valid payloads; leave out --fault and --invalid"),
        ),
        (
            ["URL", "--wire-fault", "*", "--style", "tabs"],
            snapshot("--wire-fault: sets the style itself; leave out --style"),
        ),
        (
            ["URL", "--values", "corners", "--invalid"],
            snapshot(
                "--values corners: the corners are valid; for faults use --values realistic or any"
            ),
        ),
    ],
)
def test_invalid_arguments_are_one_line_and_nothing_is_sent(
    run: Any, secret: None, arguments: list[str], message: str
) -> None:
    with Server() as server:
        url, *options = arguments
        outcome = run("send", server.url if url == "URL" else url, *options)
    assert outcome.error == message
    assert "hunter2" not in outcome.err
    assert server.requests == []
