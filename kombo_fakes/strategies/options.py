"""What a strategy is asked for beside its schema."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, TypedDict

from kombo_fakes.core.messages import find_nearest, shorten, unknown_name_error
from kombo_fakes.errors import OverrideError

Values: TypeAlias = Literal["any", "realistic"]


class StrategyOptions(TypedDict, total=False):
    """The options of a strategy as keyword arguments, for type checkers."""

    ambiguous: bool
    allow_nul: bool
    codec: str
    max_length: int | None
    nulls: float | None


def check_option_names(
    function: str, options: Iterable[str], known: Collection[str] = StrategyOptions.__annotations__
) -> None:
    """Refuse what is not an option, as Python does, in the name of the function that was called.

    Raises:
        TypeError: if one is not an option.
    """
    for name in options:
        if name not in known:
            near = find_nearest(name, known)
            hint = f". Did you mean {near!r}?" if near else ""
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}{hint}")


_MANY = 300
"""More letters than host names have: IDNA encodes nothing longer."""


@dataclass(frozen=True, slots=True)
class StrategySettings:
    """What a strategy is asked for beside the schema; see `kombo_fakes.payloads`."""

    values: Values = "any"
    ambiguous: bool = False
    allow_nul: bool = True
    codec: str = "utf-8"
    max_length: int | None = None
    nulls: float | None = None

    def checked(self) -> StrategySettings:
        """These settings, the codec by its own name, once each is known to make sense.

        Raises:
            OverrideError: if one doesn't; the message names it and what would be right.
        """
        if self.values not in ("any", "realistic"):
            raise unknown_name_error("kind of values", str(self.values), ("any", "realistic"))
        try:
            "".encode(self.codec)  # Not all codecs are of text: base64 is none.
            codec = codecs.lookup(self.codec).name
        except (LookupError, TypeError, ValueError):  # Of NUL in a name, a ValueError.
            raise OverrideError(f"codec={shorten(self.codec)}: Python has no such codec") from None
        try:
            ("a" * _MANY).encode(codec)
        except ValueError:
            raise OverrideError(
                f"codec={shorten(self.codec)}: not of texts of any length"
            ) from None
        most, share = self.max_length, self.nulls
        if most is not None and (type(most) is not int or most < 0):
            raise OverrideError(f"max_length={shorten(most)}: a length is 0 or more")
        if share is not None and (not isinstance(share, (int, float)) or not 0 <= share <= 1):
            raise OverrideError(f"nulls={shorten(share)}: a share is between 0 and 1")
        return replace(self, codec=codec)
