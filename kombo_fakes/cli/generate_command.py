"""``kombo-fakes generate``: payloads to standard output, a file or a directory."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import rich_click as click

from kombo_fakes.cli.options import (
    Part,
    WholeNumber,
    examples,
    is_interactive,
    load_schema,
    schema_options,
)
from kombo_fakes.cli.temporary_files import no_temporary_files

if TYPE_CHECKING:
    from kombo_fakes.core.writer import Format
    from kombo_fakes.generation.runs import Made
    from kombo_fakes.schema.schema import Schema

_MANY = 2_000
"""From how many payloads on it takes long enough for a progress bar."""


EXAMPLES = examples(
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
@schema_options
@click.option(
    "-n",
    "--count",
    "count",
    type=WholeNumber(1),
    metavar="N",
    help="How many payloads: 1 if not given; of each fault, with --fault.",
)
@click.option(
    "--seed",
    type=WholeNumber(0),
    default=0,
    metavar="N",
    show_default=True,
    help="The same seed gives the same payloads, byte for byte.",
)
@click.option(
    "--values",
    type=click.Choice(["realistic", "any", "corners"]),
    default="realistic",
    show_default=True,
    help="What the payloads are like: what Kombo sends on a usual day; anything that"
    " the schema allows; or a named list of the edges of what it allows.",
)
@click.option(
    "--invalid",
    is_flag=True,
    help="Wrong payloads, each with one fault, through the whole catalogue.",
)
@click.option(
    "--fault",
    "fault_ids",
    multiple=True,
    metavar="ID",
    help="Payloads with this fault; * stands for anything. Can be repeated.",
)
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="POINTER=JSON",
    help="Fix a field: data.state=INVALID, /data/end_user/origin_id=null. What has to"
    " agree with it does. Can be repeated.",
)
@click.option(
    "--unset",
    "unsets",
    multiple=True,
    metavar="POINTER",
    help="Leave a field out. Can be repeated.",
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
    event: str | None,
    schema_file: str | None,
    name: str | None,
    count: int | None,
    seed: int,
    values: str,
    invalid: bool,
    fault_ids: tuple[str, ...],
    sets: tuple[str, ...],
    unsets: tuple[str, ...],
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
    from kombo_fakes.generation.edits import RefusedError
    from kombo_fakes.webhooks.names import POOLED, Names

    if invalid and fault_ids:
        raise click.UsageError("--invalid is all faults and --fault chosen ones: give one of them")
    if values == "corners" and (invalid or fault_ids):
        raise click.UsageError("--values corners are valid: for faults take realistic or any")
    if locale is not None and values == "any":
        raise click.UsageError("--faker makes realistic values: it goes without --values any")
    overrides = dict(map(override_of, sets))
    schema = load_schema(event, schema_file, name)
    note_unnamed(schema, overrides)
    names: Names = POOLED
    if locale is not None:
        from kombo_fakes.realistic.faker_names import FakerNames

        names = FakerNames.for_locale(locale)
    asked: dict[str, Any] = {
        "event_or_schema": schema,
        "n": count,
        "seed": seed,
        "values": values,
        "invalid": invalid,
        "faults": fault_ids,
        "overrides": overrides,
        "removals": unsets,
        "names": names,
        "part": part,
    }
    with no_temporary_files() if values == "any" else _nothing():
        try:
            _write(asked, jobs, format_, out)
        except RefusedError as error:
            raise advised(error) from None


def override_of(text: str) -> tuple[str, Any]:
    from kombo_fakes.core.json_reader import parse_json
    from kombo_fakes.core.messages import shorten
    from kombo_fakes.errors import DocumentError

    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(
            f"--set {shorten(text)}: it takes POINTER=JSON, as data.state=INVALID"
        )
    try:
        return name, parse_json(value)
    except DocumentError:
        return name, value


def note_unnamed(schema: Schema, names: Iterable[str]) -> None:
    """Say which fields are only there because any are allowed: a misspelt name may be one."""
    from kombo_fakes.cli.terminal import complain
    from kombo_fakes.core.messages import shorten
    from kombo_fakes.errors import KomboFakesError
    from kombo_fakes.generation.edits import meant_by, resolve

    for name in names:
        try:
            resolve(schema, name)
        except KomboFakesError:
            continue  # An error soon, with a hint of its own.
        near = meant_by(schema, name)
        if near is not None:
            hint = f"; did you mean {near!r}?" if near else ""
            complain(f"note: --set {shorten(name)}: no such property in the schema{hint}")


def advised(error: Exception) -> click.UsageError:
    from kombo_fakes.generation.edits import RefusedError

    message = str(error)
    if isinstance(error, RefusedError):
        from kombo_fakes.webhooks.shipped import events

        violation, value = error.violation, error.value
        is_plain = value is not None and not isinstance(value, (str, list, dict))
        if violation.keyword == "type" and "string" in message and is_plain:
            import json

            message += f"; a string goes in quotes: '\"{json.dumps(value)}\"'"
        elif (violation.pointer, violation.keyword) == ("/type", "enum") and value in events():
            message += f"; that is --event {value}"
        elif error.fault is not None:
            message += f"; to be wrong on purpose, add --fault {shlex.quote(error.fault)}"
    return click.UsageError(message)


def _write(asked: dict[str, Any], jobs: int, format_: Format | None, out: str | None) -> None:
    from kombo_fakes.cli.terminal import binary_output, complain
    from kombo_fakes.core.writer import (
        choose_format,
        find_earlier_files,
        is_directory,
        open_for_writing,
        write_directory,
    )
    from kombo_fakes.generation.runs import generate, label

    part = asked["part"]
    if out is None or out == "-":
        _in_lines(jobs, part, format_ or "json")
        _into(binary_output(), asked, jobs, format_ or "json", shown=_is_shown())
        return
    if not out:
        raise click.UsageError("--out '': it takes a file or a directory")
    if is_directory(out):
        _in_lines(jobs, (1, 1), "json")
        if format_ == "ndjson":
            raise click.UsageError(
                f"--out {out}: a directory holds .json files; for ndjson name a file, "
                f"{out.rstrip('/')}.ndjson"
            )
        schema, seed, values = asked["event_or_schema"], asked["seed"], asked["values"]
        with _progress(total_of(asked), shown=False) as advance:
            names: list[str] = []

            def files() -> Iterator[tuple[str, Any, dict[str, Any]]]:
                for one in _watched(generate(**asked), advance):
                    names.append(f"{one.stem}.json")
                    yield names[-1], one.payload, _entry(one, seed, values)

            number = write_directory(out, label(schema), files())
        if is_interactive():
            complain(f"wrote {number:,} payloads into {out}")
        # Of parts, the others may well be there already.
        stale = find_earlier_files(out, names) if part == (1, 1) else []
        if stale:
            listed = ", ".join(stale[:3]) + (", ..." if len(stale) > 3 else "")
            complain(f"note: {out}: {len(stale):,} of an earlier call stay: {listed}")
        return
    told = choose_format(out, format_)
    _in_lines(jobs, part, told)
    with open_for_writing(out) as stream:
        _into(stream, asked, jobs, told, shown=False)


def _in_lines(jobs: int, part: tuple[int, int], told: Format) -> None:
    if part != (1, 1) and told != "ndjson":
        number, parts = part
        raise click.UsageError(
            f"--part {number}/{parts}: parts of JSON don't make up a whole: add --format ndjson"
        )
    if jobs > 1 and told != "ndjson":
        raise click.UsageError(f"--jobs {jobs}: several processes make lines: add --format ndjson")


def _into(stream: BinaryIO, asked: dict[str, Any], jobs: int, told: Format, *, shown: bool) -> None:
    from kombo_fakes.core.writer import write_json
    from kombo_fakes.generation.ndjson import ndjson
    from kombo_fakes.generation.runs import generate

    if told == "json":
        made = generate(**asked)
        with _progress(total_of(asked), shown=shown) as advance:
            write_json(stream, (one.payload for one in _watched(made, advance)))
        return
    lines = ndjson(**asked, jobs=jobs)
    with _progress(total_of(asked), shown=shown) as advance:
        for some in lines:
            stream.write(some)
            advance(some.count(b"\n"))


def _watched(made: Iterator[Made[Any]], advance: Callable[[int], None]) -> Iterator[Made[Any]]:
    for one in made:
        yield one
        advance(1)


def _is_shown() -> bool:
    """Whether the payloads are to be seen on the terminal: they are the progress, then."""
    from kombo_fakes.cli.terminal import is_terminal

    return is_terminal(sys.stdout)


def _entry(made: Made[Any], seed: int, values: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"values": values, "seed": seed}
    if made.fault is not None:
        entry["fault"] = made.fault.id
        entry["pointer"] = made.fault.pointer
        entry["keyword"] = made.fault.keyword
        entry["description"] = made.fault.description
    elif made.corner is not None:
        entry["description"] = made.corner.description
    return entry


def total_of(asked: dict[str, Any]) -> int:
    """How many payloads there will be."""
    from kombo_fakes.generation.runs import Run

    part = asked.get("part", (1, 1))
    run = Run.of(**{name: value for name, value in asked.items() if name != "part"})
    start, stop = run.part(*part)
    return stop - start


@contextmanager
def _progress(total: int, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """A bar with the rate and the time that is left, where it takes long and somebody looks."""
    if total < _MANY or shown or not is_interactive():
        yield lambda number: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Any) -> Text:
            return Text(f"{task.finished_speed or task.speed or 0:,.0f}/s")

    columns = (
        BarColumn(), TextColumn("{task.completed:,} of {task.total:,}"), Rate(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("payloads", total=total)
        step = max(1, total // 200)
        waiting = 0

        def advance(number: int) -> None:
            nonlocal waiting
            waiting += number
            if waiting >= step:
                bar.advance(task, waiting)
                waiting = 0

        yield advance


@contextmanager
def _nothing() -> Iterator[None]:
    yield
