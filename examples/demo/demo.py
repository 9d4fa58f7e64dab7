"""Show a payload, an invalid payload, and the probe of a receiver that has one bug."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

RECEIVER = Path(__file__).with_name("receiver.py")
SECRET = "the secret of the demo"


def run(title: str, *arguments: str) -> int:
    """Print a command of kombo-fakes, run it, and return its exit status."""
    print(f"\n\n── {title}\n$ kombo-fakes {' '.join(arguments)}\n", flush=True)
    environment = {**os.environ, "KOMBO_WEBHOOK_SECRET": SECRET}
    return subprocess.run(
        [sys.executable, "-m", "kombo_fakes", *arguments], env=environment, check=False
    ).returncode


def main() -> int:
    """Return 0 if the probe finds the bug, as it should."""
    run("A payload as Kombo sends it", "generate")
    run(
        "A payload that is invalid in exactly one way",
        *("generate", "--fault", "data.state-enum-lowercase", "--format", "ndjson"),
    )
    receiver = subprocess.Popen(
        [sys.executable, str(RECEIVER)],
        env={**os.environ, "PORT": "0", "KOMBO_WEBHOOK_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert receiver.stdout is not None
        url = receiver.stdout.readline().strip()
        status = run("About 1,100 deliveries to a receiver that has one bug", "probe", url)
    finally:
        receiver.kill()
        receiver.communicate()
    print(
        "\nThe bug is in examples/demo/receiver.py. Fix it there, and run `make demo` again.\n"
        "docs/get-started.md does the same with a receiver of your own."
    )
    return 0 if status == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
