"""``kombo-fakes probe``: find what a receiver gets wrong."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import rich_click as click

from kombo_fakes.cli.hypothesis_directory import avoid_temporary_files
from kombo_fakes.cli.options import (
    Command,
    Positive,
    WholeNumber,
    format_examples,
    transport_options,
)
from kombo_fakes.cli.progress import show_phases
from kombo_fakes.cli.secret import secret_options
from kombo_fakes.cli.status import FINE, FOUND, INTERRUPTED, UNUSABLE
from kombo_fakes.core.messages import shorten

if TYPE_CHECKING:
    from kombo_fakes.probing.engine.run_events import Subscriber
    from kombo_fakes.probing.reports.report import Report

EXAMPLES = format_examples(
    "kombo-fakes probe http://127.0.0.1:8000/webhooks/kombo --secret-file secret.txt",
    "kombo-fakes probe URL --observe-url 'http://127.0.0.1:8000/integrations/{integration_id}'",
    "kombo-fakes probe URL --policy tolerant --junit report.xml",
    "kombo-fakes probe URL --json known.json           save the known findings",
    "kombo-fakes probe URL --baseline known.json       report only new findings",
)


def _check_template(
    context: click.Context, parameter: click.Parameter, template: str | None
) -> str | None:
    from kombo_fakes.probing.receivers.resolve import PLACEHOLDER
    from kombo_fakes.wire.transport.urls import without_secrets

    if template is not None and PLACEHOLDER not in template:
        raise click.UsageError(
            f"--observe-url {shorten(without_secrets(template))}: has no {PLACEHOLDER}; put it "
            "where the id of the integration belongs"
        )
    return template


@click.command("probe", cls=Command, epilog=EXAMPLES)
@click.argument("url")
@click.option(
    "--event", metavar="NAME", multiple=True, show_default="the first one",
    help="An event to send; `kombo-fakes events` lists them. Can be repeated.",
)  # fmt: skip
@secret_options
@click.option(
    "--policy", type=click.Choice(["strict", "tolerant"]), default="strict", show_default=True,
    help="strict: the receiver has to reject what the schema forbids. tolerant: it may accept or"
    " reject such payloads, but it has to accept payloads of future releases, such as one with a"
    " new property.",
)  # fmt: skip
@click.option(
    "--observe-url", "observe", metavar="TEMPLATE", callback=_check_template,
    help="A URL with {integration_id} in it, where the receiver shows the stored state of an"
    " integration: a JSON object with state, qa_status, setup_status, updated_at and optionally"
    " events, or 404 for an unknown integration.",
)  # fmt: skip
@click.option(
    "--max-examples", type=WholeNumber(0), default=100, metavar="N", show_default=True,
    help="The number of payloads that Hypothesis draws, in addition to the fixed cases.",
)  # fmt: skip
@click.option(
    "--seed", type=WholeNumber(0), default=0, metavar="N", show_default=True,
    help="The same seed sends the same payloads. Only the ids in them are new in each run.",
)  # fmt: skip
@click.option(
    "--max-seconds", type=Positive(), default=300.0, metavar="SECONDS", show_default=True,
    help="Stop the run after this time.",
)  # fmt: skip
@click.option(
    "--settle", type=Positive(), default=0.75, metavar="SECONDS", show_default=True,
    help="How long to wait for the correct stored state. Raise it if the receiver responds"
    " before it stores an event.",
)  # fmt: skip
@click.option(
    "--json", "json_file", metavar="FILE",
    help="Write the report as JSON. Use `-` to print it instead of the readable report.",
)  # fmt: skip
@click.option(
    "--html", "html_file", metavar="FILE",
    help="Write the report as an HTML page in one file.",
)  # fmt: skip
@click.option("--junit", "junit_file", metavar="FILE", help="Write the report as JUnit XML.")
@click.option(
    "--record",
    metavar="DIR",
    help="Write every delivery and its response into a directory, with curl commands and a HAR"
    " file.",
)
@click.option(
    "--skip", metavar="FINDING", multiple=True,
    help="The id of a known finding, which does not fail the run; * matches anything. Can be"
    " repeated.",
)  # fmt: skip
@click.option(
    "--baseline", metavar="FILE",
    help="A report of `probe --json`, or a JSON array of ids. Its findings are known.",
)  # fmt: skip
@transport_options(5.0)
def probe_command(
    url: str,
    json_file: str | None,
    html_file: str | None,
    junit_file: str | None,
    record: str | None,
    skip: tuple[str, ...],
    baseline: str | None,
    **settings: Any,
) -> int:
    """Send deliveries to a receiver and report what it gets wrong.

    The probe sends valid payloads in many JSON styles (indented, escaped, ...), invalid payloads,
    wrong signatures, broken bodies and schema changes. With --observe-url it also sends
    duplicates, late events and retries, and compares the stored state. The report goes to standard
    output. The exit status is 1 if something was found, and 2 if nothing was found but the run was
    stopped before its end. The receiver has to be on this machine, unless you add --allow-remote.
    """
    outs = {"json": json_file, "html": html_file, "junit": junit_file}
    _check_apart([name for name in outs.values() if name is not None])
    with avoid_temporary_files():  # Before anything imports Hypothesis.
        return _run_probe(url, settings, outs, record, skip, baseline)


def _check_apart(names: Sequence[str]) -> None:
    """Raise if two reports would be written to the same file."""
    # Two names can be links to the same file.
    places = [name if name == "-" else os.path.realpath(name) for name in names]
    # The null device keeps nothing, so any number of reports may go there.
    for name, place in zip(names, places, strict=True):
        if places.count(place) > 1 and place != os.devnull:
            raise click.UsageError(
                f"{name}: two reports cannot go into one file; give each its own file"
            )


def _run_probe(
    url: str,
    options: Mapping[str, Any],
    outs: Mapping[str, str | None],
    record: str | None,
    skip: Iterable[str],
    baseline: str | None,
) -> int:
    from kombo_fakes.cli.probe_output import print_report
    from kombo_fakes.cli.terminal import open_output
    from kombo_fakes.core.json_reader import parse_json, read_bytes
    from kombo_fakes.core.writer import to_pretty_json
    from kombo_fakes.errors import DocumentError
    from kombo_fakes.probing.engine.probe import run_probe
    from kombo_fakes.probing.engine.run_events import report_exchanges_to
    from kombo_fakes.probing.engine.settings import ProbeSettings
    from kombo_fakes.probing.reports.as_html import html_report
    from kombo_fakes.probing.reports.as_json import data_report, known_findings
    from kombo_fakes.probing.reports.as_junit import junit_report
    from kombo_fakes.probing.reports.recorder import Recorder

    known = set(skip)
    if baseline is not None:
        try:
            listed = parse_json(read_bytes(baseline), baseline)
        except DocumentError as error:
            hint = "a baseline is a report of `probe --json`"
            raise DocumentError(f"--baseline {error}; {hint}") from None
        known |= known_findings(listed, baseline)
    settings = ProbeSettings(skip=known, **options)
    writers: dict[str, Callable[[Report], bytes]] = {
        "json": lambda report: to_pretty_json(data_report(report)) + b"\n",
        "html": html_report,
        "junit": junit_report,
    }
    # Opened before the run, so a path that cannot be written is an error before the long work.
    with contextlib.ExitStack() as files:
        streams = {
            kind: files.enter_context(open_output(name))
            for kind, name in outs.items()
            if name is not None
        }
        subscribers: list[Subscriber] = []
        if record is not None:
            recorder = files.enter_context(Recorder(record, url))
            subscribers.append(report_exchanges_to(recorder.keep))
        with show_phases() as bar:
            report = run_probe(url, settings, [*subscribers, *bar])
        for kind, stream in streams.items():
            stream.write(writers[kind](report))
    if "-" not in outs.values():
        print_report(report)
    return _status(report)


def _status(report: Report) -> int:
    from kombo_fakes.cli.terminal import print_message

    # Findings of a run that Ctrl-C has stopped are printed, but its status is that of Ctrl-C.
    if report.is_interrupted:
        return INTERRUPTED
    if report.findings:
        return FOUND
    if report.stopped:
        # The cases that were not tried may have findings, so this is not fine.
        print_message(f"error: {report.target}: the run was stopped: {report.stopped}")
        return UNUSABLE
    return FINE
