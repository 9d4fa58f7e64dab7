"""The contenders, the processes whose start is measured, and the targets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(__file__).parent / "contenders"

Kind = Literal["valid", "invalid", "factory", "bulk"]

OURS = "ours"
"""The environment of this project and its dependencies."""

ENVIRONMENTS: dict[str, tuple[str, ...]] = {
    OURS: ("-e", str(ROOT), "orjson>=3.10"),
    # The last release of Hypothesis that its object strategy works with.
    "hypothesis-jsonschema": ("hypothesis-jsonschema==0.23.1", "hypothesis==6.170.9"),
    "schemathesis": ("schemathesis>=4.32",),
    "jsf": ("jsf>=0.11",),
    "polyfactory": ("polyfactory>=3.5", "kombo>=1.4.0", "pydantic[email]>=2.10"),
    "matplotlib": ("matplotlib>=3.9",),
    "judges": ("jsonschema[format-nongpl]==4.26.0",),
}
"""The requirements that pip installs into each environment."""

NPM = "npm"
NPM_PACKAGES = (
    "json-schema-faker@^0.6.3", "ajv@^8.17.1", "ajv-formats@^3.0.1", "ajv-draft-04@^1.0.0",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to make payloads.

    Attributes:
        name: Its name in the table.
        kind: The kind of contenders that it is compared with.
        environment: The environment that it runs in.
        script: The file in ``contenders/``.
        count: How many payloads it makes in a round: about a second of work.
        arguments: The arguments of the script.
        floor: True if it does the least work that is possible, and makes nothing useful.
    """

    name: str
    kind: Kind
    environment: str
    script: str
    count: int
    arguments: tuple[str, ...] = ()
    floor: bool = False


CONTENDERS = (
    Contender("kombo_fakes", "valid", OURS, "kombo_fakes_strategy.py", 1_000, ("any",)),
    Contender(
        'kombo_fakes, values="realistic"', "valid", OURS, "kombo_fakes_strategy.py", 1_000,
        ("realistic",),
    ),
    Contender("fixed_dictionaries by hand", "valid", OURS, "handwritten_strategy.py", 1_000),
    Contender(
        "Schemathesis, positive", "valid", "schemathesis", "schemathesis_strategy.py", 500,
        ("positive",),
    ),
    Contender(
        "hypothesis-jsonschema", "valid", "hypothesis-jsonschema",
        "hypothesis_jsonschema_strategy.py", 200,
    ),
    Contender(
        "floor: an empty dict of one choice", "valid", OURS, "floor_strategy.py", 2_000, floor=True
    ),
    Contender("kombo_fakes", "invalid", OURS, "kombo_fakes_strategy.py", 1_000, ("invalid",)),
    Contender(
        "Schemathesis, negative", "invalid", "schemathesis", "schemathesis_strategy.py", 500,
        ("negative",),
    ),
    Contender("kombo_fakes", "factory", OURS, "kombo_fakes_factory.py", 5_000),
    Contender(
        "factory_boy and Faker by hand", "factory", OURS, "handwritten_factory.py", 2_000,
        ("dicts",),
    ),
    Contender(
        "polyfactory over the SDK's model", "factory", "polyfactory", "polyfactory_factory.py", 500
    ),
    Contender(
        "floor: factory_boy with constants", "factory", OURS, "floor_factory.py", 10_000, floor=True
    ),
    Contender("kombo_fakes", "bulk", OURS, "kombo_fakes_bulk.py", 1_000_000),
    Contender("json-schema-faker", "bulk", NPM, "json_schema_faker.mjs", 10_000),
    Contender("jsf", "bulk", "jsf", "jsf_bulk.py", 5_000),
    Contender(
        "factory_boy and Faker by hand", "bulk", OURS, "handwritten_factory.py", 2_000, ("lines",)
    ),
    Contender("floor: plain dicts and orjson", "bulk", OURS, "floor_bulk.py", 200_000, floor=True),
)  # fmt: skip
"""The first contender of each kind is this project, with which the others are compared."""


@dataclass(frozen=True, slots=True)
class Target:
    """A speed that this project should have.

    Attributes:
        kind: The kind of contenders.
        other: The contender that it is compared with; None for no other.
        least: How many times as fast as the other one; without it, payloads per second.
    """

    kind: Kind
    other: str | None
    least: float


TARGETS = (
    Target("valid", "Schemathesis, positive", 3),
    Target("valid", "fixed_dictionaries by hand", 1),
    Target("invalid", "Schemathesis, negative", 4),
    Target("factory", "factory_boy and Faker by hand", 3),
    Target("bulk", None, 250_000),
    Target("bulk", "json-schema-faker", 25),
    Target("bulk", "jsf", 75),
    Target("bulk", "factory_boy and Faker by hand", 100),
)


@dataclass(frozen=True, slots=True)
class Start:
    """A process whose duration is measured, from start to end.

    Attributes:
        name: Its name in the table.
        command: The command. ``{python}`` and ``{kombo-fakes}`` stand for the programs of our
            environment; ``{test}`` is a test file that does nothing.
        most: The most milliseconds that it should take; None for no limit.
        beyond: The name of another process, whose duration is subtracted.
    """

    name: str
    command: tuple[str, ...]
    most: float | None = None
    beyond: str | None = None


def _pytest(*plugins: str) -> tuple[str, ...]:
    """Make the command of pytest with some of the three plugins."""
    known = ("kombo_fakes", "faker", "hypothesispytest")
    off = [option for name in known if name not in plugins for option in ("-p", f"no:{name}")]
    return ("{python}", "-m", "pytest", "-q", "-p", "no:cacheprovider", *off, "{test}")


STARTS = (
    Start("python -c pass", ("{python}", "-c", "pass")),
    Start(
        "import kombo_fakes", ("{python}", "-c", "import kombo_fakes"), 10, beyond="python -c pass"
    ),
    Start("kombo-fakes --help", ("{kombo-fakes}", "--help"), 150),
    Start("kombo-fakes generate: the first payload", ("{kombo-fakes}", "generate"), 400),
    Start("pytest with one empty test", _pytest()),
    Start(
        "plugin of kombo_fakes, unused", _pytest("kombo_fakes"), 10,
        beyond="pytest with one empty test",
    ),
    Start("plugin of Faker", _pytest("faker"), beyond="pytest with one empty test"),
    Start("plugin of Hypothesis", _pytest("hypothesispytest"), beyond="pytest with one empty test"),
)  # fmt: skip
