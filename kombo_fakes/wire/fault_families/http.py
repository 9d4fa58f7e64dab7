"""Wire faults of HTTP: the content type, the names of headers, and the method."""

from __future__ import annotations

from dataclasses import replace

from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.fault_row import ACCEPT, EITHER, FaultCase, FaultRow, Maker
from kombo_fakes.wire.headers import CONTENT_TYPE


def _set_content_type(*values: str) -> Maker:
    return lambda case: case.delivery().with_header("Content-Type", case.choices.pick(values))


def _change_header_case(case: FaultCase) -> Delivery:
    delivery = case.delivery()
    # HTTP/2 sends every name in lower case (RFC 9113, 8.2).
    change = case.choices.pick((str.lower, str.upper))
    headers = tuple((change(name), value) for name, value in delivery.headers)
    return replace(delivery, headers=headers)


def _set_method(method: str) -> Maker:
    return lambda case: replace(case.delivery(), method=method)


_LEFT_OPEN = "the standards leave the choice to the receiver"

HTTP_FAULTS: tuple[FaultRow, ...] = (
    FaultRow("http-content-type-missing", "no content type", EITHER, _LEFT_OPEN,
             lambda case: case.delivery().with_header("Content-Type")),
    FaultRow("http-content-type-other", "another content type", EITHER, _LEFT_OPEN,
             _set_content_type("text/plain", "application/octet-stream",
                               "application/x-www-form-urlencoded", "nonsense")),
    FaultRow("http-content-type-charset", "a content type with a charset, or in another case",
             ACCEPT, "it is the same media type (RFC 9110, 8.3.1)",
             _set_content_type(f"{CONTENT_TYPE}; charset=utf-8", f"{CONTENT_TYPE};charset=UTF-8",
                               "Application/JSON")),
    FaultRow("http-content-type-odd-charset", "a charset that is invalid, or not that of the body",
             EITHER, "JSON is UTF-8 and defines no such parameter (RFC 8259, 8.1 and 11)",
             _set_content_type(f"{CONTENT_TYPE}; charset=nonsense", f"{CONTENT_TYPE}; charset=",
                               f"{CONTENT_TYPE}; charset=iso-8859-1",
                               f'{CONTENT_TYPE}; charset="')),
    FaultRow("http-header-case", "header names in another case", ACCEPT,
             "the case of header names does not matter (RFC 9110, 5.1)", _change_header_case),
    FaultRow("http-get", "sent with GET", EITHER, _LEFT_OPEN, _set_method("GET")),
    FaultRow("http-put", "sent with PUT", EITHER, _LEFT_OPEN, _set_method("PUT")),
)  # fmt: skip
