"""Estimates how many cases the canonical form of a schema has.

Canonical form turns a conjunction of unions into a union of conjunctions, which multiplies their
branches. What would become too large is read otherwise, see
`kombo_fakes.schema.blueprint.structure`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kombo_fakes.schema.vocabulary import subschemas

MOST_CASES = 400
"""How many cases one schema object may come to."""

_MOST_AT_ALL = 4_000
"""How many cases all schema objects of a document may come to."""

_MOST_COMPARISONS = 800_000
"""How many schema objects canonical form may look at to compare branches, which takes seconds."""

_HUGE = 10**9


@dataclass(frozen=True, slots=True)
class Complexity:
    """How many plain cases a schema comes to.

    Attributes:
        most: The cases of the schema object that has the most, as a product of its unions.
        sum: The cases of all schema objects that have more than one.
        branches: The branches of all unions, as the document has them.
        comparisons: The schema objects to look at where each branch is compared with all others.
    """

    most: int
    sum: int
    branches: int
    comparisons: int

    @property
    def is_too_high(self) -> bool:
        """Whether the schema should not be brought into canonical form."""
        return (
            self.most > MOST_CASES
            or self.sum > _MOST_AT_ALL
            or self.comparisons > _MOST_COMPARISONS
        )


def measure_complexity(schema: Any) -> Complexity:
    """Measure the complexity of a schema.

    Examples:
        >>> union = {"anyOf": [{"minLength": 1}, {"minimum": 1}, {"minItems": 1}]}
        >>> measure_complexity({"allOf": [union] * 2}), measure_complexity({"items": union})
        (Complexity(most=9, sum=9, branches=6, comparisons=18), \
Complexity(most=3, sum=3, branches=3, comparisons=9))
    """
    most, whole, branches, comparisons = 1, 0, 0, 0
    todo: list[tuple[Any, bool]] = [(schema, True)]
    while todo:
        value, is_root = todo.pop()
        if not isinstance(value, dict):
            continue
        # The schemas in these keywords describe the same value as the schema around them.
        if is_root:
            cases = count_cases(value)
            most = max(most, cases)
            whole = min(whole + (cases if cases > 1 else 0), _HUGE)
        for keyword in ("anyOf", "oneOf"):
            union = value.get(keyword, ())
            branches += len(union)
            comparisons += len(union) * sum(map(_count_objects, union))
        todo += [(child, where[0] not in _IN_PLACE) for where, child in subschemas(value)]
    return Complexity(most, whole, branches, comparisons)


def _count_objects(schema: Any) -> int:
    count, todo = 0, [schema]
    while todo:
        value = todo.pop()
        count += 1
        if isinstance(value, dict):
            todo.extend(child for _, child in subschemas(value))
    return count


_IN_PLACE = frozenset("allOf anyOf oneOf not if then else dependentSchemas dependencies".split())


def count_cases(schema: Any) -> int:
    """The number of plain cases that a schema comes to, at most."""
    if not isinstance(schema, dict):
        return 1
    cases = 1
    for child in schema.get("allOf", ()):
        cases *= count_cases(child)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            cases *= max(1, sum(map(count_cases, schema[keyword])))
    if "not" in schema:
        cases *= max(1, count_opposite_cases(schema["not"]))
    if "if" in schema and ("then" in schema or "else" in schema):
        holds = count_cases(schema["if"]) * count_cases(schema.get("then"))
        fails = count_opposite_cases(schema["if"]) * count_cases(schema.get("else"))
        cases *= max(1, holds + fails)
    for keyword in ("dependentSchemas", "dependentRequired", "dependencies"):
        for child in schema.get(keyword, {}).values():
            cases *= 1 + count_cases(child)
            if cases > _HUGE:
                return _HUGE
    return min(cases, _HUGE)


def count_opposite_cases(schema: Any) -> int:
    """The number of plain cases that the negation of a schema comes to, at most."""
    if not isinstance(schema, dict):
        return 1
    cases = 0
    for keyword, value in schema.items():
        match keyword:
            case "allOf":
                cases += sum(map(count_opposite_cases, value))
            case "anyOf" | "oneOf":
                product = 1
                for child in value:
                    product = min(product * max(1, count_opposite_cases(child)), _HUGE)
                cases += product
            case "not":
                cases += count_cases(value)
            case "if" | "dependentSchemas" | "dependencies":
                cases += 2 * count_cases(schema)
            case "properties" | "patternProperties":
                cases += sum(map(count_opposite_cases, value.values()))
            case "required" | "type" | "enum":
                cases += len(value) if isinstance(value, list) and keyword == "required" else 1
            case "title" | "description" | "$defs" | "definitions" | "then" | "else":
                pass
            case _:
                cases += 1
    return min(cases, _HUGE)
