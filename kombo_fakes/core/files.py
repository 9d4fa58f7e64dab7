"""Reads a document from a file, as JSON or YAML by the ending of its name."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from kombo_fakes.core.json_reader import describe_path, parse_json, read_bytes
from kombo_fakes.core.yaml_reader import parse_yaml
from kombo_fakes.errors import DocumentError

_MOST_PARTS = 6_000_000


def read_document(path: str | os.PathLike[str]) -> Any:
    """Read a YAML file if its name ends with ``.yaml`` or ``.yml``, else a JSON file.

    Raises:
        DocumentError: if it cannot be read, or is not valid JSON or YAML, or has too many
            values.
    """
    # A `Path` made from a URL has lost one of its two slashes.
    url = re.match(r"(https?|ftp|file):/+(?=[^/])", os.fspath(path))
    if url is not None and not Path(path).exists():
        whole = f"{url[1]}://{os.fspath(path)[url.end() :]}"
        raise DocumentError(f"{whole}: URLs are not fetched; download it and name the file")
    # Most JSON is YAML as well, but the parser of YAML is far slower and reads fewer bytes.
    is_yaml = Path(path).suffix.lower() in (".yaml", ".yml")
    data, name = read_bytes(path), describe_path(path)
    # Before parsing, because an empty list takes two bytes in the file and 64 in memory.
    if sum(map(data.count, (b",", b"[", b"{"))) > _MOST_PARTS:
        raise DocumentError(f"{name}: has more than {_MOST_PARTS:,} commas and brackets")
    return (parse_yaml if is_yaml else parse_json)(data, name)
