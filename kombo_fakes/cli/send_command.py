"""``kombo-fakes send``: signed deliveries to a receiver."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import rich_click as click

from kombo_fakes.cli.delivery_plan import DeliveryPlan, PlannedDelivery
from kombo_fakes.cli.options import Positive, WholeNumber, format_examples, transport_options
from kombo_fakes.cli.payload_options import (
    explain_rejected_edit,
    payload_options,
)
from kombo_fakes.cli.progress import show_bar
from kombo_fakes.cli.secret import read_secret, secret_options
from kombo_fakes.cli.temporary_files import avoid_temporary_files
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import KomboFakesError, OverrideError

if TYPE_CHECKING:
    from kombo_fakes.generation.settings import GenerationSettings
    from kombo_fakes.wire.delivery import Delivery
    from kombo_fakes.wire.transport.client import Answer, Transport

EXAMPLES = format_examples(
    "kombo-fakes send http://127.0.0.1:8000/webhooks/kombo --secret-file secret.txt",
    "kombo-fakes send URL --set data.state=INVALID            one that says what you want",
    "kombo-fakes send URL --values any -n 1000 --style random",
    "kombo-fakes send URL --fault '*' --json                  which answer to which fault",
    "kombo-fakes send URL --wire-fault 'signature-*'",
    "kombo-fakes send URL -n 50 --repeat 2 --shuffle          duplicates, in any order",
)


@click.command("send", epilog=EXAMPLES)
@click.argument("url")
@payload_options(
    count="How many payloads: 1 if not given; of each fault, with --fault and --wire-fault.",
    seed="The same seed sends the same deliveries, ids included, in the same order.",
)
@secret_options
@click.option(
    "--wire-fault", "wire_fault_ids", multiple=True, metavar="ID",
    help="Deliveries with this fault of signature, body or HTTP: signature-missing; * stands for"
    " anything. Can be repeated.",
)  # fmt: skip
@click.option(
    "--style", default="compact", metavar="NAME", show_default=True,
    help="How the bodies are written: compact, indented, keys-reversed, ... mixed combines several"
    " styles, and random picks one for each payload.",
)  # fmt: skip
@click.option(
    "--repeat", type=WholeNumber(1), default=1, metavar="N", show_default=True,
    help="Send each delivery N times.",
)  # fmt: skip
@click.option("--shuffle", is_flag=True, help="Send in an order that the seed decides.")
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
    payloads: GenerationSettings,
    secret: str | None,
    secret_file: str | None,
    wire_fault_ids: tuple[str, ...],
    style: str,
    repeat: int,
    shuffle: bool,
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
    from kombo_fakes.wire.transport.client import Transport

    if wire_fault_ids:
        _check_wire_faults(payloads, style)
    plan = DeliveryPlan(
        payloads, wire_fault_ids, style, repeat, shuffle, read_secret(secret, secret_file)
    )
    answers = _Answers(as_json)
    try:
        with (
            Transport(url, timeout=timeout, allow_remote=allow_remote, ca_file=ca_file) as to,
            avoid_temporary_files() if payloads.values == "any" else nullcontext(),
        ):
            answers.url = to.name
            deliveries = plan.make_deliveries(rate)
            with show_bar("deliveries", plan.count_deliveries()) as advance:
                for planned in deliveries:
                    answers.add(planned, _send(to, planned.delivery))
                    advance(1)
    except OverrideError as error:
        raise explain_rejected_edit(error) from None
    except (TransportError, _RedirectError) as error:
        which = f" (delivery {answers.sent + 1:,})" if answers.sent else ""
        answers.print(f"{error}{which}")
        raise KomboFakesError(f"{error}{which}") from None
    except KeyboardInterrupt:
        answers.print("interrupted")
        raise
    answers.print()


def _check_wire_faults(payloads: GenerationSettings, style: str) -> None:
    """Raise if ``--wire-fault`` is given with what does not go with it."""
    if payloads.invalid or payloads.faults:
        raise click.UsageError("--wire-fault: takes valid payloads; leave out --fault, --invalid")
    if style != "compact":
        raise click.UsageError("--wire-fault: has styles of its own; leave out --style")
    if payloads.values == "corners":
        raise click.UsageError("--values corners are valid: for faults take realistic or any")


class _RedirectError(KomboFakesError):
    """An answer that points elsewhere."""


def _send(to: Transport, delivery: Delivery) -> Answer:
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
class _Answers:
    """The answers so far."""

    as_json: bool
    url: str = ""
    sent: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    deliveries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, planned: PlannedDelivery, answer: Answer) -> None:
        """Count an answer."""
        self.sent += 1
        self.statuses[answer.status] += 1
        if self.as_json:
            self.deliveries.append(
                {
                    "name": planned.name,
                    "id": planned.event_id,
                    "fault": planned.fault,
                    "wire_fault": planned.wire_fault,
                    "style": planned.style,
                    "status": answer.status,
                }
            )

    def print(self, error: str | None = None) -> None:
        """Print the counts, and with ``--json`` each delivery.

        Args:
            error: What ended the command before the last delivery; None if nothing did.
        """
        from kombo_fakes.cli.terminal import get_binary_output, print_table
        from kombo_fakes.core.writer import to_pretty_json

        counts = [(str(status), number) for status, number in sorted(self.statuses.items())]
        if self.as_json:
            report = {
                "url": self.url,
                "sent": self.sent,
                "statuses": dict(counts),
                "error": error,
                "deliveries": self.deliveries,
            }
            get_binary_output().write(to_pretty_json(report) + b"\n")
        elif counts:
            rows = [(status, f"{number}") for status, number in counts]
            print_table(("status", "deliveries"), rows, note=f"{self.sent:,} to {self.url}")
