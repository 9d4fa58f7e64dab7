"""What importing the package loads, and that a seed always gives the same payloads."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter

import pytest

import kombo_fakes
from kombo_fakes.core.choices import SeededChoices, seed_for
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.schema import Schema
from kombo_fakes.webhooks.hr_tools import TOOLS
from kombo_fakes.webhooks.names import slugify
from kombo_fakes.webhooks.pools.stored import POOLS_FILE, load_pools


def python(code: str, **environment: str) -> str:
    """Run code in a fresh interpreter, and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_package_loads_nothing_heavy() -> None:
    loaded = python("import sys, kombo_fakes; print(*sys.modules)").split()
    heavy = {"faker", "factory", "hypothesis", "jsonschema_rs", "pytest", "rich", "yaml"}
    assert not heavy & set(loaded)


def test_realistic_payloads_load_neither_faker_nor_hypothesis() -> None:
    code = (
        "import sys; from kombo_fakes.realistic.generator import generator_for; "
        "from kombo_fakes.core.choices import SeededChoices; "
        "from kombo_fakes.schema.schema import Schema; "
        "generator_for(Schema.load()).generate(SeededChoices(1)); print(*sys.modules)"
    )
    assert not {"faker", "factory", "hypothesis", "pytest"} & set(python(code).split())


def test_public_names_are_found_even_after_all_submodules_are_imported() -> None:
    code = (
        "import pkgutil, importlib, kombo_fakes\n"
        "for found in pkgutil.walk_packages(kombo_fakes.__path__, 'kombo_fakes.'):\n"
        "    if not found.name.endswith(('__main__', '.load')):\n"  # Locust patches modules that are loaded already.
        "        importlib.import_module(found.name)\n"
        "for name in kombo_fakes.__all__:\n"
        "    value = getattr(kombo_fakes, name)\n"
        "    assert type(value).__name__ != 'module', name\n"
        "from kombo_fakes import *\n"
        "print(len(events()), len(faults()))"
    )
    assert python(code).split() == [
        str(len(kombo_fakes.events())),
        str(len(kombo_fakes.faults())),
    ]
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        kombo_fakes.nothing  # noqa: B018
    assert set(kombo_fakes.__all__) <= set(dir(kombo_fakes))


@pytest.mark.slow
def test_output_is_the_same_under_every_hash_seed() -> None:
    code = (
        "import json, hashlib, kombo_fakes as k\n"
        "from kombo_fakes.generation.runs import generate\n"
        "made = [m.payload for v in ('realistic', 'any', 'corners') for m in "
        "generate('assessment:order-received', 20, seed=4, values=v)]\n"
        "made += [[f.id, f.examples] for f in k.faults('assessment:order-received')]\n"
        "made += [k.story(2), [c.example for c in k.changes()]]\n"
        "made += k.SyncFinishedFactory.build_batch(5, kombo_seed=2)\n"
        "print(hashlib.sha256(json.dumps(made).encode()).hexdigest())"
    )
    assert len({python(code, PYTHONHASHSEED=seed) for seed in ("0", "1", "77")}) == 1


def test_the_global_random_state_is_neither_read_nor_changed() -> None:
    random.seed(1)
    before = random.getstate()
    first = [kombo_fakes.story(1), kombo_fakes.changes()[0].example]
    fault = Schema.load(Schema.load().published).sites()[0]
    assert random.getstate() == before
    random.seed(2)
    assert [kombo_fakes.story(1), kombo_fakes.changes()[0].example] == first
    assert fault.keyword == "type"


def test_ids_are_unique_and_statuses_have_their_usual_shares() -> None:
    generator = generator_for(Schema.load())
    made = [generator.generate(SeededChoices(seed_for("x", 0, index))) for index in range(20_000)]
    assert len({payload["id"] for payload in made}) == len(made)
    states = Counter(payload["data"]["state"] for payload in made)
    assert states["ACTIVE"] > states["INVALID"] > states["INACTIVE"] > 1_000
    assert {payload["data"]["integration_category"] for payload in made} == set(TOOLS)
    anonymous = sum(payload["data"]["end_user"]["creator_email"] is None for payload in made)
    assert 0.07 < anonymous / len(made) < 0.13


def test_every_pooled_name_can_be_a_part_of_an_address() -> None:
    drawn_by = json.loads(POOLS_FILE.read_text())["drawn_by"]
    assert set(drawn_by) == {"faker", "seed", "locales"}
    assert len(load_pools().organizations) > 500
    assert all(map(slugify, load_pools().organizations))
    assert all(slugify(name) for person in load_pools().people for name in person)


def test_choices_stay_within_their_range_and_reach_its_ends() -> None:
    choices = SeededChoices(1)
    assert {choices.integer(3, 5) for _ in range(100)} == {3, 4, 5}
    assert {choices.pick("ab") for _ in range(50)} == {"a", "b"}
    assert not any(choices.chance(0) for _ in range(50))
    assert all(choices.chance(1) for _ in range(50))
    assert len({choices.token(24) for _ in range(1000)}) == 1000
    assert hashlib.sha256(choices.token(4).encode()).digest()
