"""``kombo-fakes events``: the events that there are payloads of."""

from __future__ import annotations

import sys

import rich_click as click


@click.command("events")
def events_command() -> None:
    """List the events whose schemas this package carries.

    Some schemas are documents that Kombo has published; the others were written for this
    project, from what Kombo's API description and SDK show of the fields. Piped, a line is the
    name, the title of the schema and where it is from, with tabs between; the first one is the
    default.
    """
    from kombo_fakes.cli.terminal import is_terminal, print_table
    from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, event_document, events

    # What all titles end with says nothing, and a terminal isn't wide.
    end = "WebhookPayload" if is_terminal(sys.stdout) else ""
    rows = []
    for name in events():
        document = event_document(name)
        # A document that was published says nothing of how it came about.
        origin = "written here" if "$comment" in document else "published"
        rows.append((name, str(document.get("title", "")).removesuffix(end), origin))
    print_table(("event", "schema", "from"), rows, note=f"{DEFAULT_EVENT} is the default")
