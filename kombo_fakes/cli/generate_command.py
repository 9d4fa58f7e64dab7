"""``kombo-fakes generate``: write payloads to standard output, a file or a directory."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import rich_click as click

from kombo_fakes.cli.hypothesis_directory import avoid_temporary_files
from kombo_fakes.cli.options import Command, Part, WholeNumber, format_examples
from kombo_fakes.cli.payload_options import (
    explain_rejected_edit,
    payload_options,
)
from kombo_fakes.errors import OverrideError

if TYPE_CHECKING:
    from kombo_fakes.core.writer import Format
    from kombo_fakes.generation.settings import GenerationSettings

EXAMPLES = format_examples(
    "kombo-fakes generate                             one payload",
    "kombo-fakes generate -n 1000 --format ndjson     1,000, one per line",
    "kombo-fakes generate --set data.state=INVALID --set /data/qa_status=FAILED",
    "kombo-fakes generate --values any -n 100 --out any/",
    "kombo-fakes generate --fault data.state-enum-lowercase",
    "kombo-fakes generate --fault 'data.updated_at-*' --format ndjson",
    "kombo-fakes generate --invalid -n 20 --seed 7 --out invalid/",
    "kombo-fakes generate -n 10000000 --jobs 2 --out many.ndjson.gz",
    "kombo-fakes generate -n 10000000 --part 3/8 --out part-3.ndjson",
)


@click.command("generate", cls=Command, epilog=EXAMPLES)
@payload_options(
    count="The number of payloads. With --fault, the number for each fault."
    " [default: 1; with --values corners, all of them]",
    seed="The same seed makes the same payloads, byte for byte.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "ndjson"]),
    help="json: one object, or an array of several. ndjson: one payload per line; an invalid one"
    " comes with its fault. The ending of --out decides the default, which is json otherwise.",
)
@click.option(
    "--out",
    metavar="FILE|DIR",
    help="Write a .json or .ndjson file, or a directory with one file per payload and a"
    " manifest.json.",
)
@click.option(
    "--part",
    type=Part(),
    default="1/1",
    metavar="K/M",
    help="Make only part K of M, so that several machines can share the work. Joined in order, the"
    " parts are the whole run. It works with ndjson and directories.",
)
@click.option(
    "--jobs",
    type=WholeNumber(1),
    default=1,
    metavar="N",
    show_default=True,
    help="The number of processes that make the lines of ndjson. It does not change the bytes.",
)
@click.option(
    "--faker",
    "locale",
    metavar="LOCALE",
    help="Take names from Faker in this locale, such as de_DE. Faker has to be installed.",
)
def generate_command(
    payloads: GenerationSettings,
    format_: Format | None,
    out: str | None,
    part: tuple[int, int],
    jobs: int,
    locale: str | None,
) -> None:
    """Make payloads: realistic, valid in any way that the schema allows, or invalid.

    The same options and seed make the same bytes, whatever --part and --jobs are. A longer run
    begins with the payloads of a shorter run.
    """
    from kombo_fakes.cli.payload_output import write_payloads

    settings = replace(payloads, part=part)
    if locale is not None:
        if payloads.values == "any":
            raise click.UsageError(
                "--faker: makes realistic values; leave out --faker or --values any"
            )
        from kombo_fakes.realistic.faker_names import FakerNames

        settings = replace(settings, names=FakerNames.for_locale(locale))
    # Only these values need Hypothesis.
    with avoid_temporary_files() if payloads.values == "any" else nullcontext():
        try:
            write_payloads(settings, jobs, format_, out)
        except OverrideError as error:
            raise explain_rejected_edit(error, settings.schema) from None
