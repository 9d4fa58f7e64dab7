"""``kombo-fakes events``: the events that there are payloads of."""

from __future__ import annotations

import rich_click as click


@click.command("events")
def events_command() -> None:
    """List the events whose schemas this package carries.

    Piped, a line is a name, a tab and the title of the schema; the first one is the default.
    """
    from kombo_fakes.cli.terminal import table
    from kombo_fakes.registry import DEFAULT_EVENT, event_document, events

    rows = [(name, str(event_document(name).get("title", ""))) for name in events()]
    table(("event", "schema"), rows, note=f"{DEFAULT_EVENT} is the default")
