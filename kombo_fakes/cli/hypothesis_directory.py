"""No temporary files in the working directory of the user."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def avoid_temporary_files() -> Iterator[None]:
    """Keep Hypothesis from making a directory ``.hypothesis`` in the working directory.

    Enter the block before anything imports Hypothesis, because Hypothesis reads its storage
    directory at import. If Hypothesis is imported already, or the user has set its storage
    directory, nothing changes.
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
        # Code that runs later in this process must not get a directory that is gone.
        del os.environ[variable]
        shutil.rmtree(directory, ignore_errors=True)
