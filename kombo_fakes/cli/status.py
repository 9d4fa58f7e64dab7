"""The exit statuses of the command line."""

from __future__ import annotations

FINE, FOUND, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
"""All is well; something was found; the call or its input can't be used; Ctrl-C."""
