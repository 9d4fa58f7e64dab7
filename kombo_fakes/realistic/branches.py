"""Makes one of several values: of a branch, an example, a fact or null."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jsonschema_rs import canonical

from kombo_fakes.core.choices import Choices
from kombo_fakes.realistic.retries import NoValueError, ValueMaker
from kombo_fakes.schema.blueprint import shapes
from kombo_fakes.webhooks.model import Facts
from kombo_fakes.webhooks.names import Names


def mix_examples(maker: ValueMaker, examples: Sequence[Any], share: float) -> ValueMaker:
    """Return what makes an example in a share of all cases, and otherwise what a maker makes.

    Args:
        maker: The maker.
        examples: Valid values, at least one.
        share: From 0 to 1.
    """
    if share >= 1:
        return lambda choices, names, facts: copy_value(choices.pick(examples))

    def generate(choices: Choices, names: Names, facts: Facts) -> Any:
        is_example = choices.chance(share)
        example = choices.pick(examples)
        # A seed draws what is not used as well, so that the values after it are the same.
        if is_example and choices.is_lazy:
            return copy_value(example)
        try:
            made = maker(choices, names, facts)
        except NoValueError:
            is_example = True
        return copy_value(example) if is_example else made

    return generate


def show_fact(
    fact: str, fits: Callable[[Any], bool], otherwise: ValueMaker, *, nullable: bool
) -> ValueMaker:
    """Return what shows a fact where a check accepts it, and otherwise what a maker makes.

    Args:
        fact: The fact.
        fits: The check.
        otherwise: The maker.
        nullable: True to show null now and then.
    """

    def generate(choices: Choices, names: Names, facts: Facts) -> Any:
        is_null = nullable and choices.is_null(0.12)
        value = facts[fact]
        if is_null:
            return None
        return value if fits(value) else otherwise(choices, names, facts)

    return generate


def make_nullable(maker: ValueMaker) -> ValueMaker:
    """Return what makes null now and then, and always where a maker finds no value."""

    def generate(choices: Choices, names: Names, facts: Facts) -> Any:
        # The value is drawn even if it is not used, so that null does not change the values
        # after it.
        is_null = choices.is_null(0.15)
        try:
            value = maker(choices, names, facts)
        except NoValueError:
            return None
        return None if is_null else value

    return generate


def make_first(first: ValueMaker, second: ValueMaker) -> ValueMaker:
    """Return what makes a value with a maker, or with another one if that has none."""

    def generate(choices: Choices, names: Names, facts: Facts) -> Any:
        try:
            return first(choices, names, facts)
        except NoValueError:
            return second(choices, names, facts)

    return generate


def make_any(makers: Sequence[ValueMaker], where: str) -> ValueMaker:
    """Return what makes a value with one of some makers, or with another one if that has none."""

    def generate(choices: Choices, names: Names, facts: Facts) -> Any:
        if not makers:
            raise NoValueError(f"{where}: no value satisfies the schema")
        chosen = choices.pick(makers)
        try:
            return chosen(choices, names, facts)
        except NoValueError as error:
            failure = error
        for other in makers:
            if other is not chosen:
                try:
                    return other(choices, names, facts)
                except NoValueError:
                    continue
        raise failure

    return generate


def is_nullable(plan: shapes.Blueprint) -> bool:
    """Whether a shape is a union with null, which decides about null before anything else."""
    match plan:
        case shapes.Union(branches):
            return shapes.Enumeration((None,)) in branches
        case shapes.Filtered(base):
            return is_nullable(base)
        case shapes.Reference():
            target = plan.target
            return not isinstance(target, shapes.Reference) and is_nullable(target)
    return False


def copy_value(value: Any) -> Any:
    # A caller can change a payload, and the values of an enum belong to the blueprint.
    return canonical.schema.clone(value) if isinstance(value, (dict, list)) else value
