"""``kombo-fakes replay``: send deliveries of a probe again."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import rich_click as click

from kombo_fakes.cli.options import Command, format_examples, transport_options
from kombo_fakes.cli.status import FINE, FOUND
from kombo_fakes.core.messages import pluralize, shorten, suggest

if TYPE_CHECKING:
    from kombo_fakes.probing.reports.kept_exchanges import KeptExchange

EXAMPLES = format_examples(
    "kombo-fakes replay report.json --url http://127.0.0.1:8000/webhooks/kombo",
    "kombo-fakes replay report.json --finding signature-absent",
    "kombo-fakes replay recorded/00012-wire-signature-missing.json",
)


@click.command("replay", cls=Command, epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--url", metavar="URL", help="The receiver. By default it is the receiver that the file names."
)
@click.option(
    "--finding", "findings", metavar="ID", multiple=True,
    help="Send only this finding of a report. Can be repeated.",
)  # fmt: skip
@transport_options(10.0)
def replay_command(
    files: tuple[str, ...],
    url: str | None,
    findings: tuple[str, ...],
    **transport: Any,
) -> int:
    """Send deliveries of a probe again, byte for byte, and compare the responses.

    FILE is a report of `probe --json`, or a delivery that `probe --record` has written. Each line
    shows the earlier response, the new response and a verdict. The verdict of a finding is fixed,
    still wrong, or wrong in another way. Earlier deliveries of a finding show as expected. What a
    receiver stores or exposes cannot be judged from a response: not judged. A recording does not
    say which response is expected, so its verdict is as recorded, or differs from the recording.
    Known findings are sent again only if --finding names them. The exit status is 1 if anything is
    wrong.
    """
    from kombo_fakes.cli.terminal import print_message, print_table
    from kombo_fakes.core.json_reader import parse_json, read_bytes
    from kombo_fakes.errors import DocumentError
    from kombo_fakes.probing.receivers.resolve import resolve_receiver
    from kombo_fakes.probing.reports.kept_exchanges import WRONG, read_kept_exchanges

    # All files are read before anything is sent, so that a wrong name does not stop a replay
    # halfway.
    again: list[tuple[str, list[KeptExchange]]] = []
    for name in files:
        try:
            data = parse_json(read_bytes(name), name)
        except DocumentError as error:
            hint = "expected a file of `probe --json` or `probe --record`"
            raise DocumentError(f"{error}; {hint}") from None
        found = read_kept_exchanges(data, name, findings)
        if findings and not found:
            missing = " or ".join(findings)
            hint = _hint_at_ids(data, findings[0])
            raise DocumentError(f"{name}: has no finding {missing}{hint}")
        if not found:
            # A report without findings is no mistake: the receiver may be right.
            print_message(f"note: {name}: has no finding to send again{_mention_known(data)}")
        again.append((url or _read_target(data, name), found))
    rows, verdicts = [], Counter[str]()
    for to, found in again:
        receiver = resolve_receiver(to, url=to, **transport)
        try:
            for kept in found:
                then = kept.exchange
                reply = receiver.deliver(then.delivery)
                verdict = kept.judge(reply)
                verdicts[verdict] += 1
                done = ", ".join(then.delivery.done)
                rows.append((kept.title, done, str(then.reply), str(reply), verdict))
        finally:
            receiver.close()
    print_table(("finding", "delivery", "then", "now", "verdict"), rows)
    if verdicts["not judged"]:
        print_message(
            "note: a response alone does not show what is stored or leaked; to judge that, run "
            "`kombo-fakes probe` again"
        )
    return FOUND if any(verdicts[verdict] for verdict in WRONG) else FINE


def _read_target(data: Any, name: str) -> str:
    """Return the URL that a file says it was sent to.

    Raises:
        UsageError: if the file does not name it, or not all of it.
    """
    to = data.get("url") or data.get("target") if isinstance(data, dict) else None
    if not isinstance(to, str) or "://" not in to:
        raise click.UsageError(f"{name}: does not name a receiver; add --url URL")
    # Reports of earlier versions have no such field, and no query either.
    if data.get("query_removed", "?" in to):
        raise click.UsageError(
            f"{name}: was sent to {shorten(to, 200)}, without the query; add --url URL"
        )
    return to


def _hint_at_ids(data: Any, finding_id: str) -> str:
    from kombo_fakes.errors import DocumentError
    from kombo_fakes.probing.reports.as_json import known_findings

    try:
        ids = known_findings(data, "")
    except DocumentError:
        return ""  # A recorded delivery belongs to no finding.
    return f"; {suggest(finding_id, ids)}" if ids else ""


def _mention_known(data: Any) -> str:
    known = data.get("known") if isinstance(data, dict) else None
    if not isinstance(known, list) or not known:
        return ""
    return f"; to send its {pluralize(len(known), 'known finding')}, add --finding ID"
