"""``kombo-fakes send``: signed deliveries to a receiver."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import repeat as repeated
from typing import TYPE_CHECKING, Any

import rich_click as click

from kombo_fakes.cli.generate_command import advised, note_unnamed, override_of, total_of
from kombo_fakes.cli.options import (
    Positive,
    WholeNumber,
    examples,
    is_interactive,
    load_schema,
    schema_options,
    transport_options,
)
from kombo_fakes.cli.secret import read_secret, secret_options
from kombo_fakes.cli.temporary_files import no_temporary_files
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import KomboFakesError

if TYPE_CHECKING:
    from kombo_fakes.generation.runs import Made
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.wire.delivery import Delivery
    from kombo_fakes.wire.transport.client import Answer, Transport

EXAMPLES = examples(
    "kombo-fakes send http://127.0.0.1:8000/webhooks/kombo --secret-file secret.txt",
    "kombo-fakes send URL --set data.state=INVALID            one that says what you want",
    "kombo-fakes send URL --values any -n 1000 --style random",
    "kombo-fakes send URL --fault '*' --json                  which answer to which fault",
    "kombo-fakes send URL --wire-fault 'signature-*'",
    "kombo-fakes send URL -n 50 --repeat 2 --shuffle          duplicates, in any order",
)

MIXED, RANDOM = "mixed", "random"


@click.command("send", epilog=EXAMPLES)
@click.argument("url")
@schema_options
@secret_options
@click.option(
    "-n", "--count", "count", type=WholeNumber(1), metavar="N",
    help="How many payloads: 1 if not given; of each fault, with --fault and --wire-fault.",
)  # fmt: skip
@click.option(
    "--seed", type=WholeNumber(0), default=0, metavar="N", show_default=True,
    help="The same seed sends the same deliveries, ids included, in the same order.",
)  # fmt: skip
@click.option(
    "--values", type=click.Choice(["realistic", "any", "corners"]), default="realistic",
    show_default=True, help="What the payloads are like, as of `kombo-fakes generate`.",
)  # fmt: skip
@click.option(
    "--invalid", is_flag=True,
    help="Wrong payloads, each with one fault, through the whole catalogue; signed correctly.",
)  # fmt: skip
@click.option(
    "--fault", "fault_ids", multiple=True, metavar="ID",
    help="Payloads with this fault; * stands for anything. Can be repeated.",
)  # fmt: skip
@click.option(
    "--wire-fault", "wire_ids", multiple=True, metavar="ID",
    help="Deliveries with this fault of signature, body or HTTP: signature-missing; * stands for"
    " anything. Can be repeated.",
)  # fmt: skip
@click.option(
    "--style", default="compact", metavar="NAME", show_default=True,
    help="How the bodies are written: indented, keys-reversed, ...; mixed is a bit of everything,"
    " random another one for each payload.",
)  # fmt: skip
@click.option(
    "--repeat", type=WholeNumber(1), default=1, metavar="N", show_default=True,
    help="Send each delivery N times.",
)  # fmt: skip
@click.option("--shuffle", is_flag=True, help="Send in an order that the seed decides.")
@click.option(
    "--set", "sets", multiple=True, metavar="POINTER=JSON",
    help="Fix a field: data.state=INVALID. What has to agree with it does. Can be repeated.",
)  # fmt: skip
@click.option(
    "--unset", "unsets", multiple=True, metavar="POINTER",
    help="Leave a field out. Can be repeated.",
)  # fmt: skip
@click.option(
    "--rate", type=Positive(), metavar="N",
    help="At most N deliveries per second; as fast as they are answered if not given.",
)  # fmt: skip
@transport_options(10.0)
@click.option(
    "--json", "as_json", is_flag=True,
    help="Print a JSON object with every delivery and the status that it was answered with.",
)  # fmt: skip
def send_command(
    url: str,
    event: str | None,
    schema_file: str | None,
    name: str | None,
    secret: str | None,
    secret_file: str | None,
    count: int | None,
    seed: int,
    values: str,
    invalid: bool,
    fault_ids: tuple[str, ...],
    wire_ids: tuple[str, ...],
    style: str,
    repeat: int,
    shuffle: bool,
    sets: tuple[str, ...],
    unsets: tuple[str, ...],
    rate: float | None,
    timeout: float,
    allow_remote: bool,
    ca_file: str | None,
    as_json: bool,
) -> None:
    """Send signed deliveries to a receiver, one after the other.

    Standard output says how often each status came back; whether that is what a receiver owes is
    the business of `kombo-fakes probe`. The exit status is 0 if everything was answered, with
    whatever status, and 2 if something wasn't, or by a redirect: that ends it. Only receivers on
    this machine are sent to, unless --allow-remote.
    """
    from kombo_fakes.errors import TransportError
    from kombo_fakes.generation.edits import RefusedError
    from kombo_fakes.wire.transport.client import Transport

    if invalid and fault_ids:
        raise click.UsageError("--invalid is all faults and --fault chosen ones: give one of them")
    if wire_ids and (invalid or fault_ids):
        raise click.UsageError("--wire-fault: takes valid payloads; leave out --fault, --invalid")
    if wire_ids and style != "compact":
        raise click.UsageError("--wire-fault: has styles of its own; leave out --style")
    if values == "corners" and (invalid or fault_ids or wire_ids):
        raise click.UsageError("--values corners are valid: for faults take realistic or any")
    plan = _Plan(
        load_schema(event, schema_file, name), count, seed, values, invalid, fault_ids, wire_ids,
        style, dict(map(override_of, sets)), unsets, read_secret(secret, secret_file),
    )  # fmt: skip
    note_unnamed(plan.schema, plan.overrides)
    tally = _Tally(as_json)
    try:
        with (
            Transport(url, timeout=timeout, allow_remote=allow_remote, ca_file=ca_file) as to,
            no_temporary_files() if values == "any" else nullcontext(),
        ):
            tally.url = to.name
            order = _ordered(plan.parcels(), repeat, seed if shuffle else None)
            with _progress(order, plan.total * repeat) as watched:
                for parcel in _paced(watched, rate):
                    tally.add(parcel, _answered(to, parcel.delivery))
    except RefusedError as error:
        raise advised(error) from None
    except (TransportError, _RedirectError) as error:
        which = f" (delivery {tally.sent + 1:,})" if tally.sent else ""
        tally.report(f"{error}{which}")
        raise KomboFakesError(f"{error}{which}") from None
    except KeyboardInterrupt:
        tally.report("interrupted")
        raise
    tally.report()


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A delivery, and what is known of it."""

    name: str
    delivery: Delivery
    event_id: Any
    style: str | None
    fault: str | None = None
    wire_fault: str | None = None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked for."""

    schema: Schema
    count: int | None
    seed: int
    values: str
    invalid: bool
    fault_ids: tuple[str, ...]
    wire_ids: tuple[str, ...]
    style: str
    overrides: dict[str, Any]
    removals: tuple[str, ...]
    secret: bytes = field(repr=False)

    @property
    def total(self) -> int:
        """How many parcels there are."""
        total = total_of(self._asked)
        return total * len(self._wire_faults()) if self.wire_ids else total

    def parcels(self) -> Iterator[_Parcel]:
        """Make them, one after the other. Names and options are checked before.

        Raises:
            UnknownNameError, OverrideError: as `generate` and `wire_faults` do, and for an unknown
                style.
        """
        from kombo_fakes.wire.serializations import serialize

        if self.style != RANDOM:
            serialize(None, self.style)  # Raises for a name that is none.
        made = self._payloads()
        return self._with_wire_faults(made) if self.wire_ids else self._signed(made)

    def _payloads(self) -> Iterator[Made[Any]]:
        from kombo_fakes.generation.runs import generate

        return generate(**self._asked)

    @property
    def _asked(self) -> dict[str, Any]:
        return {
            "event_or_schema": self.schema,
            "n": self.count,
            "seed": self.seed,
            "values": self.values,
            "invalid": self.invalid,
            "faults": self.fault_ids,
            "overrides": self.overrides,
            "removals": self.removals,
        }

    def _signed(self, payloads: Iterator[Made[Any]]) -> Iterator[_Parcel]:
        from kombo_fakes.wire.delivery import Delivery

        for number, made in enumerate(payloads):
            style = self._style(number)
            fault = None if made.fault is None else made.fault.id
            done = () if fault is None else (f"fault {fault}",)
            delivery = Delivery.of(made.payload, self.secret, style=style, done=done)
            yield _Parcel(made.stem, delivery, _id_of(made.payload), style, fault)

    def _style(self, number: int) -> str:
        from kombo_fakes.core.choices import SeededChoices, seed_for
        from kombo_fakes.wire.serializations import styles

        if self.style != RANDOM:
            return self.style
        choices = SeededChoices(seed_for("spelling", self.seed, number))
        return choices.pick([style.name for style in styles()])

    def _with_wire_faults(self, payloads: Iterator[Made[Any]]) -> Iterator[_Parcel]:
        from kombo_fakes.core.choices import seed_for
        from kombo_fakes.wire.faults import numbered_choices

        made = list(payloads)
        for fault in self._wire_faults():
            for number, one in enumerate(made):
                choices = numbered_choices(number, seed_for(fault.id, self.seed, number))
                delivery = fault.apply(one.payload, choices)
                if delivery is None:  # This payload can't have it.
                    delivery = fault.examples[number % len(fault.examples)]
                name = fault.id if number == 0 else f"{fault.id}-{number + 1}"
                found = delivery.payload
                yield _Parcel(name, delivery, _id_of(found), None, wire_fault=fault.id)

    def _wire_faults(self) -> tuple[Any, ...]:
        from kombo_fakes.wire.faults import wire_faults

        return wire_faults(self.schema, secret=self.secret, ids=self.wire_ids)


def _id_of(payload: Any) -> Any:
    return payload.get("id") if isinstance(payload, dict) else None


def _ordered(parcels: Iterator[_Parcel], times: int, seed: int | None) -> Iterator[_Parcel]:
    copies = (copy for parcel in parcels for copy in repeated(parcel, times))
    if seed is None:
        return copies
    from kombo_fakes.core.choices import seed_for

    numbered = enumerate(copies)
    return (parcel for _, parcel in sorted(numbered, key=lambda p: seed_for("order", seed, p[0])))


def _paced(parcels: Iterator[_Parcel], rate: float | None) -> Iterator[_Parcel]:
    """The same, at most so many per second."""
    begun = time.monotonic()
    for number, parcel in enumerate(parcels):
        if rate is not None:
            time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        yield parcel


class _RedirectError(KomboFakesError):
    """An answer that points elsewhere."""


def _answered(to: Transport, delivery: Delivery) -> Answer:
    """Send.

    Raises:
        TransportError: as `Transport.post` does.
        _RedirectError: for a redirect.
    """
    answer = to.post(delivery)
    location = answer.header("Location")
    if location is None or not 300 <= answer.status < 400:
        return answer
    turned = "" if answer.status in (307, 308) else ", and this one would turn POST into GET"
    raise _RedirectError(
        f"{to.name}: answered {answer.status}, a redirect to {shorten(location, 200)}; redirects "
        f"aren't followed{turned}: send to the URL that it ends at"
    )


@dataclass(slots=True)
class _Tally:
    """What came back so far."""

    as_json: bool
    url: str = ""
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    deliveries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, parcel: _Parcel, answer: Answer) -> None:
        """Count an answer."""
        self.sent += 1
        self.statuses[answer.status] += 1
        if self.as_json:
            self.deliveries.append(
                {
                    "name": parcel.name,
                    "id": parcel.event_id,
                    "fault": parcel.fault,
                    "wire_fault": parcel.wire_fault,
                    "style": parcel.style,
                    "status": answer.status,
                }
            )

    def report(self, trouble: str | None = None) -> None:
        """Print it."""
        from kombo_fakes.cli.terminal import binary_output, table
        from kombo_fakes.core.writer import to_pretty_json

        counts = [(str(status), number) for status, number in sorted(self.statuses.items())]
        if self.as_json:
            found = {
                "url": self.url,
                "sent": self.sent,
                "statuses": dict(counts),
                "error": trouble,
                "deliveries": self.deliveries,
            }
            binary_output().write(to_pretty_json(found) + b"\n")
        elif counts:
            rows = [(status, f"{number}") for status, number in counts]
            table(("status", "deliveries"), rows, note=f"{self.sent:,} to {self.url}")


@contextmanager
def _progress(parcels: Iterator[_Parcel], total: int) -> Iterator[Iterator[_Parcel]]:
    if total == 1 or not is_interactive():
        yield parcels
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("deliveries", total=total or None)

        def watched() -> Iterator[_Parcel]:
            for parcel in parcels:
                yield parcel
                bar.advance(task)

        yield watched()
