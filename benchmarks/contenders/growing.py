"""Prints the seconds and the peak memory in MiB that a number of payloads takes."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

begun = time.perf_counter()

from kombo_fakes import ndjson  # noqa: E402

with Path(os.devnull).open("wb") as sink:
    sink.writelines(ndjson(n=int(sys.argv[1])))
seconds = time.perf_counter() - begun
# Linux reports KiB, macOS bytes.
unit = 2**20 if sys.platform == "darwin" else 2**10
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit]))
