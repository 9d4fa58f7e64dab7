"""`python -m fuzz [TARGET ...] [--seconds N]`: runs Atheris on each target, one after the other.

Input that breaks a target is written to `tests/fuzzed/TARGET/`, and tested from then on. Fix the
cause, and keep the file.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile

from fuzz.seeds import FOUND
from fuzz.targets import TARGETS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=int, default=60, help="for each target; default: 60")
    options = parser.parse_args()
    unknown = set(options.targets) - set(TARGETS)
    if unknown:
        parser.error(f"unknown target {min(unknown)!r}; expected one of {', '.join(TARGETS)}")
    broken = [name for name in options.targets or TARGETS if not _fuzz(name, options.seconds)]
    print(f"{len(broken)} broken{': ' if broken else ''}{', '.join(broken)}")
    return 1 if broken else 0


def _fuzz(target: str, seconds: int) -> bool:
    """Fuzz a target for some seconds, in a process that libFuzzer ends; False if it breaks."""
    kept = FOUND / target
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        command = [
            *(sys.executable, "-m", "fuzz.engine", target, corpus, str(kept)),
            f"-max_total_time={seconds}",
            f"-artifact_prefix={kept}/",
            "-timeout=20",
            "-rss_limit_mb=4096",
            "-verbosity=1",
        ]
        ended = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
    # Lines that begin with # report progress.
    output = [line for line in ended.stderr.splitlines() if line.strip() and line[0] != "#"]
    runs = [line for line in output if line.startswith("Done ")]
    print(f"{target}: {runs[-1] if runs else 'broken'}")
    if ended.returncode != 0:
        print("\n".join(output[-40:]), file=sys.stderr)
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
