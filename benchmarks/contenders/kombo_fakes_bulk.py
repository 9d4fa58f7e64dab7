"""Lines of payloads by this project."""

from __future__ import annotations

import os
from pathlib import Path

from measuring import report

from kombo_fakes import generate
from kombo_fakes.spelling import spell


def run(count: int) -> list[object]:
    with Path(os.devnull).open("wb") as sink:
        sink.writelines(spell(made.payload) + b"\n" for made in generate(n=count))
    return []


endless = generate(n=1 << 62)
report(run, "kombo-fakes", line=lambda: spell(next(endless).payload))
