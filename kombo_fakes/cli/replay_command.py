"""``kombo-fakes replay``: what a probe has found, sent once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from kombo_fakes.cli.options import examples

if TYPE_CHECKING:
    from kombo_fakes.probing.model import Exchange

EXAMPLES = examples(
    "kombo-fakes replay report.json --url http://127.0.0.1:8000/webhooks/kombo",
    "kombo-fakes replay report.json --finding signature-absent",
    "kombo-fakes replay recorded/00012-wire-signature-missing.json",
)


@click.command("replay", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--url", metavar="URL", help="Where to; where it was sent before if not given.")
@click.option(
    "--finding", "findings", metavar="ID", multiple=True,
    help="Only this finding of a report. Can be repeated.",
)  # fmt: skip
@click.option(
    "--timeout", type=click.FloatRange(min=0, min_open=True), default=10.0, metavar="SECONDS",
    show_default=True, help="After which a delivery without an answer hangs.",
)  # fmt: skip
@click.option(
    "--allow-remote", is_flag=True, help="Let the URL be one of another machine than this."
)
@click.option("--ca-file", metavar="FILE", help="Certificates to trust, for https.")
def replay_command(
    files: tuple[str, ...],
    url: str | None,
    findings: tuple[str, ...],
    timeout: float,
    allow_remote: bool,
    ca_file: str | None,
) -> int:
    """Send the same bytes again: reports of `probe --json`, and what `probe --record` has kept.

    A line says what came back then, and what comes back now. The exit status is 1 if it is the
    same for all deliveries of a file.
    """
    from kombo_fakes.cli import FINE, FOUND
    from kombo_fakes.cli.terminal import table
    from kombo_fakes.document import parse_json, read_bytes
    from kombo_fakes.errors import DocumentError
    from kombo_fakes.probing.data_report import exchanges_in
    from kombo_fakes.probing.receivers import receiver_for

    again: list[tuple[str, str, list[Exchange]]] = []
    for name in files:
        data = parse_json(read_bytes(name), name)
        to = url or (data.get("url") or data.get("target") if isinstance(data, dict) else None)
        if not isinstance(to, str) or "://" not in to:
            raise click.UsageError(f"--url: {name} doesn't say where it was sent; say where to")
        found = exchanges_in(data, name, findings)
        if not found and findings:
            raise DocumentError(f"{name}: has no finding {', '.join(findings)}")
        again.extend((to, title, exchanges) for title, exchanges in found)
    rows, same = [], True
    for to, title, exchanges in again:
        receiver = receiver_for(
            to, url=to, timeout=timeout, allow_remote=allow_remote, ca_file=ca_file
        )
        try:
            for exchange in exchanges:
                reply = receiver.deliver(exchange.delivery)
                same = same and str(reply) == str(exchange.reply)
                done = ", ".join(exchange.delivery.done)
                rows.append((title, done, str(exchange.reply), str(reply)))
        finally:
            receiver.close()
    table(("what", "delivery", "then", "now"), rows)
    return FOUND if rows and same else FINE
