"""`python -m mutation [MODULE ...] [--write]`: prints the surviving mutants and the score.

Exit status 1: a mutant survives that is not in `mutation/equivalent.toml`. Add a test that fails
for it, or list it there with the reason why no test can.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date

from mutation.equivalent import find_stale, load_reasons
from mutation.running import ROOT, Mutant, core_modules, find_changes, run

_PAGE = ROOT / "docs" / "mutation.md"
_BEGIN, _END = "<!-- measured: begin -->", "<!-- measured: end -->"


def main() -> int:
    core = core_modules()
    parser = argparse.ArgumentParser(prog="python -m mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(core))
    parser.add_argument(
        "--write", action="store_true", help="write the score into docs/mutation.md"
    )
    options = parser.parse_args()
    unknown = set(options.modules) - set(core)
    if unknown:
        parser.error(f"unknown module {min(unknown)!r}; expected one of {', '.join(core)}")
    if options.write and options.modules:
        parser.error("--write cannot be combined with modules: it writes the score of all of them")
    modules = options.modules or core

    mutants = run(modules)
    survivors = find_changes(mutant for mutant in mutants if not mutant.noticed)
    known = load_reasons()
    equivalent = {mutant for mutant, change in survivors.items() if change in known}
    table = _table(modules, mutants, equivalent)
    print(table)
    if options.write:
        head, _, rest = _PAGE.read_text(encoding="utf-8").partition(_BEGIN)
        _, _, tail = rest.partition(_END)
        measured = f"Measured on {date.today().isoformat()}.\n\n{table}"
        _PAGE.write_text(f"{head}{_BEGIN}\n\n{measured}\n\n{_END}{tail}", encoding="utf-8")
    for mutant, change in survivors.items():
        if mutant not in equivalent:
            print(f"\nsurvives: {mutant.name}\n  - {change.before}\n  + {change.after}")
    for change in find_stale(known, set(survivors.values()), modules):
        print(f"\nin equivalent.toml, but not a survivor: {change}")
    return 1 if len(equivalent) < len(survivors) else 0


def _table(
    modules: list[str] | tuple[str, ...], mutants: list[Mutant], equivalent: set[Mutant]
) -> str:
    made = Counter(mutant.module for mutant in mutants)
    noticed = Counter(mutant.module for mutant in mutants if mutant.noticed)
    same = Counter(mutant.module for mutant in equivalent)
    rows = [(name, made[name], noticed[name], same[name]) for name in modules]
    rows.append(("all", len(mutants), sum(noticed.values()), len(equivalent)))
    lines = ["| module | mutants | noticed | equivalent | score |", "|---|---:|---:|---:|---:|"]
    for name, total, killed, none in rows:
        score = killed / (total - none) if total > none else 1.0
        lines.append(f"| {name} | {total:,} | {killed:,} | {none:,} | {score:.1%} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
