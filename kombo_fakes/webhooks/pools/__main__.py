"""Draws the pools from Faker and stores them: ``python -m kombo_fakes.webhooks.pools``.

Faker promises the same output for one of its versions only. Because the pools are stored, the same
seed gives the same payloads with every version of Faker. Drawing the pools again changes the
payloads of every seed, which the changelog has to say.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from importlib.metadata import version

from faker import Faker

from kombo_fakes.webhooks.names import slugify
from kombo_fakes.webhooks.pools.stored import POOLS_FILE

LOCALES = (
    "en_US", "en_GB", "de_DE", "de_AT", "fr_FR", "es_ES", "it_IT", "nl_NL",
    "pl_PL", "sv_SE", "da_DK", "fi_FI", "pt_PT", "cs_CZ", "no_NO", "en_IE",
)  # fmt: skip
SEED = 20210901


def draw() -> dict[str, object]:
    """Draw every pool: the same for the same version of Faker."""
    fakers = []
    for offset, locale in enumerate(LOCALES):
        faker = Faker(locale)
        # Faker.seed() would seed the generator that all instances share.
        faker.seed_instance(SEED + offset)
        fakers.append(faker)

    def distinct(per_locale: int, make: Callable[[Faker], object]) -> list[object]:
        found: dict[str, object] = {}
        for faker in fakers:
            wanted = len(found) + per_locale
            # A locale may have fewer different values than are wanted, so the attempts have a
            # limit.
            for _ in range(per_locale * 20):
                value = make(faker)
                # A list cannot be a key.
                found.setdefault(json.dumps(value), value)
                if len(found) == wanted:
                    break
        return list(found.values())

    def person(faker: Faker) -> list[str] | None:
        first, last = faker.first_name(), faker.last_name()
        # Addresses are made of names, so something of a name has to be left in ASCII.
        return [first, last] if slugify(first) and slugify(last) else None

    def place(faker: Faker) -> list[str | None]:
        try:
            state = faker.administrative_unit()
        except AttributeError:
            # Not every locale of Faker has states.
            state = None
        return [
            faker.street_address().replace("\n", ", "),
            faker.city(),
            state,
            faker.postcode(),
            faker.current_country(),
        ]

    return {
        "drawn_by": {"faker": version("faker"), "seed": SEED, "locales": list(LOCALES)},
        "organizations": [o for o in distinct(40, lambda f: f.company()) if slugify(str(o))],
        "people": [p for p in distinct(48, person) if p],
        "jobs": distinct(16, lambda f: f.job()),
        "places": distinct(12, place),
        "sentences": [
            s for s in (fakers[0].bs().capitalize() + "." for _ in range(120)) if len(s) < 80
        ],
    }


def main() -> int:
    """Store the pools, and print how large each of them is."""
    pools = draw()
    lines = [f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in pools.items()]
    POOLS_FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    sizes = {name: len(pool) for name, pool in pools.items() if isinstance(pool, list)}
    print(f"{POOLS_FILE.name}: {sizes}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
