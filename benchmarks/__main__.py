"""``python -m benchmarks``: measure, print the tables, and write them into the docs if asked to."""

from __future__ import annotations

import argparse
import sys

from benchmarks.catalogue import CONTENDERS, ROOT, STARTS
from benchmarks.environments import Environments, UnavailableError
from benchmarks.growth import draw, grow
from benchmarks.measurement import MeasurementError, measure, start_times
from benchmarks.report import TITLES, tables, write

DOCUMENT = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Run the command.

    Returns:
        0; 2 if something can't be measured, 130 if somebody stopped it.
    """
    kinds = (*TITLES, "start", "growth")
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(kinds)}; all")
    parser.add_argument("--rounds", type=int, default=7, help="how often each one is measured")
    parser.add_argument(
        "--share", type=float, default=1.0, help="of the payloads: 0.1 is faster and less exact"
    )
    parser.add_argument(
        "--here", action="store_true",
        help="only who needs no environment of its own, in the running Python",
    )  # fmt: skip
    parser.add_argument(
        "--write", action="store_true", help=f"put the tables into docs/{DOCUMENT.name}"
    )
    options = parser.parse_args()
    unknown = sorted(set(options.kinds) - set(kinds))
    if unknown:
        parser.error(f"there is no kind {unknown[0]!r}; there are: {', '.join(kinds)}")
    if options.rounds < 1 or options.share <= 0:
        parser.error("--rounds is 1 or more, --share more than 0")
    wanted = options.kinds or kinds
    environments = Environments(here=options.here)
    try:
        scores, missing = measure(
            [c for c in CONTENDERS if c.kind in wanted], environments,
            rounds=options.rounds, share=options.share, tell=_tell,
        )  # fmt: skip
        starts = STARTS if "start" in wanted else ()
        # One process is soon measured, and a few milliseconds are soon lost in noise.
        rounds = max(1, int(4 * options.rounds * options.share))
        times = start_times(starts, environments, rounds=rounds, tell=_tell)
        points = []
        if "growth" in wanted:
            rounds = max(1, options.rounds // 2)
            points = grow(environments, rounds=rounds, share=options.share, tell=_tell)
            if options.write:
                draw(points, environments)
    except (MeasurementError, UnavailableError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    text = tables(scores, missing, times, points, rounds=options.rounds)
    print(text)
    if options.write:
        write(DOCUMENT, text)
    return 0


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
