"""``kombo-fakes generate``: payloads to standard output, a file or a directory."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import rich_click as click

from kombo_fakes.cli.options import Part, WholeNumber, format_examples
from kombo_fakes.cli.payload_options import (
    explain_rejected_edit,
    payload_options,
)
from kombo_fakes.cli.temporary_files import avoid_temporary_files
from kombo_fakes.errors import OverrideError

if TYPE_CHECKING:
    from kombo_fakes.core.writer import Format
    from kombo_fakes.generation.settings import GenerationSettings

EXAMPLES = format_examples(
    "kombo-fakes generate                             one payload",
    "kombo-fakes generate -n 1000 --format ndjson     a thousand, one a line",
    "kombo-fakes generate --set data.state=INVALID --set /data/qa_status=FAILED",
    "kombo-fakes generate --values any -n 100 --out any/",
    "kombo-fakes generate --fault data.state-enum-lowercase",
    "kombo-fakes generate --fault 'data.updated_at-*' --format ndjson",
    "kombo-fakes generate --invalid -n 20 --seed 7 --out wrong/",
    "kombo-fakes generate -n 10000000 --jobs 2 --out many.ndjson.gz",
    "kombo-fakes generate -n 10000000 --part 3/8 --out part-3.ndjson",
)


@click.command("generate", epilog=EXAMPLES)
@payload_options(
    count="How many payloads: 1 if not given; of each fault, with --fault.",
    seed="The same seed gives the same payloads, byte for byte.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["json", "ndjson"]),
    help="json: an object, or an array of several. ndjson: one a line, wrong ones with"
    " what is wrong. By default json, or what the ending of --out says.",
)
@click.option(
    "--out",
    metavar="FILE|DIR",
    help="Write a .json or .ndjson file, or a directory of one file each and a manifest.json.",
)
@click.option(
    "--part",
    type=Part(),
    default="1/1",
    metavar="K/M",
    help="The K-th of M parts of ndjson or a directory, which one after the other are the whole:"
    " so that several machines can share the work.",
)
@click.option(
    "--jobs",
    type=WholeNumber(1),
    default=1,
    metavar="N",
    show_default=True,
    help="How many processes make lines of ndjson; the bytes are the same.",
)
@click.option(
    "--faker",
    "locale",
    metavar="LOCALE",
    help="Names from your Faker in this locale (de_DE), instead of those carried along.",
)
def generate_command(
    payloads: GenerationSettings,
    format_: Format | None,
    out: str | None,
    part: tuple[int, int],
    jobs: int,
    locale: str | None,
) -> None:
    """Make payloads: realistic, strange or wrong.

    The same options and seed are the same bytes, in whatever parts and by however many jobs. A
    longer run begins with the payloads of a shorter one.
    """
    from kombo_fakes.cli.payload_output import write_payloads

    settings = replace(payloads, part=part)
    if locale is not None:
        if payloads.values == "any":
            raise click.UsageError("--faker makes realistic values: it goes without --values any")
        from kombo_fakes.realistic.faker_names import FakerNames

        settings = replace(settings, names=FakerNames.for_locale(locale))
    with avoid_temporary_files() if payloads.values == "any" else nullcontext():
        try:
            write_payloads(settings, jobs, format_, out)
        except OverrideError as error:
            raise explain_rejected_edit(error) from None
