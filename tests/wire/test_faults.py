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
from inline_snapshot import snapshot

import kombo_fakes
from kombo_fakes import (
    TEST_SECRET,
    OverrideError,
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
# These have the right digest over the bytes that are sent, but encoded in another way.
SAME_DIGEST = {
    "signature-padded",
    "signature-standard-alphabet",
    "signature-spare-bits",
    "signature-hex",
}
SAME_DIGEST |= {"signature-prefixed", "signature-blanks-around", "signature-twice"}


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_only_the_signature_of_signature_faults_is_wrong(fault):
    assert fault.examples
    assert [d.done for d in fault.examples] == [(f"wire fault {fault.id}",)] * len(fault.examples)
    assert fault.examples == fault.examples
    for delivery in fault.examples:
        right = verify(delivery.body, delivery.signature, SECRET)
        if fault.family != "signature":
            assert right
        elif fault.id not in SAME_DIGEST:
            assert not right
            assert fault.expected("strict") == fault.expected("tolerant") == "reject"
        else:
            assert fault.expected("strict") == fault.expected("tolerant") == "either"


@pytest.mark.parametrize("fault", wire_faults(family="body", secret=SECRET), ids=str)
def test_bodies_to_reject_are_not_json_or_not_a_payload(fault):
    schema = Schema.load()
    for delivery in fault.examples:
        payload = delivery.payload  # None if it is not JSON.
        if fault.expected("tolerant") == "reject":
            with pytest.raises(ValueError):
                json.loads(delivery.body)
        if fault.expected("strict") == "reject":
            assert payload is None or not schema.is_valid(payload)
        if fault.id in ("body-nul", "body-megabyte"):
            assert schema.is_valid(payload)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_drawn_deliveries_are_signed_as_the_examples_are(fault):

    @given(fault.strategy())
    @kombo_settings
    def check(delivery):
        assert delivery.done == (f"wire fault {fault.id}",)
        if fault.family != "signature":
            assert verify(delivery.body, delivery.signature, SECRET)
        elif fault.id not in SAME_DIGEST:
            assert not verify(delivery.body, delivery.signature, SECRET)

    check()


def kombo_settings(test):
    """Draw few examples, since there are many faults."""
    from hypothesis import settings

    return settings(max_examples=5, database=None, deadline=None)(test)


@pytest.mark.parametrize("event", events())
def test_every_event_has_all_wire_faults(event):
    assert [f.id for f in wire_faults(event, secret=SECRET)] == [f.id for f in FAULTS]


def test_a_key_that_is_the_secret_is_not_a_fault():
    assert "signature-key-test" not in {fault.id for fault in wire_faults(secret=TEST_SECRET)}
    (fault,) = wire_faults(secret="changeme", ids=["signature-key-guessable"])
    assert not any(verify(d.body, d.signature, "changeme") for d in fault.examples)


def test_a_schema_has_only_the_wire_faults_that_its_payloads_can_have():
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
def test_a_body_that_the_schema_allows_is_not_a_fault(document):
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
    """Return what Python's own parser reads; None if it is null or not JSON."""

    def constant(literal):
        raise ValueError(literal)

    try:
        found = json.loads(body, parse_constant=constant)
    except (ValueError, RecursionError):
        return None
    return json.loads(b"[[[]]]") if body.count(b"[") > 250 else found


def test_extreme_numbers_and_depths_are_judged_by_plain_ones():
    # No validator reads the extreme ones.
    loose = {fault.id for fault in wire_faults(LOOSE[-2], family="body")}
    assert not loose & {"body-huge-exponent", "body-huge-integer"}
    assert "body-deep" not in {fault.id for fault in wire_faults({})}
    assert "body-deep" in loose


@pytest.mark.parametrize("secret", [b"secret\0", b"a\0\0", b"changeme\0", "x" * 70, b"\0"], ids=str)
def test_keys_that_are_equal_to_the_secret_for_hmac_are_not_faults(secret):
    # HMAC pads keys with zeros, so that zeros at the end make no difference.
    for fault in wire_faults(secret=secret, family="signature"):
        for delivery in fault.examples:
            if fault.expected() == "reject":
                assert not verify(delivery.body, delivery.signature, secret), fault.id


def test_examples_show_all_ways_to_have_a_fault():
    (malformed,) = wire_faults(ids=["signature-malformed"])
    assert len(malformed.examples) == 10
    assert count_ways(malformed, malformed.examples[0].payload) == 10
    (guessable,) = wire_faults(secret=b"secret\0", ids=["signature-key-guessable"])
    payload = guessable.examples[0].payload
    assert count_ways(guessable, payload) > len(guessable.examples)
    (number,) = wire_faults({"type": "integer", "enum": [0, 7]}, ids=["body-number"])
    assert [delivery.body for delivery in number.examples] == [b"-1.5e3", b"42"]
    assert (number.apply(7), count_ways(number, 7)) == (None, 3)


def test_an_unknown_policy_is_an_error():
    with pytest.raises(UnknownNameError) as error:
        FAULTS[0].expected("Strict")
    assert str(error.value) == snapshot("unknown policy 'Strict'; did you mean 'strict'?")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: wire_faults(ids=["signature-mising"]),
            snapshot("unknown wire fault 'signature-mising'; did you mean 'signature-missing'?"),
        ),
        (
            lambda: wire_faults(family="signatures"),
            snapshot("unknown family of wire faults 'signatures'; did you mean 'signature'?"),
        ),
        (
            lambda: deliveries(style="intended"),
            snapshot("unknown style 'intended'; did you mean 'indented'?"),
        ),
    ],
    ids=["id", "family", "style"],
)
def test_an_unknown_name_is_an_error(call, message):
    with pytest.raises(UnknownNameError) as error:
        call()
    assert str(error.value) == message


@pytest.mark.parametrize("make", [wire_faults, deliveries])
def test_an_empty_secret_is_an_error(make):
    with pytest.raises(SecretError):
        make(secret="")


def test_options_of_payloads_cannot_be_combined_with_another_strategy():
    with pytest.raises(OverrideError) as error:
        deliveries(of=invalid_payloads(), max_length=3)
    assert str(error.value) == snapshot(
        "of= cannot be combined with max_length=: pass the option to that strategy instead"
    )


@given(deliveries(secret=SECRET))
def test_drawn_deliveries_are_valid_and_signed_over_their_bytes(delivery):
    assert verify(delivery.body, delivery.signature, SECRET)
    Schema.load().validate(parse_json(delivery.body))


@given(deliveries(of=invalid_payloads(), secret=SECRET))
def test_deliveries_of_invalid_payloads_name_the_fault(delivery):
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
  // A lenient decoder ignores padding, alphabets and spare bits.
  const lenient = v.signature !== null && digest.equals(Buffer.from(v.signature, 'base64'));
  const ok = {valid: exact && lenient, invalid: !exact && !lenient, either: !exact}[v.verdict];
  if (!ok) wrong.push(v.id);
}
console.log(JSON.stringify({wrong, count: found.vectors.length}));
"""


def test_node_comes_to_the_verdict_of_every_vector(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    node = shutil.which("node")
    if node is None:
        if "KOMBO_FAKES_NO_SKIP" in os.environ:
            pytest.fail("node is not installed")
        pytest.skip("node is not installed")
    out = tmp_path / "vectors.json"
    assert main(["vectors", "--out", str(out)]) == 0
    content = out.read_bytes()
    done = subprocess.run([node, "-e", NODE], input=content, capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["count"] == len(vectors()["vectors"]) > 60
    assert json.loads(content) == vectors()
    verdicts = {vector["verdict"] for vector in vectors()["vectors"]}
    assert verdicts == {"valid", "invalid", "either"}


def test_verify_comes_to_the_verdict_of_every_vector_on_standard_output(
    capsysbinary: pytest.CaptureFixture[bytes],
):
    assert main(["vectors"]) == 0
    document = json.loads(capsysbinary.readouterr().out)
    for vector in document["vectors"]:
        right = verify(b64decode(vector["body"]), vector["signature"], document["secret"])
        assert right == (vector["verdict"] == "valid"), vector["id"]


@given(st.data())
def test_applying_a_wire_fault_does_not_change_the_payload(data):
    payload = data.draw(kombo_fakes.payloads(values="realistic"))
    before = json.dumps(payload)
    data.draw(st.sampled_from(FAULTS)).apply(payload)
    assert json.dumps(payload) == before
