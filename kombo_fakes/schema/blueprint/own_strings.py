"""The strings of a shape that has a format of the user's own."""

from __future__ import annotations

from kombo_fakes.schema.blueprint.shapes import String
from kombo_fakes.schema.custom_formats import naming


def list_known(shape: String) -> tuple[str, ...]:
    """The known strings of the formats that satisfy the whole shape, always the same ones.

    They are the examples of the formats, or else what their strategies draw.

    Raises:
        SchemaError: if the strategy of a format draws no string that its check accepts.
    """
    fits = shape.check()
    examples = [text for one in shape.own_formats.values() for text in one.examples if fits(text)]
    if examples:
        return tuple(dict.fromkeys(examples))
    drawn = [text for name in shape.own_formats for text in list_drawn(shape, name) if fits(text)]
    return tuple(dict.fromkeys(drawn))


def list_drawn(shape: String, name: str) -> tuple[str, ...]:
    """Strings that the strategy of a format draws; none if it has no strategy.

    Raises:
        SchemaError: if the check of the format rejects all of them.
    """
    with naming(name):
        return shape.own_formats[name].drawn
