"""Write the project's addresses into its metadata, from the one place where they are set.

`[tool.hatch.metadata.hooks.custom]` in pyproject.toml holds the address of the documentation and
that of the repository. The links of the README are relative, so that they work in a checkout; in
the metadata they are absolute, so that they work on a package index.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(?<=\]\()(?!https?://|#)(?P<path>[^)#\s]+)(?P<part>#[^)\s]*)?(?=\))")


class ProjectAddresses(MetadataHookInterface):
    """Fills in the readme and the URLs."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the fields that pyproject.toml declares as dynamic."""
        site, source = self.config["documentation"], self.config["source"]
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": LINK.sub(lambda link: absolute(link["path"], site, source), text),
        }
        metadata["urls"] = {
            "Homepage": f"{site}/",
            "Documentation": f"{site}/get-started/",
            "Source": source,
            "Issues": f"{source}/issues",
            "Changelog": f"{site}/changelog/",
        }


def absolute(path: str, site: str, source: str) -> str:
    """Return the address of a file of the project.

    Pages and pictures of the documentation are on its site, all else is in the repository.
    """
    if not path.startswith("docs/"):
        return f"{source}/blob/main/{path}"
    page = path.removeprefix("docs/")
    return f"{site}/{page.removesuffix('.md')}/" if page.endswith(".md") else f"{site}/{page}"
