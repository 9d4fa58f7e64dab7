"""Wire faults: what can be wrong with a delivery while its payload is right, or isn't one.

Each says what a receiver owes: to refuse it, to take it, or either, where the standards leave a
choice or a refusal would be a matter of taste. A crash or silence is never right.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

from kombo_fakes.core.choices import Choices, SeededChoices, seed_for
from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.core.messages import unknown_name_error
from kombo_fakes.core.pointer import Path, get, replace_at
from kombo_fakes.errors import DocumentError
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.headers import CONTENT_TYPE
from kombo_fakes.wire.serializations import serialize
from kombo_fakes.wire.signing import (
    SIGNATURE_HEADER,
    TEST_SECRET,
    digest,
    key_of,
    sign,
    signature_with,
    verify,
)

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")

Expectation: TypeAlias = Literal["reject", "accept", "either"]
"""What a receiver has to do: answer 4xx, answer 2xx, or either of both."""

Policy: TypeAlias = Literal["strict", "tolerant"]
"""Whether a receiver enforces the published schema, or reads what it can."""

_MEBIBYTE = 1 << 20
_DEPTH = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class WireFault:
    """One way in which a delivery can be odd.

    Attributes:
        id: A stable name, fit for a file name and a pytest id: ``signature-missing``.
        family: ``"signature"``, ``"body"`` (correctly signed) or ``"http"``.
        description: What is odd, in a sentence.
        strict: What a receiver owes that enforces the schema.
        tolerant: What a receiver owes that is a tolerant reader.
        why: The reason for that.
        secret: What the receiver's secret is taken to be.
        schema: What the payloads follow.
    """

    id: str
    family: Literal["signature", "body", "http"]
    description: str
    strict: Expectation
    tolerant: Expectation
    why: str
    secret: str | bytes = field(repr=False)
    schema: Schema = field(repr=False)
    _make: _Maker = field(repr=False)

    def expected(self, policy: Policy = "strict") -> Expectation:
        """What a receiver of this policy has to do.

        Raises:
            UnknownNameError: if it is neither ``"strict"`` nor ``"tolerant"``.
        """
        if policy not in ("strict", "tolerant"):
            raise unknown_name_error("policy", str(policy), ("strict", "tolerant"))
        return self.strict if policy == "strict" else self.tolerant

    @property
    def examples(self) -> tuple[Delivery, ...]:
        """Deliveries that have it, one for each way, the most telling first; always the same."""
        return tuple(dict.fromkeys(self._made()))

    def _made(self) -> Iterator[Delivery]:
        seed = seed_for(self.schema.name, self.id)
        payload = generator_for(self.schema).generate(SeededChoices(seed))
        number, ways = 0, 1
        while number < ways:
            choices = _Numbered(number, seed)
            made = self.apply(payload, choices)
            if made is not None:
                yield made
            number, ways = number + 1, choices.ways

    def apply(self, payload: Any, choices: Choices | None = None) -> Delivery | None:
        """The delivery of a valid payload, with this fault.

        Args:
            payload: A valid payload; it isn't changed.
            choices: What decides between the ways to do it; by default the first one.

        Returns:
            The delivery, or None where this payload can't have the fault, or not in this way:
            without a free text in it none can be made too long, and what the schema allows is
            nothing to refuse.
        """
        secret = key_of(self.secret)
        rolled = _Numbered(0, 0) if choices is None else choices
        case = _Case(payload, secret, rolled, self.schema)
        made = self._make(case)
        if made is None or self._is_harmless(made):
            return None
        return replace(made, done=(f"wire fault {self.id}",))

    def _is_harmless(self, made: Delivery) -> bool:
        """Whether nothing is wrong with what a receiver would have to refuse."""
        if self.strict != "reject":
            return False
        if self.family == "signature":
            # Not only the secret itself is right: HMAC fills up keys with zeros.
            return verify(made.body, made.signature, self.secret)
        try:
            value = parse_json(made.body)
        except DocumentError:
            return False
        # What everybody has to refuse is no JSON, and what the strict have to, no payload.
        return self.tolerant == "reject" or self.schema.is_valid(value)

    def strategy(self) -> SearchStrategy[Delivery]:
        """A Hypothesis strategy of realistic payloads whose deliveries have it."""
        from hypothesis import reject
        from hypothesis import strategies as st

        from kombo_fakes.strategies.payloads import payloads
        from kombo_fakes.strategies.realistic import DrawnChoices

        valid = payloads(self.schema, "realistic")

        @st.composite
        def made(draw: DrawFn) -> Delivery:
            delivery = self.apply(draw(valid), DrawnChoices(draw, None))
            if delivery is None:
                reject()
            return delivery

        return made()

    def __str__(self) -> str:
        return self.id


def wire_faults(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    *,
    secret: str | bytes = TEST_SECRET,
    family: str | None = None,
    ids: Iterable[str] | None = None,
) -> tuple[WireFault, ...]:
    """The catalogue of wire faults.

    Args:
        event_or_schema: What the payloads follow: what `Schema.load` takes.
        secret: The webhook secret of the receiver.
        family: Only those of ``"signature"``, ``"body"`` or ``"http"``.
        ids: Only those with one of these ids; ``*`` stands for anything.

    Returns:
        Those that payloads of this schema can have.

    Raises:
        UnknownNameError: if there is no such family or id; the message names the nearest one.
        SecretError: if the secret is empty.

    Examples:
        >>> fault = wire_faults(ids=["signature-key-empty"])[0]
        >>> fault.expected("tolerant"), fault.examples[0].done
        ('reject', ('wire fault signature-key-empty',))
    """
    sign(b"", secret)  # Raises for a secret that is none.
    schema = Schema.load(event_or_schema)
    families = {row.family for row in _ROWS}
    if family is not None and family not in families:
        raise unknown_name_error("family of wire faults", family, families)
    rows = [row for row in _ROWS if family is None or row.family == family]
    if ids is None:
        return _possible(rows, secret, schema)
    wanted = (ids,) if isinstance(ids, str) else tuple(ids)
    chosen = [row for row in rows if any(fnmatchcase(row.id, pattern) for pattern in wanted)]
    found = _possible(chosen, secret, schema)
    for pattern in wanted:
        if not any(fnmatchcase(fault.id, pattern) for fault in found):
            every = _possible(rows, secret, schema)
            raise unknown_name_error("wire fault", pattern, (fault.id for fault in every))
    return found


def _possible(rows: Iterable[_Row], secret: str | bytes, schema: Schema) -> tuple[WireFault, ...]:
    """Those that payloads of a schema can have: a payload without texts has none too long."""
    made = (
        WireFault(row.id, row.family, row.description, *row.owed, row.why, secret, schema, row.make)
        for row in rows
    )
    return tuple(fault for fault in made if next(fault._made(), None) is not None)


# -- what makers work with


@dataclass(frozen=True, slots=True)
class _Case:
    payload: Any
    secret: bytes
    choices: Choices
    schema: Schema

    @property
    def body(self) -> bytes:
        return serialize(self.payload)

    def delivery(self, body: bytes | None = None) -> Delivery:
        """The correctly signed one."""
        return Delivery.signed(self.body if body is None else body, self.secret)

    def bearing(self, *signatures: str, body: bytes | None = None) -> Delivery:
        """One with these signatures instead of its own."""
        return self.delivery(body).with_header(SIGNATURE_HEADER, *signatures)

    def signature(self, body: bytes | None = None) -> str:
        return signature_with(self.body if body is None else body, self.secret)

    def free_text(self) -> Path | None:
        """Where the payload has a text that can be any other text as well."""
        found = None
        for path, text in _texts(self.payload):
            if not self.schema.is_valid(replace_at(self.payload, path, text + " x/é")):
                continue
            # An id is a text, too, but one that receivers look up.
            if not str(path[-1]).lower().endswith(("id", "type")):
                return path
            found = found or path
        return found

    def with_free_text(self, change: Callable[[str], Any]) -> Any:
        path = self.free_text()
        if path is None:
            return None
        return replace_at(self.payload, path, change(get(self.payload, path)))

    def with_literal(self, literal: str) -> bytes | None:
        """The body with something that isn't quoted in place of a text."""
        mark = "\ue000a place\ue000"
        path = next((path for path, _ in _texts(self.payload) if len(path) > 1), None)
        if path is None:
            path = next((path for path, _ in _texts(self.payload)), None)
        if path is None:
            return None
        marked = serialize(replace_at(self.payload, path, mark))
        return marked.replace(f'"{mark}"'.encode(), literal.encode())

    def allows(self, body: bytes | None) -> bool:
        """Whether a body is a payload of the schema."""
        return body is not None and self.schema.is_valid(parse_json(body))


_Maker: TypeAlias = Callable[[_Case], "Delivery | None"]


def ways_of(fault: WireFault, payload: Any) -> int:
    """In how many ways a payload can have a wire fault; 0 where it can't."""
    number, ways = 0, 1
    while number < ways:
        choices = _Numbered(number, 0)
        if fault.apply(payload, choices) is not None:
            return choices.ways
        number, ways = number + 1, choices.ways
    return 0


def numbered_choices(number: int, seed: int) -> Choices:
    """Choices for `WireFault.apply` that choose its way of this number, and roll the rest."""
    return _Numbered(number, seed)


class _Numbered(SeededChoices):
    """Seeded choices whose first pick is the one of a number, so that examples go through all."""

    __slots__ = ("_first", "ways")

    def __init__(self, number: int, seed: int) -> None:
        super().__init__(seed)
        self._first: int | None = number
        self.ways = 1

    def pick(self, pool: Sequence[T]) -> T:
        if self._first is None:
            return super().pick(pool)
        number, self._first, self.ways = self._first, None, len(pool)
        return pool[number % len(pool)]


def _texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        if path:
            yield path, value
    elif isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _texts(item, (*path, key))


# -- signatures


def _with_key(*keys: bytes) -> _Maker:
    def make(case: _Case) -> Delivery | None:
        # Guessing somebody's secret isn't meant to succeed here.
        wrong = [key for key in keys if key != case.secret]
        if not wrong:
            return None
        return case.bearing(signature_with(case.body, case.choices.pick(wrong)))

    return make


def _prefix_key(case: _Case) -> Delivery | None:
    whole = len(case.secret)
    lengths = [n for n in (whole // 2, 1, whole - 1, 8, 16, 32, 64) if 0 < n < whole]
    if not lengths:
        return None
    key = case.secret[: case.choices.pick(lengths)]
    return case.bearing(signature_with(case.body, key))


def _other_algorithm(case: _Case) -> Delivery:
    body = case.body
    digests = (
        hmac.new(case.secret, body, hashlib.sha1).digest(),
        hmac.new(case.secret, body, hashlib.sha512).digest(),
        hashlib.sha256(body).digest(),
        hmac.new(body, case.secret, hashlib.sha256).digest(),
    )
    return case.bearing(urlsafe_b64encode(case.choices.pick(digests)).rstrip(b"=").decode())


def _other_body(case: _Case) -> Delivery:
    other = {**case.payload, "id": "another"} if isinstance(case.payload, dict) else [case.payload]
    return case.bearing(case.signature(serialize(other)))


def _character_changed(case: _Case) -> Delivery:
    right = case.signature()
    # Not the last letter: two of its bits are spare, so that another one can mean the same.
    at = case.choices.pick((0, 21, len(right) - 2, 10))
    other = "A" if right[at] != "A" else "B"
    return case.bearing(right[:at] + other + right[at + 1 :])


def _spare_bits(case: _Case) -> Delivery:
    # Of the 6 bits of the last letter 2 carry nothing (RFC 4648, 3.5).
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    right = case.signature()
    last = alphabet[alphabet.index(right[-1]) | case.choices.pick((1, 2, 3))]
    return case.bearing(right[:-1] + last)


def _standard_alphabet(case: _Case) -> Delivery:
    # Blanks at the end until the signature has a letter that the two alphabets write apart.
    body = case.body
    while not {"-", "_"} & set(case.signature(body)):
        body += b" "
    return case.bearing(case.signature(body).replace("-", "+").replace("_", "/"), body=body)


def _malformed(case: _Case) -> Delivery:
    kinds = (",", "=", "A", "v1,", "null", "sha256=", "%", "{}", "A" * 43 + "=" * 5, "-" * 42)
    return case.bearing(case.choices.pick(kinds))


def _non_ascii(case: _Case) -> Delivery:
    right = case.signature()
    # Not the whole of the right one: many decoders pass over letters that aren't theirs.
    return case.bearing(case.choices.pick(("\xe9" * 43, right[:-1] + "\xe9", "\xff", "\xa0=")))


def _shortened(case: _Case) -> Delivery:
    right = case.signature()
    return case.bearing(right[: case.choices.pick((len(right) // 2, 1, 8, len(right) - 4))])


def _longer(case: _Case) -> Delivery:
    right = case.signature()
    return case.bearing(right + case.choices.pick(("AAAA", right, "A" * 21)))


def _twice(case: _Case) -> Delivery:
    right, wrong = case.signature(), case.signature(b"")
    return case.bearing(*case.choices.pick(((wrong, right), (right, wrong), (right, right))))


def _twice_wrong(case: _Case) -> Delivery:
    return case.bearing(case.signature(b""), signature_with(case.body, b""))


def _hex(case: _Case) -> Delivery:
    text = digest(case.body, case.secret).hex()
    return case.bearing(case.choices.pick((text, text.upper())))


def _prefixed(case: _Case) -> Delivery:
    return case.bearing(case.choices.pick(("sha256=", "v1,", "Bearer ")) + case.signature())


def _case_changed(case: _Case) -> Delivery:
    right = case.signature()
    return case.bearing(case.choices.pick((right.lower(), right.upper(), right.swapcase())))


def _blanks_around(case: _Case) -> Delivery:
    return case.bearing(case.choices.pick((" {} ", "\t{}", "{}  ")).format(case.signature()))


def _another_byte(case: _Case) -> Delivery | None:
    changed = case.with_free_text(lambda text: (text[:-1] if text else "") + "~")
    if changed is None or changed == case.payload:
        return None
    return case.bearing(case.signature(), body=serialize(changed))


def _another_blank(case: _Case) -> Delivery:
    body = case.body
    at_end, after_brace = body + b"\n", body[:1] + b" " + body[1:]
    changed = case.choices.pick(
        (at_end, b" " + body, after_brace, serialize(case.payload, "spaced"))
    )
    return case.bearing(case.signature(), body=changed)


def _another_order(case: _Case) -> Delivery | None:
    changed = serialize(case.payload, "keys-reversed")
    return None if changed == case.body else case.bearing(case.signature(), body=changed)


# -- bodies


def _bodies(*bodies: bytes) -> _Maker:
    return lambda case: case.delivery(case.choices.pick(bodies))


def _literals(*literals: str, like: str | None = None) -> _Maker:
    """Something unquoted for a text; where it is too odd to be judged, something plain like it."""

    def make(case: _Case) -> Delivery | None:
        body = case.with_literal(case.choices.pick(literals))
        if body is None or (like is not None and case.allows(case.with_literal(like))):
            return None
        return case.delivery(body)

    return make


def _encoded(*codecs: str) -> _Maker:
    return lambda case: case.delivery(case.body.decode().encode(case.choices.pick(codecs)))


def _truncated(case: _Case) -> Delivery:
    body, longest = case.body, len(case.body) - 1
    ends = (longest, longest // 2, 1, case.choices.integer(1, longest))
    return case.delivery(body[: case.choices.pick(ends)])


def _trailing_garbage(case: _Case) -> Delivery:
    return case.delivery(case.body + case.choices.pick((b"}", b"x", case.body, b",{}", b"\x00")))


def _extended(case: _Case) -> Delivery | None:
    """What lenient parsers read as well: JSON5, YAML, a language's own literals."""
    body = case.body
    changed = case.with_free_text(lambda text: "\ue000" + text)
    raw = b"" if changed is None else serialize(changed).replace("\ue000".encode(), b"\t\n\x01")
    kinds = (
        body[:-1] + b",}",
        b"/* an event */" + body + b" // the end",
        re.sub(rb'"([^"\\]*)"', rb"'\1'", body),
        raw or body[:-1] + b",}",
        re.sub(rb'"(\w+)":', rb"\1:", body),
        body.replace(b"{", b"{,", 1),
    )
    return case.delivery(case.choices.pick(kinds))


def _wrapped(case: _Case) -> Delivery:
    return case.delivery(b"[" + case.choices.pick((case.body, b"")) + b"]")


def _quoted(case: _Case) -> Delivery:
    return case.delivery(case.choices.pick((serialize(case.body.decode()), b'"a text"', b'""')))


def _not_utf8(case: _Case) -> Delivery | None:
    changed = case.with_free_text(lambda text: "\ue000" + text)
    if changed is None:
        return None
    # A byte that is in no UTF-8, Latin-1, a sequence cut short, and one that is too long.
    wrong = case.choices.pick((b"\xff", b"M\xfcller", b"\xf0\x9f\x98", b"\xc0\xaf"))
    return case.delivery(serialize(changed).replace("\ue000".encode(), wrong))


def _twin_keys(case: _Case) -> Delivery | None:
    if not isinstance(case.payload, dict) or not case.payload:
        return None
    body, name = case.body, next(iter(case.payload))
    twin = json.dumps(name).encode() + b':"another value"'
    first, last = b"{" + twin + b"," + body[1:], body[:-1] + b"," + twin + b"}"
    return case.delivery(case.choices.pick((first, last)))


def _deep(case: _Case) -> Delivery | None:
    arrays = "[" * _DEPTH + "]" * _DEPTH
    # What parsers read, and what walks through it may not: one frame or two for each level.
    inside, few = case.with_literal("[" * 500 + "]" * 500), case.with_literal("[[]]")
    within = case.with_literal(arrays)
    # Each with what it is like, of so few levels that it can be judged.
    kinds = [
        (arrays.encode(), b"[[]]"),
        (b'{"a":' * _DEPTH + b"1" + b"}" * _DEPTH, b'{"a":{"a":1}}'),
        (inside or b"[]", few or b"[]"),
        *([] if within is None else [(within, few)]),
    ]
    body, like = case.choices.pick(kinds)
    return None if case.allows(like) else case.delivery(body)


def _escaped_text(*texts: str) -> _Maker:
    def make(case: _Case) -> Delivery | None:
        chosen = case.choices.pick(texts)
        changed = case.with_free_text(lambda text: text[:8] + chosen)
        return None if changed is None else case.delivery(serialize(changed))

    return make


def _long_text(case: _Case) -> Delivery | None:
    changed = case.with_free_text(lambda text: "x" * _MEBIBYTE)
    if changed is None or not case.schema.is_valid(changed):
        return None
    return case.delivery(serialize(changed))


# -- HTTP


def _content_type(*values: str) -> _Maker:
    return lambda case: case.delivery().with_header("Content-Type", case.choices.pick(values))


def _other_case(case: _Case) -> Delivery:
    delivery = case.delivery()
    change = case.choices.pick((str.lower, str.upper))
    headers = tuple((change(name), value) for name, value in delivery.headers)
    return replace(delivery, headers=headers)


def _by_method(method: str) -> _Maker:
    return lambda case: replace(case.delivery(), method=method)


# -- the table


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    description: str
    owed: tuple[Expectation, Expectation]
    why: str
    make: _Maker

    @property
    def family(self) -> Literal["signature", "body", "http"]:
        start = self.id.partition("-")[0]
        return "signature" if start == "signature" else "body" if start == "body" else "http"


_REFUSE: tuple[Expectation, Expectation] = ("reject", "reject")
_TAKE: tuple[Expectation, Expectation] = ("accept", "accept")
_EITHER: tuple[Expectation, Expectation] = ("either", "either")
_BY_POLICY: tuple[Expectation, Expectation] = ("reject", "either")

_ANYBODY = "anybody can make it without the secret"
_NOT_OVER_THIS = "the signature isn't one over these bytes"
_SAME_DIGEST = (
    "the digest is the right one, spelt otherwise: refusing it is to the letter, taking it harmless"
)
_NO_JSON = "the body is no JSON text (RFC 8259)"
_NO_PAYLOAD = "it is JSON, but no payload of the schema"
_LEFT_OPEN = "the standards leave the choice"

_ROWS: tuple[_Row, ...] = (
    _Row("signature-missing", "no signature header", _REFUSE, _ANYBODY,
         lambda case: case.bearing()),
    _Row("signature-empty", "an empty signature header", _REFUSE, _ANYBODY,
         lambda case: case.bearing("")),
    _Row("signature-key-empty", "made with an empty key, as where no secret is configured",
         _REFUSE, _ANYBODY, _with_key(b"")),
    _Row("signature-key-null", "made with the key null, as where no secret is configured",
         _REFUSE, _ANYBODY, _with_key(b"null")),
    _Row("signature-key-undefined", "made with the key undefined, as where no secret is configured",
         _REFUSE, _ANYBODY, _with_key(b"undefined")),
    _Row("signature-key-none", "made with the key None, as where no secret is configured",
         _REFUSE, _ANYBODY, _with_key(b"None")),
    _Row("signature-key-prefix", "made with a part of the secret as the key", _REFUSE,
         "only the whole secret is the secret", _prefix_key),
    _Row("signature-key-guessable", "made with a key that many forget to change", _REFUSE,
         "anybody can guess it",
         _with_key(b"secret", b"changeme", b"test", b"password", b"kombo", b"dev")),
    _Row("signature-key-test", "made with the secret that test vectors are made with", _REFUSE,
         "anybody can read it", _with_key(TEST_SECRET.encode())),
    _Row("signature-other-secret", "made with another secret", _REFUSE,
         "it wasn't made with the secret",
         _with_key(b"another secret, as after a rotation", b"\x00\xff\xfe")),
    _Row("signature-other-algorithm", "made with another algorithm than HMAC-SHA256", _REFUSE,
         "the algorithm isn't the caller's to choose", _other_algorithm),
    _Row("signature-other-body", "right for another payload", _REFUSE, _NOT_OVER_THIS, _other_body),
    _Row("signature-empty-body", "right for an empty body", _REFUSE, _NOT_OVER_THIS,
         lambda case: case.bearing(case.signature(b""))),
    _Row("signature-character-changed", "one letter is another one", _REFUSE, _NOT_OVER_THIS,
         _character_changed),
    _Row("signature-case-changed", "its letters in another case", _REFUSE,
         "case carries meaning in base64", _case_changed),
    _Row("signature-shortened", "only the first letters of the right one", _REFUSE,
         "a part of a digest is easier to guess than the whole", _shortened),
    _Row("signature-longer", "the right one, and more letters", _REFUSE,
         "it spells another digest", _longer),
    _Row("signature-malformed", "a text that is no base64 of a digest", _REFUSE, _ANYBODY,
         _malformed),
    _Row("signature-non-ascii", "with bytes beyond ASCII", _REFUSE, _ANYBODY, _non_ascii),
    _Row("signature-long", "5,000 letters", _REFUSE, _ANYBODY,
         lambda case: case.bearing("A" * 5_000)),
    _Row("signature-twice-wrong", "the header twice, both wrong", _REFUSE, _ANYBODY, _twice_wrong),
    _Row("signature-twice", "the header twice, at least one right", _EITHER,
         "HTTP leaves open which one counts (RFC 9110, 5.3)", _twice),
    _Row("signature-padded", "with = at the end", _EITHER, _SAME_DIGEST,
         lambda case: case.bearing(case.signature() + "=")),
    _Row("signature-standard-alphabet", "with + and / for - and _", _EITHER, _SAME_DIGEST,
         _standard_alphabet),
    _Row("signature-spare-bits", "with other spare bits in the last letter", _EITHER, _SAME_DIGEST,
         _spare_bits),
    _Row("signature-hex", "in hexadecimal", _EITHER, _SAME_DIGEST, _hex),
    _Row("signature-prefixed", "behind sha256= or the like", _EITHER, _SAME_DIGEST, _prefixed),
    _Row("signature-blanks-around", "with blanks around", _EITHER,
         "HTTP strips them before a receiver sees them (RFC 9110, 5.5)", _blanks_around),
    _Row("signature-body-byte", "right before one letter of the payload was changed", _REFUSE,
         _NOT_OVER_THIS, _another_byte),
    _Row("signature-body-blank", "right before a blank was put into the body", _REFUSE,
         _NOT_OVER_THIS, _another_blank),
    _Row("signature-body-order", "right before the keys were put in another order", _REFUSE,
         _NOT_OVER_THIS, _another_order),
    _Row("body-empty", "no bytes at all, or blanks", _REFUSE, _NO_JSON, _bodies(b"", b"  \n")),
    _Row("body-truncated", "cut off", _REFUSE, _NO_JSON, _truncated),
    _Row("body-not-json", "another format", _REFUSE, _NO_JSON,
         _bodies(b"not json", b"id=1&type=integration-state-changed", b"<event/>", b"{'id': '1'}")),
    _Row("body-trailing-garbage", "something behind the payload", _REFUSE, _NO_JSON,
         _trailing_garbage),
    _Row("body-extended-json", "JSON with what some parsers allow beside it (a comma too many, "
         "comments, single quotes, raw control characters)", _BY_POLICY,
         "no JSON, but an extension that parsers may have (RFC 8259, 9)", _extended),
    _Row("body-empty-object", "an empty object", _BY_POLICY, _NO_PAYLOAD, _bodies(b"{}", b"{ }")),
    _Row("body-array", "an array", _BY_POLICY, _NO_PAYLOAD, _wrapped),
    _Row("body-string", "a string", _BY_POLICY, _NO_PAYLOAD, _quoted),
    _Row("body-number", "a number", _BY_POLICY, _NO_PAYLOAD, _bodies(b"0", b"-1.5e3", b"42")),
    _Row("body-null", "null", _BY_POLICY, _NO_PAYLOAD, _bodies(b"null")),
    _Row("body-boolean", "true or false", _BY_POLICY, _NO_PAYLOAD, _bodies(b"true", b"false")),
    _Row("body-not-utf8", "bytes in a text that are no UTF-8", _BY_POLICY,
         "JSON is UTF-8 (RFC 8259, 8.1); replacing what isn't changes the payload", _not_utf8),
    _Row("body-utf16", "in UTF-16 or UTF-32", _EITHER,
         "JSON is UTF-8 between systems, and some parsers find out what it is", _encoded(
             "utf-16-le", "utf-16", "utf-32-be")),
    _Row("body-bom", "behind a byte order mark", _EITHER,
         "parsers may ignore it or refuse it (RFC 8259, 8.1)", _encoded("utf-8-sig")),
    _Row("body-nan", "NaN or Infinity for a value", _BY_POLICY,
         "no JSON, but an extension that parsers may have (RFC 8259, 6 and 9)",
         _literals("NaN", "Infinity", "-Infinity")),
    _Row("body-twin-keys", "a name twice in an object, with values that disagree", _EITHER,
         "what it means is left open (RFC 8259, 4)", _twin_keys),
    _Row("body-deep", "nested 500 or 100,000 levels deep", _BY_POLICY,
         "it is no payload of the schema, and where a parser stops is its own choice", _deep),
    _Row("body-huge-integer", "an integer of 5,000 digits for a text", _BY_POLICY, _NO_PAYLOAD,
         _literals("9" * 5_000, "-" + "1" * 5_000, like="1")),
    _Row("body-huge-exponent", "a number beyond all floats for a text", _BY_POLICY, _NO_PAYLOAD,
         _literals("1e400", "-1E+1000000000", "1e-1000000000", like="1")),
    _Row("body-lone-surrogate", "half a character, escaped, in a text", _EITHER,
         "JSON allows it and what it means is unpredictable (RFC 8259, 8.2)",
         _escaped_text("\ud800", "\udc00x", "\udbff\ue000")),
    _Row("body-nul", "the escaped character U+0000 in a text", _EITHER,
         "legal JSON, and many databases can't store it", _escaped_text("\x00", "a\x00b")),
    _Row("body-megabyte", "a text of 1 MiB", _EITHER,
         "the schema sets no limit, and a receiver may", _long_text),
    _Row("http-content-type-missing", "no content type", _EITHER, _LEFT_OPEN,
         lambda case: case.delivery().with_header("Content-Type")),
    _Row("http-content-type-other", "another content type", _EITHER, _LEFT_OPEN,
         _content_type("text/plain", "application/octet-stream",
                       "application/x-www-form-urlencoded", "nonsense")),
    _Row("http-content-type-charset", "the content type with a charset, or in capitals", _TAKE,
         "the same media type (RFC 9110, 8.3.1)",
         _content_type(f"{CONTENT_TYPE}; charset=utf-8", f"{CONTENT_TYPE};charset=UTF-8",
                       "Application/JSON")),
    _Row("http-content-type-odd-charset", "a charset that is none, or isn't the body's", _EITHER,
         "JSON is UTF-8, and knows no such parameter (RFC 8259, 8.1 and 11)",
         _content_type(f"{CONTENT_TYPE}; charset=nonsense", f"{CONTENT_TYPE}; charset=",
                       f"{CONTENT_TYPE}; charset=iso-8859-1", f'{CONTENT_TYPE}; charset="')),
    _Row("http-header-case", "names of headers in another case", _TAKE,
         "names of headers have no case (RFC 9110, 5.1)", _other_case),
    _Row("http-get", "by GET", _EITHER, _LEFT_OPEN, _by_method("GET")),
    _Row("http-put", "by PUT", _EITHER, _LEFT_OPEN, _by_method("PUT")),
)  # fmt: skip
