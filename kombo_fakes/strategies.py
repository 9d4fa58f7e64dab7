"""Hypothesis strategies for payloads, valid and invalid, derived from a schema.

Objects and arrays are composed here from Hypothesis's public API, over the blueprint of the
schema; the leaves come from `kombo_fakes.leaves`. A strategy is built once for a schema and
its knobs, and draws without filtering where the schema is of the usual kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from jsonschema_rs import canonical

from kombo_fakes.blueprint import (
    Anything,
    Array,
    Blueprint,
    Choice,
    Filtered,
    Numeric,
    Object,
    Reference,
    Text,
    Union,
    blueprint,
    smallest,
)
from kombo_fakes.errors import SchemaError, unknown
from kombo_fakes.format_strategies import format_strategies
from kombo_fakes.knobs import Knobs, Values
from kombo_fakes.leaves import leaf
from kombo_fakes.registry import DEFAULT_EVENT, events
from kombo_fakes.schema import Schema, SchemaLike

_INTEROPERABLE = 2**53 - 1
"""The integers on which every JSON implementation agrees (RFC 8259, section 6)."""

_DEPTH = 4
"""How often a recursive shape may hold itself before only its smallest forms are made."""


def payloads(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    values: Values = "any",
    *,
    contested: bool = False,
    allow_nul: bool = True,
    codec: str = "utf-8",
    max_length: int | None = None,
    nulls: float | None = None,
) -> SearchStrategy[Any]:
    """A strategy for valid payloads.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.
        values: ``"any"``: everything that the schema allows and good validators agree on, from
            empty strings to the far ends of the calendar. ``"realistic"``: what Kombo sends on
            a usual day, coherent, from the pools that this package carries.
        contested: Draw also what is legal by the letter and on which good validators disagree:
            quoted local parts, leap seconds, lower-case ``t`` and ``z``, lone surrogates.
        allow_nul: Whether a string may hold U+0000. It is legal JSON and stops many databases.
        codec: Every string can be encoded in this codec (``"ascii"``, ``"latin-1"``, ...).
        max_length: The most code points that any string has.
        nulls: The share of null, from 0 to 1, where null is allowed: about 0.3 by default.

        The knobs for text apply to every string and to the keys of open objects; what the
        schema itself fixes (property names, enums) stays as it is.

    Returns:
        A strategy of JSON values as Python objects. It shrinks towards short payloads.

    Raises:
        UnknownNameError, DocumentError, SchemaError: as `Schema.load` does.
        SchemaError: if nothing satisfies the schema, or the schema and the knobs together.
        OverrideError: if a knob makes no sense.

    Example:
        >>> from hypothesis import find
        >>> find(payloads(), lambda p: p["data"]["state"] == "INVALID")["data"]["updated_at"]
        '2000-01-01T00:00:00Z'
    """
    knobs = Knobs(
        values=values,
        contested=contested,
        allow_nul=allow_nul,
        codec=codec,
        max_length=max_length,
        nulls=nulls,
    )
    return strategy_for(Schema.load(event_or_schema), knobs.checked())


def event_payloads(
    names: Iterable[str] | None = None, values: Values = "any", **knobs: Any
) -> SearchStrategy[Any]:
    """A strategy for valid payloads of several events, as they arrive at one URL.

    Args:
        names: The events; all that are shipped by default.
        values: As in `payloads`.
        **knobs: The other arguments of `payloads`.

    Raises:
        UnknownNameError: if there is no such event.

    Example:
        >>> from hypothesis import find
        >>> find(event_payloads(["sync-finished", "data-changed"]), lambda p: True)["type"]
        'data-changed'
    """
    chosen = events() if names is None else tuple(names)
    if not chosen:
        raise SchemaError("no events, so no payloads")
    for name in chosen:
        if name not in events():
            raise unknown("event", name, events())
    # By name, so that what a failure shrinks to doesn't depend on the order given.
    return st.one_of([payloads(name, values, **knobs) for name in sorted(set(chosen))])


@lru_cache(maxsize=256)
def strategy_for(schema: Schema, knobs: Knobs) -> SearchStrategy[Any]:
    """The strategy for a schema and checked knobs, built once."""
    if knobs.values == "realistic":
        from kombo_fakes.realistic_strategy import realistic

        return realistic(schema, knobs)
    return strategy_of(blueprint(schema), knobs, schema.name)


def strategy_of(plan: Blueprint, knobs: Knobs, name: str) -> SearchStrategy[Any]:
    """A strategy for a blueprint.

    Raises:
        SchemaError: if the knobs leave nothing of it.
    """
    strategy = _Builder(knobs, name).build(plan)
    if strategy.is_empty:
        raise SchemaError(f"{name}: no value satisfies it" + _with(knobs))
    return strategy


def _with(knobs: Knobs) -> str:
    asked = [
        f"{knob}={getattr(knobs, knob)!r}"
        for knob in ("allow_nul", "codec", "max_length", "nulls")
        if getattr(knobs, knob) != getattr(Knobs(), knob)
    ]
    return f" with {', '.join(asked)}" if asked else ""


class _Builder:
    def __init__(self, knobs: Knobs, name: str) -> None:
        self.knobs = knobs
        self.name = name
        self.formats = format_strategies(contested=knobs.contested)
        self.texts: dict[Text, SearchStrategy[str]] = {}
        self.anything = self._anything()
        self.references: dict[tuple[str, int], SearchStrategy[Any]] = {}

    def build(self, plan: Blueprint, depth: int = 0) -> SearchStrategy[Any]:
        match plan:
            case Anything():
                return self.anything
            case Choice(values):
                return _sampled(values)
            case Text():
                return self._text(plan)
            case Numeric():
                return self._number(plan)
            case Array():
                return self._array(plan, depth)
            case Object():
                return self._object(plan, depth)
            case Union(branches):
                return self._union(branches, depth)
            case Filtered(base, check, _):
                return self.build(base, depth).filter(check)
            case Reference():
                return self._reference(plan, depth)

    def _leaf(self, schema: dict[str, Any]) -> SearchStrategy[Any]:
        codec = None if self.knobs.contested and self.knobs.codec == "utf-8" else self.knobs.codec
        return leaf(schema, formats=self.formats, allow_nul=self.knobs.allow_nul, codec=codec)

    def _union(self, branches: Sequence[Blueprint], depth: int) -> SearchStrategy[Any]:
        null = Choice((None,))
        others = tuple(branch for branch in branches if branch != null)
        if null not in branches or not others or self.knobs.nulls == 0:
            return st.one_of([self.build(branch, depth) for branch in others or branches])
        rest = self._union(others, depth)
        share = 0.3 if self.knobs.nulls is None else self.knobs.nulls
        return st.none() if rest.is_empty else _weighted(st.none(), rest, share)

    def _reference(self, plan: Reference, depth: int) -> SearchStrategy[Any]:
        key = (plan.uri, depth)
        if key not in self.references:
            if depth >= _DEPTH:
                self.references[key] = self.build(smallest(plan), depth)
            else:
                self.references[key] = st.deferred(lambda: self.build(plan.target, depth + 1))
        return self.references[key]

    # -- text

    def _text(self, plan: Text) -> SearchStrategy[str]:
        if plan not in self.texts:
            self.texts[plan] = self._new_text(plan)
        return self.texts[plan]

    def _new_text(self, plan: Text) -> SearchStrategy[str]:
        longest = plan.max_length
        if self.knobs.max_length is not None:
            asked = self.knobs.max_length
            longest = asked if longest is None else min(asked, longest)
        if longest is not None and longest < plan.min_length:
            return st.nothing()
        if plan.is_plain and longest is None:
            return self._free_text()
        schema: dict[str, Any] = {"type": "string"}
        if plan.min_length:
            schema["minLength"] = plan.min_length
        if longest is not None:
            schema["maxLength"] = longest
        if plan.formats:
            schema["format"] = plan.formats[0]
        elif plan.patterns:
            schema["pattern"] = plan.patterns[0]
        strategy = self._leaf(schema)
        rest = replace(plan, min_length=0, max_length=None)
        if rest not in (Text(), Text(formats=plan.formats[:1])):
            strategy = strategy.filter(rest.check())
        if plan.formats and self.knobs.codec not in ("utf-8", "ascii"):
            strategy = strategy.filter(lambda text: _encodes(text, self.knobs.codec))
        return _if_reachable(strategy, plan, longest)

    def _free_text(self) -> SearchStrategy[str]:
        text = self._leaf({"type": "string"})
        some = self._leaf({"type": "string", "minLength": 1})
        long = st.tuples(some, st.sampled_from(_LENGTHS)).map(lambda p: (p[0] * p[1])[: p[1]])
        tricky = [
            letters
            for letters in _TRICKY
            if _encodes(letters, self.knobs.codec) and (self.knobs.allow_nul or "\0" not in letters)
        ]
        mixed = st.lists(st.sampled_from(tricky), min_size=1, max_size=6).map("".join)
        # What takes the fewest draws comes first: it is what a string shrinks to.
        return st.sampled_from((text,) * 20 + (mixed,) * 3 + (long,) * 2).flatmap(_itself)

    # -- numbers

    def _number(self, plan: Numeric) -> SearchStrategy[Any]:
        schema: dict[str, Any] = {"type": "integer" if plan.integer else "number"}
        low, high = _plain(plan.minimum), _plain(plan.maximum)
        if low is None and (high is None or high > -_INTEROPERABLE):
            low = -_INTEROPERABLE
        if high is None and (low is None or low < _INTEROPERABLE):
            high = _INTEROPERABLE
        if low is not None:
            exclusive = plan.exclusive_minimum and plan.minimum is not None
            schema["exclusiveMinimum" if exclusive else "minimum"] = low
        if high is not None:
            exclusive = plan.exclusive_maximum and plan.maximum is not None
            schema["exclusiveMaximum" if exclusive else "maximum"] = high
        if plan.multiple_of:
            return self._multiples(plan, low, high)
        strategy = self._leaf(schema)
        if not plan.integer:
            # Integers are numbers, and how they are written is where parsers differ.
            whole = self._leaf({**schema, "type": "integer"})
            strategy = strategy if whole.is_empty else whole | strategy
        return strategy.filter(plan.check()) if plan.not_multiple_of else strategy

    def _multiples(self, plan: Numeric, low: Any, high: Any) -> SearchStrategy[Any]:
        # In decimals: 41 times the float 0.01 isn't 0.41, and validators say so.
        step = Decimal(str(plan.multiple_of[0]))
        bounds = {}
        if low is not None:
            bounds["minimum"] = math.ceil(Decimal(str(low)) / step)
        if high is not None:
            bounds["maximum"] = math.floor(Decimal(str(high)) / step)
        multiples = self._leaf({"type": "integer", **bounds}).map(lambda n: _plain(n * step))
        whole = not plan.integer or step == step.to_integral_value()
        exact = whole and len(plan.multiple_of) == 1 and not plan.not_multiple_of
        return multiples if exact else multiples.filter(plan.check())

    # -- arrays

    def _array(self, plan: Array, depth: int) -> SearchStrategy[list[Any]]:
        items = self.build(plan.items, depth)
        most = plan.max_items
        if items.is_empty:
            most = len(plan.prefix) if most is None else min(most, len(plan.prefix))
        if most is not None and most < plan.min_items:
            return st.nothing()
        if plan.prefix or plan.contains or plan.distinct is False:
            return self._mixed_array(plan, items, most, depth)
        return st.lists(
            st.nothing() if most == 0 else items,
            min_size=plan.min_items,
            max_size=most,
            unique_by=_identity if plan.distinct else None,
        )

    def _mixed_array(
        self, plan: Array, items: SearchStrategy[Any], most: int | None, depth: int
    ) -> SearchStrategy[list[Any]]:
        prefix = [self.build(item, depth) for item in plan.prefix]
        wanted = [(self.build(one.item, depth), one.minimum) for one in plan.contains]
        for index, strategy in enumerate(prefix):
            if strategy.is_empty:
                prefix = prefix[:index]
                most = index if most is None else min(most, index)
                break
        if most is not None and most < plan.min_items:
            return st.nothing()
        limit = max(plan.min_items, len(prefix)) + 3 if most is None else most
        sizes = st.integers(plan.min_items, min(limit, max(plan.min_items, len(prefix)) + 3))
        everywhere = (prefix + [items] * (limit + 1))[: limit + 1]

        @st.composite
        def arrays(draw: DrawFn) -> list[Any]:
            needed = sum(minimum for _, minimum in wanted)
            size = max(draw(sizes), min(limit, needed))
            value = [draw(everywhere[index]) for index in range(size)]
            free = list(range(size))
            for strategy, minimum in wanted:
                for _ in range(min(minimum, len(free))):
                    # The places behind the prefix first: there anything of the shape fits.
                    value[free.pop()] = draw(strategy)
            if plan.distinct is False and size >= 2:
                value[-1] = value[0]
            return value

        if not (wanted or plan.distinct is not None):
            return arrays()
        return arrays().filter(_array_check(plan))

    # -- objects

    def _object(self, plan: Object, depth: int) -> SearchStrategy[dict[str, Any]]:
        required: dict[str, SearchStrategy[Any]] = {}
        optional: dict[str, SearchStrategy[Any]] = {}
        for name, child in plan.properties.items():
            strategy = self.build(child, depth)
            if name in plan.required:
                required[name] = strategy
            elif not strategy.is_empty:
                optional[name] = strategy
        if any(strategy.is_empty for strategy in required.values()):
            return st.nothing()
        order = {name: index for index, name in enumerate(plan.properties)}
        extras = [(self._text(e.names), self.build(e.values, depth)) for e in plan.extras]
        extras = [(n, v) for n, v in extras if not (n.is_empty or v.is_empty)]
        most = math.inf if plan.max_properties is None else plan.max_properties
        if len(required) > most:
            return st.nothing()
        reachable = len(required) + len(optional) + (math.inf if extras else 0)
        if plan.min_properties > reachable:
            return st.nothing()
        bounded = plan.min_properties > len(required) or most < len(required) + len(optional)
        if not extras and not bounded and not optional:
            return _fixed(required)
        if not extras and not bounded:
            return _with_optional(required, optional, order)
        return _open_object(plan, required, optional, extras, order)

    def _anything(self) -> SearchStrategy[Any]:
        scalars = st.one_of(
            st.none(),
            st.booleans(),
            self.build(Numeric(integer=True)),
            self.build(Numeric(integer=False)),
            self._text(Text()),
        )
        return st.recursive(
            scalars,
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(self._text(Text()), inner, max_size=3)
            ),
            max_leaves=5,
        )


# Letters on which text handling comes to grief, and that random text hardly ever holds.
_TRICKY = (
    "a", "A", " ", "0", ".", "-", ":", "/", "'", '"', "\\", "%", "<", "&", "{", "$", "\t", "\n",
    "\r\n", "\0", "\x7f", "\xa0", "\xe9", "e\u0301", "\xdf", "\u0130", "\u2028", "\u202e", "\u200b",
    "\ufeff", "\ufffd", "\uffff", "\U0001f600", "\U0001f468\u200d\U0001f469", "\u65e5", "null",
)  # fmt: skip

# Where a mistake about lengths shows: short columns, a VARCHAR(255), a page of text.
_LENGTHS = (64, 255, 256, 300, 1_000, 4_096)


def _weighted(
    first: SearchStrategy[Any], second: SearchStrategy[Any], share: float
) -> SearchStrategy[Any]:
    """The first strategy in a share of all draws, and what the draws shrink towards."""
    of_hundred = round(share * 100)
    if of_hundred <= 0 or of_hundred >= 100:
        return second if of_hundred <= 0 else first
    parts = math.gcd(of_hundred, 100)
    branches = [first] * (of_hundred // parts) + [second] * ((100 - of_hundred) // parts)
    return st.sampled_from(branches).flatmap(_itself)


def _itself(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return strategy


def _fixed(required: dict[str, SearchStrategy[Any]]) -> SearchStrategy[dict[str, Any]]:
    # Not fixed_dictionaries(), which draws an order of the keys, too: that is a matter of how
    # a payload is spelt, and costs as much as the values.
    names = tuple(required)
    return st.tuples(*required.values()).map(lambda values: dict(zip(names, values, strict=True)))


_ABSENT = object()


def _with_optional(
    required: dict[str, SearchStrategy[Any]],
    optional: dict[str, SearchStrategy[Any]],
    order: dict[str, int],
) -> SearchStrategy[dict[str, Any]]:
    absent = st.just(_ABSENT)
    parts = {**required, **{n: _weighted(absent, s, 0.5) for n, s in optional.items()}}
    ordered = _fixed({name: parts[name] for name in order if name in parts})
    return ordered.map(lambda value: {n: v for n, v in value.items() if v is not _ABSENT})


def _sort(value: dict[str, Any], order: dict[str, int]) -> dict[str, Any]:
    last = len(order)
    return dict(sorted(value.items(), key=lambda item: order.get(item[0], last)))


def _open_object(
    plan: Object,
    required: dict[str, SearchStrategy[Any]],
    optional: dict[str, SearchStrategy[Any]],
    extras: list[tuple[SearchStrategy[str], SearchStrategy[Any]]],
    order: dict[str, int],
) -> SearchStrategy[dict[str, Any]]:
    fixed = _fixed(required)
    least = plan.min_properties - len(required)
    room = None if plan.max_properties is None else plan.max_properties - len(required)
    most_optional = len(optional) if room is None else min(len(optional), room)
    least_optional = 0 if extras else max(0, least)
    chosen = st.lists(
        st.sampled_from(list(optional)) if optional else st.nothing(),
        unique=True,
        min_size=least_optional,
        max_size=most_optional,
    )
    counts = st.integers(0, 3)
    kinds = st.sampled_from(extras) if extras else None

    @st.composite
    def objects(draw: DrawFn) -> dict[str, Any]:
        value: dict[str, Any] = draw(fixed)
        for name in draw(chosen):
            value[name] = draw(optional[name])
        if kinds is not None:
            count = max(plan.min_properties - len(value), draw(counts))
            if plan.max_properties is not None:
                count = min(count, plan.max_properties - len(value))
            for _ in range(count):
                names, values = draw(kinds)
                value.setdefault(draw(names), draw(values))
        return _sort(value, order)

    if plan.min_properties > len(required):
        return objects().filter(lambda value: len(value) >= plan.min_properties)
    return objects()


def _if_reachable(
    strategy: SearchStrategy[str], plan: Text, longest: int | None
) -> SearchStrategy[str]:
    shortest = _SHORTEST.get(plan.formats[0], 0) if plan.formats else 0
    return st.nothing() if longest is not None and longest < shortest else strategy


# The fewest characters that a value of a format has here; a bound below leaves nothing.
_SHORTEST = {"date-time": 20, "date": 10, "time": 9, "email": 11, "uuid": 36, "uri": 16}


def _array_check(plan: Array) -> Callable[[list[Any]], bool]:
    def fits(value: list[Any]) -> bool:
        keys = [_identity(item) for item in value]
        if plan.distinct is not None and (len(set(keys)) == len(keys)) is not plan.distinct:
            return False
        for one in plan.contains:
            count = sum(1 for item in value if one.check(item))
            if count < one.minimum or (one.maximum is not None and count > one.maximum):
                return False
        return True

    return fits


def _sampled(values: Sequence[Any]) -> SearchStrategy[Any]:
    # In the order of the document: it is what payloads shrink towards.
    strategy = st.sampled_from(values)
    if any(isinstance(value, (dict, list)) for value in values):
        # A fresh copy each time: a test that changes its payload must not change the next one.
        return strategy.map(_copied)
    return strategy


def _copied(value: Any) -> Any:
    return canonical.schema.clone(value)


def _identity(value: Any) -> str:
    """A text that two JSON values share if they are equal, 1 and 1.0 included."""
    return canonical.json.to_string(value)


def _encodes(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeError:
        return False
    return True


def _plain(number: int | float | Decimal | None) -> Any:
    if isinstance(number, Decimal):
        return int(number) if number == number.to_integral_value() else float(number)
    return number
