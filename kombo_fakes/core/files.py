"""Reading a document from a file, by the kind that its name says it is."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from kombo_fakes.core.json_reader import describe_path, parse_json, read_bytes
from kombo_fakes.core.yaml_reader import parse_yaml
from kombo_fakes.errors import DocumentError


def read_document(path: str | os.PathLike[str]) -> Any:
    """Read a JSON file, or a YAML file where its name ends in ``.yaml`` or ``.yml``.

    Raises:
        DocumentError: if it can't be read, or isn't what its name says.
    """
    url = re.match(r"(https?|ftp|file):/+(?=[^/])", os.fspath(path))
    if url is not None and not Path(path).exists():
        # A path has one slash where a URL has two.
        whole = f"{url[1]}://{os.fspath(path)[url.end() :]}"
        raise DocumentError(f"{whole}: nothing is fetched; download it, and name the file")
    is_yaml = Path(path).suffix.lower() in (".yaml", ".yml")
    return (parse_yaml if is_yaml else parse_json)(read_bytes(path), describe_path(path))
