"""The payloads of a run by number: valid ones, ones with faults, or corners."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol

from kombo_fakes.catalogues.fault import Fault
from kombo_fakes.core.writer import to_compact_json
from kombo_fakes.generation.made import (
    FaultStems,
    Made,
    describe_fault,
    describe_made,
    make_file_label,
)
from kombo_fakes.generation.maker import ROUNDS, FaultTurn, Maker
from kombo_fakes.generation.templates import BLOCK


class Source(Protocol):
    """A sequence of payloads, of which any part can be made without the rest.

    Attributes:
        count: The number of payloads.
        is_filled: True if there are so many that most are filled into templates, which is
            hundreds of times faster than generating them.
    """

    @property
    def count(self) -> int: ...

    @property
    def is_filled(self) -> bool: ...

    def make(self, start: int, stop: int) -> Iterator[Made[Any]]:
        """The payloads from one number up to another."""
        ...

    def make_lines(self, start: int, stop: int) -> Iterator[bytes]:
        """The payloads from one number up to another as lines of JSON, some at a time."""
        ...


class ValidPayloads:
    """Valid payloads.

    Args:
        maker: Makes them.
        count: Their number.
        suffix: What the names of their files have after the name of the schema.
    """

    def __init__(self, maker: Maker, count: int, suffix: str) -> None:
        self.count = count
        self._maker = maker
        self._label = make_file_label(maker.schema) + suffix

    @cached_property
    def is_filled(self) -> bool:
        return self.count > BLOCK and self._maker.has_templates

    def make(self, start: int, stop: int) -> Iterator[Made[Any]]:
        # File names of the same number of digits sort as the numbers do.
        width = max(4, len(str(self.count)))
        generated_stop = min(stop, BLOCK) if self.is_filled else stop
        for number in range(start, generated_stop):
            yield Made(self._maker.make_valid(number), f"{self._label}-{number + 1:0{width}}")
        number = max(start, generated_stop)
        for texts in self._fill(number, stop):
            for text in texts:
                number += 1
                yield Made(json.loads(text), f"{self._label}-{number:0{width}}")

    def make_lines(self, start: int, stop: int) -> Iterator[bytes]:
        if not self.is_filled:
            yield from _to_lines(self.make(start, stop))
            return
        for texts in self._fill(start, stop):
            yield b"\n".join([*texts, b""])

    def _fill(self, start: int, stop: int) -> Iterator[list[bytes]]:
        for first, last in _split_into_blocks(start, stop, BLOCK):
            block, offset = divmod(first, BLOCK)
            if block == 0:
                # A run that is shorter than a block has generated payloads, so this one has too.
                yield [to_compact_json(self._maker.make_valid(n)) for n in range(first, last)]
            else:
                yield self._maker.make_block(block)[offset : offset + last - first]


class InvalidPayloads:
    """Payloads with faults.

    Args:
        maker: Makes them.
        faults: The faults.
        count: Their number, or with `is_in_rounds` False the number with each fault.
        is_in_rounds: True to go through all faults round after round, in another order each time.
            False to make all payloads with one fault before those with the next.
    """

    def __init__(
        self, maker: Maker, faults: Sequence[Fault], count: int, *, is_in_rounds: bool
    ) -> None:
        self.count: int = count if is_in_rounds else count * len(faults)
        self._maker = maker
        self._faults = faults
        self._count_each = count
        self._is_in_rounds = is_in_rounds
        self._block_size = len(faults) if is_in_rounds else BLOCK

    @cached_property
    def is_filled(self) -> bool:
        return self.count > ROUNDS * len(self._faults) and self._maker.has_templates

    def make(self, start: int, stop: int) -> Iterator[Made[Any]]:
        stems = FaultStems(self._maker.schema)
        if self.is_filled:
            for turns, texts in self._fill(start, stop):
                for (fault, turn), text in zip(turns, texts, strict=True):
                    yield Made(json.loads(text), stems.name(fault, turn), fault)
            return
        for first, last in _split_into_blocks(start, stop, self._block_size):
            for fault, turn in self._list_turns(first, last):
                payload = self._maker.make_invalid(fault, turn)
                yield Made(payload, stems.name(fault, turn), fault)

    def make_lines(self, start: int, stop: int) -> Iterator[bytes]:
        if not self.is_filled:
            yield from _to_lines(self.make(start, stop))
            return
        for turns, texts in self._fill(start, stop):
            yield b"".join(
                _write_line(fault, text) for (fault, _), text in zip(turns, texts, strict=True)
            )

    def _fill(self, start: int, stop: int) -> Iterator[tuple[list[FaultTurn], list[bytes]]]:
        for first, last in _split_into_blocks(start, stop, self._block_size):
            # The whole block, even if a part of it is wanted: its size decides the bytes.
            block = first // self._block_size
            begin = block * self._block_size
            end = begin + self._block_size
            # The last round is a whole one, even if the run ends within it.
            turns = self._list_turns(begin, end if self._is_in_rounds else min(end, self.count))
            texts = self._maker.make_invalid_block(turns, block)
            wanted = slice(first - begin, last - begin)
            yield turns[wanted], texts[wanted]

    def _list_turns(self, first: int, last: int) -> list[FaultTurn]:
        """The faults of the payloads from one number up to another, all within one block."""
        if self._is_in_rounds:
            turn, begin = divmod(first, len(self._faults))
            order = self._maker.shuffle(self._faults, turn)
            return [FaultTurn(fault, turn) for fault in order[begin : begin + last - first]]
        places = (divmod(number, self._count_each) for number in range(first, last))
        return [FaultTurn(self._faults[place], turn) for place, turn in places]


class CornerPayloads:
    """The corners of a schema.

    Args:
        maker: Makes them.
        count: Their number; None for all of them.
    """

    is_filled = False

    def __init__(self, maker: Maker, count: int | None) -> None:
        found = [
            Made(payload, corner.id, corner=corner) for payload, corner in maker.make_corners()
        ]
        self._made = found[:count]

    @property
    def count(self) -> int:
        return len(self._made)

    def make(self, start: int, stop: int) -> Iterator[Made[Any]]:
        return iter(self._made[start:stop])

    def make_lines(self, start: int, stop: int) -> Iterator[bytes]:
        return _to_lines(self.make(start, stop))


def _split_into_blocks(start: int, stop: int, size: int) -> Iterator[tuple[int, int]]:
    while start < stop:
        end = min(stop, (start // size + 1) * size)
        yield start, end
        start = end


def _to_lines(made: Iterable[Made[Any]]) -> Iterator[bytes]:
    for one in made:
        yield to_compact_json(describe_made(one)) + b"\n"


def _write_line(fault: Fault, text: bytes) -> bytes:
    # The payload is JSON already, so it is put in instead of being read and written again.
    head = to_compact_json(describe_fault(fault))
    return head[:-1] + b',"payload":' + text + b"}\n"
