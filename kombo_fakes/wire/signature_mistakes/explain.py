"""Explains wrong signatures, by trying the mistakes that implementations make."""

from __future__ import annotations

from dataclasses import dataclass

from kombo_fakes.core.public import public
from kombo_fakes.wire.signature_mistakes.mistake import (
    SignatureMistake,
    compute_digests,
    describe_mistakes,
    encode_digests,
)
from kombo_fakes.wire.signature_mistakes.table import MISTAKES, SIGNATURE_MISTAKES
from kombo_fakes.wire.signing import key_of, sign

# A digest has 256 bits, and a character of base64 has 6 of them.
_LENGTH = 43
_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
# A shorter beginning can be equal to that of the right signature by chance.
_SHORTEST_BEGINNING = 8


@public
@dataclass(frozen=True, slots=True)
class SignatureExplanation:
    """What is wrong with a signature. Its ``str()`` is the text.

    Attributes:
        text: What was most likely done instead, in one line. It does not contain the secret.
        fix: What to do about it.
        mistakes: The known mistakes that make exactly this signature, if there are any.
    """

    text: str
    fix: str
    mistakes: tuple[SignatureMistake, ...] = ()

    def __str__(self) -> str:
        return self.text


def explain_signature(
    body: bytes, signature: str | bytes | None, secret: str | bytes
) -> SignatureExplanation | None:
    r"""Find out what most likely made a wrong signature.

    It tries the usual mistakes one by one, and together with other encodings: the digest in
    hexadecimal or padded base64, JSON that was written again, a line feed after the secret, another
    algorithm. ``kombo-fakes verify`` prints the same text.

    Args:
        body: The bytes of the request, before anything parsed them.
        signature: The value of the header as it was received; None without a header.
        secret: The webhook secret.

    Returns:
        The explanation; None if the signature is right.

    Raises:
        SecretError: if the secret is empty.
        TypeError: if the body is not bytes, or the secret neither str nor bytes.

    Examples:
        >>> from kombo_fakes import explain_signature, sign
        >>> right = sign(b"{}", "a secret")
        >>> print(explain_signature(b"{}", right, "a secret"))
        None
        >>> print(explain_signature(b"{}", right + "=", "a secret"))
        the right digest, but padded with =
        >>> explanation = explain_signature(b"{}\n", right, "a secret")
        >>> print(explanation)
        made for the body without the line end after it
        >>> explanation.fix
        'compute the signature over the raw bytes of the body, before anything parses them'
    """
    right = sign(body, secret)
    if signature is None:
        return SignatureExplanation("there is no signature", _SEND)
    if not isinstance(signature, (str, bytes)):
        raise TypeError(f"the signature must be a str or bytes, not {type(signature).__name__}")
    # Latin-1 decodes any bytes, and a header may contain nearly any.
    given = signature if isinstance(signature, str) else signature.decode("latin-1")
    # The time of this comparison reveals nothing, because the caller has the secret.
    if given == right:
        return None
    header, plain = _remove_additions(given)
    if not plain:
        return SignatureExplanation("the signature is empty", _SEND)
    body, key = bytes(body), key_of(secret)
    for computation in (None, *_COMPUTATIONS):
        digests = compute_digests(_present(computation), body, key)
        for encoding in (None, *_ENCODINGS):
            if plain in encode_digests(_present(encoding), digests):
                return _explain(computation, encoding, header)
    return _explain_unknown(plain, right)


_SEND = "send the signature of the raw body with every delivery"
_OTHERWISE = "use the same secret on both sides, and sign the raw bytes of the body"

_ENCODINGS = tuple(mistake for mistake in SIGNATURE_MISTAKES if mistake.stage == "encoding")
_HEADERS = tuple(mistake for mistake in SIGNATURE_MISTAKES if mistake.stage == "header")
_COMPUTATIONS = tuple(
    mistake for mistake in SIGNATURE_MISTAKES if mistake.stage in ("body", "key", "algorithm")
)


def _remove_additions(header: str) -> tuple[SignatureMistake | None, str]:
    """Return the mistake that added something to the signature in a header, and the signature."""
    for mistake in _HEADERS:
        plain = mistake.undo(header)
        if plain != header:
            return mistake, plain
    return None, header


def _present(*mistakes: SignatureMistake | None) -> tuple[SignatureMistake, ...]:
    return tuple(mistake for mistake in mistakes if mistake is not None)


def _explain(
    computation: SignatureMistake | None,
    encoding: SignatureMistake | None,
    header: SignatureMistake | None,
) -> SignatureExplanation:
    mistakes = _present(computation, encoding, header)
    text = describe_mistakes(mistakes)
    if computation is None:
        text = f"the right digest, but {text}"
    return SignatureExplanation(text, "; ".join(m.fix for m in mistakes), mistakes)


def _explain_unknown(plain: str, right: str) -> SignatureExplanation:
    """Explain a signature that no known mistake makes."""
    # The table has the usual changes of case only, such as all letters in lower case.
    if plain.lower() == right.lower():
        return _explain(None, MISTAKES["case-changed"], None)
    if len(plain) >= _SHORTEST_BEGINNING and right.startswith(plain):
        text = f"only the first {len(plain)} characters of the right one, which has {_LENGTH}"
        return SignatureExplanation(text, "compare and store the whole signature")
    if plain.startswith(right):
        text = f"the right one, followed by {len(plain) - _LENGTH:,} more characters"
        return SignatureExplanation(text, "send the signature alone")
    rule = f"a signature is {_LENGTH} characters of A-Z, a-z, 0-9, - and _"
    fix = "send base64url, without padding, of HMAC-SHA256 of the body with the secret as the key"
    wrong = next((character for character in plain if character not in _CHARACTERS), None)
    if wrong is not None:
        return SignatureExplanation(f"{rule}, and {wrong!r} is not one of them", fix)
    if len(plain) != _LENGTH:
        return SignatureExplanation(f"{rule}, not {len(plain):,}", fix)
    return SignatureExplanation("made with another secret, or over other bytes", _OTHERWISE)
