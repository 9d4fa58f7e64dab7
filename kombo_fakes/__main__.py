"""``python -m kombo_fakes`` is the command line."""

from __future__ import annotations

import sys

from kombo_fakes.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
