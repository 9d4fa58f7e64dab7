"""Explains what went wrong with a request, as a `TransportError`."""

from __future__ import annotations

import ssl
from http.client import BadStatusLine, HTTPException, LineTooLong, RemoteDisconnected

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.util import Url

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import TransportError
from kombo_fakes.wire.transport.connections import DeadlineSocket
from kombo_fakes.wire.transport.urls import show_url

# X509_V_ERR_HOSTNAME_MISMATCH, _IP_ADDRESS_MISMATCH; _CERT_NOT_YET_VALID, _CERT_HAS_EXPIRED.
_WRONG_HOST, _WRONG_TIME = (62, 64), (9, 10)


class EndlessError(TimeoutError):
    """An answer is so long that it may not end."""


def explain_failure(
    error: Exception, at: Url, wire: DeadlineSocket | None, timeout: float
) -> TransportError:
    """Return the error that explains a failed request.

    Args:
        error: What was raised.
        at: The URL of the request.
        wire: The socket of the request; None if there was no connection.
        timeout: The time limit of the request, in seconds.
    """
    url, hint = show_url(at), ""
    within = f"within {timeout:g} s"
    late = isinstance(error, (TimeoutError, ReadTimeoutError, ConnectTimeoutError))
    late = late and not isinstance(error, NewConnectionError)  # A ConnectTimeoutError in urllib3 2.
    if isinstance(error, ssl.SSLError) and not late:
        return TransportError("tls", f"{url}: no secure connection: {_explain_tls(error, at)}")
    if wire is None:
        if late:
            return TransportError("timeout", f"{url}: no connection {within}")
        # NewConnectionError says that it failed. Its cause is the error of the system, which says
        # why.
        cause = error.__cause__ if isinstance(error, NewConnectionError) else error
        # The handshake of TLS is a part of connecting, so there was a connection already.
        if at.scheme == "https" and isinstance(cause, ConnectionResetError):
            return TransportError("tls", f"{url}: closed the connection before it was secure")
        if isinstance(cause, OSError) and not isinstance(cause, ConnectionRefusedError):
            return TransportError("refused", f"{url}: cannot be reached: {cause.strerror or cause}")
        return TransportError(
            "refused", f"{url}: nothing accepts connections there; is the receiver running?"
        )
    if late and not wire.received:
        return TransportError("timeout", f"{url}: no answer {within}")
    if late:
        size = f"{wire.received:,} byte{'' if wire.received == 1 else 's'}"
        limit = f"after {size}" if isinstance(error, EndlessError) else f"{within} ({size})"
        return TransportError("endless", f"{url}: its answer did not end {limit}")
    if not wire.received and isinstance(error, (HTTPException, OSError)):
        return TransportError("reset", f"{url}: closed the connection without an answer")
    if isinstance(error, (UnicodeError, ValueError)) and not isinstance(error, HTTPError):
        return TransportError(
            "invalid-request", f"{url}: HTTP cannot carry it: {shorten(_one_line(error), 200)}"
        )
    is_other_protocol = (
        # http.client raises the base class itself for too many headers.
        isinstance(error, (BadStatusLine, LineTooLong)) or type(error) is HTTPException
    )
    # RemoteDisconnected is a BadStatusLine, although the server has sent none.
    if wire.ended and (not is_other_protocol or isinstance(error, RemoteDisconnected)):
        return TransportError("reset", f"{url}: closed the connection in the middle of its answer")
    # Servers that speak TLS answer plain HTTP with an alert, whose type is 21 (RFC 8446, 5.1).
    if at.scheme == "http" and is_other_protocol and "\x15" in str(error)[:1]:
        hint = f"; it may speak TLS, at {shorten(show_url(at._replace(scheme='https')))}"
    return TransportError(
        "garbage", f"{url}: its answer is not HTTP: {shorten(_one_line(error))}{hint}"
    )


def _explain_tls(error: ssl.SSLError, at: Url) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in _WRONG_HOST:
            return f"its certificate is that of another host than {at.host}"
        if error.verify_code in _WRONG_TIME:
            return f"its certificate is not valid today: {error.verify_message}"
        return (
            f"its certificate is not trusted: {error.verify_message}; pass the certificates to "
            "trust as --ca-file or ca_file="
        )
    # It depends on the version of OpenSSL what it takes an answer in plain HTTP for.
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"):
        return (
            f"it does not speak TLS; did you mean {shorten(show_url(at._replace(scheme='http')))}?"
        )
    return (error.reason or _one_line(error)).replace("_", " ").lower()


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
