"""The targets of `fuzz/`, with input from Hypothesis: any bytes are read or rejected.

The input that a fuzzer has found is in `tests/fuzzed/`, and every run tries it again.
"""

from __future__ import annotations

import functools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.sampling import examples

from fuzz.seeds import FOUND, seeds
from fuzz.targets import TARGETS

FILES = sorted(FOUND.glob("*/*"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.name[:18]}")
def test_input_that_a_fuzzer_has_found(file) -> None:
    TARGETS[file.parent.name](file.read_bytes())


def test_all_found_input_belongs_to_a_target() -> None:
    assert {file.parent.name for file in FILES} <= set(TARGETS)


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_every_seed(target) -> None:
    for seed in seeds(target):
        TARGETS[target](seed)


@functools.cache
def seeds_for(target: str) -> tuple[bytes, ...]:
    return tuple(seed for seed in seeds(target) if len(seed) < 4_000)


@st.composite
def changed_seeds(draw: st.DrawFn, target: str) -> bytes:
    """Draw a seed in which pieces are removed, repeated or replaced."""
    data = draw(st.sampled_from(seeds_for(target)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = start + draw(st.integers(0, 12))
        other = draw(st.sampled_from(seeds_for(target)))
        at = draw(st.integers(0, len(other)))
        piece = draw(
            st.one_of(
                st.just(b""),
                st.binary(max_size=6),
                st.sampled_from(
                    [b"null", b"[]", b"{}", b"1e400", b"-1", b'"', b"\\ud83d", b"\xc3"]
                ),
                st.just(other[at : at + end - start]),
                st.just(data[start:end] * 3),
            )
        )
        data = data[:start] + piece + data[end:]
    return data


@pytest.mark.parametrize("target", TARGETS)
def test_changed_seeds(target) -> None:
    @settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
    @given(changed_seeds(target))
    def check(data: bytes) -> None:
        TARGETS[target](data)

    check()


@pytest.mark.parametrize("target", TARGETS)
def test_any_bytes(target) -> None:
    @settings(max_examples=examples(60), deadline=None)
    @given(st.binary(max_size=200))
    def check(data: bytes) -> None:
        TARGETS[target](data)

    check()
