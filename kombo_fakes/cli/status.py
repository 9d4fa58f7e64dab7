"""The exit statuses of the command line."""

from __future__ import annotations

# 2 is click's status for wrong arguments. 130 is 128 and SIGINT, as shells report it.
FINE, FOUND, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
"""Fine; found something; invalid arguments, set-up or input; Ctrl-C."""
