"""``python -m benchmarks``: measures, prints the tables, and writes them with ``--write``."""

from __future__ import annotations

import argparse
import sys

from benchmarks.catalogue import CONTENDERS, ROOT, STARTS
from benchmarks.environments import Environments, UnavailableError
from benchmarks.growth import draw_growth, measure_growth
from benchmarks.measurement import MeasurementError, measure, measure_starts
from benchmarks.report import TITLES, make_tables, write_tables

DOCUMENT = ROOT / "docs" / "benchmarks.md"


def main() -> int:
    """Run the command.

    Returns:
        0; 2 if something cannot be measured, 130 if it was interrupted.
    """
    kinds = (*TITLES, "start", "growth")
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "kinds",
        nargs="*",
        metavar="KIND",
        help=f"what to measure: {', '.join(kinds)}; default: all",
    )
    parser.add_argument(
        "--rounds", type=int, default=7, help="how often each contender is measured; default: 7"
    )
    parser.add_argument(
        "--share",
        type=float,
        default=1.0,
        help="the share of the payloads to make; less is faster and less exact; default: 1",
    )
    parser.add_argument(
        "--here", action="store_true",
        help="measure only in the running Python, without contenders that need another environment",
    )  # fmt: skip
    parser.add_argument(
        "--write", action="store_true", help=f"write the tables into docs/{DOCUMENT.name}"
    )
    options = parser.parse_args()
    unknown = sorted(set(options.kinds) - set(kinds))
    if unknown:
        parser.error(f"unknown kind {unknown[0]!r}; expected one of {', '.join(kinds)}")
    if options.rounds < 1 or options.share <= 0:
        parser.error("--rounds has to be at least 1, and --share above 0")
    wanted = options.kinds or kinds
    environments = Environments(here=options.here)
    try:
        scores, missing = measure(
            [c for c in CONTENDERS if c.kind in wanted], environments,
            rounds=options.rounds, share=options.share, log=_log,
        )  # fmt: skip
        starts = STARTS if "start" in wanted else ()
        # Starting a process is quick to measure, but differences of milliseconds need many rounds.
        rounds = max(1, int(4 * options.rounds * options.share))
        times = measure_starts(starts, environments, rounds=rounds, log=_log)
        points = []
        if "growth" in wanted:
            rounds = max(1, options.rounds // 2)
            points = measure_growth(environments, rounds=rounds, share=options.share, log=_log)
            if options.write:
                draw_growth(points, environments)
    except (MeasurementError, UnavailableError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    text = make_tables(scores, missing, times, points, rounds=options.rounds)
    print(text)
    if options.write:
        write_tables(DOCUMENT, text)
    return 0


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
