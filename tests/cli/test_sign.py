"""`kombo-fakes sign` and `verify`: secrets and signatures."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from support.commands import KOMBO_FAKES, SECRET

from kombo_fakes import sign
from kombo_fakes.cli.main import main

POSIX = pytest.mark.skipif(os.name == "nt", reason="POSIX only: modes, signals")


@pytest.fixture
def body(tmp_path: Path) -> str:
    file = tmp_path / "body.json"
    file.write_bytes(BODY)
    return str(file)


BODY = b'{"id": "1", "name": "M\xc3\xbcller"}\n'
RIGHT = sign(BODY, SECRET)


# -- the secret


def test_the_secret_comes_from_a_file_an_option_or_the_environment(
    run: Any, body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An option wins over the environment."""
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
    ("end", "left", "note"),
    [
        (
            b"\n",
            b"",
            snapshot(""),
        ),
        (
            b"\r\n",
            b"",
            snapshot(""),
        ),
        (
            b"\n\n",
            b"\n",
            snapshot("kombo-fakes: note: secret: the secret ends with a newline\n"),
        ),
        (
            b"\r",
            b"\r",
            snapshot("kombo-fakes: note: secret: the secret ends with a newline\n"),
        ),
        (
            b" ",
            b" ",
            snapshot("kombo-fakes: note: secret: the secret ends with whitespace\n"),
        ),
        (
            b"\t\n",
            b"\t",
            snapshot("kombo-fakes: note: secret: the secret ends with whitespace\n"),
        ),
        (
            b"\r\r\n",
            b"\r",
            snapshot("kombo-fakes: note: secret: the secret ends with a newline\n"),
        ),
    ],
)
def test_one_newline_at_the_end_of_a_secret_file_is_ignored(
    run: Any, body: str, tmp_path: Path, end: bytes, left: bytes, note: str
) -> None:
    """Editors add it. Other whitespace is part of the secret, and is noted."""
    file = tmp_path / "secret"
    file.write_bytes(SECRET.encode() + end)
    outcome = run("sign", body, "--secret-file", str(file))
    assert outcome.out == sign(BODY, SECRET.encode() + left) + "\n"
    assert outcome.err.replace(str(file), "secret") == note


def test_unusual_secrets_are_noted(
    run: Any, body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody sees these characters, but they change the signature."""
    file = tmp_path / "secret"
    file.write_bytes(b"\xef\xbb\xbfabc\n")
    noted = run("sign", body, "--secret-file", str(file))
    assert noted.out == sign(BODY, b"\xef\xbb\xbfabc") + "\n"
    assert noted.err.replace(str(file), "secret") == snapshot(
        "kombo-fakes: note: secret: the secret begins with a byte order mark\n"
    )
    assert run("sign", body, "--secret", " abc").err == snapshot(
        "kombo-fakes: note: --secret: the secret begins with whitespace\n"
    )
    monkeypatch.setenv("KOMBO_WEBHOOK_SECRET", "abc\n")
    noted = run("sign", body)
    assert noted.out == sign(BODY, "abc\n") + "\n"
    assert noted.err == snapshot(
        "kombo-fakes: note: KOMBO_WEBHOOK_SECRET: the secret ends with a newline\n"
    )


def test_a_missing_secret_is_one_line_that_names_all_places(run: Any, body: str) -> None:
    message = run("sign", body).error
    assert message == snapshot(
        "no secret: give --secret-file or --secret, or set KOMBO_WEBHOOK_SECRET"
    )
    assert run("verify", body, "--signature", "x").error == message
    assert run("send", "http://127.0.0.1:1/").error == message


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing", snapshot("--secret-file DIR/missing: no such file")),
        ("", snapshot("--secret-file DIR/: is a directory; expected a file")),
        ("empty", snapshot("--secret-file DIR/empty: is empty")),
        ("newline", snapshot("--secret-file DIR/newline: is empty")),
        pytest.param("unreadable", snapshot(""), marks=POSIX),
        ("nul\0", snapshot("--secret-file DIR/nul\\x00: cannot be read: embedded null byte")),
    ],
)
def test_a_secret_file_without_a_secret_is_one_line(
    run: Any, body: str, tmp_path: Path, name: str, message: str
) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "newline").write_bytes(b"\r\n")
    (tmp_path / "unreadable").write_text(SECRET)
    (tmp_path / "unreadable").chmod(0)
    if name == "unreadable" and os.access(tmp_path / name, os.R_OK):
        pytest.skip("the user who runs the tests may read everything")
    error = run("sign", body, "--secret-file", f"{tmp_path}/{name}").error
    assert error.replace(str(tmp_path), "DIR") == message


def test_an_unusable_secret_is_one_line(
    run: Any, body: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("sign", body, "--secret", "").error == snapshot("--secret: is empty")
    assert run("sign", body, "--secret", "x", "--secret-file", "y").error == snapshot(
        "--secret and --secret-file: give one of them"
    )
    assert run("sign", "-", "--secret-file", "-").error == snapshot(
        "--secret-file -: FILE is standard input already; give the secret in another way"
    )
    monkeypatch.setenv("KOMBO_WEBHOOK_SECRET", "")
    assert run("sign", body).error == snapshot(
        "no secret: the environment variable KOMBO_WEBHOOK_SECRET is empty"
    )


@POSIX
def test_a_secret_that_is_not_utf_8_is_the_same_from_all_places(tmp_path: Path, body: str) -> None:
    raw = b"\xff\xfe\xe9"
    (tmp_path / "secret").write_bytes(raw)
    printed = {
        subprocess.run(
            [*map(os.fsencode, KOMBO_FAKES), b"sign", os.fsencode(body), *options],
            env=os.environb | environment, capture_output=True, check=True
        ).stdout
        for options, environment in (
            ([b"--secret", raw], {}),
            ([b"--secret-file", os.fsencode(tmp_path / "secret")], {}),
            ([], {b"KOMBO_WEBHOOK_SECRET": raw}),
        )
    }  # fmt: skip
    assert printed == {sign(BODY, raw).encode() + b"\n"}


# -- sign and verify


def test_a_dash_reads_every_byte_of_standard_input(
    run: Any, secret: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = b"\xff\0\r\n"
    for arguments, printed in (
        (("sign", "-"), sign(raw, SECRET)),
        (("verify", "-", "--signature", sign(raw, SECRET)), "right"),
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        assert run(*arguments) == (0, f"{printed}\n", "")


def test_a_body_that_cannot_be_read_is_one_line(run: Any, secret: None, tmp_path: Path) -> None:
    assert run("sign", "nofile").error == snapshot("nofile: no such file")
    error = run("verify", str(tmp_path), "--signature", "x").error
    assert error.replace(str(tmp_path), "DIR") == snapshot("DIR: is a directory; expected a file")
    assert run("verify", "nofile").error == snapshot(
        "Missing option '--signature'; `kombo-fakes verify --help` lists what it takes"
    )


def test_verify_explains_a_wrong_signature(run: Any, secret: None, body: str) -> None:
    outcome = run("verify", body, "--signature", RIGHT + "=")
    assert (outcome.status, outcome.err) == (1, "")
    assert outcome.out == snapshot(
        "wrong: the right digest, but padded with =. Fix: encode the digest in base64url (RFC 4648, 5), without = at the end.\n"
    )


@given(body=st.binary(), secret=st.binary(min_size=1).map(b"x".__add__))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_verify_accepts_every_signature_that_sign_prints(
    tmp_path: Path, body: bytes, secret: bytes
) -> None:
    """Some begin with a hyphen."""
    (tmp_path / "body").write_bytes(body)
    (tmp_path / "secret").write_bytes(secret + b"\n")
    common = [str(tmp_path / "body"), "--secret-file", str(tmp_path / "secret")]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        assert main(["sign", *common]) == 0
        assert main(["verify", *common, "--signature", printed.getvalue().strip()]) == 0
