"""The options of strategies, and the settings that are made of them."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, TypedDict, get_args

from kombo_fakes.core.messages import find_nearest, shorten, unknown_name_error
from kombo_fakes.errors import OverrideError

Values: TypeAlias = Literal["any", "realistic", "examples"]

# IDNA encodes host names only. A string that is longer than any host name tells it apart.
_LONG = "a" * 300


class StrategyOptions(TypedDict, total=False):
    """The keyword arguments of `kombo_fakes.payloads`, for functions that pass them on."""

    ambiguous: bool
    allow_nul: bool
    codec: str
    max_length: int | None
    nulls: float | None


def check_option_names(
    function: str, options: Iterable[str], known: Collection[str] = StrategyOptions.__annotations__
) -> None:
    """Check the names of keyword arguments that a function passes on.

    Python would name the inner function in its error, and not give the nearest name before 3.14.

    Args:
        function: The name of the function that was called.
        options: The names of the arguments.
        known: The names that it takes.

    Raises:
        TypeError: if an argument does not exist.
    """
    for name in options:
        if name not in known:
            near = find_nearest(name, known)
            hint = f"Did you mean {near!r}?" if near else f"The options are {', '.join(known)}."
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}. {hint}")


@dataclass(frozen=True, slots=True)
class StrategySettings:
    """What a strategy is built for beside the schema; see `kombo_fakes.payloads`."""

    values: Values = "any"
    ambiguous: bool = False
    allow_nul: bool = True
    codec: str = "utf-8"
    max_length: int | None = None
    nulls: float | None = None

    @classmethod
    def from_options(
        cls, function: str, values: Values, options: Mapping[str, Any]
    ) -> StrategySettings:
        """The checked settings for the arguments of a function.

        Args:
            function: The name of the function, for error messages.
            values: The kind of values.
            options: Its keyword arguments; see `StrategyOptions`.

        Raises:
            TypeError: if the function has no argument of such a name.
            UnknownNameError, OverrideError: as `check` does.
        """
        check_option_names(function, options)
        return cls(values, **options).check()

    def check(self) -> StrategySettings:
        """Check each setting.

        Returns:
            The same settings with the normalised name of the codec.

        Raises:
            UnknownNameError: if there is no such kind of values.
            OverrideError: if another setting is invalid; the message says what would be valid.
        """
        kinds = get_args(Values)
        if self.values not in kinds:
            raise unknown_name_error("kind of values", str(self.values), kinds)
        # Booleans are integers in Python, so only the exact type will do.
        if self.max_length is not None and (
            type(self.max_length) is not int or self.max_length < 0
        ):
            raise OverrideError(
                f"max_length={shorten(self.max_length)}: a length is an integer from 0"
            )
        share = self.nulls
        if share is not None and (not isinstance(share, (int, float)) or not 0 <= share <= 1):
            raise OverrideError(f"nulls={shorten(share)}: a share is a number from 0 to 1")
        return replace(self, codec=_normalise(self.codec))


def _normalise(codec: str) -> str:
    """The name that Python has for a codec of strings.

    Raises:
        OverrideError: if there is no such codec.
    """
    try:
        # A codec such as base64 exists, but encodes bytes. A name with NUL raises a ValueError.
        "".encode(codec)
        name = codecs.lookup(codec).name
    except (LookupError, TypeError, ValueError):
        raise OverrideError(
            f"codec={shorten(codec)}: Python has no codec of this name for strings"
        ) from None
    try:
        _LONG.encode(name)
    except ValueError:
        raise OverrideError(
            f"codec={shorten(codec)}: this codec cannot encode long strings"
        ) from None
    return name
