"""How to break each keyword: near misses before nonsense.

A near miss is what a receiver lets through: ``active`` for ``ACTIVE``, a date without a time,
``"12"`` for 12. Nothing here has to be sure that a value is refused: the catalogue checks each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from kombo_fakes.schema.blueprint.shapes import LARGEST, to_json_number
from kombo_fakes.schema.sites import Site

Mutate: TypeAlias = Callable[[Any, Site], Iterable[Any]]


@dataclass(frozen=True, slots=True)
class Mutator:
    """One way to break a keyword.

    Attributes:
        variant: Its name, the last part of a fault id.
        does: What it does, to follow "the value is" or the like in a sentence.
        broken: From a valid value at the site to what to put there instead, the most telling
            first; nothing where this way doesn't apply, or would take more than `LARGEST`.
        explore: A schema of many more such values, for drawing; None if there is none.
    """

    variant: str
    effect: str
    mutate: Mutate
    explore: Callable[[Site], dict[str, Any] | None] = lambda site: None


def mutators(site: Site, neighbours: tuple[str, ...] = ()) -> Iterator[Mutator]:
    """The ways to break a site.

    Args:
        site: The site.
        neighbours: Values of other fields that somebody might mistake for one of this field.
    """
    keyword = site.keyword
    if keyword == "type":
        yield from _types(site)
    elif keyword in ("enum", "const"):
        yield from _enumerated(site, neighbours)
    elif keyword == "format":
        yield from _formats(site)
    elif keyword in _BY_KEYWORD:
        yield from _BY_KEYWORD[keyword]
    if keyword in _KINDS:
        kinds = _KINDS[keyword]
        yield Mutator(
            "other",
            f"any other value that breaks {keyword}",
            lambda value, site: (),
            lambda site: {"type": kinds, "not": {keyword: site.value}},
        )
    if site.family and keyword not in _KINDS and keyword != "maxContains":
        yield Mutator(
            "other",
            f"any other value that breaks {keyword}",
            lambda value, site: (),
            lambda site: None if site.single else {"not": site.family},
        )
    if not site.single or keyword in ("contains", "propertyNames"):
        yield Mutator("nonsense", "a value of some other shape", lambda value, site: _NONSENSE)


_KINDS: dict[str, list[str]] = {
    "enum": ["string", "integer", "boolean"],
    "const": ["string", "integer", "boolean"],
    "pattern": ["string"],
    "minLength": ["string"],
    "maxLength": ["string"],
    "minimum": ["integer"],
    "maximum": ["integer"],
    "exclusiveMinimum": ["integer"],
    "exclusiveMaximum": ["integer"],
    "multipleOf": ["number"],
}
_NONSENSE: tuple[Any, ...] = (None, "", "nonsense", 0, -1, 0.5, True, [], {}, [None], {"": None})


# -- type


def _types(site: Site) -> Iterator[Mutator]:
    allowed = {site.value} if isinstance(site.value, str) else set(site.value)
    if "number" in allowed:
        allowed.add("integer")
    kind = next((name for name in site.value if name != "null"), "null")
    kind = site.value if isinstance(site.value, str) else kind

    def only(name: str) -> Callable[[Site], dict[str, Any] | None]:
        return lambda site: {"type": name}

    if "null" not in allowed:
        yield Mutator("null", "null", lambda value, site: (None,))
    if "string" not in allowed:
        yield Mutator("as-text", "written as a string", _as_text, only("string"))
        yield Mutator("empty-text", "an empty string", lambda value, site: ("",))
    if kind == "string":
        yield Mutator("number", "a number", lambda value, site: (12, 0, -1.5), only("number"))
    elif "number" not in allowed and "integer" not in allowed:
        yield Mutator("number", "a number", lambda value, site: (1, 0, 12.5), only("number"))
    if kind == "integer" and "number" not in allowed:
        yield Mutator("fraction", "a number with a fraction", _fraction)
    if "boolean" not in allowed:
        yield Mutator("boolean", "a boolean", lambda value, site: (True, False))
    if "array" not in allowed:
        yield Mutator(
            "in-array", "the only item of an array", lambda value, site: ([value],), only("array")
        )
        yield Mutator("empty-array", "an empty array", lambda value, site: ([],))
    else:
        yield Mutator("bare-item", "an item without its array", _bare_item)
    if "object" not in allowed:
        yield Mutator(
            "in-object",
            "wrapped in an object",
            lambda value, site: ({"value": value},),
            only("object"),
        )
        yield Mutator("empty-object", "an empty object", lambda value, site: ({},))


def _as_text(value: Any, site: Site) -> Iterator[Any]:
    if value is not None:
        yield json.dumps(value, ensure_ascii=False)


def _fraction(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, int) and abs(value) < 2**50:
        yield value + 0.5


def _bare_item(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list) and value:
        yield value[0]


# -- enum and const


def _enumerated(site: Site, neighbours: tuple[str, ...]) -> Iterator[Mutator]:
    options = site.value if site.keyword == "enum" else [site.value]
    if any(isinstance(option, str) for option in options):
        for variant, does, change in _TEXT_CHANGES:
            yield Mutator(variant, does, _changed_text(change))
        yield Mutator("neighbour", "the value of another field", lambda value, site: neighbours[:3])
        yield Mutator(
            "unknown", "a value that isn't listed", lambda value, site: ("UNKNOWN", "OTHER")
        )
        yield Mutator("null-text", "null as a word", lambda value, site: ("null", "None"))
    if any(type(option) in (int, float) for option in options):
        yield Mutator("next", "the next number", _next_number)
        yield Mutator("as-text", "written as a string", _number_as_text)
    if any(isinstance(option, bool) for option in options):
        yield Mutator("negated", "the other boolean", _negated)
    if any(isinstance(option, (dict, list)) or option is None for option in options):
        yield Mutator("nonsense", "a value that isn't listed", lambda value, site: _NONSENSE)


def _changed_text(change: Callable[[str], str]) -> Mutate:
    def broken(value: Any, site: Site) -> Iterator[Any]:
        if isinstance(value, str):
            changed = change(value)
            if changed != value:
                yield changed

    return broken


_HOMOGLYPHS = str.maketrans("AEOaeo", "\u0410\u0415\u041e\u0430\u0435\u043e")

_TEXT_CHANGES: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("lowercase", "in lower case", str.lower),
    ("uppercase", "in upper case", str.upper),
    ("capitalised", "with a capital letter first", str.capitalize),
    ("trailing-blank", "with a blank behind it", lambda text: text + " "),
    ("leading-blank", "with a blank before it", lambda text: " " + text),
    ("trailing-newline", "with a line feed behind it", lambda text: text + "\n"),
    (
        "separator",
        "with the other kind of separator",
        lambda text: text.translate(str.maketrans("-_", "_-")),
    ),
    ("cut", "without its last letter", lambda text: text[:-1]),
    ("homoglyph", "with Cyrillic letters that look alike", lambda t: t.translate(_HOMOGLYPHS)),
    ("empty", "an empty string", lambda text: ""),
)


def _next_number(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from (value + 1, value - 1, value + 1000)


def _number_as_text(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield str(value)


def _negated(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, bool):
        yield not value


# -- format


def _formats(site: Site) -> Iterator[Mutator]:
    for variant, does, change in _BY_FORMAT.get(str(site.value), ()):
        yield Mutator(variant, does, _changed_text(change))
    yield Mutator("empty", "an empty string", lambda value, site: ("",))
    yield Mutator(
        "prose",
        f"a text that is no {site.value}",
        lambda value, site: ("not a " + str(site.value), "n/a", "-"),
        lambda site: {"type": "string", "not": {"format": site.value}},
    )


def _sub(pattern: str, replacement: str) -> Callable[[str], str]:
    # Where the pattern isn't found the text stays as it is, which is no mutator.
    return lambda text: re.sub(pattern, replacement, text, count=1)


_DATE_TIME: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("date-only", "a date without a time", lambda text: text[:10]),
    ("no-offset", "without an offset", _sub(r"(?:Z|[+-]\d\d:\d\d)$", "")),
    ("no-seconds", "without seconds", _sub(r"(T\d\d:\d\d):\d\d(?:\.\d+)?", r"\1")),
    ("comma-fraction", "with a decimal comma", _sub(r"(:\d\d)(?:\.\d+)?(?=[Z+-])", r"\1,5")),
    ("empty-fraction", "with a point and no fraction", _sub(r"(:\d\d)(?:\.\d+)?(?=[Z+-])", r"\1.")),
    ("month-13", "with a month 13", _sub(r"^(\d{4})-\d\d", r"\1-13")),
    ("day-30-february", "on a 30 February", _sub(r"^(\d{4})-\d\d-\d\d", r"\1-02-30")),
    ("hour-24", "at an hour 24", _sub(r"T\d\d", "T24")),
    ("minute-60", "with a minute 60", _sub(r"(T\d\d):\d\d", r"\1:60")),
    ("offset-24", "with an offset of 24 hours", _sub(r"(?:Z|[+-]\d\d:\d\d)$", "+24:00")),
    ("day-first", "with the day first", _sub(r"^(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1")),
    ("two-digit-year", "with two digits for the year", lambda text: text[2:]),
    ("epoch", "seconds since 1970", lambda text: "1630497600"),
    ("trailing-blank", "with a blank behind it", lambda text: text + " "),
    ("zone-name", "with the name of a zone", _sub(r"(?:Z|[+-]\d\d:\d\d)$", " Europe/Berlin")),
)  # fmt: skip

_EMAIL: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("no-at", "without an @", lambda text: text.replace("@", ".")),
    ("two-ats", "with two @", lambda text: text.replace("@", "@@")),
    ("no-domain", "without a domain", _sub(r"@.*", "@")),
    ("no-local-part", "without a local part", _sub(r"^.*@", "@")),
    ("two-dots", "with two dots in a row", _sub(r"^.*@", "jane..doe@")),
    ("leading-dot", "with a dot at its beginning", lambda text: "." + text),
    ("blank-inside", "with a blank inside", _sub(r"@", " @")),
    ("trailing-blank", "with a blank behind it", lambda text: text + " "),
    ("trailing-newline", "with a line feed behind it", lambda text: text + "\n"),
    ("underscore-domain", "with an underscore in the domain", _sub(r"@.*", "@my_company.example")),
    ("hyphen-domain", "with a hyphen before the domain", _sub(r"@", "@-")),
    ("list", "two addresses", lambda text: text + ", " + text),
)  # fmt: skip

_BY_FORMAT: dict[str, tuple[tuple[str, str, Callable[[str], str]], ...]] = {
    "date-time": _DATE_TIME,
    "date": (
        ("with-time", "with a time", lambda text: text + "T00:00:00Z"),
        ("day-first", "with the day first", _sub(r"^(\d{4})-(\d\d)-(\d\d)$", r"\3.\2.\1")),
        ("month-13", "with a month 13", _sub(r"^(\d{4})-\d\d", r"\1-13")),
        ("day-30-february", "on a 30 February", _sub(r"-\d\d-\d\d$", "-02-30")),
        ("trailing-blank", "with a blank behind it", lambda text: text + " "),
    ),
    "time": (
        ("no-offset", "without an offset", _sub(r"(?:Z|[+-]\d\d:\d\d)$", "")),
        ("hour-24", "at an hour 24", _sub(r"^\d\d", "24")),
        ("no-seconds", "without seconds", _sub(r"^(\d\d:\d\d):\d\d(?:\.\d+)?", r"\1")),
    ),
    "email": _EMAIL,
    "idn-email": _EMAIL[:4],
    "uri": (
        ("no-scheme", "without a scheme", _sub(r"^[a-z]+://", "")),
        ("relative", "a path alone", _sub(r"^[a-z]+://[^/]*", "")),
        ("blank-inside", "with a blank inside", lambda text: text + "/a b"),
        ("trailing-blank", "with a blank behind it", lambda text: text + " "),
        ("bad-escape", "with a % that escapes nothing", lambda text: text + "/%zz"),
        ("backslash", "with a backslash", lambda text: text + "\\"),
    ),
    "uuid": (
        ("no-hyphens", "without hyphens", lambda text: text.replace("-", "")),
        ("braces", "in braces", lambda text: "{" + text + "}"),
        ("short", "one digit too short", lambda text: text[:-1]),
        ("letter-g", "with a digit that is none", lambda text: text[:-1] + "g"),
    ),
    "ipv4": (
        ("three-parts", "of three parts", _sub(r"\.\d+$", "")),
        ("part-256", "with a part of 256", _sub(r"\d+$", "256")),
        ("leading-zero", "with a leading zero", lambda text: "0" + text),
    ),
    "ipv6": (
        ("two-gaps", "with two gaps", lambda text: text + "::1"),
        ("letter-g", "with a digit that is none", lambda text: text + "g"),
    ),
    "hostname": (
        ("underscore", "with an underscore", lambda text: "a_" + text),
        ("leading-hyphen", "with a hyphen before it", lambda text: "-" + text),
        ("long-label", "with a label of 64 letters", lambda text: "a" * 64 + "." + text),
    ),
    "regex": (
        ("open-group", "with a group that isn't closed", lambda text: "(" + text),
        ("open-class", "with a class that isn't closed", lambda text: text + "["),
        ("closed-twice", "with a parenthesis too many", lambda text: text + ")"),
        ("nothing-to-repeat", "repeating nothing", lambda text: "*" + text),
        ("trailing-backslash", "with a backslash at its end", lambda text: text + "\\"),
    ),
    "duration": (
        ("seconds", "a bare number", lambda text: "30"),
        ("no-p", "without the P", lambda text: text[1:]),
    ),
}


# -- the rest


def _size_change(by: int) -> Mutate:
    def broken(value: Any, site: Site) -> Iterator[Any]:
        size = int(site.value) + by
        if isinstance(value, str) and 0 <= size <= LARGEST:
            yield (value or "a") * (size // max(1, len(value)) + 1) if by > 0 else value[:size]
            yield "a" * size

    return broken


def _exactly(value: Any, site: Site) -> Iterator[Any]:
    size = int(site.value) + 1
    if isinstance(value, str) and size <= LARGEST:
        yield (value + "a" * size)[:size]


def _moved(*amounts: str) -> Mutate:
    def broken(value: Any, site: Site) -> Iterator[Any]:
        for amount in amounts:
            yield to_json_number(Decimal(str(site.value)) + Decimal(amount))

    return broken


def _off_step(value: Any, site: Site) -> Iterator[Any]:
    step = Decimal(str(site.value))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        base = Decimal(str(value))
        for part in (step / 2, step / 10, Decimal(1)):
            yield to_json_number(base + part)


def _fewer_items(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list):
        yield value[: max(0, int(site.value) - 1)]


def _more_items(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list) and site.value < LARGEST:
        filler = value[-1] if value else None
        yield value + [filler] * (int(site.value) + 1 - len(value))


def _twice(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list) and value:
        yield [*value, value[0]]
        yield [value[0], value[0], *value[2:]]


def _without(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict):
        yield {key: item for key, item in value.items() if key != site.value}


def _without_needed(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict):
        for needed in next(iter(site.value.values())):
            yield {key: item for key, item in value.items() if key != needed}


def _renamed(change: Callable[[str], str]) -> Mutate:
    def broken(value: Any, site: Site) -> Iterator[Any]:
        if isinstance(value, dict) and site.value in value:
            name = change(site.value)
            if name != site.value and name not in value:
                yield {name if key == site.value else key: item for key, item in value.items()}

    return broken


def _camel(name: str) -> str:
    head, *rest = re.split(r"[_-]", name)
    return head + "".join(part.capitalize() for part in rest)


def _added(name: str, added: Any = "x") -> Mutate:
    def broken(value: Any, site: Site) -> Iterator[Any]:
        if isinstance(value, dict) and name not in value:
            yield {**value, name: added}

    return broken


def _twin(change: Callable[[str], str]) -> Mutate:
    def broken(value: Any, site: Site) -> Iterator[Any]:
        if isinstance(value, dict):
            for name, item in value.items():
                twin = change(name)
                if twin not in value:
                    yield {**value, twin: item}
                    return

    return broken


def _fewer_properties(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict):
        yield dict(list(value.items())[: max(0, int(site.value) - 1)])
        yield {}


def _more_properties(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict) and site.value < LARGEST:
        missing = int(site.value) + 1 - len(value)
        filler = next(iter(value.values()), None)
        yield {**value, **{f"extra_{number}": filler for number in range(missing)}}


def _forbidden(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict) and isinstance(site.value, str):
        yield {**value, site.value: "x"}
    elif isinstance(value, list) and isinstance(site.value, int):
        yield value + [value[-1] if value else "x"] * (site.value + 1 - len(value))


def _odd_names(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, dict):
        filler = next(iter(value.values()), None)
        for name in ("", "a b", "\u00e9", "A", "a", "1", "x" * 300, "-"):
            if name not in value:
                yield {**value, name: filler}


def _no_such_item(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list):
        yield []
        for filler in _NONSENSE:
            yield [filler] * max(1, len(value))


def _one_more_such_item(value: Any, site: Site) -> Iterator[Any]:
    if isinstance(value, list) and site.value < LARGEST:
        # Which items are such, and how many there are, is seen when each try is checked.
        for more in dict.fromkeys((1, 2, 3, int(site.value) + 1)):
            for item in value[:20]:
                yield [*value, *[item] * more]


def _too_many_such_items(site: Site) -> dict[str, Any] | None:
    wanted = site.family.get("contains")
    return {"type": "array", "contains": wanted, "minContains": int(site.value) + 1}


_BY_KEYWORD: dict[str, tuple[Mutator, ...]] = {
    "required": (
        Mutator("absent", "left out", _without),
        Mutator("camel-case", "its name in camel case", _renamed(_camel)),
        Mutator("uppercase", "its name in upper case", _renamed(str.upper)),
        Mutator("hyphens", "its name with hyphens", _renamed(lambda n: n.replace("_", "-"))),
        Mutator("trailing-blank", "its name with a blank behind it", _renamed(lambda n: n + " ")),
    ),
    "dependentRequired": (Mutator("absent", "what it needs left out", _without_needed),),
    "additionalProperties": (
        Mutator("unknown", "a property that isn't listed", _added("unexpected")),
        Mutator("camel-case", "a property once more, in camel case", _twin(_camel)),
        Mutator("uppercase", "a property once more, in upper case", _twin(str.upper)),
        Mutator(
            "trailing-blank",
            "a property once more, with a blank behind its name",
            _twin(lambda name: name + " "),
        ),
        Mutator("proto", "a property `__proto__`", _added("__proto__", {})),
        Mutator("empty-name", "a property without a name", _added("")),
    ),
    "pattern": tuple(
        Mutator(variant, does, _changed_text(change)) for variant, does, change in _TEXT_CHANGES
    ),
    "minLength": (Mutator("one-short", "one character too short", _size_change(-1)),),
    "maxLength": (
        Mutator("one-over", "one character too long", _exactly),
        Mutator("far-over", "far too long", _size_change(1000)),
    ),
    "minimum": (Mutator("just-under", "just under the minimum", _moved("-1", "-0.1")),),
    "maximum": (Mutator("just-over", "just over the maximum", _moved("1", "0.1")),),
    "exclusiveMinimum": (Mutator("at-it", "at the bound", _moved("0", "-1")),),
    "exclusiveMaximum": (Mutator("at-it", "at the bound", _moved("0", "1")),),
    "multipleOf": (Mutator("off-step", "between two multiples", _off_step),),
    **dict.fromkeys(
        ("properties", "patternProperties", "prefixItems", "items", "additionalItems"),
        (Mutator("forbidden", "with what may not be there", _forbidden),),
    ),
    "minItems": (Mutator("one-short", "one item too few", _fewer_items),),
    "maxItems": (Mutator("one-over", "one item too many", _more_items),),
    "uniqueItems": (Mutator("twice", "with the same item twice", _twice),),
    "contains": (Mutator("none", "without such an item", _no_such_item),),
    "maxContains": (
        Mutator("one-over", "with one such item too many", _one_more_such_item),
        Mutator(
            "other",
            "any other array with too many such items",
            lambda value, site: (),
            _too_many_such_items,
        ),
    ),
    "minProperties": (Mutator("one-short", "one property too few", _fewer_properties),),
    "maxProperties": (Mutator("one-over", "one property too many", _more_properties),),
    "propertyNames": (Mutator("odd-name", "a property with an odd name", _odd_names),),
}
