"""`kombo-fakes sign`, `verify` and `send`: secrets, signatures, and real servers, good and bad."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from support.servers import CLOSING, NO_CONTENT, Peer, Server, answer, answering, closed_port

from kombo_fakes import Schema, faults, generate, serialize, sign, verify, wire_faults
from kombo_fakes.cli.main import main

SECRET = "hunter2 of the webhooks"
KOMBO_FAKES = [sys.executable, "-m", "kombo_fakes"]
POSIX = pytest.mark.skipif(os.name == "nt", reason="POSIX only: modes, signals")


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command line in this process; nothing that it prints has the secret in it."""

    def call(*arguments: str) -> Outcome:
        status = main(list(arguments))
        captured = capsys.readouterr()
        assert SECRET not in captured.out + captured.err
        return Outcome(status, captured.out, captured.err)

    return call


@pytest.fixture(autouse=True)
def no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the secret of whoever runs the tests."""
    monkeypatch.delenv("KOMBO_WEBHOOK_SECRET", raising=False)


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a secret in the environment."""
    monkeypatch.setenv("KOMBO_WEBHOOK_SECRET", SECRET)


@pytest.fixture
def body(tmp_path: Path) -> str:
    """A file with a body."""
    file = tmp_path / "body.json"
    file.write_bytes(BODY)
    return str(file)


BODY = b'{"id": "1", "name": "M\xc3\xbcller"}\n'
RIGHT = sign(BODY, SECRET)


# -- the secret


def test_the_secret_comes_from_a_file_an_option_or_the_environment(
    run: Any, body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option counts before the environment."""
    file = tmp_path / "secret"
    file.write_text(SECRET)
    assert run("sign", body, "--secret-file", str(file)) == (0, f"{RIGHT}\n", "")
    assert run("sign", body, "--secret", SECRET) == (0, f"{RIGHT}\n", "")
    monkeypatch.setenv("KOMBO_WEBHOOK_SECRET", SECRET)
    assert run("sign", body) == (0, f"{RIGHT}\n", "")
    other = (0, f"{sign(BODY, 'other')}\n", "")
    assert run("sign", body, "--secret", "other") == other
    file.write_text("other")
    assert run("sign", body, "--secret-file", str(file)) == other


@pytest.mark.parametrize(
    ("end", "left", "kept"),
    [
        (b"\n", b"", ""),
        (b"\r\n", b"", ""),
        (b"\n\n", b"\n", "line end"),
        (b"\r", b"\r", "line end"),
        (b" ", b" ", "blank"),
        (b"\t\n", b"\t", "blank"),
        (b"\r\r\n", b"\r", "line end"),
    ],
)
def test_one_line_end_is_left_off_the_secret(
    run: Any, body: str, tmp_path: Path, end: bytes, left: bytes, kept: str
) -> None:
    """An editor put it there; that it was left off is said, and that another blank wasn't."""
    file = tmp_path / "secret"
    file.write_bytes(SECRET.encode() + end)
    outcome = run("sign", body, "--secret-file", str(file))
    assert outcome.out == sign(BODY, SECRET.encode() + left) + "\n"
    off = f"kombo-fakes: {file}: the line end at its end was left off the secret\n"
    on = f"kombo-fakes: {file}: the secret ends with a {kept}, which is part of it\n"
    assert outcome.err == (off if left != end else "") + (on if kept else "")


def test_other_oddities_of_a_secret_are_told(
    run: Any, body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it comes from: nobody sees them, and the signature is another one."""
    file = tmp_path / "secret"
    file.write_bytes(b"\xef\xbb\xbfabc\n")
    told = run("sign", body, "--secret-file", str(file))
    assert told.out == sign(BODY, b"\xef\xbb\xbfabc") + "\n"
    assert told.err.endswith("the secret begins with a byte order mark, which is part of it\n")
    assert run("sign", body, "--secret", " abc").err == (
        "kombo-fakes: --secret: the secret begins with a blank, which is part of it\n"
    )
    monkeypatch.setenv("KOMBO_WEBHOOK_SECRET", "abc\n")
    assert run("sign", body) == (
        0, sign(BODY, "abc\n") + "\n",
        "kombo-fakes: KOMBO_WEBHOOK_SECRET: the secret ends with a line end, which is part of it\n",
    )  # fmt: skip


def test_no_secret_is_one_line_that_names_all_places(run: Any, body: str) -> None:
    """And which, for each command that needs one."""
    line = (
        "kombo-fakes: error: no secret: give --secret-file, --secret, or set KOMBO_WEBHOOK_SECRET\n"
    )
    assert run("sign", body) == (2, "", line)
    assert run("verify", body, "--signature", "x") == (2, "", line)
    assert run("send", "http://127.0.0.1:1/") == (2, "", line)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing", "no such file"),
        ("", "is a directory"),
        ("empty", "is empty"),
        ("newline", "is empty"),
        pytest.param("unreadable", "can't be read: Permission denied", marks=POSIX),
        ("nul\0", "can't be read"),
    ],
)
def test_files_of_secrets_that_are_none(
    run: Any, body: str, tmp_path: Path, name: str, words: str
) -> None:
    """One line, with the option and the file in it."""
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "newline").write_bytes(b"\r\n")
    (tmp_path / "unreadable").write_text(SECRET)
    (tmp_path / "unreadable").chmod(0)
    if name == "unreadable" and os.access(tmp_path / name, os.R_OK):
        words = ""  # Whoever runs the tests may read everything.
    outcome = run("sign", body, "--secret-file", f"{tmp_path}/{name}")
    if words:
        assert (outcome.status, outcome.out) == (2, "")
        assert outcome.err.startswith("kombo-fakes: error: --secret-file ")
        assert words in outcome.err
        assert outcome.err.count("\n") == 1


def test_other_secrets_that_are_none(
    run: Any, body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty one, two at once, and one that comes the same way as the body."""
    assert run("sign", body, "--secret", "").err == "kombo-fakes: error: --secret: is empty\n"
    both = run("sign", body, "--secret", "x", "--secret-file", "y")
    assert (both.status, "give one of them" in both.err) == (2, True)
    monkeypatch.setenv("KOMBO_WEBHOOK_SECRET", "")
    assert "KOMBO_WEBHOOK_SECRET is set, and empty" in run("sign", body).err
    assert "standard input is the body already" in run("sign", "-", "--secret-file", "-").err


@POSIX
def test_a_secret_is_its_bytes(tmp_path: Path, body: str) -> None:
    """One that is no UTF-8 is the same from wherever it comes."""
    odd = b"\xff\xfe\xe9"
    (tmp_path / "secret").write_bytes(odd)
    printed = {
        subprocess.run(
            [*map(os.fsencode, KOMBO_FAKES), b"sign", os.fsencode(body), *options],
            env=os.environb | environment, capture_output=True, check=True
        ).stdout
        for options, environment in (
            ([b"--secret", odd], {}),
            ([b"--secret-file", os.fsencode(tmp_path / "secret")], {}),
            ([], {b"KOMBO_WEBHOOK_SECRET": odd}),
        )
    }  # fmt: skip
    assert printed == {sign(BODY, odd).encode() + b"\n"}


# -- sign and verify


def test_standard_input(run: Any, secret: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-` is standard input, every byte of it."""
    odd = b"\xff\0\r\n"
    for arguments, printed in (
        (("sign", "-"), sign(odd, SECRET)),
        (("verify", "-", "--signature", sign(odd, SECRET)), "right"),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(odd)))
        assert run(*arguments) == (0, f"{printed}\n", "")


def test_files_that_cannot_be_read(run: Any, secret: None, tmp_path: Path) -> None:
    """One line, and status 2."""
    assert run("sign", "nofile") == (2, "", "kombo-fakes: error: nofile: no such file\n")
    assert run("verify", str(tmp_path), "--signature", "x").status == 2
    assert "Missing option '--signature'" in run("verify", "nofile").err


def test_verify_says_what_was_done_instead(run: Any, secret: None, body: str) -> None:
    outcome = run("verify", body, "--signature", RIGHT + "=")
    assert (outcome.status, outcome.err) == (1, "")
    assert outcome.out == snapshot(
        "wrong: the right digest, but padded with =. Fix: encode the digest in base64url (RFC 4648, 5), without = at the end.\n"
    )


@given(body=st.binary(), secret=st.binary(min_size=1).map(b"x".__add__))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_verify_agrees_with_sign(tmp_path: Path, body: bytes, secret: bytes) -> None:
    """What one command prints is right to the other, even if it begins with a hyphen."""
    (tmp_path / "body").write_bytes(body)
    (tmp_path / "secret").write_bytes(secret + b"\n")
    common = [str(tmp_path / "body"), "--secret-file", str(tmp_path / "secret")]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        assert main(["sign", *common]) == 0
        assert main(["verify", *common, "--signature", printed.getvalue().strip()]) == 0


# -- send


def sent(server: Server) -> list[bytes]:
    """The bodies that came in, each with its right signature."""
    for request in server.requests:
        (signature,) = request.header(b"x-kombo-signature")
        assert verify(request.body, signature, SECRET)
    return [request.body for request in server.requests]


def test_one_delivery(run: Any, secret: None) -> None:
    """A realistic payload, signed; the count of its status on standard output, and no more."""
    with Server() as server:
        assert run("send", server.url) == (0, "204\t1\n", "")
    (only,) = sent(server)
    assert only == serialize(next(generate()).payload)
    assert server.requests[0].line == b"POST /hooks HTTP/1.1"
    assert server.requests[0].header(b"content-type") == [b"application/json"]


@pytest.mark.parametrize("values", ["realistic", "any", "corners"])
def test_the_payloads_are_those_of_generate(run: Any, secret: None, values: str) -> None:
    """The same options and the same seed send what `generate` would print."""
    options = ["--event", "data-changed", "--seed", "4", "--values", values, "-n", "7"]
    with Server() as server:
        assert run("send", server.url, *options).out == "204\t7\n"
    made = generate("data-changed", 7, seed=4, values=values)  # type: ignore[arg-type]
    assert sent(server) == [serialize(one.payload) for one in made]


def test_faults(run: Any, secret: None) -> None:
    """A fault is one of the payload: the signature is right."""
    ids = {fault.id for fault in faults(ids=["data.state-enum-*"])}
    with Server() as server:
        found = run("send", server.url, "--fault", "data.state-enum-*", "--json")
        assert run("send", server.url, "--invalid", "-n", "3").out == "204\t3\n"
    told = json.loads(found.out)
    assert {one["fault"] for one in told["deliveries"]} == ids
    assert len(sent(server)) == len(ids) + 3
    assert not any(Schema.load().is_valid(json.loads(body)) for body in sent(server))


def test_wire_faults(run: Any, secret: None) -> None:
    """Deliveries that are wrong or odd in themselves; some of many ways, with -n."""
    with Server() as server:
        found = run("send", server.url, "--wire-fault", "signature-*", "-n", "3", "--json")
        assert run("send", server.url, "--wire-fault", "http-get").status == 0
    told = json.loads(found.out)
    ids = [fault.id for fault in wire_faults(secret=SECRET, family="signature")]
    assert [one["wire_fault"] for one in told["deliveries"]] == [i for i in ids for _ in range(3)]
    assert len({one["name"] for one in told["deliveries"]}) == 3 * len(ids)
    assert server.requests[0].header(b"x-kombo-signature") == []
    assert server.requests[-1].line.startswith(b"GET ")


def test_spellings(run: Any, secret: None) -> None:
    """One for all, or another one for each; the signature is over what is sent."""
    payloads = [made.payload for made in generate(n=12)]
    with Server() as server:
        for name in ("indented", "mixed", "random"):
            assert run("send", server.url, "-n", "12", "--style", name).out == "204\t12\n"
    bodies = sent(server)
    assert [json.loads(body) for body in bodies] == payloads * 3
    assert bodies[:12] == [serialize(payload, "indented") for payload in payloads]
    assert len({body[:4] for body in bodies[24:]}) > 2


def test_copies_and_their_order(run: Any, secret: None) -> None:
    """Each is sent as often as asked, and in an order that the seed decides."""
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


def test_fields(run: Any, secret: None) -> None:
    """What is set and what is left out, as of `generate`."""
    with Server() as server:
        run("send", server.url, "--set", "data.state=INACTIVE")
        refused = run("send", server.url, "--set", "data.state=NONE")
        absent = "data.updated_at-required-absent"
        run("send", server.url, "--unset", "data.updated_at", "--fault", absent)
    assert refused.status == 2
    assert "to be wrong on purpose, add --fault" in refused.err
    first, second = map(json.loads, sent(server))
    assert first["data"]["state"] == "INACTIVE"
    assert "updated_at" not in second["data"]


def test_a_schema_of_ones_own(run: Any, secret: None, tmp_path: Path) -> None:
    """A schema file takes the place of the event."""
    file = tmp_path / "own.json"
    file.write_text('{"title": "T", "type": "object", "properties": {"a": {"const": 7}},'
                    ' "required": ["a"], "additionalProperties": false}')  # fmt: skip
    with Server() as server:
        assert run("send", server.url, "--schema", str(file)).status == 0
    assert sent(server) == [b'{"a":7}']


def test_a_name_that_the_schema_does_not_have(run: Any, secret: None, tmp_path: Path) -> None:
    """It is sent, since any are allowed, and noted, since it may be misspelt."""
    file = tmp_path / "own.json"
    file.write_text('{"title": "T", "type": "object", "properties": {"lines": {"type": "null"}}}')
    with Server() as server:
        outcome = run("send", server.url, "--schema", str(file), "--set", "lnes=1")
    note = (
        "kombo-fakes: note: --set 'lnes': no such property in the schema; did you mean 'lines'?\n"
    )
    assert outcome == (0, "204\t1\n", note)


def test_a_rate(run: Any, secret: None) -> None:
    """Deliveries can be told to take their time."""
    with Server() as server:
        assert run("send", server.url, "-n", "3", "--rate", "1000").out == "204\t3\n"


def test_counts_of_several_statuses(run: Any, secret: None) -> None:
    """A line for each, by number; whatever they are, they are answers, and all is well."""
    answers = [answer(b"", status=status) for status in ("500 No", "204 Fine", "400 No", "500 No")]
    with Server(answering(*answers)) as server:
        assert run("send", server.url, "-n", "4") == (0, "204\t1\n400\t1\n500\t2\n", "")


def test_counts_on_a_terminal(run: Any, secret: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table with a head, and a bar that goes again."""

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


def test_json(run: Any, secret: None) -> None:
    """One document: the counts, and each delivery."""
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


def trouble(run: Any, server: Server, *options: str) -> str:
    """The one line about a server that doesn't answer as it should."""
    outcome = run("send", server.url, *options)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith(f"kombo-fakes: error: {server.url}: ")
    assert outcome.err.count("\n") == 1
    return outcome.err


def test_refused(run: Any, secret: None) -> None:
    """Nobody listens."""
    url = f"http://127.0.0.1:{closed_port()}/hooks"
    assert run("send", url) == (
        2, "", f"kombo-fakes: error: {url}: nothing accepts connections there; is the receiver "
        "running?\n"
    )  # fmt: skip


def silent(peer: Peer) -> None:
    peer.request()
    peer.wait()


def a_byte_at_a_time(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while peer.send(b"x") and not peer.wait(0.005):
        pass


def endless(peer: Peer) -> None:
    peer.request()
    peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while peer.send(b"x" * 65_536):
        pass


def resetting(peer: Peer) -> None:
    peer.request()
    peer.reset()


@pytest.mark.parametrize(
    ("handler", "words"),
    [
        (silent, "no answer within 0.7 s"),
        (a_byte_at_a_time, "its answer has no end within 0.7 s"),
        (endless, "its answer has no end after 8,"),
        (resetting, "closed the connection without an answer"),
        (answering(b""), "closed the connection without an answer"),
        (answering(b"nonsense\r\n\r\n"), "answered something that is no HTTP: 'nonsense'"),
    ],
)
def test_servers_that_do_not_answer(run: Any, secret: None, handler: Any, words: str) -> None:
    """One line each, within the time-out."""
    options = ["--timeout", "0.7"] if handler in (silent, a_byte_at_a_time) else []
    with Server(handler) as server:
        assert words in trouble(run, server, *options)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects(run: Any, secret: None, status: int) -> None:
    """Where it points, and why nothing is sent there."""
    data = answer(b"", "Location: /other/\x1b[31m", status=f"{status} There")
    with Server(answering(data)) as server:
        line = trouble(run, server)
    assert f"answered {status}, a redirect to '/other/" in line
    assert "redirects aren't followed" in line
    assert ("turn POST into GET" in line) == (status < 307)
    assert "\x1b" not in line
    assert len(server.requests) == 1


def test_a_status_of_redirects_that_points_nowhere(run: Any, secret: None) -> None:
    """It is an answer."""
    with Server(answering(answer(b"", status="304 Same"))) as server:
        assert run("send", server.url) == (0, "304\t1\n", "")


def test_tls(run: Any, secret: None, tmp_path: Path) -> None:
    """A certificate of one's own needs the file of its authority."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with Server(tls=context) as server:
        assert "its certificate isn't trusted" in trouble(run, server)
        assert run("send", server.url, "--ca-file", str(ca_file)).out == "204\t1\n"
        assert "No such file" in trouble(run, server, "--ca-file", f"{tmp_path}/none.pem")


def test_what_was_answered_before_it_went_wrong(run: Any, secret: None) -> None:
    """The counts so far, and which delivery it was."""

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
            told = json.loads(outcome.out)
            assert (told["sent"], told["statuses"]) == (3, {"204": 3})
            assert told["error"] in outcome.err
        else:
            assert outcome.out == "204\t3\n"


@POSIX
def test_ctrl_c(secret: None) -> None:
    """The counts so far, one line, and status 130."""

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
    ("arguments", "words"),
    [
        (["127.0.0.1:8000"], "did you mean 'http://127.0.0.1:8000'?"),
        (["http://192.0.2.1/"], "--allow-remote"),
        (["http://u:hunter2@127.0.0.1/"], "has a user or password in it"),
        (["URL", "--timeout", "0"], "--timeout"),
        (["URL", "--timeout", "nan"], "--timeout"),
        (["URL", "--timeout", "1e9"], "timeout="),
        (["URL", "--rate", "inf"], "--rate"),
        (["URL", "--rate", "-1"], "--rate"),
        (["URL", "-n", "0"], "-n"),
        (["URL", "--repeat", "0"], "--repeat"),
        (["URL", "--style", "intended"], "did you mean 'indented'?"),
        (["URL", "--event", "sync-finsihed"], "did you mean 'sync-finished'?"),
        (["URL", "--fault", "data.state-enum-lowercas"], "did you mean"),
        (["URL", "--wire-fault", "signature-mising"], "did you mean 'signature-missing'?"),
        (["URL", "--set", "data.stat=x"], "did you mean 'data.state'?"),
        (["URL", "--set", "nothing"], "it takes POINTER=JSON"),
        (["URL", "--invalid", "--fault", "*"], "give one of them"),
        (["URL", "--wire-fault", "*", "--invalid"], "leave out"),
        (["URL", "--wire-fault", "*", "--style", "tabs"], "leave out --style"),
        (["URL", "--values", "corners", "--invalid"], "corners are valid"),
    ],
)
def test_wrong_usage(run: Any, secret: None, arguments: list[str], words: str) -> None:
    """One line that says what would be right, and nothing is sent."""
    with Server() as server:
        url, *options = arguments
        outcome = run("send", server.url if url == "URL" else url, *options)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("kombo-fakes: error: ")
    assert words in outcome.err
    assert outcome.err.count("\n") == 1
    assert "hunter2" not in outcome.err
    assert server.requests == []
