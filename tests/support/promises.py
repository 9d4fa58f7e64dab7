"""What users rely on, recorded: names, ids and the bytes of seeds.

``python tests/support/promises.py`` writes ``tests/promises.json`` anew. It fails if something is
gone that the newest part of the changelog does not name.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import rich_click as click

import kombo_fakes
from kombo_fakes import changes, corners, faults, generate, ndjson, story, wire_faults
from kombo_fakes.cli.program import program

ROOT = Path(__file__).parents[2]
FILE = ROOT / "tests" / "promises.json"
BYTES = "sha256 of what a seed gives"
SECRET = "a secret of the promises"

Promises = dict[str, dict[str, object]]


def promised() -> Promises:
    """Return what this tree does, by kind and name: lists of ids, and digests of bytes."""
    events = kombo_fakes.events()
    return {
        "names": {
            "kombo_fakes": sorted(kombo_fakes.__all__),
            "fixtures and options of pytest": sorted(_of_pytest()),
            "options of commands": sorted(_of_commands()),
        },
        "faults": {event: [fault.id for fault in faults(event)] for event in events},
        "changes": {event: [change.id for change in changes(event)] for event in events},
        "corners": {event: [corner.id for corner in corners(event)] for event in events},
        "wire faults": {"every event": [fault.id for fault in wire_faults(secret=SECRET)]},
        BYTES: dict(_digests()),
    }


def _of_pytest() -> set[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null"]
    said = "".join(
        subprocess.run(
            [*command, asked], cwd=ROOT / "schemas", capture_output=True, text=True, check=False
        ).stdout
        for asked in ("--fixtures", "--help")
    )
    return set(re.findall(r"^(kombo_[a-z_]+) (?:--|\[)", said, re.MULTILINE)) | set(
        re.findall(r"--kombo-[a-z-]+", said)
    )


def _of_commands() -> Iterator[str]:
    context = click.Context(program)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            yield from (f"{name} {option}" for option in parameter.opts if option[0] == "-")


def _digests() -> Iterator[tuple[str, str]]:
    for event in kombo_fakes.events():
        made = [one.payload for one in generate(event, n=20, seed=1)]
        yield f"generate {event}", _digest(made)
        yield f"faults {event}", _digest([fault.examples for fault in faults(event)])
        factory = kombo_fakes.factory_for(kombo_fakes.Schema.load(event))
        yield f"factory {event}", _digest(factory.build_batch(5, kombo_seed=2))
    yield "ndjson", hashlib.sha256(b"".join(ndjson(n=3_000, seed=1))).hexdigest()
    invalid = ndjson(n=3_000, seed=1, invalid=True)
    yield "ndjson, invalid", hashlib.sha256(b"".join(invalid)).hexdigest()
    yield "story", _digest(story(2))
    wires = [[str(example) for example in fault.examples] for fault in wire_faults(secret=SECRET)]
    yield "wire faults", _digest(wires)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def recorded() -> Promises:
    """Return what was promised before."""
    found: Promises = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def news() -> str:
    """Return the newest part of the changelog."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    return text.split("\n## ", 2)[1]


def broken(before: Mapping[str, Mapping[str, object]], now: Promises, changelog: str) -> list[str]:
    """Return the promises that are broken without a line in the changelog.

    Args:
        before: What was promised.
        now: What this tree does.
        changelog: The newest part of the changelog. It names an id that is gone in backticks, in
            whole or by its beginning and a star. Other bytes need a line with ``Seeds:``.

    Returns:
        A line for each broken promise.
    """
    return [
        line
        for kind, names in before.items()
        for name, promise in names.items()
        for line in _broken(kind, name, promise, now.get(kind, {}).get(name), changelog)
    ]


def _broken(kind: str, name: str, before: object, now: object, changelog: str) -> Iterable[str]:
    if isinstance(before, list):
        gone = [one for one in before if not isinstance(now, list) or one not in now]
        return [f"{kind}: {name}: {one} is gone" for one in gone if not _is_named(one, changelog)]
    if before == now or "Seeds:" in changelog:
        return []
    return [f"{kind}: {name}: other bytes, and no line with 'Seeds:' in the changelog"]


def _is_named(one: str, changelog: str) -> bool:
    return any(
        one == word or (word.endswith("*") and one.startswith(word[:-1]))
        for word in re.findall(r"`([^`]+)`", changelog)
    )


if __name__ == "__main__":
    now = promised()
    if FILE.exists() and (lines := broken(recorded(), now, news())):
        sys.exit("\n".join([*lines, "name it in the newest part of CHANGELOG.md first"]))
    FILE.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
