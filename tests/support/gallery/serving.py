"""Serves a WSGI application over HTTP for as long as a test needs it."""

from __future__ import annotations

import io
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def server_bind(self) -> None:
        # HTTPServer asks for the host's name, which takes seconds without a name server.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
        self.setup_environ()

    def shutdown_request(self, request: Any) -> None:
        # To close with bytes unread cuts the connection before the client has read the answer.
        with suppress(OSError):
            request.shutdown(socket.SHUT_WR)
            request.settimeout(1)
            while request.recv(65_536):
                pass
        self.close_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that goes away is its own business."""


class _Handler(WSGIRequestHandler):
    disable_nagle_algorithm = True
    wbufsize = 65_536

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def get_environ(self) -> dict[str, Any]:
        # In an environ the names of headers have lost their case.
        return {**super().get_environ(), "gallery.headers": self.headers.items()}

    def get_stderr(self) -> Any:
        return io.StringIO()


@contextmanager
def serving(application: Callable[..., Any]) -> Iterator[str]:
    """The URL under which an application answers until the end of the block, without a slash.

    An application that has a ``close`` is closed at the end, so that nothing in it waits any more.
    """
    server = _Server(("127.0.0.1", 0), _Handler)
    server.set_app(application)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        getattr(application, "close", lambda: None)()
        server.shutdown()
        server.server_close()
        thread.join()
