"""What `make events` writes: the types of payloads and the public names with their types."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.stub import stub_source
from codegen.types_module import types_source

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("name", "source"), [("types.py", types_source), ("__init__.pyi", stub_source)]
)
def test_generated_modules_are_up_to_date(name, source) -> None:
    assert (ROOT / "kombo_fakes" / name).read_text() == source(), "run `make events`"
