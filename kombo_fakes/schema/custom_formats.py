"""Formats of the user's own: how to check one, and how to make strings that have it or nearly do.

JSON Schema treats a format that it does not define as an annotation. A format that is registered
here is asserted instead, as those of JSON Schema are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

from kombo_fakes.core.messages import shorten
from kombo_fakes.core.public import public
from kombo_fakes.core.seeded_draws import draw_apart
from kombo_fakes.errors import SchemaError
from kombo_fakes.schema.formats import CHECKED

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

NearMisses: TypeAlias = "Mapping[str, str | Callable[[str], str]] | Iterable[str]"
"""Invalid strings, or functions that make one of a valid string, by the name of the mistake."""

_POOL = 64
"""How many strings are drawn from a strategy for realistic payloads."""


@public
class Format:
    """A format of your own, for `register_format` or the argument ``formats`` of `Schema.load`.

    Args:
        check: Returns whether a string has the format. A `ValueError` counts as no, so a function
            that parses the string will do.
        strategy: A Hypothesis strategy for strings that have the format. Without it they are drawn
            from the examples.
        examples: Strings that have the format, which realistic payloads show. Without them, some
            are drawn from the strategy once. They are the same in every process with the same
            version of Hypothesis.
        near_misses: Strings that nearly have the format, for the catalogue of faults: a mapping
            from the name of the mistake to a string, or to a function that makes one of a string
            that has the format; or just strings. What the check accepts is left out.

    Raises:
        SchemaError: if an argument is not of these, if there is neither a strategy nor an example,
            or if the check rejects an example or accepts a string among the near misses.

    Examples:
        >>> even = Format(check=lambda text: len(text) % 2 == 0, examples=["ab", "abcd"],
        ...               near_misses={"odd": lambda text: text + "x"})
        >>> even.allows("even"), even.allows("odd")
        (True, False)
    """

    def __init__(
        self,
        *,
        check: Callable[[str], object],
        strategy: SearchStrategy[str] | None = None,
        examples: Iterable[str] = (),
        near_misses: NearMisses = (),
    ) -> None:
        if not callable(check):
            raise SchemaError(f"check={shorten(check)}: expected a function that takes a string")
        if strategy is not None and not callable(getattr(strategy, "filter", None)):
            raise SchemaError(f"strategy={shorten(strategy)}: expected a strategy of Hypothesis")
        self.check = check
        self.strategy = strategy
        self.examples: tuple[str, ...] = _read_strings("examples", examples)
        self.near_misses: dict[str, str | Callable[[str], str]] = _read_near_misses(near_misses)
        if strategy is None and not self.examples:
            raise SchemaError("a format needs a strategy or examples to make strings of")
        for example in self.examples:
            if not self.allows(example):
                raise SchemaError(f"examples: the check rejects {shorten(example)}")
        for miss in self.near_misses.values():
            if isinstance(miss, str) and self.allows(miss):
                raise SchemaError(f"near_misses: the check accepts {shorten(miss)}")

    def allows(self, text: str) -> bool:
        """Whether a string has the format.

        Raises:
            SchemaError: if the check raises anything but a `ValueError`.
        """
        try:
            return bool(self.check(text))
        except ValueError:
            return False
        except Exception as error:
            raise SchemaError(
                f"the check raised {type(error).__name__} for {shorten(text)}: "
                f"{shorten(str(error))}"
            ) from error

    @cached_property
    def drawn(self) -> tuple[str, ...]:
        """Strings that the strategy draws and the check accepts, always the same ones.

        Raises:
            SchemaError: if the strategy draws none.
        """
        if self.strategy is None:
            return ()
        try:
            drawn = draw_apart(self.strategy, _POOL)
        except Exception as error:
            raise SchemaError(
                f"its strategy raised {type(error).__name__}: {shorten(str(error))}"
            ) from error
        for text in drawn:
            if not isinstance(text, str):
                raise SchemaError(f"its strategy draws {shorten(text)}; expected strings")
        fitting = tuple(dict.fromkeys(filter(self.allows, drawn)))
        if not fitting:
            shown = f", such as {shorten(drawn[0])}" if drawn else ""
            raise SchemaError(f"its strategy draws no string that its check accepts{shown}")
        return fitting


Formats: TypeAlias = "Mapping[str, Format]"

_registered: dict[str, Format] = {}
_lock = Lock()


def register_format(
    name: str,
    *,
    check: Callable[[str], object],
    strategy: SearchStrategy[str] | None = None,
    examples: Iterable[str] = (),
    near_misses: NearMisses = (),
) -> Format:
    """Assert a format in every schema that this process loads from now on.

    It is checked by validation, and strategies, realistic payloads and factories make strings of
    it. The catalogue of faults has its near misses. Register formats where your program or test
    suite starts: a `Schema` that is loaded already keeps the formats that it was loaded with.

    Args:
        name: The name of the format, as schemas write it.
        check: As for `Format`.
        strategy: As for `Format`.
        examples: As for `Format`.
        near_misses: As for `Format`.

    Returns:
        The format.

    Raises:
        SchemaError: if JSON Schema defines the format, if it is registered already, or if an
            argument is not what `Format` expects.

    Examples:
        >>> from kombo_fakes import Schema
        >>> shout = register_format("x-shout", check=str.isupper, examples=["HEY", "OI"],
        ...                         near_misses={"lower": str.lower})
        >>> Schema.load({"format": "x-shout"}).is_valid("hey")
        False
    """
    _check_name(name)
    with naming(name):
        made = Format(check=check, strategy=strategy, examples=examples, near_misses=near_misses)
    with _lock:
        if name in _registered:
            raise SchemaError(f"format {shorten(name)} is registered already")
        _registered[name] = made
    return made


def list_checks(formats: Formats) -> dict[str, Callable[[str], bool]]:
    """The checks of formats by name, as a validator takes them. Their errors name the format."""
    return {name: partial(_check, name, one) for name, one in formats.items()}


def _check(name: str, one: Format, text: str) -> bool:
    with naming(name):
        return one.allows(text)


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Name the format in errors that are raised inside."""
    try:
        yield
    except SchemaError as error:
        raise SchemaError(f"format {shorten(name)}: {error}") from error.__cause__


def collect_formats(own: Formats | None = None) -> dict[str, Format]:
    """The formats of a schema: the registered ones, and its own, which come before them.

    Args:
        own: The formats of the schema by name; None for none.

    Raises:
        SchemaError: if they are not a mapping from names to formats, or if JSON Schema defines one
            of them.
    """
    if own is None:
        return dict(_registered)
    if not isinstance(own, Mapping):
        raise SchemaError(f"formats={shorten(own)}: expected a mapping from names to Format")
    for name, one in own.items():
        _check_name(name)
        if not isinstance(one, Format):
            raise SchemaError(f"format {shorten(name)} is {shorten(one)}; expected a Format")
    return {**_registered, **own}


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not name.strip():
        raise SchemaError(f"the name of a format is a string with a character, not {shorten(name)}")
    if name in CHECKED:
        raise SchemaError(f"format {shorten(name)} is one of JSON Schema and cannot be replaced")


def _read_strings(option: str, given: object) -> tuple[str, ...]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise SchemaError(f"{option}={shorten(given)}: expected strings")
    strings = tuple(given)
    for one in strings:
        if not isinstance(one, str):
            raise SchemaError(f"{option}: {shorten(one)} is not a string")
    return strings


def _read_near_misses(given: object) -> dict[str, str | Callable[[str], str]]:
    if not isinstance(given, Mapping):
        strings = _read_strings("near_misses", given)
        return {f"near-miss-{number}": text for number, text in enumerate(strings, 1)}
    misses: dict[str, Any] = dict(given)
    for name, miss in misses.items():
        # The name becomes a part of the id of a fault, which becomes a part of a file's name.
        if not isinstance(name, str) or not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", name):
            raise SchemaError(
                f"near_misses: {shorten(name)} is not a name of lower-case letters, digits and "
                "single hyphens"
            )
        if not isinstance(miss, str) and not callable(miss):
            raise SchemaError(
                f"near_misses: {name} is {shorten(miss)}; expected a string or function"
            )
    return misses
