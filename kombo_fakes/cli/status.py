"""The exit statuses of the command line."""

from __future__ import annotations

FINE, FOUND, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
"""Fine; found something; invalid arguments, set-up or input; Ctrl-C."""
