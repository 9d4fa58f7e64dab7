"""``kombo-fakes send``: send signed deliveries to a receiver."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import rich_click as click

from kombo_fakes.cli.delivery_plan import DeliveryPlan, PlannedDelivery
from kombo_fakes.cli.hypothesis_directory import avoid_temporary_files
from kombo_fakes.cli.options import (
    Command,
    Positive,
    WholeNumber,
    format_examples,
    transport_options,
)
from kombo_fakes.cli.payload_options import (
    explain_rejected_edit,
    payload_options,
)
from kombo_fakes.cli.progress import show_bar
from kombo_fakes.cli.secret import secret_options
from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import KomboFakesError, OverrideError

if TYPE_CHECKING:
    from kombo_fakes.generation.settings import GenerationSettings
    from kombo_fakes.wire.delivery import Delivery
    from kombo_fakes.wire.transport.client import Answer, Transport

EXAMPLES = format_examples(
    "kombo-fakes send http://127.0.0.1:8000/webhooks/kombo --secret-file secret.txt",
    "kombo-fakes send URL --set data.state=INVALID            set a field",
    "kombo-fakes send URL --values any -n 1000 --style random",
    "kombo-fakes send URL --fault '*' --json                  the response to each fault",
    "kombo-fakes send URL --wire-fault 'signature-*'",
    "kombo-fakes send URL -n 50 --repeat 2 --shuffle          duplicates in random order",
)


@click.command("send", cls=Command, epilog=EXAMPLES)
@click.argument("url")
@payload_options(
    count="The number of payloads. With --fault or --wire-fault, the number for each fault."
    " [default: 1; with --values corners, all of them]",
    seed="The same seed sends the same deliveries, with the same ids, in the same order.",
)
@secret_options
@click.option(
    "--wire-fault", "wire_fault_ids", multiple=True, metavar="ID",
    help="Send deliveries with this fault of signature, body or headers, such as"
    " signature-missing; * matches anything. Can be repeated.",
)  # fmt: skip
@click.option(
    "--style", default="compact", metavar="NAME", show_default=True,
    help="The style of the JSON bodies, such as compact, indented or keys-reversed. mixed combines"
    " several styles in one body. random picks a style for each payload.",
)  # fmt: skip
@click.option(
    "--repeat", type=WholeNumber(1), default=1, metavar="N", show_default=True,
    help="Send each delivery N times.",
)  # fmt: skip
@click.option("--shuffle", is_flag=True, help="Shuffle the deliveries. The seed decides the order.")
@click.option(
    "--rate", type=Positive(), metavar="N",
    help="Send at most N deliveries per second. By default there is no limit.",
)  # fmt: skip
@transport_options(10.0)
@click.option(
    "--json", "as_json", is_flag=True,
    help="Print a JSON object with every delivery and the status of its response.",
)  # fmt: skip
def send_command(
    url: str,
    payloads: GenerationSettings,
    secret: bytes,
    wire_fault_ids: tuple[str, ...],
    style: str,
    repeat: int,
    shuffle: bool,
    rate: float | None,
    as_json: bool,
    **transport: Any,
) -> None:
    """Send signed deliveries to a receiver, and count the responses.

    Standard output shows how often the receiver answered with each status. To find out if these
    responses are correct, use `kombo-fakes probe`. The exit status is 0 if the receiver answered
    every delivery, whatever the status. It is 2 if a response is missing or is a redirect; the
    command stops there. The receiver has to be on this machine, unless you add --allow-remote.
    """
    from kombo_fakes.errors import TransportError
    from kombo_fakes.wire.transport.client import Transport

    if wire_fault_ids:
        _check_wire_faults(payloads, style)
    plan = DeliveryPlan(payloads, wire_fault_ids, style, repeat, shuffle, secret)
    answers = _Answers(as_json)
    try:
        with (
            Transport(url, **transport) as to,
            # Only these values need Hypothesis.
            avoid_temporary_files() if payloads.values == "any" else nullcontext(),
        ):
            answers.url = to.name
            deliveries = plan.make_deliveries(rate)
            with show_bar("deliveries", plan.count_deliveries()) as advance:
                for planned in deliveries:
                    answers.add(planned, _send(to, planned.delivery))
                    advance(1)
    except OverrideError as error:
        raise explain_rejected_edit(error, payloads.schema) from None
    except (TransportError, _RedirectError) as error:
        number = f" (delivery {answers.sent + 1:,})" if answers.sent else ""
        # The receiver has answered the deliveries before this one, so they are counted here, too.
        answers.print(f"{error}{number}")
        raise KomboFakesError(f"{error}{number}") from None
    except KeyboardInterrupt:
        answers.print("interrupted")
        # The message and the exit status of Ctrl-C are the same for all commands, and main has
        # them.
        raise
    answers.print()


def _check_wire_faults(payloads: GenerationSettings, style: str) -> None:
    """Raise if another option does not go with ``--wire-fault``."""
    if payloads.invalid or payloads.faults:
        raise click.UsageError(
            "--wire-fault: needs valid payloads; leave out --fault and --invalid"
        )
    if style != "compact":
        raise click.UsageError("--wire-fault: sets the style itself; leave out --style")
    if payloads.values == "corners":
        raise click.UsageError(
            "--wire-fault: goes with --values realistic or any, not with corners"
        )


class _RedirectError(KomboFakesError):
    """An answer that redirects to another URL."""


def _send(to: Transport, delivery: Delivery) -> Answer:
    """Send a delivery.

    Raises:
        TransportError: as `Transport.post` does.
        _RedirectError: for a redirect.
    """
    answer = to.post(delivery)
    location = answer.header("Location")
    # A status such as 304 leads nowhere without a location, and is counted like any other.
    if location is None or not 300 <= answer.status < 400:
        return answer
    # RFC 9110, section 15.4: only 307 and 308 keep the method.
    method = "" if answer.status in (307, 308) else ", and this one would change POST to GET"
    raise _RedirectError(
        f"{to.name}: answered {answer.status}, a redirect to {shorten(location, 200)}; redirects "
        f"are not followed{method}; send to the final URL"
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
        # Only --json shows them, and in a long run they would take much memory.
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
            error: Why the command stopped before the last delivery; None if it did not.
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
