"""A hook of MkDocs: the pages that are made of the package, and never written by hand."""

from __future__ import annotations

import html
import inspect
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import rich_click as click
from factory import Trait
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import kombo_fakes
from kombo_fakes import changes, faults, wire_faults
from kombo_fakes.cli.program import program
from kombo_fakes.core.messages import shorten
from kombo_fakes.core.pointer import get, parse_pointer
from kombo_fakes.errors import PointerError
from kombo_fakes.webhooks.shipped import event_document

ROOT = Path(__file__).parents[2]
SECRET = "a secret of the docs"

# The files at the top of the project that are pages as well.
TOP = {
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
}

# Every public name belongs to one page, by the package that it lies in.
REFERENCE = {
    "payloads": (
        "Payloads and faults",
        ("schema", "webhooks", "catalogues", "strategies", "generation", "realistic", "errors"),
    ),
    "wire": ("Deliveries and timelines", ("wire", "sequences")),
    "probe": ("The probe", ("probing",)),
    "types": ("Types of payloads and fixtures", ("types", "pytest_plugin")),
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made."""
    for name, text in _pages():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Leave the text of links that lead out of the docs: there is nothing at their end here."""
    return re.sub(r"\[([^\]]+)\]\((?:\.\./)+(?!how-to|reference|catalogue)(?!schemas\.md)[^)]*\)",
                  r"\1", markdown) if "/" not in page.file.src_uri else markdown  # fmt: skip


def _pages() -> Iterator[tuple[str, str]]:
    for source, name in TOP.items():
        yield name, _relinked((ROOT / source).read_text(encoding="utf-8"))
    for name, (title, packages) in REFERENCE.items():
        yield f"reference/{name}.md", _reference(title, packages)
    yield "reference/fixtures.md", _fixtures()
    yield "reference/factories.md", _factories()
    yield "reference/commands.md", _commands()
    yield "catalogue/index.md", _events()
    yield "catalogue/deliveries.md", _deliveries()
    for event in kombo_fakes.events():
        yield f"catalogue/{_slug(event)}.md", _event(event)


def _relinked(text: str) -> str:
    for source, name in TOP.items():
        text = text.replace(f"({source})", f"({name})")
    text = re.sub(r"\]\(docs/", "](", text)
    return re.sub(r"\[([^\]]+)\]\((?!http|[a-z-]+\.md)[^)]*\)", r"\1", text)


def _slug(event: str) -> str:
    return event.replace(":", ".")


# -- reference


def _reference(title: str, packages: Sequence[str]) -> str:
    lines = [f"# {title}", "", "Everything here is imported from `kombo_fakes`.", ""]
    for module, names in kombo_fakes._HOMES.items():
        if module.split(".")[0] in packages:
            for name in sorted(names, key=lambda name: (not name[0].islower(), name)):
                lines += [f"::: kombo_fakes.{module}.{name}", ""]
    listed = {package for _, each in REFERENCE.values() for package in each}
    if missing := {module.split(".")[0] for module in kombo_fakes._HOMES} - listed:
        raise ValueError(f"on no page of the reference: {sorted(missing)}")
    return "\n".join(lines)


def _factories() -> str:
    lines = [
        "# Fields and traits of the factories",
        "",
        "You set a field by its path, with two underscores between the names: `data__state`.",
        "You switch a trait on by its name: `inactive=True`.",
        "",
    ]
    for name in sorted(kombo_fakes.__all__):
        factory = getattr(kombo_fakes, name)
        if name == "PayloadFactory" or not name.endswith("Factory"):
            continue
        event = factory.build(kombo_seed=1)["type"]
        traits = [
            [f"`{trait}`", ", ".join(f"`{k}={v!r}`" for k, v in declared.overrides.items())]
            for trait, declared in factory._meta.parameters.items()
            if isinstance(declared, Trait)
        ]
        fields = ", ".join(f"`{field}`" for field in _leaves(factory.build(kombo_seed=1)))
        lines += [f"## `{name}`", "", f"Event: `{event}`. Fields: {fields}.", ""]
        if traits:
            lines += [*_table(["trait", "sets"], traits), ""]
    return "\n".join(lines)


def _leaves(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from _leaves(item, f"{path}__{name}" if path else name)
    else:
        yield path


def _fixtures() -> str:
    from kombo_fakes.pytest_plugin import fixtures, probe_fixtures

    lines = ["# Fixtures", "", "pytest finds them by itself; `pytest --fixtures` lists them.", ""]
    for module in (fixtures, probe_fixtures):
        for found in re.finditer(
            r"@pytest\.fixture(?:\((?P<how>[^)]*)\))?\ndef (?P<name>kombo_\w+)\(.*?\"\"\""
            r"(?P<text>.*?)\"\"\"",
            inspect.getsource(module),
            re.DOTALL,
        ):
            scope = re.search(r'scope="(\w+)"', found["how"] or "")
            lines += [
                f"## `{found['name']}`",
                "",
                f"Scope: {scope[1] if scope else 'function'}.",
                "",
                inspect.cleandoc(found["text"]).replace("``", "`"),
                "",
            ]
    return "\n".join(lines)


def _commands() -> str:
    lines = ["# Commands", ""]
    context = click.Context(program, info_name="kombo-fakes")
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        assert command is not None
        below = click.Context(command, info_name=name, parent=context)
        lines += [f"## `kombo-fakes {name}`", "", inspect.cleandoc(command.help or ""), ""]
        lines += ["| option | what | default |", "|---|---|---|"]
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                record = parameter.get_help_record(below)
                if record is not None:
                    said = re.sub(r"\[[^\]]*default[^\]]*\]|\[required\]", "", record[1]).strip()
                    option, default = _code(record[0]), _default(parameter)
                    lines.append(f"| {option} | {_cell(said)} | {default} |")
        lines.append("")
    return "\n".join(lines)


def _default(option: click.Option) -> str:
    if option.required:
        return "required"
    value = option.default
    plain = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return _code(str(value)) if plain else ""


# -- the catalogue


def _events() -> str:
    rows = [
        [
            f"[`{event}`]({_slug(event)}.md)",
            "written here" if "$comment" in event_document(event) else "published",
            str(len(faults(event))),
            str(len(changes(event))),
        ]
        for event in kombo_fakes.events()
    ]
    return "\n".join(
        [
            "# Events",
            "",
            *_table(["event", "schema", "faults", "changes"], rows),
            "",
            "The page of each event has an example, each way in which it can be wrong, and what "
            "other releases of its schema may send. [Deliveries](deliveries.md) can be odd "
            "whatever their event.",
        ]
    )


def _event(event: str) -> str:
    payload = next(iter(kombo_fakes.generate(event, n=1))).payload
    later = ([f"`{change.id}`", change.description] for change in changes(event))
    return "\n".join(
        [
            f"# {event}",
            "",
            "```json",
            json.dumps(payload, indent=2, ensure_ascii=False),
            "```",
            "",
            "## Faults",
            "",
            "Each breaks one place only, by one keyword. What is shown is the value at that place.",
            "",
            *_table(
                ["id", "what", "keyword", "for example"],
                (
                    [f"`{f.id}`", f.description, f"`{f.keyword}`", _shown(f.examples[0], f.pointer)]
                    for f in faults(event)
                ),
            ),
            "",
            "## Changes",
            "",
            "What today's schema refuses, and another release of it may send.",
            "",
            *_table(["id", "what"], later),
        ]
    )


def _shown(payload: Any, pointer: str) -> str:
    try:
        value = get(payload, parse_pointer(pointer))
    except PointerError:
        return "it is not there"
    if isinstance(value, dict) and value:
        return "with " + ", ".join(f"`{name}`" for name in value)
    return _code(shorten(value))


def _deliveries() -> str:
    rows = [
        [f"`{f.id}`", f.description, f.expected("strict"), f.expected("tolerant"), f.why]
        for f in wire_faults(secret=SECRET)
    ]
    return "\n".join(
        [
            "# Odd deliveries",
            "",
            "The payload is right; the request is not. `refuse` is a 4xx, `take` a 2xx; `either` "
            "is where the standards leave the choice.",
            "",
            *_table(["id", "what", "strict", "tolerant", "why"], rows),
        ]
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _cell(text: str) -> str:
    plain = text if text.startswith("<code>") else text.replace("<", "&lt;").replace("|", "\\|")
    return " ".join(plain.split())


def _code(text: str) -> str:
    # Between backticks a bar would end the cell.
    return f"<code>{html.escape(text).replace('|', '&#124;')}</code>"
