"""A recorder of deliveries and replies: a file and a curl command for each, and a HAR archive.

HAR is the HTTP Archive format 1.2, which browsers and proxies read and write. The files hold the
signatures of what was sent, but never the secret.
"""

from __future__ import annotations

import re
import threading
from base64 import b64encode
from pathlib import Path
from typing import IO

from harfile import Content, Creator, HarFile, PostData, Record, Request, Response, Timings

from kombo_fakes.core.writer import to_pretty_json
from kombo_fakes.errors import OutputError
from kombo_fakes.probing.model import Exchange, Reply
from kombo_fakes.probing.reports.as_json import exchange_data
from kombo_fakes.version import __version__
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.transport.urls import without_secrets

# HAR requires a time of each entry, which an exchange does not have.
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
        self._is_query_removed = "?" in url
        self._guard = threading.Lock()
        self._count = 0
        self._part = self._directory / "probe.har.part"
        self._stream: IO[str] | None = None
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            # The files of two runs could not be told apart.
            if any(self._directory.iterdir()):
                raise OutputError(f"{directory}: is not empty; give a new directory")
        except OutputError:
            raise
        except FileExistsError:
            raise OutputError(f"{directory}: is a file; give a new directory") from None
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
        # The archive is one stream, in which the entries of two threads would be mixed up.
        with self._guard:
            self._count += 1
            number = self._count
            try:
                _add_entry(self._open_archive(), self._url, delivery, reply)
            except OSError as error:
                raise self._output_error(error) from None
        # Ids hold colons and slashes, which not every file system allows in a name.
        stem = f"{number:05}-{re.sub(r'[^A-Za-z0-9._-]+', '-', name)[:80]}"
        entry = {
            "case": name,
            "url": self._url,
            "query_removed": self._is_query_removed,
            "curl": delivery.curl(self._url, body_file=f"{stem}.body"),
            **exchange_data(Exchange(delivery, reply)),
        }
        try:
            (self._directory / f"{stem}.json").write_bytes(to_pretty_json(entry) + b"\n")
            (self._directory / f"{stem}.body").write_bytes(delivery.body)
        except OSError as error:
            raise self._output_error(error) from None

    def close(self) -> None:
        """Complete the HAR archive; there is none if nothing was kept.

        Entries are written as they come, so that a long run takes no memory. The archive has its
        name only when it is complete: a run that is killed leaves no file that looks like one.

        Raises:
            OutputError: if it cannot be written.
        """
        if self._stream is None:
            return
        try:
            self._archive.close()
            self._stream.close()
            self._part.replace(self._directory / "probe.har")
        except OSError as error:
            raise self._output_error(error) from None

    def _open_archive(self) -> HarFile:
        # A run that ends before its first delivery leaves the directory empty, for the next one.
        if self._stream is None:
            self._stream = self._part.open("w", encoding="ascii")
            self._archive = HarFile(self._stream, creator=Creator("kombo_fakes", __version__))
        return self._archive

    def _output_error(self, error: OSError) -> OutputError:
        return OutputError(f"{self._directory}: cannot be written: {error.strerror}")


def _add_entry(archive: HarFile, url: str, delivery: Delivery, reply: Reply) -> None:
    milliseconds = round(reply.seconds * 1000, 3)
    archive.add_entry(
        startedDateTime=_EPOCH,
        time=milliseconds,
        request=Request(
            method=delivery.method,
            url=url,
            httpVersion="HTTP/1.1",
            headers=[Record(name, value) for name, value in delivery.headers],
            postData=PostData(
                mimeType=delivery.header("content-type") or "",
                text=delivery.body.decode("utf-8", "replace"),
            ),
            bodySize=len(delivery.body),
        ),
        response=Response(
            status=reply.status or 0,
            statusText=reply.trouble or "",
            httpVersion="HTTP/1.1",
            headers=[Record(name, value) for name, value in reply.headers],
            content=Content(
                size=len(reply.body),
                mimeType=reply.header("content-type") or "",
                # A body may have any bytes, and a string of JSON may not.
                encoding="base64",
                text=b64encode(reply.body).decode("ascii"),
            ),
            redirectURL=reply.header("location") or "",
            bodySize=len(reply.body),
        ),
        timings=Timings(send=0, wait=milliseconds, receive=0),
    )
