"""The help of the program and of each command, on a terminal of 80 columns."""

from __future__ import annotations

import itertools
from importlib.metadata import version

import pytest
from inline_snapshot import snapshot
from support.commands import Runner

# rich-click draws the help, and each of its minor versions draws it in another way.
RENDERED_BY = "1.9"
is_same_layout = pytest.mark.skipif(
    version("rich-click").rpartition(".")[0] != RENDERED_BY,
    reason=f"the layout is that of rich-click {RENDERED_BY}",
)
HELP = {
    (): snapshot("""\

 Usage: kombo-fakes [OPTIONS] [COMMAND] [ARGS]...

 Make valid and invalid payloads of Kombo's webhooks, and test receivers with
 them.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ --version      Show the version and exit.                                    │
│ --help     -h  Show this message and exit.                                   │
╰──────────────────────────────────────────────────────────────────────────────╯
╭─ Commands ───────────────────────────────────────────────────────────────────╮
│ generate  Make payloads: realistic, valid in any way that the schema allows, │
│           or invalid.                                                        │
│ validate  Validate payloads against a schema, formats included, and report   │
│           every violation.                                                   │
│ faults    List the faults that `generate --fault` can put into a payload.    │
│ events    List the events that this package has a schema for.                │
│ sign      Print the signature of a body, as Kombo sends it in                │
│           X-Kombo-Signature.                                                 │
│ verify    Check the signature of a body, and explain what is wrong with it.  │
│ send      Send signed deliveries to a receiver, and count the responses.     │
│ vectors   Write test vectors of the signature, for receivers in any          │
│           language.                                                          │
│ probe     Send deliveries to a receiver and report what it gets wrong.       │
│ replay    Send deliveries of a probe again, byte for byte, and compare the   │
│           responses.                                                         │
╰──────────────────────────────────────────────────────────────────────────────╯

 Examples:
 kombo-fakes generate                         a realistic payload
 kombo-fakes generate --set data.state=INVALID
 kombo-fakes generate --invalid -n 20 --out invalid/
 kombo-fakes faults                           every way to break a payload
 kombo-fakes validate payload.json            what is wrong with a payload
 kombo-fakes probe URL                        what a receiver gets wrong

 Exit status: 0 fine, 1 found something, 2 invalid arguments, set-up or input.
"""),
    ("generate",): snapshot("""\

 Usage: kombo-fakes generate [OPTIONS]

 Make payloads: realistic, valid in any way that the schema allows, or invalid.
 The same options and seed make the same bytes, whatever --part and --jobs are.
 A longer run begins with the payloads of a shorter run.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ --event               NAME                        The event; `kombo-fakes    │
│                                                   events` lists all.         │
│                                                   [default: (the first one)] │
│ --schema              FILE                        Use your own JSON Schema   │
│                                                   or OpenAPI description     │
│                                                   (JSON or YAML) instead of  │
│                                                   an event.                  │
│ --name                NAME                        The schema or webhook to   │
│                                                   use from an OpenAPI        │
│                                                   description.               │
│ --resources           DIR                         The directory of the       │
│                                                   documents that references  │
│                                                   in your schema lead to.    │
│ --ignore-keyword      NAME                        A keyword of your schema   │
│                                                   to ignore, such as 'ts*'.  │
│                                                   It can be given again.     │
│ --count           -n  N                           The number of payloads.    │
│                                                   With --fault, the number   │
│                                                   for each fault. [default:  │
│                                                   1; with --values corners,  │
│                                                   all of them]               │
│ --seed                N                           The same seed makes the    │
│                                                   same payloads, byte for    │
│                                                   byte. [default: 0]         │
│ --values              [realistic|any|corners|exa  realistic: like the        │
│                       mples]                      payloads that Kombo        │
│                                                   usually sends. any:        │
│                                                   anything that the schema   │
│                                                   allows. corners: a fixed   │
│                                                   list of extreme but valid  │
│                                                   payloads. examples:        │
│                                                   realistic, with the        │
│                                                   schema's own examples      │
│                                                   wherever they are valid.   │
│                                                   [default: realistic]       │
│ --invalid                                         Make invalid payloads with │
│                                                   one fault each. It cycles  │
│                                                   through all faults.        │
│ --fault               ID                          Make payloads with this    │
│                                                   fault; * matches anything. │
│                                                   Can be repeated.           │
│ --set                 POINTER=JSON                Set a field:               │
│                                                   data.state=INVALID, or     │
│                                                   /data/end_user/origin_id=n │
│                                                   ull. Fields that depend on │
│                                                   it are set to match:       │
│                                                   data.integration_tool=work │
│                                                   day also changes           │
│                                                   data.integration_id. Can   │
│                                                   be repeated.               │
│ --unset               POINTER                     Leave out a field. Can be  │
│                                                   repeated.                  │
│ --format              [json|ndjson]               json: one object, or an    │
│                                                   array of several. ndjson:  │
│                                                   one payload per line; an   │
│                                                   invalid one comes with its │
│                                                   fault. The ending of --out │
│                                                   decides the default, which │
│                                                   is json otherwise.         │
│ --out                 FILE|DIR                    Write a .json or .ndjson   │
│                                                   file, or a directory with  │
│                                                   one file per payload and a │
│                                                   manifest.json.             │
│ --part                K/M                         Make only part K of M, so  │
│                                                   that several machines can  │
│                                                   share the work. Joined in  │
│                                                   order, the parts are the   │
│                                                   whole run. It works with   │
│                                                   ndjson and directories.    │
│ --jobs                N                           The number of processes    │
│                                                   that make the lines of     │
│                                                   ndjson. It does not change │
│                                                   the bytes. [default: 1]    │
│ --faker               LOCALE                      Take names from Faker in   │
│                                                   this locale, such as       │
│                                                   de_DE. Faker has to be     │
│                                                   installed.                 │
│ --help            -h                              Show this message and      │
│                                                   exit.                      │
╰──────────────────────────────────────────────────────────────────────────────╯

 Examples:
 kombo-fakes generate                             one payload
 kombo-fakes generate -n 1000 --format ndjson     1,000, one per line
 kombo-fakes generate --set data.state=INVALID --set /data/qa_status=FAILED
 kombo-fakes generate --values any -n 100 --out any/
 kombo-fakes generate --fault data.state-enum-lowercase
 kombo-fakes generate --fault 'data.updated_at-*' --format ndjson
 kombo-fakes generate --invalid -n 20 --seed 7 --out invalid/
 kombo-fakes generate -n 10000000 --jobs 2 --out many.ndjson.gz
 kombo-fakes generate -n 10000000 --part 3/8 --out part-3.ndjson
"""),
    ("validate",): snapshot("""\

 Usage: kombo-fakes validate [OPTIONS] FILE...

 Validate payloads against a schema, formats included, and report every
 violation.
 FILE is a .json file with one payload, or an .ndjson or .jsonl file with one
 payload per line. Both can be compressed, with .gz or .zst at the end of the
 name. Use `-` for standard input, which can have either format.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ --event               NAME  The event; `kombo-fakes events` lists all.       │
│                             [default: (the type of each payload)]            │
│ --schema              FILE  Use your own JSON Schema or OpenAPI description  │
│                             (JSON or YAML) instead of an event.              │
│ --name                NAME  The schema or webhook to use from an OpenAPI     │
│                             description.                                     │
│ --resources           DIR   The directory of the documents that references   │
│                             in your schema lead to.                          │
│ --ignore-keyword      NAME  A keyword of your schema to ignore, such as      │
│                             'ts*'. It can be given again.                    │
│ --help            -h        Show this message and exit.                      │
╰──────────────────────────────────────────────────────────────────────────────╯

 Examples:
 kombo-fakes validate recorded/*.json
 kombo-fakes generate -n 100 --format ndjson | kombo-fakes validate -
"""),
    ("faults",): snapshot("""\

 Usage: kombo-fakes faults [OPTIONS]

 List the faults that `generate --fault` can put into a payload.
 If the output is not a terminal, each line holds the id, the JSON Pointer, the
 schema keyword and the description, separated by tabs. With --wire, each line
 holds the id, what a strict receiver has to do, what a tolerant one has to do,
 the description and the reason.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ --event               NAME     The event; `kombo-fakes events` lists all.    │
│                                [default: (the first one)]                    │
│ --schema              FILE     Use your own JSON Schema or OpenAPI           │
│                                description (JSON or YAML) instead of an      │
│                                event.                                        │
│ --name                NAME     The schema or webhook to use from an OpenAPI  │
│                                description.                                  │
│ --resources           DIR      The directory of the documents that           │
│                                references in your schema lead to.            │
│ --ignore-keyword      NAME     A keyword of your schema to ignore, such as   │
│                                'ts*'. It can be given again.                 │
│ --keyword             KEYWORD  List only the faults of this schema keyword,  │
│                                such as enum. Can be repeated.                │
│ --at                  POINTER  List only the faults of this field and of     │
│                                everything in it: data.state, or /data/state. │
│ --wire                         List the wire faults (of signature, body and  │
│                                headers) for `send --wire-fault`.             │
│ --json                         Print a JSON array.                           │
│ --help            -h           Show this message and exit.                   │
╰──────────────────────────────────────────────────────────────────────────────╯

 Examples:
 kombo-fakes faults --at data.state
 kombo-fakes faults --keyword enum --keyword format --json
 kombo-fakes faults --wire
"""),
    ("events",): snapshot("""\

 Usage: kombo-fakes events [OPTIONS]

 List the events that this package has a schema for.
 Kombo has published some of the schemas. The others were written for this
 project from Kombo's API description and SDK. The first event is the default.
 If the output is not a terminal, each line holds the name of the event, the
 title of its schema and the origin of the schema, separated by tabs.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ --help  -h  Show this message and exit.                                      │
╰──────────────────────────────────────────────────────────────────────────────╯\
"""),
    ("sign",): snapshot("""\

 Usage: kombo-fakes sign [OPTIONS] FILE

 Print the signature of a body, as Kombo sends it in X-Kombo-Signature.
 FILE holds the exact bytes of the body; a newline at its end is part of them.
 Use `-` for standard input.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ --secret-file      FILE  A file with the webhook secret. Use `-` for         │
│                          standard input.                                     │
│ --secret           TEXT  The webhook secret. Other users of this machine can │
│                          see it. If neither option is given, the secret is   │
│                          the value of the environment variable               │
│                          KOMBO_WEBHOOK_SECRET.                               │
│ --help         -h        Show this message and exit.                         │
╰──────────────────────────────────────────────────────────────────────────────╯

 Examples:
 kombo-fakes sign body.json --secret-file secret.txt
 kombo-fakes generate | KOMBO_WEBHOOK_SECRET=... kombo-fakes sign -
"""),
    ("verify",): snapshot("""\

 Usage: kombo-fakes verify [OPTIONS] FILE

 Check the signature of a body, and explain what is wrong with it.
 FILE holds the body as it was received, before anything parses it. Use `-` for
 standard input.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ *  --signature        TEXT  The value of the header X-Kombo-Signature.       │
│                             [required]                                       │
│    --secret-file      FILE  A file with the webhook secret. Use `-` for      │
│                             standard input.                                  │
│    --secret           TEXT  The webhook secret. Other users of this machine  │
│                             can see it. If neither option is given, the      │
│                             secret is the value of the environment variable  │
│                             KOMBO_WEBHOOK_SECRET.                            │
│    --help         -h        Show this message and exit.                      │
╰──────────────────────────────────────────────────────────────────────────────╯

 Examples:
 kombo-fakes verify body.json --signature OIkSn... --secret-file secret.txt

 Exit status: 0 right, 1 wrong, 2 invalid arguments or unreadable input.
"""),
    ("send",): snapshot("""\

 Usage: kombo-fakes send [OPTIONS] URL

 Send signed deliveries to a receiver, and count the responses.
 Standard output shows how often the receiver answered with each status. To
 find out if these responses are correct, use `kombo-fakes probe`. The exit
 status is 0 if the receiver answered every delivery, whatever the status. It
 is 2 if a response is missing or is a redirect; the command stops there. The
 receiver has to be on this machine, unless you add --allow-remote.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ --event               NAME                        The event; `kombo-fakes    │
│                                                   events` lists all.         │
│                                                   [default: (the first one)] │
│ --schema              FILE                        Use your own JSON Schema   │
│                                                   or OpenAPI description     │
│                                                   (JSON or YAML) instead of  │
│                                                   an event.                  │
│ --name                NAME                        The schema or webhook to   │
│                                                   use from an OpenAPI        │
│                                                   description.               │
│ --resources           DIR                         The directory of the       │
│                                                   documents that references  │
│                                                   in your schema lead to.    │
│ --ignore-keyword      NAME                        A keyword of your schema   │
│                                                   to ignore, such as 'ts*'.  │
│                                                   It can be given again.     │
│ --count           -n  N                           The number of payloads.    │
│                                                   With --fault or            │
│                                                   --wire-fault, the number   │
│                                                   for each fault. [default:  │
│                                                   1; with --values corners,  │
│                                                   all of them]               │
│ --seed                N                           The same seed sends the    │
│                                                   same deliveries, with the  │
│                                                   same ids, in the same      │
│                                                   order. [default: 0]        │
│ --values              [realistic|any|corners|exa  realistic: like the        │
│                       mples]                      payloads that Kombo        │
│                                                   usually sends. any:        │
│                                                   anything that the schema   │
│                                                   allows. corners: a fixed   │
│                                                   list of extreme but valid  │
│                                                   payloads. examples:        │
│                                                   realistic, with the        │
│                                                   schema's own examples      │
│                                                   wherever they are valid.   │
│                                                   [default: realistic]       │
│ --invalid                                         Make invalid payloads with │
│                                                   one fault each. It cycles  │
│                                                   through all faults.        │
│ --fault               ID                          Make payloads with this    │
│                                                   fault; * matches anything. │
│                                                   Can be repeated.           │
│ --set                 POINTER=JSON                Set a field:               │
│                                                   data.state=INVALID, or     │
│                                                   /data/end_user/origin_id=n │
│                                                   ull. Fields that depend on │
│                                                   it are set to match:       │
│                                                   data.integration_tool=work │
│                                                   day also changes           │
│                                                   data.integration_id. Can   │
│                                                   be repeated.               │
│ --unset               POINTER                     Leave out a field. Can be  │
│                                                   repeated.                  │
│ --secret-file         FILE                        A file with the webhook    │
│                                                   secret. Use `-` for        │
│                                                   standard input.            │
│ --secret              TEXT                        The webhook secret. Other  │
│                                                   users of this machine can  │
│                                                   see it. If neither option  │
│                                                   is given, the secret is    │
│                                                   the value of the           │
│                                                   environment variable       │
│                                                   KOMBO_WEBHOOK_SECRET.      │
│ --wire-fault          ID                          Send deliveries with this  │
│                                                   fault of signature, body   │
│                                                   or headers, such as        │
│                                                   signature-missing; *       │
│                                                   matches anything. Can be   │
│                                                   repeated.                  │
│ --style               NAME                        The style of the JSON      │
│                                                   bodies, such as compact,   │
│                                                   indented or keys-reversed. │
│                                                   mixed combines several     │
│                                                   styles in one body. random │
│                                                   picks a style for each     │
│                                                   payload. [default:         │
│                                                   compact]                   │
│ --repeat              N                           Send each delivery N       │
│                                                   times. [default: 1]        │
│ --shuffle                                         Shuffle the deliveries.    │
│                                                   The seed decides the       │
│                                                   order.                     │
│ --rate                N [x>0]                     Send at most N deliveries  │
│                                                   per second. By default     │
│                                                   there is no limit.         │
│ --timeout             SECONDS [x>0]               The longest time from a    │
│                                                   delivery to the end of its │
│                                                   response. [default: 10.0]  │
│ --allow-remote                                    Allow a receiver on        │
│                                                   another machine.           │
│ --ca-file             FILE                        Certificates to trust for  │
│                                                   https, in PEM format.      │
│ --json                                            Print a JSON object with   │
│                                                   every delivery and the     │
│                                                   status of its response.    │
│ --help            -h                              Show this message and      │
│                                                   exit.                      │
╰──────────────────────────────────────────────────────────────────────────────╯

 Examples:
 kombo-fakes send http://127.0.0.1:8000/webhooks/kombo --secret-file secret.txt
 kombo-fakes send URL --set data.state=INVALID            set a field
 kombo-fakes send URL --values any -n 1000 --style random
 # the response to each fault:
 kombo-fakes send URL --fault '*' --json
 kombo-fakes send URL --wire-fault 'signature-*'
 # duplicates in random order:
 kombo-fakes send URL -n 50 --repeat 2 --shuffle
"""),
    ("vectors",): snapshot("""\

 Usage: kombo-fakes vectors [OPTIONS]

 Write test vectors of the signature, for receivers in any language.
 The output is a JSON document with a test secret and a list of vectors. Each
 vector has a body in base64, a signature header, the verdict (valid, invalid
 or either) and the reason.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ --out       FILE  Write this file instead of standard output.                │
│ --help  -h        Show this message and exit.                                │
╰──────────────────────────────────────────────────────────────────────────────╯

 Examples:
 kombo-fakes vectors --out tests/kombo-vectors.json
 kombo-fakes vectors | jq '.vectors[] | select(.verdict == "invalid") | .why'
"""),
    ("probe",): snapshot("""\

 Usage: kombo-fakes probe [OPTIONS] URL

 Send deliveries to a receiver and report what it gets wrong.
 The probe sends valid payloads in many JSON styles (indented, escaped, ...),
 invalid payloads, wrong signatures, broken bodies and schema changes. With
 --observe-url it also sends duplicates, late events and retries, and compares
 the stored state. The report goes to standard output. The exit status is 1 if
 something was found, and 2 if nothing was found but the run was stopped before
 its end. The receiver has to be on this machine, unless you add
 --allow-remote.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ --event             NAME               An event to send; `kombo-fakes        │
│                                        events` lists them. Can be repeated.  │
│                                        [default: (the first one)]            │
│ --secret-file       FILE               A file with the webhook secret. Use   │
│                                        `-` for standard input.               │
│ --secret            TEXT               The webhook secret. Other users of    │
│                                        this machine can see it. If neither   │
│                                        option is given, the secret is the    │
│                                        value of the environment variable     │
│                                        KOMBO_WEBHOOK_SECRET.                 │
│ --policy            [strict|tolerant]  strict: the receiver has to reject    │
│                                        what the schema forbids. tolerant: it │
│                                        may accept or reject such payloads,   │
│                                        but it has to accept payloads of      │
│                                        future releases, such as one with a   │
│                                        new property. [default: strict]       │
│ --observe-url       TEMPLATE           A URL with {integration_id} in it,    │
│                                        where the receiver shows the stored   │
│                                        state of an integration: a JSON       │
│                                        object with state, qa_status,         │
│                                        setup_status, updated_at and          │
│                                        optionally events, or 404 for an      │
│                                        unknown integration.                  │
│ --max-examples      N                  The number of payloads that           │
│                                        Hypothesis draws, in addition to the  │
│                                        fixed cases. [default: 100]           │
│ --seed              N                  The same seed sends the same          │
│                                        payloads. Only the ids in them are    │
│                                        new in each run. [default: 0]         │
│ --max-seconds       SECONDS [x>0]      Stop the run after this time.         │
│                                        [default: 300.0]                      │
│ --settle            SECONDS [x>0]      How long to wait for the correct      │
│                                        stored state. Raise it if the         │
│                                        receiver responds before it stores an │
│                                        event. [default: 0.75]                │
│ --json              FILE               Write the report as JSON. Use `-` to  │
│                                        print it instead of the readable      │
│                                        report.                               │
│ --html              FILE               Write the report as an HTML page in   │
│                                        one file.                             │
│ --junit             FILE               Write the report as JUnit XML.        │
│ --record            DIR                Write every delivery and its response │
│                                        into a directory, with curl commands  │
│                                        and a HAR file.                       │
│ --skip              FINDING            The id of a known finding, which does │
│                                        not fail the run; * matches anything. │
│                                        Can be repeated.                      │
│ --baseline          FILE               A report of `probe --json`, or a JSON │
│                                        array of ids. Its findings are known. │
│ --timeout           SECONDS [x>0]      The longest time from a delivery to   │
│                                        the end of its response. [default:    │
│                                        5.0]                                  │
│ --allow-remote                         Allow a receiver on another machine.  │
│ --ca-file           FILE               Certificates to trust for https, in   │
│                                        PEM format.                           │
│ --help          -h                     Show this message and exit.           │
╰──────────────────────────────────────────────────────────────────────────────╯

 Examples:
 kombo-fakes probe http://127.0.0.1:8000/webhooks/kombo \\
 --secret-file secret.txt
 kombo-fakes probe URL \\
 --observe-url 'http://127.0.0.1:8000/integrations/{integration_id}'
 kombo-fakes probe URL --policy tolerant --junit report.xml
 kombo-fakes probe URL --json known.json           save the known findings
 kombo-fakes probe URL --baseline known.json       report only new findings
"""),
    ("replay",): snapshot("""\

 Usage: kombo-fakes replay [OPTIONS] FILE...

 Send deliveries of a probe again, byte for byte, and compare the responses.
 FILE is a report of `probe --json`, or a delivery that `probe --record` has
 written. Each line shows the earlier response, the new response and a verdict.
 The verdict of a finding is fixed, still wrong, or wrong in another way.
 Earlier deliveries of a finding show as expected. What a receiver stores or
 exposes cannot be judged from a response: not judged. A recording does not say
 which response is expected, so its verdict is as recorded, or differs from the
 recording. Known findings are sent again only if --finding names them. The
 exit status is 1 if anything is wrong.

╭─ Options ────────────────────────────────────────────────────────────────────╮
│ --url               URL            The receiver. By default it is the        │
│                                    receiver that the file names.             │
│ --finding           ID             Send only this finding of a report. Can   │
│                                    be repeated.                              │
│ --timeout           SECONDS [x>0]  The longest time from a delivery to the   │
│                                    end of its response. [default: 10.0]      │
│ --allow-remote                     Allow a receiver on another machine.      │
│ --ca-file           FILE           Certificates to trust for https, in PEM   │
│                                    format.                                   │
│ --help          -h                 Show this message and exit.               │
╰──────────────────────────────────────────────────────────────────────────────╯

 Examples:
 kombo-fakes replay report.json --url http://127.0.0.1:8000/webhooks/kombo
 kombo-fakes replay report.json --finding signature-absent
 kombo-fakes replay recorded/00012-wire-signature-missing.json
"""),
}


@pytest.fixture(autouse=True)
def terminal_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def show_help(run: Runner, *command: str) -> str:
    shown = run(*command, "--help")
    assert (shown.status, shown.err) == (0, "")
    return "\n".join(line.rstrip() for line in shown.out.strip("\n").splitlines())


@is_same_layout
@pytest.mark.parametrize("command", HELP, ids=lambda command: command[0] if command else "program")
def test_the_help_is_as_pinned(run: Runner, command: tuple[str, ...]) -> None:
    assert show_help(run, *command) == HELP[command]


def test_every_command_has_pinned_help() -> None:
    from kombo_fakes.cli.program import program

    assert [command for (command,) in list(HELP)[1:]] == list(program.commands)


@pytest.mark.parametrize("arguments", [[], ["-h"]])
def test_no_arguments_and_h_show_the_help(run: Runner, arguments: list[str]) -> None:
    assert run(*arguments) == run("--help")


@pytest.mark.parametrize("command", [command for (command,) in list(HELP)[1:]])
def test_examples_can_be_copied_from_a_terminal_of_80_columns(run: Runner, command: str) -> None:
    """A command that continues in the next line ends in a backslash."""
    _, _, text = show_help(run, command).partition("Examples:")
    lines = [line.strip() for line in text.partition("Exit status")[0].splitlines() if line.strip()]
    assert lines or command == "events"
    for before, line in itertools.pairwise(["", *lines]):
        assert line.startswith(("kombo-fakes ", "# ")) or before.endswith(" \\")
