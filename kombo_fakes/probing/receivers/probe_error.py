"""What is raised where a receiver can't be probed."""

from __future__ import annotations

from kombo_fakes.errors import KomboFakesError


class ProbeError(KomboFakesError):
    """A receiver can't be probed at all, or not in this way; the message says why."""
