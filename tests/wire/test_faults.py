"""The catalogue of wire faults, and the vectors made from it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kombo_fakes
from kombo_fakes import (
    TEST_SECRET,
    Schema,
    SecretError,
    UnknownNameError,
    deliveries,
    events,
    invalid_payloads,
    vectors,
    verify,
    wire_faults,
)
from kombo_fakes.cli.main import main
from kombo_fakes.core.json_reader import parse_json
from kombo_fakes.wire.faults import count_ways

SECRET = "s3cret of a receiver"
FAULTS = wire_faults(secret=SECRET)
# Still the right digest over the bytes that are sent, in another style or in one of two headers.
SPELT = {"signature-padded", "signature-standard-alphabet", "signature-spare-bits", "signature-hex"}
SPELT |= {"signature-prefixed", "signature-blanks-around", "signature-twice"}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_examples_are_what_the_fault_says(fault):
    """A wrong signature is wrong by `verify`; whatever else is odd is signed correctly."""
    assert fault.examples
    assert [d.done for d in fault.examples] == [(f"wire fault {fault.id}",)] * len(fault.examples)
    assert fault.examples == fault.examples
    for delivery in fault.examples:
        right = verify(delivery.body, delivery.signature, SECRET)
        if fault.family != "signature":
            assert right
        elif fault.id not in SPELT:
            assert not right
            assert fault.expected("strict") == fault.expected("tolerant") == "reject"
        else:
            assert fault.expected("strict") == fault.expected("tolerant") == "either"


@pytest.mark.parametrize("fault", wire_faults(family="body", secret=SECRET), ids=str)
def test_bodies_that_have_to_be_refused_are_no_payload(fault):
    """What everybody has to refuse is no JSON; what the strict have to, no payload."""
    schema = Schema.load()
    for delivery in fault.examples:
        payload = delivery.payload  # None for what the strict parser here refuses.
        if fault.expected("tolerant") == "reject":
            with pytest.raises(ValueError):
                json.loads(delivery.body)
        if fault.expected("strict") == "reject":
            assert payload is None or not schema.is_valid(payload)
        if fault.id in ("body-nul", "body-megabyte"):
            assert schema.is_valid(payload)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_strategies_draw_what_the_examples_show(fault):
    """Drawn deliveries are signed, or not, as the examples are."""

    @given(fault.strategy())
    @kombo_settings
    def check(delivery):
        assert delivery.done == (f"wire fault {fault.id}",)
        if fault.family != "signature":
            assert verify(delivery.body, delivery.signature, SECRET)
        elif fault.id not in SPELT:
            assert not verify(delivery.body, delivery.signature, SECRET)

    check()


def kombo_settings(test):
    """Few examples of each: there are many faults."""
    from hypothesis import settings

    return settings(max_examples=5, database=None, deadline=None)(test)


@pytest.mark.parametrize("event", events())
def test_every_event_has_all_of_them(event):
    """No wire fault depends on a field of one event."""
    assert [f.id for f in wire_faults(event, secret=SECRET)] == [f.id for f in FAULTS]


def test_the_secret_decides_which_keys_are_wrong():
    """A fault that would guess the secret of the receiver isn't one."""
    assert "signature-key-test" not in {fault.id for fault in wire_faults(secret=TEST_SECRET)}
    (fault,) = wire_faults(secret="changeme", ids=["signature-key-guessable"])
    assert not any(verify(d.body, d.signature, "changeme") for d in fault.examples)


def test_any_schema_has_those_that_it_can_have():
    """A payload without a text can't have one that is too long."""
    found = {fault.id for fault in wire_faults({"type": "object", "maxProperties": 0})}
    assert "signature-missing" in found
    assert not found & {"body-megabyte", "body-nul", "body-nan", "signature-body-byte"}


LOOSE = (
    {},
    {"type": "integer"},
    {"type": ["object", "null"]},
    {"type": ["string", "boolean"]},
    {"type": "array", "items": {"type": "integer"}},
    {"type": "array", "items": {"type": "string"}},
    {"type": "object", "maxProperties": 0},
    {"type": "object", "properties": {"a": {}}, "required": ["a"]},
    {
        "type": "object",
        "properties": {
            "a": {"properties": {"b": {"type": ["string", "number"]}}, "required": ["b"]}
        },
        "required": ["a"],
    },
)


@pytest.mark.parametrize("document", LOOSE, ids=str)
def test_what_a_schema_allows_is_nothing_to_refuse(document):
    """An empty object is no fault where objects may be empty, nor a number where there may be."""
    schema = Schema(document)
    for fault in wire_faults(document, family="body"):
        assert fault.examples
        for delivery in fault.examples:
            payload = _parsed(delivery.body)
            if fault.expected("tolerant") == "reject":
                assert payload is None
            elif fault.expected("strict") == "reject":
                assert payload is None or not schema.is_valid(payload), fault.id


def _parsed(body):
    """What Python's own parser reads; None where that is nothing, or no JSON."""

    def constant(literal):
        raise ValueError(literal)

    try:
        found = json.loads(body, parse_constant=constant)
    except (ValueError, RecursionError):
        return None
    return json.loads(b"[[[]]]") if body.count(b"[") > 250 else found


def test_far_numbers_and_depths_are_judged_by_plain_ones():
    """What no validator reads is a payload where something plain of its kind is one."""
    loose = {fault.id for fault in wire_faults(LOOSE[-2], family="body")}
    assert not loose & {"body-huge-exponent", "body-huge-integer"}
    assert "body-deep" not in {fault.id for fault in wire_faults({})}
    assert "body-deep" in loose


@pytest.mark.parametrize("secret", [b"secret\0", b"a\0\0", b"changeme\0", "x" * 70, b"\0"], ids=str)
def test_keys_that_hmac_takes_for_the_secret_are_not_wrong(secret):
    """HMAC fills up keys with zeros: the secret without those at its end is the secret."""
    for fault in wire_faults(secret=secret, family="signature"):
        for delivery in fault.examples:
            if fault.expected() == "reject":
                assert not verify(delivery.body, delivery.signature, secret), fault.id


def test_examples_show_all_ways():
    """Also where there are more than a few; and where the first is none, by another one."""
    (malformed,) = wire_faults(ids=["signature-malformed"])
    assert len(malformed.examples) == 10
    assert count_ways(malformed, malformed.examples[0].payload) == 10
    (guessable,) = wire_faults(secret=b"secret\0", ids=["signature-key-guessable"])
    payload = guessable.examples[0].payload
    assert count_ways(guessable, payload) > len(guessable.examples)
    (number,) = wire_faults({"type": "integer", "enum": [0, 7]}, ids=["body-number"])
    assert [delivery.body for delivery in number.examples] == [b"-1.5e3", b"42"]
    assert (number.apply(7), count_ways(number, 7)) == (None, 3)


def test_the_policy_has_to_be_one():
    """Another word isn't taken for the more tolerant of the two."""
    with pytest.raises(UnknownNameError, match="unknown policy 'Strict'; did you mean 'strict'"):
        FAULTS[0].expected("Strict")


def test_unknown_names_and_no_secret():
    """The nearest name is suggested; an empty secret is none."""
    with pytest.raises(UnknownNameError, match="did you mean 'signature-missing'"):
        wire_faults(ids=["signature-mising"])
    with pytest.raises(UnknownNameError, match="did you mean 'signature'"):
        wire_faults(family="signatures")
    with pytest.raises(SecretError):
        wire_faults(secret="")
    with pytest.raises(SecretError):
        deliveries(secret="")
    with pytest.raises(UnknownNameError, match="did you mean 'indented'"):
        deliveries(style="intended")


@given(deliveries(secret=SECRET))
def test_deliveries_are_valid_and_signed(delivery):
    """Whatever the style, the payload is valid and the signature that of the bytes."""
    assert verify(delivery.body, delivery.signature, SECRET)
    Schema.load().validate(parse_json(delivery.body))


@given(deliveries(of=invalid_payloads(), secret=SECRET))
def test_deliveries_of_invalid_payloads_name_the_fault(delivery):
    """The fault stands in what was done to it."""
    assert delivery.done[0].startswith("fault ")
    assert verify(delivery.body, delivery.signature, SECRET)
    assert not Schema.load().is_valid(delivery.payload)


NODE = """
const {createHmac} = require('crypto');
const found = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const wrong = [];
for (const v of found.vectors) {
  const body = Buffer.from(v.body, 'base64');
  const hmac = createHmac('sha256', found.secret).update(body);
  const digest = hmac.digest();
  const exact = v.signature === digest.toString('base64url');
  // A lenient decoder passes over padding, alphabets and spare bits.
  const lenient = v.signature !== null && digest.equals(Buffer.from(v.signature, 'base64'));
  const ok = {valid: exact && lenient, invalid: !exact && !lenient, either: !exact}[v.verdict];
  if (!ok) wrong.push(v.id);
}
console.log(JSON.stringify({wrong, count: found.vectors.length}));
"""


def test_vectors_agree_with_node(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """An independent implementation comes to each verdict."""
    node = shutil.which("node")
    if node is None:
        if "KOMBO_FAKES_NO_SKIP" in os.environ:
            pytest.fail("node is not installed")
        pytest.skip("node is not installed")
    out = tmp_path / "vectors.json"
    assert main(["vectors", "--out", str(out)]) == 0
    content = out.read_bytes()
    done = subprocess.run([node, "-e", NODE], input=content, capture_output=True, check=True)
    told = json.loads(done.stdout)
    assert told["wrong"] == []
    assert told["count"] == len(vectors()["vectors"]) > 60
    assert json.loads(content) == vectors()
    verdicts = {vector["verdict"] for vector in vectors()["vectors"]}
    assert verdicts == {"valid", "invalid", "either"}


def test_vectors_to_standard_output(capsysbinary: pytest.CaptureFixture[bytes]):
    """One JSON document, and each body is base64 of bytes whose verdict `verify` confirms."""
    assert main(["vectors"]) == 0
    document = json.loads(capsysbinary.readouterr().out)
    for vector in document["vectors"]:
        right = verify(b64decode(vector["body"]), vector["signature"], document["secret"])
        assert right == (vector["verdict"] == "valid"), vector["id"]


@given(st.data())
def test_applying_changes_no_payload(data):
    """The payload that a wire fault is put into stays as it was."""
    payload = data.draw(kombo_fakes.payloads(values="realistic"))
    before = json.dumps(payload)
    data.draw(st.sampled_from(FAULTS)).apply(payload)
    assert json.dumps(payload) == before
