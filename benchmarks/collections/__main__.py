"""``python -m benchmarks.collections``: what this project and others make of real schemas.

Each schema is loaded by a process of its own, which may take 20 seconds of processor time and 1 GB
of memory, and which makes valid, realistic and invalid payloads and the catalogue of faults.
jsonschema for Python and Ajv judge what it makes.
"""

from __future__ import annotations

import argparse
import sys
from fnmatch import fnmatchcase
from textwrap import fill

from benchmarks.catalogue import ROOT
from benchmarks.collections.entries import Entry, list_entries
from benchmarks.collections.fetching import FetchError, fetch
from benchmarks.collections.report import describe_failures, make_own_table, make_peer_table
from benchmarks.collections.running import OURS_NAME, PEERS, measure_entries
from benchmarks.collections.sources import COLLECTIONS
from benchmarks.environments import CACHE, Environments, UnavailableError
from benchmarks.measurement import MeasurementError
from benchmarks.report import describe_machine, write_tables

DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- collections: begin -->", "<!-- collections: end -->"


def main() -> int:
    """Run the command.

    Returns:
        0; 1 if an answer is wrong or a process crashed, 2 if something cannot be measured.
    """
    names = [collection.name for collection in COLLECTIONS]
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.collections", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument(
        "collections", nargs="*", metavar="COLLECTION",
        help=f"what to measure: {', '.join(names)}; default: all",
    )  # fmt: skip
    parser.add_argument(
        "--sample", type=int, default=50, metavar="N",
        help="schemas of each collection; 0 for all; default: 50",
    )  # fmt: skip
    parser.add_argument(
        "--count", type=int, default=20, metavar="N",
        help="payloads of each kind; default: 20",
    )  # fmt: skip
    parser.add_argument("--only", metavar="GLOB", help="measure schemas whose name matches")
    parser.add_argument("--peers", action="store_true", help="measure other tools as well")
    parser.add_argument("--lanes", type=int, default=2, help="processes at a time; default: 2")
    parser.add_argument(
        "--here", action="store_true", help="run this project with the running Python"
    )
    parser.add_argument(
        "--write", action="store_true", help=f"write the tables into docs/{DOCUMENT.name}"
    )
    parser.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=0,
        help="print each refusal and each wrong payload; -vv: also each disputed one",
    )
    options = parser.parse_args()
    unknown = sorted(set(options.collections) - set(names))
    if unknown:
        parser.error(f"unknown collection {unknown[0]!r}; expected one of {', '.join(names)}")
    if options.sample < 0 or options.count < 4 or options.lanes < 1:
        parser.error("--sample has to be at least 0, --count at least 4, and --lanes at least 1")
    tools = [OURS_NAME, *PEERS] if options.peers else [OURS_NAME]
    try:
        entries = _list(options.collections or names, options.sample, options.only)
        outcomes = []
        for outcome in measure_entries(
            entries, Environments(), tools, count=options.count, lanes=options.lanes,
            python=sys.executable if options.here else None, log=_log,
        ):  # fmt: skip
            outcomes.append(outcome)
            if options.verbose and outcome.tool == OURS_NAME:
                for line in describe_failures(outcome, disputed=options.verbose > 1):
                    print(line, flush=True)
    except (FetchError, MeasurementError, UnavailableError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    tables = ["\n".join(make_own_table(outcomes))]
    if options.peers:
        tables.append("\n".join(make_peer_table(outcomes, tools)))
    taken = f"at most {options.sample:,}" if options.sample else "all"
    head = (
        f"{describe_machine()} Of each collection {taken} schemas, {options.count} payloads of "
        "each kind."
    )
    text = "\n\n".join([fill(head, 100), *tables]) + "\n"
    print(text)
    if options.write:
        write_tables(DOCUMENT, text, BEGIN, END)
    own = [stage for o in outcomes if o.tool == OURS_NAME for stage in o.stages.values()]
    return 1 if any(stage.wrong or stage.status == "crashed" for stage in own) else 0


def _list(names: list[str], sample: int, only: str | None) -> list[Entry]:
    found: list[Entry] = []
    for collection in COLLECTIONS:
        if collection.name in names:
            root = fetch(collection.package, CACHE / "collections")
            most = None if only or not sample else sample
            listed = list_entries(collection, root, most)
            found += [e for e in listed if only is None or fnmatchcase(e.name, only)]
    return found


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
