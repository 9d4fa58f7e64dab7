"""A recorder of deliveries and replies: a file and a curl command for each, and a HAR archive.

HAR is the HTTP Archive format 1.2, which browsers and proxies read and write. The files hold the
signatures of what was sent, but never the secret.
"""

from __future__ import annotations

import json
import re
import threading
from base64 import b64encode
from pathlib import Path
from typing import Any

from kombo_fakes.core.writer import to_pretty_json
from kombo_fakes.errors import OutputError
from kombo_fakes.probing.model import Exchange, Reply
from kombo_fakes.probing.reports.as_json import exchange_data
from kombo_fakes.version import __version__
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.transport.urls import without_secrets

_EPOCH = "1970-01-01T00:00:00.000Z"


class Recorder:
    """Writes exchanges into a directory. Any thread may call it.

    Args:
        directory: The directory, which has to be empty or new.
        url: Where the deliveries were sent. Its query is not kept, since it may hold tokens.

    Raises:
        OutputError: if the directory cannot be made, or is not empty.
    """

    def __init__(self, directory: str, url: str) -> None:
        self._directory, self._url = Path(directory), without_secrets(url)
        self._guard = threading.Lock()
        self._entries: list[dict[str, Any]] = []
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            if any(self._directory.iterdir()):
                raise OutputError(f"{directory}: is not empty; give a new directory")
        except OutputError:
            raise
        except OSError as error:
            raise OutputError(f"{directory}: cannot be written: {error.strerror}") from None

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def keep(self, name: str, delivery: Delivery, reply: Reply) -> None:
        """Write a delivery and its reply.

        Args:
            name: The id of the case.
            delivery: The delivery.
            reply: The reply.

        Raises:
            OutputError: if the files cannot be written.
        """
        with self._guard:
            self._entries.append(_har_entry(self._url, delivery, reply))
            number = len(self._entries)
        stem = f"{number:05}-{re.sub(r'[^A-Za-z0-9._-]+', '-', name)[:80]}"
        entry = {
            "case": name,
            "url": self._url,
            "curl": delivery.curl(self._url, body_file=f"{stem}.body"),
            **exchange_data(Exchange(delivery, reply)),
        }
        try:
            (self._directory / f"{stem}.json").write_bytes(to_pretty_json(entry) + b"\n")
            (self._directory / f"{stem}.body").write_bytes(delivery.body)
        except OSError as error:
            raise OutputError(f"{self._directory}: cannot be written: {error.strerror}") from None

    def close(self) -> None:
        """Write the HAR archive of all exchanges; nothing if there were none.

        Raises:
            OutputError: if it cannot be written.
        """
        # `harfile` would write entries as they come, but closes the JSON document only at the end:
        # a run that is killed would leave an archive that no program reads. This way it leaves the
        # complete files of each exchange.
        if not self._entries:
            return
        log = {
            "version": "1.2",
            "creator": {"name": "kombo_fakes", "version": __version__},
            "entries": self._entries,
        }
        try:
            text = json.dumps({"log": log}, ensure_ascii=True, indent=1)
            (self._directory / "probe.har").write_text(text + "\n", encoding="ascii")
        except OSError as error:
            raise OutputError(f"{self._directory}: cannot be written: {error.strerror}") from None


def _har_entry(url: str, delivery: Delivery, reply: Reply) -> dict[str, Any]:
    milliseconds = round(reply.seconds * 1000, 3)
    return {
        "startedDateTime": _EPOCH,
        "time": milliseconds,
        "request": {
            "method": delivery.method,
            "url": url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": name, "value": value} for name, value in delivery.headers],
            "queryString": [],
            "postData": {
                "mimeType": delivery.header("content-type") or "",
                "text": delivery.body.decode("utf-8", "replace"),
            },
            "headersSize": -1,
            "bodySize": len(delivery.body),
        },
        "response": {
            "status": reply.status or 0,
            "statusText": reply.trouble or "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": [{"name": name, "value": value} for name, value in reply.headers],
            "content": {
                "size": len(reply.body),
                "mimeType": reply.header("content-type") or "",
                "encoding": "base64",
                "text": b64encode(reply.body).decode("ascii"),
            },
            "redirectURL": reply.header("location") or "",
            "headersSize": -1,
            "bodySize": len(reply.body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
    }
