"""Hypothesis strategies for payloads, valid and invalid, derived from a schema.

Objects and arrays are composed here from Hypothesis's public API, over the blueprint of the
schema; the leaves come from `kombo_fakes.strategies.recipes`. A strategy is built once for a
schema and its options, and draws without filtering where the schema is of the usual kind.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal, overload

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from jsonschema_rs import canonical

from kombo_fakes.core.choices import SeededChoices
from kombo_fakes.errors import SchemaError
from kombo_fakes.realistic.generator import RealisticGenerator
from kombo_fakes.schema.blueprint.build import build_blueprint
from kombo_fakes.schema.blueprint.shapes import (
    Anything,
    Array,
    Blueprint,
    Enumeration,
    Filtered,
    Numeric,
    Object,
    Reference,
    String,
    Union,
    to_json_number,
)
from kombo_fakes.schema.blueprint.smallest import find_smallest
from kombo_fakes.schema.schema import Schema, SchemaLike
from kombo_fakes.strategies.budget import DEPTH, ROOM, Sizes, share_of_room, usual_count
from kombo_fakes.strategies.formats import ANY_LENGTH, Lengths, format_strategy
from kombo_fakes.strategies.options import (
    StrategyOptions,
    StrategySettings,
    Values,
    check_option_names,
)
from kombo_fakes.strategies.recipes import (
    building,
    composed,
    constant,
    letters,
    matching,
    number,
    recipe_of,
    returns,
)
from kombo_fakes.types import (
    AiApplyApplicationStatusUpdated,
    AiApplyJobPostingStatusUpdated,
    AssessmentOrderReceived,
    ConnectionFlowFailed,
    DataChanged,
    EventName,
    InlineAssessmentOrderReceived,
    IntegrationCreated,
    IntegrationDeleted,
    IntegrationStateChanged,
    IssueStatusChanged,
    Payload,
    SyncFinished,
)
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, check_event, events

if TYPE_CHECKING:
    from typing_extensions import Unpack

_INTEROPERABLE = 2**53 - 1
"""The integers on which every JSON implementation agrees (RFC 8259, section 6)."""


# What an editor completes: the payload of each event by its name.
@overload
def payloads(
    event_or_schema: Literal["integration-state-changed"] = ...,
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[IntegrationStateChanged]: ...
@overload
def payloads(
    event_or_schema: Literal["ai-apply-application-status-updated"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[AiApplyApplicationStatusUpdated]: ...
@overload
def payloads(
    event_or_schema: Literal["ai-apply-job-posting-status-updated"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[AiApplyJobPostingStatusUpdated]: ...
@overload
def payloads(
    event_or_schema: Literal["assessment:order-received"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[AssessmentOrderReceived]: ...
@overload
def payloads(
    event_or_schema: Literal["connection-flow-failed"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[ConnectionFlowFailed]: ...
@overload
def payloads(
    event_or_schema: Literal["data-changed"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[DataChanged]: ...
@overload
def payloads(
    event_or_schema: Literal["inline-assessment:order-received"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[InlineAssessmentOrderReceived]: ...
@overload
def payloads(
    event_or_schema: Literal["integration-created"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[IntegrationCreated]: ...
@overload
def payloads(
    event_or_schema: Literal["integration-deleted"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[IntegrationDeleted]: ...
@overload
def payloads(
    event_or_schema: Literal["issue-status-changed"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[IssueStatusChanged]: ...
@overload
def payloads(
    event_or_schema: Literal["sync-finished"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[SyncFinished]: ...
@overload
def payloads(
    event_or_schema: SchemaLike, values: Values = ..., **options: Unpack[StrategyOptions]
) -> SearchStrategy[Any]: ...
def payloads(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    values: Values = "any",
    *,
    ambiguous: bool = False,
    allow_nul: bool = True,
    codec: str = "utf-8",
    max_length: int | None = None,
    nulls: float | None = None,
) -> SearchStrategy[Any]:
    """A strategy for valid payloads.

    The options for text apply to every string and to the keys of open objects; what the schema
    itself fixes (property names, enums) stays as it is.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.
        values: ``"any"``: everything that the schema allows and good validators agree on, from
            empty strings to the far ends of the calendar. ``"realistic"``: what Kombo sends on
            a usual day, coherent, from the pools that this package carries.
        ambiguous: Draw also what is legal by the letter and on which good validators disagree:
            quoted local parts, leap seconds, lower-case ``t`` and ``z``, lone surrogates.
        allow_nul: Whether a string may hold U+0000. It is legal JSON and stops many databases.
        codec: Every string can be encoded in this codec (``"ascii"``, ``"latin-1"``, ...).
        max_length: The most code points that any string has.
        nulls: The share of null, from 0 to 1, where null is allowed: about 0.3 by default. It is
            what is aimed at: Hypothesis repeats what is simple, so that a small share comes out
            larger. 0 and 1 are exact, but for realistic values where null or its absence tells
            something: what isn't archived has no ``archived_at``.

    Returns:
        A strategy of JSON values as Python objects. It shrinks towards short payloads.

    Raises:
        UnknownNameError, DocumentError, SchemaError: as `Schema.load` does.
        SchemaError: if nothing satisfies the schema, or the schema and the options together.
        OverrideError: if an option makes no sense.

    Examples:
        >>> from hypothesis import find
        >>> find(payloads(), lambda p: p["data"]["state"] == "INVALID")["data"]["updated_at"]
        '2000-01-01T00:00:00Z'
    """
    settings = StrategySettings(
        values=values,
        ambiguous=ambiguous,
        allow_nul=allow_nul,
        codec=codec,
        max_length=max_length,
        nulls=nulls,
    )
    return strategy_for(Schema.load(event_or_schema), settings.checked())


def event_payloads(
    names: EventName | Iterable[EventName] | None = None,
    values: Values = "any",
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[Payload]:
    """A strategy for valid payloads of several events, as they arrive at one URL.

    Args:
        names: The events, or one of them; all that are shipped by default.
        values: As in `payloads`.
        **options: The other arguments of `payloads`.

    Raises:
        UnknownNameError: if there is no such event.

    Examples:
        >>> from hypothesis import find
        >>> find(event_payloads(["sync-finished", "data-changed"]), lambda p: True)["type"]
        'data-changed'
    """
    check_option_names("event_payloads", options)
    if names is None:
        chosen: tuple[str, ...] = events()
    else:
        chosen = (names,) if isinstance(names, str) else tuple(names)
    if not chosen:
        raise SchemaError("no events, so no payloads")
    for name in chosen:
        check_event(name)
    # By name, so that what a failure shrinks to doesn't depend on the order given.
    return st.one_of([payloads(name, values, **options) for name in sorted(set(chosen))])


@lru_cache(maxsize=256)
def strategy_for(schema: Schema, settings: StrategySettings) -> SearchStrategy[Any]:
    """The strategy for a schema and checked options, built once."""
    if settings.values == "realistic":
        from kombo_fakes.strategies.realistic import realistic

        with building():
            return realistic(schema, settings)
    return strategy_of(build_blueprint(schema), settings, schema.name)


def strategy_of(plan: Blueprint, settings: StrategySettings, name: str) -> SearchStrategy[Any]:
    """A strategy for a blueprint.

    Raises:
        SchemaError: if the options leave nothing of it.
    """
    with building():
        strategy = _Builder(settings, name).build(plan)
        is_empty = strategy.is_empty
    if is_empty:
        raise SchemaError(f"{name}: no value satisfies it" + _with(settings))
    return strategy


def _with(settings: StrategySettings) -> str:
    asked = [
        f"{name}={getattr(settings, name)!r}"
        for name in ("allow_nul", "codec", "max_length", "nulls")
        if getattr(settings, name) != getattr(StrategySettings(), name)
    ]
    return f" with {', '.join(asked)}" if asked else ""


class _Builder:
    def __init__(self, settings: StrategySettings, name: str) -> None:
        self.settings = settings
        self.name = name
        self.letters = letters(
            settings.codec, allow_nul=settings.allow_nul, surrogates=settings.ambiguous
        )
        self.texts: dict[String, SearchStrategy[str]] = {}
        self.sizes = Sizes()
        self.thrifty: dict[tuple[String | Numeric, float], SearchStrategy[Any]] = {}
        self.references: dict[tuple[str, int, int], SearchStrategy[Any]] = {}

    def build(self, plan: Blueprint, depth: int = 0, room: float = ROOM) -> SearchStrategy[Any]:
        match plan:
            case Anything():
                return self.anything
            case Enumeration(values):
                return _sampled(values)
            case String() | Numeric():
                return self._leaf(plan, room)
            case Array():
                return self._array(plan, depth, room)
            case Object():
                return self._object(plan, depth, room)
            case Union(branches):
                return self._union(branches, depth, room)
            case Filtered(base, check, _):
                return self.build(base, depth, room).filter(check)
            case Reference():
                return self._reference(plan, depth, room)

    def _union(self, branches: Sequence[Blueprint], depth: int, room: float) -> SearchStrategy[Any]:
        null = Enumeration((None,))
        others = tuple(branch for branch in branches if branch != null)
        if null not in branches or not others or self.settings.nulls == 0:
            return st.one_of([self.build(branch, depth, room) for branch in others or branches])
        rest = self._union(others, depth, room)
        share = 0.3 if self.settings.nulls is None else self.settings.nulls
        return st.none() if rest.is_empty else _or_null(rest, share)

    def _reference(self, plan: Reference, depth: int, room: float) -> SearchStrategy[Any]:
        # Where there is room for all of it, how much of it doesn't matter.
        fits = self.sizes.of(plan, depth) <= room
        key = (plan.uri, depth, -1 if fits else round(2 * math.log2(room)))
        if key not in self.references:
            if depth >= DEPTH:
                self.references[key] = self.build(find_smallest(plan), depth, room)
            else:
                self.references[key] = st.deferred(lambda: self.build(plan.target, depth + 1, room))
        return self.references[key]

    # -- texts and numbers, where there are so many that most have to be usual ones

    def _leaf(self, plan: String | Numeric, room: float) -> SearchStrategy[Any]:
        anything = self._text(plan) if isinstance(plan, String) else self._number(plan)
        if room >= 1 or anything.is_empty:
            return anything
        share = max(1 / _KINDS, 2.0 ** round(math.log2(room)))
        if (plan, share) not in self.thrifty:
            usual = self._usual(plan)
            strategy = _mostly(usual, anything, share) if usual else anything
            self.thrifty[plan, share] = strategy
        return self.thrifty[plan, share]

    def _usual(self, plan: String | Numeric) -> tuple[Any, ...]:
        """Some values as they are usual, and as the options allow."""
        generator = RealisticGenerator(plan, "")
        try:
            values = [generator.generate(SeededChoices(seed)) for seed in range(8)]
        except SchemaError:
            return ()
        most, codec = self.settings.max_length, self.settings.codec
        return tuple(
            value
            for value in values
            if not isinstance(value, str)
            or ((most is None or len(value) <= most) and returns(value, codec))
        )

    # -- text

    def _text(self, plan: String) -> SearchStrategy[str]:
        if plan not in self.texts:
            self.texts[plan] = self._new_text(plan)
        return self.texts[plan]

    def _new_text(self, plan: String) -> SearchStrategy[str]:
        most = [
            length for length in (plan.max_length, self.settings.max_length) if length is not None
        ]
        lengths = Lengths(plan.min_length, min(most, default=ANY_LENGTH.most))
        if lengths.most < lengths.least:
            return st.nothing()
        rest = replace(plan, min_length=0, max_length=None)
        if rest.is_plain:
            return self._free_text(lengths)
        if plan.formats:
            return self._formatted(plan.formats[0], rest, lengths)
        if plan.patterns:
            # A match is made as Python has the pattern: the validator has the last word.
            strategy = matching(plan.patterns[0], self.letters)
            if lengths != ANY_LENGTH:
                strategy = strategy.filter(lengths.allow)
        else:
            strategy = self._free_text(lengths)
        return strategy if rest.is_plain else strategy.filter(rest.check())

    def _formatted(self, name: str, rest: String, lengths: Lengths) -> SearchStrategy[str]:
        ambiguous, codec = self.settings.ambiguous, self.settings.codec
        strategy = format_strategy(name, lengths, ambiguous=ambiguous)
        rest = replace(rest, formats=rest.formats[1:])
        if not rest.is_plain:
            strategy = strategy.filter(rest.check())
        # What is ambiguous may not be ASCII, and some codecs lack a part of that.
        if (ambiguous and codec != "utf-8") or not returns(_ASCII, codec):
            strategy = strategy.filter(lambda text: returns(text, codec))
        return strategy

    def _free_text(self, lengths: Lengths) -> SearchStrategy[str]:
        most = None if lengths.most == ANY_LENGTH.most else lengths.most
        if lengths.least > _LENGTHS[-1]:
            # More than can be drawn letter by letter.
            part = st.text(self.letters, min_size=1, max_size=_LENGTHS[0])
            return part.map(lambda text: (text * lengths.least)[: lengths.least])
        text = st.text(self.letters, min_size=lengths.least, max_size=most)
        if lengths.least or most == 0:
            return text
        some = st.text(self.letters, min_size=1, max_size=most)
        sizes = {size for size in (*_LENGTHS, lengths.most) if size <= (most or _LENGTHS[-1])}
        drawn_sizes = st.sampled_from(sorted(sizes))
        odd = _SURROGATES if self.settings.ambiguous and self.settings.codec == "utf-8" else ()
        tricky = [
            part
            for part in _TRICKY
            if returns(part, self.settings.codec) and (self.settings.allow_nul or part != "\0")
        ]
        mixed = st.lists(st.sampled_from([*tricky, *odd]), min_size=1, max_size=6)

        def long(draw: DrawFn) -> str:
            part, size = draw(some), draw(drawn_sizes)
            return (part * size)[:size]

        def short(draw: DrawFn) -> str:
            return "".join(draw(mixed))[:most]

        # What takes the fewest draws comes first: it is what a string shrinks to.
        kinds = st.sampled_from([recipe_of(text)] * 20 + [short] * 3 + [long] * 2)
        return composed(lambda draw: draw(kinds)(draw))

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
        strategy = number(schema)
        if not plan.integer:
            # Integers are numbers, and how they are written is where parsers differ.
            whole = number({**schema, "type": "integer"})
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
        multiples = number({"type": "integer", **bounds}).map(lambda n: _plain(n * step))
        # Times a fraction, not all stay multiples once they are floats.
        integral = step == step.to_integral_value()
        exact = integral and len(plan.multiple_of) == 1 and not plan.not_multiple_of
        return multiples if exact else multiples.filter(plan.check())

    def _check_count(self, keyword: str, least: int) -> None:
        if least > _LENGTHS[-1]:
            raise SchemaError(
                f"{self.name}: can't be drawn: {keyword} {least:,} is more than the "
                f"{_LENGTHS[-1]:,} that fit into an example of Hypothesis's"
            )

    # -- arrays

    def _array(self, plan: Array, depth: int, room: float) -> SearchStrategy[list[Any]]:
        self._check_count("minItems", plan.min_items)
        each, count = self.sizes.of(plan.items, depth), usual_count(plan)
        share = share_of_room(each * count, room)
        room_of_each = room if share == 1 else each * share
        items = self.build(plan.items, depth, room_of_each)
        most = plan.max_items
        if share < 1:
            fewer = max(plan.min_items, len(plan.prefix), round(count * 2 * share))
            most = fewer if most is None else min(most, fewer)
        if items.is_empty:
            most = len(plan.prefix) if most is None else min(most, len(plan.prefix))
        if most is not None and most < plan.min_items:
            return st.nothing()
        if plan.prefix or plan.contains or plan.distinct is False:
            return self._mixed_array(plan, items, most, depth, room_of_each)
        return st.lists(
            st.nothing() if most == 0 else items,
            min_size=plan.min_items,
            max_size=most,
            unique_by=_identity if plan.distinct else None,
        )

    def _mixed_array(
        self,
        plan: Array,
        items: SearchStrategy[Any],
        most: int | None,
        depth: int,
        room: float,
    ) -> SearchStrategy[list[Any]]:
        prefix = [self.build(item, depth, room) for item in plan.prefix]
        wanted = [(self.build(one.item, depth, room), one.minimum) for one in plan.contains]
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

    def _object(self, plan: Object, depth: int, room: float) -> SearchStrategy[dict[str, Any]]:
        self._check_count("minProperties", plan.min_properties)
        required: dict[str, SearchStrategy[Any]] = {}
        optional: dict[str, SearchStrategy[Any]] = {}
        size = self.sizes.of(plan, depth)
        share = share_of_room(size, room)
        for name, child in plan.properties.items():
            # What is there in any case can only be made smaller, the others seldomer as well.
            part = share * share if name in plan.required else share
            own = room if share == 1 else self.sizes.of(child, depth) * part
            strategy = self.build(child, depth, own)
            if name in plan.required:
                required[name] = strategy
            elif not strategy.is_empty:
                optional[name] = strategy
        if any(strategy.is_empty for strategy in required.values()):
            return st.nothing()
        order = {name: index for index, name in enumerate(plan.properties)}
        part = room * share
        extras = [(self._text(e.names), self.build(e.values, depth, part)) for e in plan.extras]
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
            return _with_optional(required, optional, order, share / 2)
        return _open_object(plan, required, optional, extras, order, share / 2)

    @cached_property
    def anything(self) -> SearchStrategy[Any]:
        scalars = st.one_of(
            st.none(),
            st.booleans(),
            self.build(Numeric(integer=True)),
            self.build(Numeric(integer=False)),
            self._text(String()),
        )
        return st.recursive(
            scalars,
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(self._text(String()), inner, max_size=3)
            ),
            max_leaves=5,
        )


# Letters on which text handling comes to grief, and that random text hardly ever holds.
_TRICKY = (
    "a", "A", " ", "0", ".", "-", ":", "/", "'", '"', "\\", "%", "<", "&", "{", "$", "\t", "\n",
    "\r\n", "\0", "\x7f", "\xa0", "\xe9", "e\u0301", "\xdf", "\u0130", "\u2028", "\u202e", "\u200b",
    "\ufeff", "\ufffd", "\uffff", "\U0001f600", "\U0001f468\u200d\U0001f469", "\u65e5", "null",
)  # fmt: skip

_SURROGATES = ("\ud83d", "\ude00", "\udcff")
_ASCII = "".join(map(chr, range(0x20, 0x7F)))

# Where a mistake about lengths shows: short columns, a VARCHAR(255), a page of text.
_LENGTHS = (64, 255, 256, 300, 1_000, 4_096)


def _or_null(rest: SearchStrategy[Any], share: float) -> SearchStrategy[Any]:
    """Null in a share of all draws, and what the draws shrink towards."""
    of_hundred = round(share * 100)
    if of_hundred <= 0 or of_hundred >= 100:
        return rest if of_hundred <= 0 else st.none()
    parts = math.gcd(of_hundred, 100)
    nulls = st.sampled_from(
        [True] * (of_hundred // parts) + [False] * ((100 - of_hundred) // parts)
    )
    recipe = recipe_of(rest)
    return composed(lambda draw: None if draw(nulls) else recipe(draw))


def _fixed(required: dict[str, SearchStrategy[Any]]) -> SearchStrategy[dict[str, Any]]:
    # Not fixed_dictionaries(), which draws an order of the keys, too: that is a matter of how
    # a payload is spelt, and costs as much as the values.
    recipes = {name: recipe_of(strategy) for name, strategy in required.items()}
    return composed(lambda draw: {name: recipe(draw) for name, recipe in recipes.items()})


def _with_optional(
    required: dict[str, SearchStrategy[Any]],
    optional: dict[str, SearchStrategy[Any]],
    order: dict[str, int],
    share: float,
) -> SearchStrategy[dict[str, Any]]:
    recipes = {name: recipe_of(strategy) for name, strategy in {**required, **optional}.items()}
    ordered = [(name, recipes[name]) for name in order if name in recipes]
    there = _chance(share)
    return composed(
        lambda draw: {
            name: recipe(draw) for name, recipe in ordered if name in required or draw(there)
        }
    )


def _chance(share: float) -> SearchStrategy[bool]:
    """True in a share of all draws, and what it shrinks to is False."""
    if share == 0.5:
        return st.booleans()
    of_all = max(2, round(1 / share))
    return st.sampled_from([False] * (of_all - 1) + [True])


def _mostly(usual: Sequence[Any], wild: SearchStrategy[Any], share: float) -> SearchStrategy[Any]:
    """One of the usual values, and in a share of all draws anything."""
    kinds = st.sampled_from(range(_KINDS))
    first_wild = _KINDS - max(1, round(_KINDS * share))
    recipe = recipe_of(wild)

    def value(draw: DrawFn) -> Any:
        kind = draw(kinds)
        return usual[kind % len(usual)] if kind < first_wild else recipe(draw)

    return composed(value)


_KINDS = 64


def _sort(value: dict[str, Any], order: dict[str, int]) -> dict[str, Any]:
    last = len(order)
    return dict(sorted(value.items(), key=lambda item: order.get(item[0], last)))


def _open_object(
    plan: Object,
    required: dict[str, SearchStrategy[Any]],
    optional: dict[str, SearchStrategy[Any]],
    extras: list[tuple[SearchStrategy[str], SearchStrategy[Any]]],
    order: dict[str, int],
    share: float,
) -> SearchStrategy[dict[str, Any]]:
    least = plan.min_properties - len(required)
    room = None if plan.max_properties is None else plan.max_properties - len(required)
    most_optional = len(optional) if room is None else min(len(optional), room)
    least_optional = 0 if extras else max(0, least)
    bounded = least_optional > 0 or most_optional < len(optional)
    known = recipe_of(
        _fixed(required) if bounded else _with_optional(required, optional, order, share)
    )
    chosen = st.lists(
        st.sampled_from(list(optional)) if bounded else st.nothing(),
        unique=True,
        min_size=least_optional,
        max_size=most_optional if bounded else 0,
    )
    counts = st.integers(0, 3 if share == 0.5 else 1)
    kinds = st.sampled_from(extras) if extras else None

    def objects(draw: DrawFn) -> dict[str, Any]:
        value = known(draw)
        if bounded:
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
        return composed(objects).filter(lambda value: len(value) >= plan.min_properties)
    return composed(objects)


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
    return constant(values[0]) if len(values) == 1 else strategy


def _copied(value: Any) -> Any:
    return canonical.schema.clone(value)


def _identity(value: Any) -> str:
    """A text that two JSON values share if they are equal, 1 and 1.0 included."""
    return canonical.json.to_string(value)


def _plain(value: int | float | Decimal | None) -> Any:
    return to_json_number(value) if isinstance(value, Decimal) else value
