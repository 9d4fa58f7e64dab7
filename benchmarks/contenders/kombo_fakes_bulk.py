"""Lines of payloads by this project."""

from __future__ import annotations

import os
from itertools import chain, cycle
from pathlib import Path

from measuring import report_rate

from kombo_fakes import ndjson


def run(count: int) -> list[object]:
    with Path(os.devnull).open("wb") as sink:
        sink.writelines(ndjson(n=count))
    return []


some = cycle(chain.from_iterable(lines.splitlines() for lines in ndjson(n=10_000)))
report_rate(run, "kombo-fakes", line=lambda: next(some))
