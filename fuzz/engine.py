"""`python -m fuzz.engine TARGET FOLDER ... -OPTION=...`: runs Atheris on one target."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["kombo_fakes"]):
    from fuzz.seeds import seeds
    from fuzz.targets import TARGETS


def main() -> None:
    target, corpus = sys.argv[1], sys.argv[2]
    for number, seed in enumerate(seeds(target)):
        (Path(corpus) / f"{number:04}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[target])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
