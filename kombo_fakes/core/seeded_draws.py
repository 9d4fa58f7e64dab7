"""Values that Hypothesis draws, by seed.

Hypothesis is fed with bytes, by its public interface for fuzzers. A test that `given` runs would
not do: Hypothesis also draws constants from the modules that happen to be imported, and then the
same seed gives other values in another program.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

TRIES = 50
# More than the choices of any payload take.
_BYTES = 8 * 1024
# Tables that turn part of all byte values into zeros. Zeros make plainer characters and shorter
# strings: of random bytes, nearly every character is from the far planes of Unicode.
_THINNED = [bytes(0 if byte < low else byte for byte in range(256)) for low in (0, 32, 64, 128)]

NOTHING = object()
"""What `SeededDraws.draw` returns if it finds no value."""


class SeededDraws:
    """Draws the values of a strategy by seed.

    Args:
        strategy: The strategy.

    Examples:
        >>> from hypothesis import strategies as st
        >>> draws = SeededDraws(st.integers(1, 9))
        >>> draws.draw(3) == draws.draw(3)
        True
    """

    def __init__(self, strategy: SearchStrategy[Any]) -> None:
        # Imported here, because most payloads do without Hypothesis.
        from hypothesis import given, settings

        self._drawn: list[Any] = []

        @settings(database=None, deadline=None)
        @given(strategy)
        def collect(value: Any) -> None:
            self._drawn.append(value)

        self._feed = cast(Any, collect).hypothesis.fuzz_one_input

    def draw(self, seed: int) -> Any:
        """The value of a seed; `NOTHING` if none was found in `TRIES` tries."""
        for attempt in range(TRIES):
            noise = hashlib.shake_256(f"{seed}.{attempt}".encode()).digest(_BYTES)
            self._drawn.clear()
            # Hypothesis ignores bytes that do not make an example. Then there are others to try.
            self._feed(noise.translate(_THINNED[(seed + attempt) % len(_THINNED)]))
            if self._drawn:
                return self._drawn.pop()
        return NOTHING


def draw_apart(strategy: SearchStrategy[Any], count: int) -> list[Any]:
    """The values of a strategy for the seeds from 0 on, as far as there are any.

    They may be drawn inside of a test that Hypothesis runs. It does not let tests nest, and knows
    the running one by its thread. So this is done in another thread.

    Examples:
        >>> from hypothesis import strategies as st
        >>> draw_apart(st.just("a"), 2)
        ['a', 'a']
    """
    from hypothesis.errors import Unsatisfiable

    def draw() -> list[Any]:
        try:
            draws = SeededDraws(strategy)
        except Unsatisfiable:  # The strategy is an empty one.
            return []
        return [value for seed in range(count) if (value := draws.draw(seed)) is not NOTHING]

    with ThreadPoolExecutor(1) as executor:
        return executor.submit(draw).result()
