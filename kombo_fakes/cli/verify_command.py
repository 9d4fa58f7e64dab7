"""``kombo-fakes verify``: whether a signature is right, and what is wrong with it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator

import rich_click as click

from kombo_fakes.cli.options import format_examples
from kombo_fakes.cli.secret import secret_options
from kombo_fakes.cli.sign_command import body_and_secret

EXAMPLES = format_examples(
    "kombo-fakes verify body.json --signature OIkSn... --secret-file secret.txt",
    "",
    "Exit status: 0 the signature is right, 1 it is wrong, 2 the call or its input can't be used.",
)

_LENGTH = 43
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@click.command("verify", epilog=EXAMPLES)
@click.argument("file", metavar="FILE")
@click.option(
    "--signature", metavar="TEXT", required=True, help="What came in the header X-Kombo-Signature."
)
@secret_options
def verify_command(file: str, signature: str, secret: str | None, secret_file: str | None) -> int:
    """Say whether the signature of a body is right, and if not, what was done instead.

    FILE holds the body as it came, before anything parsed it; - is standard input.
    """
    from kombo_fakes.cli.status import FINE, FOUND
    from kombo_fakes.cli.terminal import print_line
    from kombo_fakes.wire.signing import verify

    body, key = body_and_secret(file, secret, secret_file)
    if verify(body, signature, key):
        print_line("right")
        return FINE
    print_line(f"wrong: {diagnosis(body, signature, key)}")
    return FOUND


def diagnosis(body: bytes, signature: str, secret: bytes) -> str:
    r"""What most likely made a wrong signature, in a line.

    Args:
        body: The bytes that it came with.
        signature: The wrong one; any text at all.
        secret: The webhook secret; it isn't part of what is said.

    Examples:
        >>> from kombo_fakes import sign
        >>> diagnosis(b"{}", sign(b"{}", "a secret") + "=", b"a secret")
        'the right digest, but padded with ='
        >>> diagnosis(b"{}\n", sign(b"{}", "a secret"), b"a secret")
        'right for the body without the line end at its end'
    """
    from kombo_fakes.wire.signing import SIGNATURE_HEADER, digest, sign

    plain, oddity = signature, ""
    if plain.lower().startswith(f"{SIGNATURE_HEADER}:".lower()):
        plain, oddity = plain.partition(":")[2].strip(), "the name of the header before it"
    elif plain != plain.strip():
        plain, oddity = plain.strip(), "blanks around it"
    elif len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "\"'":
        plain, oddity = plain[1:-1], "quotes around it"
    else:
        for prefix in ("sha256=", "sha1=", "sha512=", "hmac-sha256=", "v1,", "v1=", "Bearer "):
            if plain.lower().startswith(prefix.lower()):
                plain, oddity = plain[len(prefix) :], f"{prefix.strip()} before it"
    if not plain:
        return "the signature is empty"
    for given, spelt in _digests(plain):
        notes = ", ".join(filter(None, (spelt, f"with {oddity}" if oddity else "")))
        for other, of_what in _bodies(body):
            if given == digest(other, secret):
                return _told(of_what, notes)
        for key, with_what in _keys(secret):
            if given == digest(body, key):
                return _told(f"made with {with_what}", notes)
    for mixed_up in _mix_ups(plain, body, secret):
        return f"{mixed_up}; it is base64url of HMAC-SHA256 of the body with the secret as the key"
    right = sign(body, secret)
    if plain.lower() == right.lower():
        return "the right one, but some of its letters are in another case"
    if len(plain) >= 8 and right.startswith(plain):
        return f"only the first {len(plain)} characters of the right one, which has {_LENGTH}"
    if plain.startswith(right):
        return f"the right one, and then {len(plain) - _LENGTH:,} characters more"
    odd = next((letter for letter in plain if letter not in _LETTERS), None)
    rule = f"a signature is {_LENGTH} characters of A-Z, a-z, 0-9, - and _"
    if odd is not None:
        return f"{rule}, and {odd!r} is none of them"
    if len(plain) != _LENGTH:
        return f"{rule}, not {len(plain):,}"
    return "made with another secret, or over other bytes"


def _told(what: str, notes: str) -> str:
    if not what:
        return f"the right digest, but {notes}"
    return f"{what}, and {notes}" if notes else what


def _digests(text: str) -> Iterator[tuple[bytes, str]]:
    """The digests that a text may serialize, and how it does."""
    if not text.isascii():
        return
    plain = text.rstrip("=")
    notes = ["padded with ="] if plain != text else []
    if set(plain) & {"+", "/"}:
        notes.append("in the standard alphabet, with + and / for - and _")
    found = _decoded(plain.translate({ord("+"): "-", ord("/"): "_"}))
    if len(found) == 32:
        again = urlsafe_b64encode(found).decode().rstrip("=")
        if not notes and again != plain:
            notes.append("with other spare bits in its last letter (RFC 4648, 3.5)")
        yield found, " and ".join(notes)
    for hexadecimal, spelt in (
        (text, "in hexadecimal"),
        (found.decode("latin-1"), "in hexadecimal, and that in base64"),
    ):
        if len(hexadecimal) == 64:
            try:
                yield bytes.fromhex(hexadecimal), spelt
            except ValueError:
                continue


def _mix_ups(text: str, body: bytes, secret: bytes) -> Iterator[str]:
    """What else than the right algorithm a text is made with, in hexadecimal or base64."""
    bare = text.rstrip("=").translate({ord("+"): "-", ord("/"): "_"})
    for made, name in (
        (hmac.new(secret, body, "sha1"), "HMAC-SHA1"),
        (hmac.new(secret, body, "sha384"), "HMAC-SHA384"),
        (hmac.new(secret, body, "sha512"), "HMAC-SHA512"),
        (hmac.new(secret, body, "md5"), "HMAC-MD5"),
        (hmac.new(body, secret, "sha256"), "HMAC-SHA256 with the body as the key"),
        (hashlib.sha256(body), "SHA-256 of the body, without the secret"),
        (hashlib.sha256(secret + body), "SHA-256 of the secret and the body"),
        (hashlib.sha256(body + secret), "SHA-256 of the body and the secret"),
        (hashlib.sha1(body, usedforsecurity=False), "SHA-1 of the body, without the secret"),
    ):
        base64 = urlsafe_b64encode(made.digest()).decode().rstrip("=")
        if text.lower() == made.hexdigest() or bare == base64:
            yield f"made with {name}"


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:  # Not only that of binascii.
        return b""


def _bodies(body: bytes) -> Iterator[tuple[bytes, str]]:
    """Bodies that are signed by mistake, the one that came first."""
    from kombo_fakes.core.json_reader import parse_json
    from kombo_fakes.errors import DocumentError
    from kombo_fakes.wire.serializations import styles

    yield body, ""
    for end in (b"\r\n", b"\n"):
        if body.endswith(end):
            yield body.removesuffix(end), "right for the body without the line end at its end"
        yield body + end, "right for the body with a line end at its end"
    yield body.strip(), "right for the body without the blanks around it"
    yield b"", "right for an empty body"
    yield body.replace(b"\r\n", b"\n"), "right for the body with LF for each CRLF"
    yield body.replace(b"\n", b"\r\n"), "right for the body with CRLF for each LF"
    bom = b"\xef\xbb\xbf"
    yield body.removeprefix(bom), "right for the body without the byte order mark before it"
    try:
        payload = parse_json(body.removeprefix(bom))
    except DocumentError:
        return
    for style in styles(ambiguous=True):
        yield (
            style.write(payload),
            f"right for the same JSON written anew ({style.description}): "
            "what counts are the bytes as they came",
        )


def _keys(secret: bytes) -> Iterator[tuple[bytes, str]]:
    """Keys that are taken for the secret by mistake."""
    from kombo_fakes.wire.signing import TEST_SECRET

    for end, name in ((b"\n", "a line feed"), (b"\r\n", "CRLF"), (b" ", "a blank")):
        yield secret + end, f"the secret and {name} at its end"
    yield secret.strip(), "the secret without the blanks around it"
    yield b'"' + secret + b'"', "the secret in quotes"
    yield secret.strip(b"\"'"), "the secret without the quotes around it"
    yield b"", "an empty key: no secret is configured"
    for word in (b"undefined", b"null", b"None"):
        yield word, f"the key {word.decode()}: no secret is configured"
    yield TEST_SECRET.encode(), "the secret that tests use where no other is given"
    text = secret.decode("latin-1")
    decoded = _decoded(text.rstrip("=").translate({ord("+"): "-", ord("/"): "_"}))
    if decoded:
        yield decoded, "the secret decoded from base64"
    try:
        yield bytes.fromhex(text), "the secret decoded from hexadecimal"
    except ValueError:
        return
