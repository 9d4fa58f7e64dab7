"""Many payloads from few: templates, which are generated, with holes, which are filled.

To generate a payload takes tens of microseconds. A template is the JSON text of a generated payload
in which the ids, and the instant at which it happened, are left open; to fill these takes less than
one. Payloads come in blocks. Each depends on the seed and its own number only, so that any
block can be made anywhere; the later a block, the more templates there are to choose from.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

from kombo_fakes.core.choices import BASE62, SeededChoices, seed_for
from kombo_fakes.core.writer import to_compact_json
from kombo_fakes.webhooks.moments import MARKED_INSTANT, instants

BLOCK = 1_024
"""How many payloads are filled at once."""

MOST = 8_192
"""As many templates as there are for one kind of payload."""

_FIRST, _GROWTH = 512, 24
_SAMPLES = 16

_ID = 24
# A mark stands in for an id until the payload is JSON; it is as long, and of the same letters.
_MARK = re.compile(rb"0KomboId[0-9]{3}z+")
_IS_ID, _IS_INSTANT = b"\x01", b"\x02"  # Control characters, which JSON can't hold.
_USUAL_ID, _USUAL_INSTANT = b"8dP1oqVxTzUwK2nYbR7cLgM4", b"2024-03-10T12:34:56.789Z"
_LETTERS = (BASE62.encode() * 5)[:256]
_UNEVEN = bytes(range(256 // 62 * 62, 256))


class MarkingChoices(SeededChoices):
    """Seeded choices whose ids are marks, each another one, that `template_of` knows again.

    Examples:
        >>> MarkingChoices(1).token(24)
        '0KomboId000zzzzzzzzzzzzz'
    """

    __slots__ = ("_made",)

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._made = 0

    def token(self, length: int) -> str:
        if length != _ID or self._made > 999:
            return super().token(length)
        self._made += 1
        return f"0KomboId{self._made - 1:03}".ljust(_ID, "z")


class Template(NamedTuple):
    """A text of JSON with holes.

    Attributes:
        parts: What stands before, between and behind the holes.
        holes: What goes into each hole, a byte for each.
    """

    parts: tuple[bytes, ...]
    holes: bytes

    @property
    def has_ids(self) -> bool:
        """Whether it makes as many payloads as one likes: whether there is an id in it."""
        return _IS_ID in self.holes

    @property
    def sample(self) -> bytes:
        """What it is like once it is filled: the text with usual values."""
        values = [*(_USUAL_ID if hole == _IS_ID[0] else _USUAL_INSTANT for hole in self.holes), b""]
        return b"".join(chain.from_iterable(zip(self.parts, values, strict=True)))


_PARTS, _HOLES = itemgetter(0), itemgetter(1)  # Faster than the names.


def template_of(value: Any, *, marked: bool = True) -> Template:
    r"""The template of a JSON value that was generated with marks.

    Args:
        value: The value.
        marked: Whether marks are holes; otherwise there are none.

    Examples:
        >>> template_of({"id": MarkingChoices(1).token(24)})
        Template(parts=(b'{"id":"', b'"}'), holes=b'\x01')
    """
    text = to_compact_json(value)
    if not marked:
        return Template((text,), b"")
    # What has become of a mark that a fault has cut or lengthened is a text like any other.
    text = _MARK.sub(lambda mark: _IS_ID if len(mark[0]) == _ID else mark[0], text)
    text = text.replace(MARKED_INSTANT.encode(), _IS_INSTANT)
    pieces = re.split(rb"([\x01\x02])", text)
    return Template(tuple(pieces[::2]), b"".join(pieces[1::2]))


def filled(templates: Sequence[Template], *key: object) -> list[bytes]:
    """The JSON texts of templates with every hole filled.

    Args:
        templates: The templates.
        key: What the values depend on.

    Examples:
        >>> filled([template_of([MarkingChoices(1).token(24)])], "a key")
        [b'["7wN6YAJKOBg20i6eOGoijv3Z"]']
    """
    kinds = set(map(_HOLES, templates))
    if len(kinds) == 1:
        return _filled_alike(list(map(_PARTS, templates)), kinds.pop(), *key)
    texts = [b""] * len(templates)
    for kind in sorted(kinds):
        places = [place for place, template in enumerate(templates) if template.holes == kind]
        alike = _filled_alike([templates[place].parts for place in places], kind, *key)
        for place, text in zip(places, alike, strict=True):
            texts[place] = text
    return texts


def _filled_alike(parts: Sequence[Sequence[bytes]], holes: bytes, *key: object) -> list[bytes]:
    columns: list[Iterable[bytes]] = []
    for place, column in enumerate(zip(*parts, strict=True)):
        columns.append(column)
        if place < len(holes):
            if holes[place : place + 1] == _IS_ID:
                columns.append(ids(len(parts), *key, holes, place))
            else:
                columns.extend(instants(_words(3 * len(parts), "H", *key, holes, place)))
    return list(map(b"".join, zip(*columns, strict=True)))


def ids(count: int, *key: object) -> tuple[bytes, ...]:
    """Ids of 24 letters of base 62, all equally likely.

    Examples:
        >>> [len(one) for one in ids(2, "a key")]
        [24, 24]
    """
    needed, letters, more = count * _ID, b"", 0
    while len(letters) < needed:
        noise = _noise(needed + needed // 16 + 64, *key, more)
        letters += noise.translate(_LETTERS, _UNEVEN)
        more += 1
    # One call cuts them all; a slice for each takes several times as long.
    return struct.unpack(f"{_ID}s" * count, letters[:needed])


def _noise(size: int, *key: object) -> bytes:
    return hashlib.shake_128(seed_for(*key).to_bytes(16, "big")).digest(size)


def _words(count: int, kind: str, *key: object) -> tuple[int, ...]:
    form = f"<{count}{kind}"
    return struct.unpack(form, _noise(struct.calcsize(form), *key))


class Templates:
    """The templates of one kind of payload, generated when they are first needed.

    Args:
        generate: What paints a value for a number, with marks or without.
        check: Whether a value that was made is as it should be.
        key: What the payloads depend on.
    """

    def __init__(
        self, generate: Callable[[int, bool], Any], check: Callable[[Any], bool], *key: object
    ) -> None:
        self._paint, self._check, self._key = generate, check, key
        self._made: dict[int, Template] = {}

    @property
    def usable(self) -> bool:
        """Whether payloads that are made from them differ: where nothing has an id they don't."""
        return all(self[number].has_ids for number in range(_SAMPLES))

    def __getitem__(self, number: int) -> Template:
        template = self._made.get(number)
        if template is None:
            template = template_of(self._paint(number, True))
            if not self._check(json.loads(template.sample)):
                # Something depends on what was a mark: so it gets no holes.
                template = template_of(self._paint(number, False), marked=False)
            self._made[number] = template
        return template

    def block(self, number: int) -> list[bytes]:
        """The JSON texts of a block, `BLOCK` of them."""
        room = min(MOST, _FIRST + _GROWTH * number)
        words = _words(BLOCK, "I", *self._key, "which", number)
        chosen = [word * room >> 32 for word in words]
        for which in set(chosen).difference(self._made):
            self[which]  # In any order: each depends on its number only.
        templates = itemgetter(*chosen)(self._made)
        return filled(templates, *self._key, "block", number)
