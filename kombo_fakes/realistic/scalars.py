"""Realistic strings and numbers for fields of which only the schema is known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache, lru_cache

from kombo_fakes.core.choices import Choices
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import SchemaError
from kombo_fakes.realistic.retries import NoValueError, ValueMaker, make_valid
from kombo_fakes.schema.blueprint.multiples import build_agreement, find_step
from kombo_fakes.schema.blueprint.shapes import Numeric, String, to_json_number
from kombo_fakes.schema.blueprint.string_words import find_own_strings, find_words
from kombo_fakes.strings.characters import ANY, Characters
from kombo_fakes.strings.words import Words
from kombo_fakes.webhooks.model import Facts
from kombo_fakes.webhooks.moments import draw_instant
from kombo_fakes.webhooks.names import Names, slugify


def plain_string(choices: Choices, names: Names) -> str:
    """Make a string of a few words."""
    return names.sentence(choices).rstrip(".").split(" ", 1)[-1]


def formatted_string(name: str, choices: Choices, names: Names) -> str | None:
    """Make a harmless string of a ``format``.

    Addresses and URLs lie in the domains and networks that RFC 2606, RFC 5737 and RFC 3849 reserve.

    Returns:
        None for a format of which no realistic string is known.
    """
    match name:
        case "date-time":
            return draw_instant(choices)
        case "date":
            return draw_instant(choices)[:10]
        case "time":
            return draw_instant(choices)[11:]
        case "email" | "idn-email":
            first, last = names.person(choices)
            return f"{slugify(first) or 'a'}.{slugify(last) or 'b'}@example.com"
        case "uri" | "iri" | "uri-reference" | "iri-reference" | "uri-template":
            return f"https://www.example.com/{choices.token(8)}"
        case "hostname" | "idn-hostname":
            return f"{slugify(names.organization(choices))[:50].strip('-') or 'host'}.example"
        case "uuid":
            head, tail = choices.integer(0, 2**48 - 1), choices.integer(0, 2**48 - 1)
            third, fourth = choices.integer(0, 0xFFF), choices.integer(0, 0xFFF)
            digits = f"{head:012x}4{third:03x}8{tail:012x}{fourth:03x}"
            return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32]))
        case "ipv4":
            return f"192.0.2.{choices.integer(1, 254)}"
        case "ipv6":
            return f"2001:db8::{choices.integer(1, 0xFFFF):x}"
        case "duration":
            return f"P{choices.integer(1, 30)}D"
        case "json-pointer":
            return "/" + choices.pick(("data", "items/0", "name"))
        case "relative-json-pointer":
            return f"{choices.integer(0, 3)}#"
        case "regex":
            return choices.pick(("^[a-z]+$", "[0-9]{4}", "(a|b)"))
    return None


def property_name(choices: Choices, names: Names, facts: Facts) -> str:
    """Make the name of a property that the schema does not name."""
    return plain_string(choices, names).split(" ")[0].lower() + str(choices.integer(1, 99))


def string_maker(plan: String, where: str) -> ValueMaker:
    """Return what makes the strings of a shape: by its format, its pattern or its length.

    Args:
        plan: The shape.
        where: The field, as an error calls it.
    """
    if plan.is_plain:
        return lambda choices, names, facts: plain_string(choices, names)
    if plan.own_formats:
        return _own_maker(plan, where)
    if plan.patterns and not plan.formats:
        return _word_maker(plan, where)

    def candidate(choices: Choices, names: Names, facts: Facts) -> str:
        if plan.formats:
            made = formatted_string(plan.formats[0], choices, names)
            if made is not None:
                return made
        words = plain_string(choices, names)
        if choices.is_lazy and len(words) < plan.min_length:
            words = " ".join([words] * (plan.min_length // len(words) + 1))
        while len(words) < plan.min_length:
            words += " " + plain_string(choices, names)
        return words if plan.max_length is None else words[: plan.max_length]

    fallback = _word_maker(plan, where)
    return make_valid(candidate, plan.check(), where, fallback)


def _own_maker(plan: String, where: str) -> ValueMaker:
    """Return what makes the strings of a shape that has a format of the user's own."""
    strings = find_own_strings(plan)

    def make(choices: Choices, names: Names, facts: Facts) -> str:
        if not strings:
            own = " and ".join(f"format {shorten(name)}" for name in plan.own_formats)
            raise NoValueError(f"{where}: no string of {own} was found that satisfies the rest")
        return choices.pick(strings)

    return make


_ALPHABETS = (
    Characters.between("a", "z"),
    Characters.between("a", "z") | Characters.between("0", "9"),
    Characters.between("a", "z") | Characters.between("0", "9") | Characters.between("A", "Z"),
    Characters.between(" ", "~"),
    ANY,
)
"""The characters of realistic strings: the first ones of which the shape has a string."""
_SPREAD = 8
"""How many of the shortest lengths are used."""


def _word_maker(plan: String, where: str) -> ValueMaker:
    """Return what makes the words of a shape, of the plainest characters that it allows."""

    @lru_cache(maxsize=1)
    def find() -> tuple[Words, Sequence[int]]:
        try:
            for alphabet in _ALPHABETS:
                words = find_words(plan, alphabet)
                if not words.is_empty:
                    return words, words.lengths[:_SPREAD]
        except SchemaError as error:
            raise NoValueError(f"{where}: {error}") from None
        raise NoValueError(
            f"{where}: no realistic string satisfies the schema; use values='any' (on the command "
            "line: --values any)"
        )

    def make(choices: Choices, names: Names, facts: Facts) -> str:
        words, lengths = find()
        return words.make(choices.pick(lengths), lambda count: choices.integer(0, count - 1))

    return make_valid(make, plan.check(), where) if plan.excluded_formats else make


def number_maker(plan: Numeric, where: str) -> ValueMaker:
    """Return what makes the numbers of a shape: about a thousand different ones, near zero.

    Args:
        plan: The shape.
        where: The field, as an error calls it.
    """
    found = find_step(plan)
    if found is None:
        step = Decimal(1) if plan.integer else Decimal("0.01")
    else:
        step = Decimal(found.numerator) / Decimal(found.denominator)
    low = None if plan.minimum is None else Decimal(str(plan.minimum))
    high = None if plan.maximum is None else Decimal(str(plan.maximum))
    if low is None:
        low = min(Decimal(0), high - 1000 * step) if high is not None else Decimal(0)
    if high is None:
        high = max(low, Decimal(0)) + 1000 * step
    if high - low > 100_000 * step:
        # A bound that is only the limit of a type says nothing about usual values.
        low = Decimal(0) if low <= 0 <= high else low
        high = min(high, low + 1000 * step)
    first, last = math.ceil(low / step), math.floor(high / step)
    first, last = (first, last) if first <= last else (first, first)
    fits, agrees = plan.check(), build_agreement(plan)

    def candidate(choices: Choices, names: Names, facts: Facts) -> int | float:
        number = step * choices.integer(first, last)
        if not plan.integer and first >= last:
            number = low + (high - low) * choices.integer(1, 9) / 10
        return to_json_number(number)

    @cache
    def find_others() -> tuple[int | float, ...]:
        usable = (one for one in _list_candidates(plan, step) if -math.inf < one < math.inf)
        valid = tuple(dict.fromkeys(filter(fits, usable)))
        return tuple(filter(agrees, valid)) or valid

    def other(choices: Choices, names: Names, facts: Facts) -> int | float:
        if not find_others():
            raise NoValueError(
                f"{where}: found no number that the schema allows; use values='any' (on the "
                "command line: --values any)"
            )
        return choices.pick(find_others())

    return make_valid(candidate, lambda value: fits(value) and agrees(value), where, other)


def _list_candidates(plan: Numeric, step: Decimal) -> Iterator[int | float]:
    """Numbers of which some are likely to fit where usual ones do not: those at the bounds."""
    for bound in (plan.minimum, plan.maximum, 0):
        if bound is None:
            continue
        at = Decimal(str(bound))
        nearest = math.floor(at / step)
        yield from (to_json_number(step * (nearest + number)) for number in range(-9, 10))
        yield from (to_json_number(at + number) for number in range(-2, 3))
        if not plan.integer:
            near = float(at)
            yield from (near, math.nextafter(near, math.inf), math.nextafter(near, -math.inf))
    if plan.minimum is not None and plan.maximum is not None:
        yield to_json_number((Decimal(str(plan.minimum)) + Decimal(str(plan.maximum))) / 2)
