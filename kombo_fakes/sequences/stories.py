"""Stories: the events of one integration's life, from its creation to its end.

Each event is a realistic payload of its own, and they agree: ids, tool, category and customer
stay the same, and time only goes forward.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kombo_fakes.core.choices import Choices, SeededChoices, seed_for
from kombo_fakes.realistic.generator import generator_for
from kombo_fakes.schema.requirements import require_values
from kombo_fakes.schema.schema import Schema
from kombo_fakes.types import Payload
from kombo_fakes.webhooks.model import Facts, Place
from kombo_fakes.webhooks.names import POOLED, Names
from kombo_fakes.webhooks.story_plot import follow_plot

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def story(seed: int = 0, *, index: int = 0) -> list[Payload]:
    """Make the payloads of one integration's life, in the order in which things happened.

    Args:
        seed: The same seed gives the same story.
        index: Which of the stories of this seed.

    Returns:
        Payloads of several events, each valid by its schema. The first says that the integration
        was created.

    Examples:
        >>> first, *others = story(1)
        >>> {"integration_id", "id"} & first["data"].keys()
        {'id'}
        >>> all(first["id"] != other["id"] for other in others)
        True
    """
    return list(_payloads(SeededChoices(seed_for("story", seed, index)), POOLED))


def stories() -> SearchStrategy[list[Payload]]:
    """Return a Hypothesis strategy for stories like those that `story` makes.

    It shrinks to a short story.

    Examples:
        >>> from hypothesis import find
        >>> short = find(stories(), lambda payloads: len(payloads) > 3)
        >>> {p["data"].get("integration_id", p["data"].get("id")) for p in short} == {
        ...     short[0]["data"]["id"]}
        True
    """
    from hypothesis import strategies as st

    from kombo_fakes.strategies.drawn_choices import DrawnChoices

    @st.composite
    def drawn(draw: st.DrawFn) -> list[Payload]:
        return list(_payloads(DrawnChoices(draw, None), POOLED))

    return drawn()


def _payloads(choices: Choices, names: Names) -> Iterator[Any]:
    def make(event: str, known: Facts, needs: Place | None = None) -> Any:
        schema = Schema.load(event)
        requirement = None if needs is None else require_values([needs])
        generator = generator_for(schema, requirement)
        return generator.generate(choices, names=names, known=known)

    return follow_plot(choices, make)
