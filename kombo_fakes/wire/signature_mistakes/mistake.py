"""One mistake in how a signature is computed, and the signatures that it makes.

A signature is computed in five stages: a key, a body, an algorithm over both, an encoding of the
digest, and what stands in the header. A mistake changes one of the stages.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from kombo_fakes.core.public import public
from kombo_fakes.wire.signing import digest

Stage: TypeAlias = Literal["key", "body", "algorithm", "encoding", "header"]


@public
@dataclass(frozen=True, slots=True)
class SignatureMistake:
    """One way in which an implementation computes a wrong signature.

    Attributes:
        id: A stable name, such as ``hexadecimal``.
        stage: The stage that goes wrong: ``"key"``, ``"body"``, ``"algorithm"``, ``"encoding"`` or
            ``"header"``.
        what: What such a signature is, as a phrase that can follow "a signature".
        fix: What to do instead.

    Examples:
        >>> from kombo_fakes.wire.signature_mistakes.table import MISTAKES
        >>> mistake = MISTAKES["padded"]
        >>> mistake.what, mistake.signatures(b"{}", b"a secret")
        ('padded with =', ('xCTG9ZDQ1x5zwUnPO6uqz2hwknbr35jEQml11eB_k5c=',))
    """

    id: str
    stage: Stage
    what: str
    fix: str
    # Returns the wrong results of the stage.
    _change: Callable[..., Iterable[Any]] = field(repr=False)
    # Removes what a mistake in the header has added to the signature.
    _undo: Callable[[str], str] = field(default=str, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        # Functions without a name cannot be pickled, so a mistake is pickled by its id.
        return _get_mistake, (self.id,)

    def signatures(self, body: bytes, secret: bytes) -> tuple[str, ...]:
        """Return the wrong signatures of a body that this mistake makes.

        The tuple is empty if the mistake makes no difference. Removing whitespace around a secret
        that has none is an example.
        """
        return compute_signatures((self,), body, secret)

    def undo(self, header: str) -> str:
        """Return a header without what this mistake has added to the signature."""
        return self._undo(header)


def _get_mistake(mistake_id: str) -> SignatureMistake:
    # The table is made of this class, so it imports this module first.
    from kombo_fakes.wire.signature_mistakes.table import MISTAKES

    return MISTAKES[mistake_id]


def compute_signatures(
    mistakes: Iterable[SignatureMistake], body: bytes, secret: bytes
) -> tuple[str, ...]:
    """Return the wrong signatures that several mistakes make together, at most one per stage."""
    made = tuple(mistakes)
    headers = encode_digests(made, compute_digests(made, body, secret))
    right = encode_digest(digest(body, secret))
    return tuple(header for header in headers if header != right)


def compute_digests(
    mistakes: Iterable[SignatureMistake], body: bytes, secret: bytes
) -> tuple[bytes, ...]:
    """Return the digests that come out of the first three stages: key, body and algorithm."""
    steps = _steps(mistakes)
    return tuple(
        found
        for key in steps["key"](secret)
        for signed in steps["body"](body)
        for found in steps["algorithm"](key, signed)
    )


def encode_digests(
    mistakes: Iterable[SignatureMistake], digests: Iterable[bytes]
) -> tuple[str, ...]:
    """Return what the last two stages make of digests: encoding and header."""
    steps = _steps(mistakes)
    encoded = (text for found in digests for text in steps["encoding"](found))
    return tuple(header for text in encoded for header in steps["header"](text))


def _steps(mistakes: Iterable[SignatureMistake]) -> dict[Stage, Callable[..., Iterable[Any]]]:
    return {**_RIGHT, **{mistake.stage: mistake._change for mistake in mistakes}}


def describe_mistakes(mistakes: Sequence[SignatureMistake]) -> str:
    """Return what a signature with these mistakes is, as a phrase.

    Examples:
        >>> from kombo_fakes.wire.signature_mistakes.table import MISTAKES
        >>> describe_mistakes([MISTAKES["hmac-sha1"], MISTAKES["hexadecimal"]])
        'made with HMAC-SHA1, in hexadecimal'
    """
    return ", ".join(mistake.what for mistake in mistakes)


def encode_digest(found: bytes) -> str:
    """Return a digest in the encoding of a right signature."""
    return urlsafe_b64encode(found).rstrip(b"=").decode("ascii")


_RIGHT: dict[Stage, Callable[..., Iterable[Any]]] = {
    "key": lambda secret: (secret,),
    "body": lambda body: (body,),
    "algorithm": lambda key, body: (digest(body, key),),
    "encoding": lambda found: (encode_digest(found),),
    "header": lambda text: (text,),
}
