"""``kombo-fakes events``: list the events that this package ships."""

from __future__ import annotations

import sys

import rich_click as click

from kombo_fakes.cli.options import Command


@click.command("events", cls=Command)
def events_command() -> None:
    """List the events that this package has a schema for.

    Kombo has published some of the schemas. The others were written for this project from Kombo's
    API description and SDK. The first event is the default. If the output is not a terminal, each
    line holds the name of the event, the title of its schema and the origin of the schema,
    separated by tabs.
    """
    from kombo_fakes.cli.terminal import is_terminal, print_table
    from kombo_fakes.webhooks.shipped import DEFAULT_EVENT, event_document, events

    # All titles end so, and a terminal has little room.
    end = "WebhookPayload" if is_terminal(sys.stdout) else ""
    rows = []
    for name in events():
        document = event_document(name)
        # Only the documents of this project have a comment on their origin.
        origin = "written here" if "$comment" in document else "published"
        rows.append((name, str(document.get("title", "")).removesuffix(end), origin))
    print_table(("event", "schema", "origin"), rows, note=f"{DEFAULT_EVENT} is the default")
