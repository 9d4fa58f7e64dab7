"""How signatures go wrong: every mistake of the table is made and recognised."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64decode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from kombo_fakes import (
    SignatureMistake,
    explain_signature,
    sign,
    styles,
    verify,
)
from kombo_fakes.wire.signature_mistakes.mistake import compute_signatures, describe_mistakes
from kombo_fakes.wire.signature_mistakes.table import COMMON_COMBINATIONS, SIGNATURE_MISTAKES

SECRET = "s3cret of a receiver"
BODY = b'{"id": "1", "name": "M\xc3\xbcller"}\n'
RIGHT = sign(BODY, SECRET)
DIGEST = urlsafe_b64decode(RIGHT + "=")

ENDS = st.sampled_from([b"", b"\n", b"\r\n", b" ", b"\t\n"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
BODIES = (
    st.binary(max_size=80)
    | st.tuples(
        st.sampled_from([b"", b"\xef\xbb\xbf"]),
        st.builds(lambda value, style: style.write(value), JSON, st.sampled_from(styles())),
        ENDS,
    ).map(b"".join)
    | st.text("a{}\r\n", max_size=20).map(str.encode)
)
SECRETS = (
    st.binary(min_size=1, max_size=80)
    | st.binary(min_size=1).map(b64encode)
    | st.binary(min_size=1).map(lambda secret: secret.hex().encode())
    | st.sampled_from([b" padded \n", b'"quoted"', b"'quoted'", b"null", b"\0"])
)


def check_recognised(mistakes: tuple[SignatureMistake, ...], data: st.DataObject) -> None:
    """Fail unless all signatures that these mistakes make together are recognised."""
    body, secret = data.draw(BODIES), data.draw(SECRETS)
    for signature in compute_signatures(mistakes, body, secret):
        assert not verify(body, signature, secret)
        explanation = explain_signature(body, signature, secret)
        assert explanation is not None
        # Several mistakes can make the same signature, so the same ones need not be named.
        assert explanation.mistakes
        assert signature in compute_signatures(explanation.mistakes, body, secret)


@pytest.mark.parametrize("mistake", SIGNATURE_MISTAKES, ids=lambda mistake: mistake.id)
def test_each_mistake_is_recognised(mistake: SignatureMistake) -> None:
    @given(st.data())
    @settings(max_examples=15, deadline=None, database=None)
    def check(data: st.DataObject) -> None:
        check_recognised((mistake,), data)

    check()


@given(st.data())
@settings(deadline=None)
def test_mistakes_are_recognised_in_combination(data: st.DataObject) -> None:
    stages = (("key", "body", "algorithm"), ("encoding",), ("header",))
    check_recognised(
        tuple(
            data.draw(st.sampled_from([m for m in SIGNATURE_MISTAKES if m.stage in of]))
            for of in stages
        ),
        data,
    )


@pytest.mark.parametrize("mistake", SIGNATURE_MISTAKES, ids=lambda mistake: mistake.id)
def test_each_mistake_makes_a_signature_of_some_body(mistake: SignatureMistake) -> None:
    body = b'\xef\xbb\xbf {"b": "\xc3\xa9/\xf0\x9f\x98\x80", "a": 1.5}\r\n\n'
    secrets = (b'"c2VjcmV0"', b"c2VjcmV0\n", b"abcd", b"736563726574")
    bodies = (body, BODY, b"\xff", b'{"id":"1"}')
    assert any(mistake.signatures(one, secret) for one in bodies for secret in secrets)


def test_an_explanation_does_not_contain_the_secret() -> None:
    for mistake in SIGNATURE_MISTAKES:
        for signature in mistake.signatures(BODY, SECRET.encode()):
            assert SECRET not in repr(explain_signature(BODY, signature, SECRET))


def test_ids_and_phrases_are_unique_and_every_stage_has_mistakes() -> None:
    assert len({mistake.id for mistake in SIGNATURE_MISTAKES}) == len(SIGNATURE_MISTAKES)
    assert len({mistake.what for mistake in SIGNATURE_MISTAKES}) == len(SIGNATURE_MISTAKES)
    assert all(mistake.fix for mistake in SIGNATURE_MISTAKES)
    assert {mistake.stage for mistake in SIGNATURE_MISTAKES} == {
        "key", "body", "algorithm", "encoding", "header"
    }  # fmt: skip


def test_the_probe_tries_the_common_mistakes() -> None:
    assert [describe_mistakes(mistakes) for mistakes in COMMON_COMBINATIONS] == snapshot(
        [
            "in the standard alphabet of base64 (+ and /)",
            "in the standard alphabet of base64 (+ and /), padded with =",
            "padded with =",
            "in hexadecimal",
            "in hexadecimal, with sha256= before it",
            "with sha256= before it",
            "made with HMAC-SHA1",
            "made for the same JSON written again (with a space after each comma and colon)",
            "made for the same JSON written again (with a line for each key, indented by two spaces)",
            "made for the same JSON written again (with the keys of each object sorted)",
            "made for the same JSON written again (with the keys of each object in reverse order)",
            "made for the same JSON written again (with a line feed at the end)",
        ]
    )
