"""Leaving nothing behind where the user happens to be."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def avoid_temporary_files() -> Iterator[None]:
    """Keep Hypothesis from leaving a directory of its own in the working directory.

    To be entered before anything imports it: it looks where to store things only then.
    Where it is in use already, or has been told where to store things, that stays as it is.
    """
    variable = "HYPOTHESIS_STORAGE_DIRECTORY"
    if "hypothesis" in sys.modules or variable in os.environ:
        yield
        return
    directory = tempfile.mkdtemp(prefix="kombo-fakes-")
    os.environ[variable] = directory
    try:
        yield
    finally:
        del os.environ[variable]
        shutil.rmtree(directory, ignore_errors=True)
