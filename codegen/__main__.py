"""Write `kombo_fakes/types.py` and `kombo_fakes/__init__.pyi`: ``python -m codegen``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TYPES, STUB = ROOT / "kombo_fakes" / "types.py", ROOT / "kombo_fakes" / "__init__.pyi"


def main() -> int:
    """Write both files. The stub is made from the types, so they come first."""
    for path, target in ((TYPES, "codegen.types_module"), (STUB, "codegen.stub")):
        # Each in a process of its own, so that the stub is made from the types just written.
        made = subprocess.run(
            [sys.executable, "-m", target], cwd=ROOT, check=False, stdout=subprocess.PIPE
        )
        # The process has printed its error.
        if made.returncode:
            return made.returncode
        if not path.exists() or path.read_bytes() != made.stdout:
            path.write_bytes(made.stdout)
            print(f"wrote {path.relative_to(ROOT)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
