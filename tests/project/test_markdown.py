"""The lines of Markdown have one width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WIDTH = 100
FOLDERS = ("", "docs", "docs/how-to", "examples/*", ".github")


def pages() -> list[Path]:
    return sorted(page for folder in FOLDERS for page in ROOT.glob(f"{folder}/*.md".lstrip("/")))


def prose(text: str) -> Iterator[str]:
    """Yield the lines that can be wrapped: all but code, tables, headings and images."""
    text = re.sub(r"^[ \t]*```.*?^[ \t]*```$", "", text, flags=re.DOTALL | re.MULTILINE)
    for line in text.splitlines():
        if not line.startswith(("#", "|", "!", "<!--")):
            yield line


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_prose_is_wrapped(page: Path) -> None:
    long = [line for line in prose(page.read_text(encoding="utf-8")) if len(line) > WIDTH]
    # A link or a name in code cannot be broken.
    assert [line for line in long if " " in line.strip()[:WIDTH]] == []


def test_the_front_page_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 130
