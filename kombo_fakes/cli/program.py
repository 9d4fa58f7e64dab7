"""The program ``kombo-fakes`` with its help and its commands."""

from __future__ import annotations

import rich_click as click

# These modules import nothing heavy at the top. The functions of a command import what it needs, so
# that --help and completion are fast.
from kombo_fakes.cli.events_command import events_command
from kombo_fakes.cli.faults_command import faults_command
from kombo_fakes.cli.generate_command import generate_command
from kombo_fakes.cli.options import format_examples
from kombo_fakes.cli.probe_command import probe_command
from kombo_fakes.cli.replay_command import replay_command
from kombo_fakes.cli.send_command import send_command
from kombo_fakes.cli.sign_command import sign_command
from kombo_fakes.cli.validate_command import validate_command
from kombo_fakes.cli.vectors_command import vectors_command
from kombo_fakes.cli.verify_command import verify_command
from kombo_fakes.core.messages import find_nearest, shorten
from kombo_fakes.version import __version__

NAME = "kombo-fakes"
COMPLETE = "_KOMBO_FAKES_COMPLETE"

EXAMPLES = format_examples(
    "kombo-fakes generate                         a realistic payload",
    "kombo-fakes generate --set data.state=INVALID",
    "kombo-fakes generate --invalid -n 20 --out invalid/",
    "kombo-fakes faults                           every way to break a payload",
    "kombo-fakes validate payload.json            what is wrong with a payload",
    "kombo-fakes probe URL                        what a receiver gets wrong",
    "",
    "Exit status: 0 fine, 1 found something, 2 invalid arguments, set-up or input.",
)


class Program(click.RichGroup):
    """A group that lists its commands in the order below, and suggests the nearest name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in self.commands:
            near = find_nearest(name, self.commands)
            hint = (
                f"did you mean {near!r}?"
                if near
                else f"the commands are {', '.join(self.commands)}"
            )
            raise click.UsageError(f"unknown command {shorten(name)}; {hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Program,
    invoke_without_command=True,
    # With this option, click 8.2 and newer end with status 2 after the help.
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXAMPLES,
)
@click.version_option(__version__, prog_name=NAME, message="%(prog)s %(version)s")
@click.pass_context
def program(context: click.Context) -> None:
    """Make valid and invalid payloads of Kombo's webhooks, and test receivers with them."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


program.add_command(generate_command)
program.add_command(validate_command)
program.add_command(faults_command)
program.add_command(events_command)
program.add_command(sign_command)
program.add_command(verify_command)
program.add_command(send_command)
program.add_command(vectors_command)
program.add_command(probe_command)
program.add_command(replay_command)
