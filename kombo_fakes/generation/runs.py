"""Runs of payloads, one after the other: valid or invalid, with or without edits.

A payload depends on the schema, the seed and its own number only. So a longer run begins with the
payloads of a shorter one, the parts of a run make up the whole, and no payload has to be kept
while the next is made. The first payloads are generated one by one, many more come from templates.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kombo_fakes.catalogues.faults import faults as faults_of
from kombo_fakes.errors import SchemaError
from kombo_fakes.generation.edits import Edits
from kombo_fakes.generation.made import Made
from kombo_fakes.generation.maker import Maker
from kombo_fakes.generation.settings import AllOptions, GenerationSettings
from kombo_fakes.generation.sources import CornerPayloads, InvalidPayloads, Source, ValidPayloads
from kombo_fakes.schema.schema import SchemaLike
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT

if TYPE_CHECKING:
    from typing_extensions import Unpack


def generate(
    event_or_schema: SchemaLike = DEFAULT_EVENT, n: int | None = None, **options: Unpack[AllOptions]
) -> Iterator[Made[Any]]:
    """Make payloads, one after the other.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.
        n: The number of payloads, or of payloads with each fault where ``faults`` are named. One
            by default; all corners with ``values="corners"``.
        **options: What the payloads are like, see below.

    Keyword Args:
        seed (int): The same seed gives the same payloads. 0 by default.
        values (str): ``"realistic"``, which is the default, ``"any"`` (drawn by Hypothesis),
            ``"corners"``, or ``"examples"`` (realistic, with the schema's ``examples``,
            ``example`` and ``default`` wherever they are valid).
        invalid (bool): True to go through the whole catalogue of faults, in an order that the seed
            shuffles, round after round.
        faults (Iterable[str]): Ids of the faults to have; ``*`` stands for anything.
        overrides (Mapping[str, Any]): Values by the JSON Pointer or dotted name of their field.
            Other fields agree with them.
        removals (Iterable[str]): The JSON Pointers or dotted names of fields to leave out.
        names (Names): The source of names in realistic values.
        part (tuple[int, int]): The part to make, and the number of parts: ``(3, 8)`` makes the
            third eighth of the payloads. All parts one after the other are the whole.

    Returns:
        An iterator of `Made`. Names and options are checked before it is returned.

    Raises:
        UnknownNameError: if there is no such event, field, fault or kind of values.
        OverrideError: if the options contradict each other. The iterator raises it if the schema
            rejects an override and no fault was asked for.
        SchemaError, DocumentError: as `Schema.load` does.

    Examples:
        >>> made, = generate(seed=3, overrides={"data.integration_tool": "personio"})
        >>> made.payload["data"]["integration_id"].split(":")[0], made.stem[-5:]
        ('personio', '-0001')
        >>> invalid, = generate(faults=["data.state-enum-cut"])
        >>> invalid.fault.id == invalid.stem
        True
    """
    return make_payloads(GenerationSettings.from_arguments("generate", event_or_schema, n, options))


def make_payloads(settings: GenerationSettings) -> Iterator[Made[Any]]:
    """Make the payloads of settings; see `generate`."""
    run = Run(settings)
    return run.make(run.start, run.stop)


class Run:
    """The payloads that settings ask for.

    Args:
        settings: The settings.

    Attributes:
        start: The number of the first payload of the part that is asked for.
        stop: The number after the last one.

    Raises:
        UnknownNameError: if a field or fault does not exist.
        PointerError: if the name of a field is neither a JSON Pointer nor a dotted name.
        OverrideError: if an override is not JSON, is also removed, or does not allow any corner.
        SchemaError: if all faults are asked for, and the schema has none.
    """

    def __init__(self, settings: GenerationSettings) -> None:
        self._source = _build_source(settings)
        # A part ends where the same formula lets the next one start, so no payload is missing or
        # made twice.
        number, parts = settings.part
        self.start: int = self._source.count * (number - 1) // parts
        self.stop: int = self._source.count * number // parts

    @property
    def is_filled(self) -> bool:
        """True if most payloads are filled into templates, and so made hundreds at a time."""
        return self._source.is_filled

    def make(self, start: int, stop: int) -> Iterator[Made[Any]]:
        """The payloads from one number up to another."""
        return self._source.make(start, stop)

    def make_lines(self, start: int, stop: int) -> Iterator[bytes]:
        """The payloads from one number up to another as lines of JSON, some at a time."""
        return self._source.make_lines(start, stop)


def _build_source(settings: GenerationSettings) -> Source:
    schema = settings.schema
    edits = Edits.parse(schema, settings.overrides, settings.removals)
    is_drawn = settings.values == "any"
    maker = Maker(
        schema,
        settings.seed,
        edits,
        settings.names,
        is_drawn=is_drawn,
        examples="all" if settings.values == "examples" else "some",
    )
    if settings.values == "corners":
        return CornerPayloads(maker, settings.count)
    count = settings.count or 1
    if settings.faults:
        chosen = faults_of(schema, ids=settings.faults)
        return InvalidPayloads(maker, chosen, count, is_in_rounds=False)
    if settings.invalid:
        every = faults_of(schema)
        if not every:
            raise SchemaError(f"{schema.name}: has no faults, because it allows every value")
        return InvalidPayloads(maker, every, count, is_in_rounds=True)
    return ValidPayloads(maker, count, "-any" if is_drawn else "")
