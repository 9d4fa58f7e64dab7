"""A small receiver of Kombo's webhooks with one bug, for `make demo`.

It verifies the signature over the raw body and validates the payload. Then it assumes that every
integration has a creator with an e-mail address; the schema says that the address may be null.
"""

from __future__ import annotations

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kombo_fakes import Schema, verify

SECRET = os.environ.get("KOMBO_WEBHOOK_SECRET", "the secret of the demo")
SCHEMA = Schema.load()

contacts: dict[str, str] = {}


def handle(body: bytes, signature: str | None) -> int:
    """Handle a delivery, and return the HTTP status of the answer."""
    if not verify(body, signature, SECRET):
        return 401
    try:
        payload = json.loads(body, parse_constant=reject)
    except (ValueError, RecursionError):
        return 400
    if not SCHEMA.is_valid(payload):
        return 422
    data = payload["data"]
    contacts[data["integration_id"]] = data["end_user"]["creator_email"].lower()  # the bug
    return 204


def reject(constant: str) -> Any:
    """Reject NaN and Infinity, which Python reads although JSON does not have them."""
    raise ValueError(f"{constant} is not JSON")


class Handler(BaseHTTPRequestHandler):
    """Answer POST requests."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            status = handle(body, self.headers.get("X-Kombo-Signature"))
        except Exception:
            status = 500
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Keep quiet: the demo shows what the probe says."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8000"))), Handler)
    print(f"http://127.0.0.1:{server.server_port}/webhooks/kombo", flush=True)
    server.serve_forever()
