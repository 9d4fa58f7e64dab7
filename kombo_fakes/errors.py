"""Every exception that this library raises on purpose.

::

    KomboFakesError
    ├── SchemaError       (ValueError)      a schema document cannot be read or honoured
    ├── DocumentError     (ValueError)      a file or string is not the JSON that was expected
    ├── PointerError      (ValueError)      an invalid JSON Pointer, or one that leads nowhere
    ├── UnknownNameError  (LookupError)     an event, fault, trait, field, ... that does not exist
    ├── OverrideError     (ValueError)      a value of the caller's that the schema rejects
    ├── FaultError        (ValueError)      a payload that cannot have a fault
    ├── ValidationError   (ValueError)      a payload that its schema rejects
    ├── SecretError       (ValueError)      no webhook secret, or an unusable one
    ├── TransportError                      a delivery could not be sent, or was not answered
    ├── OutputError       (OSError)         a file cannot be written
    ├── ProbeError                          a receiver cannot be probed
    ├── SkipError         (ValueError)      an unusable list of known findings
    └── MarkerError       (ValueError)      an invalid argument of ``pytest.mark.kombo``

    ReceiverError         (AssertionError)  a receiver did something unexpected

``ReceiverError`` stands apart: it is a failed check of the receiver under test and not an error
of this library or its caller.

All of them can be imported from ``kombo_fakes``, and all of them can be pickled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kombo_fakes.schema.violations import Violation

Reason: TypeAlias = Literal[
    "refused",
    "reset",
    "timeout",
    "endless",
    "garbage",
    "tls",
    "dns",
    "invalid-url",
    "invalid-request",
    "not-loopback",
]
"""Why there is no answer; `TransportError` describes each."""

# Nobody reads a message of more lines than this.
_SHOWN = 20


class KomboFakesError(Exception):
    """The base class of every error that this library raises on purpose."""


class SchemaError(KomboFakesError, ValueError):
    """A schema document cannot be read or honoured; the message says what and where."""


class DocumentError(KomboFakesError, ValueError):
    """A file or string is not the JSON that was expected; the message says what and where."""


class PointerError(KomboFakesError, ValueError):
    """A string is not a JSON Pointer, or the pointer leads nowhere in a value."""


class UnknownNameError(KomboFakesError, LookupError):
    """A name (an event, a fault, a trait, a field, ...) does not exist."""


class OverrideError(KomboFakesError, ValueError):
    """A value or an option that the caller passed cannot be used.

    The attributes are for overrides and removals that the schema rejects. They are None where an
    option is wrong.

    Attributes:
        violation: The violation that the schema reports.
        value: The rejected value. None if it is null, not a JSON value, or if the violation is
            not at the place of an override.
        fault: The id of the fault that the payload would have. None if it would not have exactly
            one.
    """

    def __init__(
        self,
        message: str,
        *,
        violation: Violation | None = None,
        value: Any = None,
        fault: str | None = None,
    ) -> None:
        super().__init__(message)
        self.violation = violation
        self.value = value
        self.fault = fault


class FaultError(KomboFakesError, ValueError):
    """A payload cannot have a fault: the place is missing, or something else is invalid."""


class ValidationError(KomboFakesError, ValueError):
    """The schema rejects a payload.

    Attributes:
        violations: Every violation, in document order.
    """

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations: tuple[Violation, ...] = tuple(violations)
        lines = [str(violation) for violation in self.violations[:_SHOWN]]
        if len(self.violations) > _SHOWN:
            lines.append(f"... and {len(self.violations) - _SHOWN:,} more")
        super().__init__("\n".join(lines))

    def __reduce__(self) -> tuple[Any, ...]:
        # An exception is pickled with its message, which is not what this one is made of.
        return type(self), (self.violations,)


class SecretError(KomboFakesError, ValueError):
    """There is no webhook secret, or it cannot be used."""


class TransportError(KomboFakesError):
    """A delivery could not be sent, or was not answered.

    Attributes:
        reason: Why. ``"refused"``: nothing accepts connections there. ``"reset"``: the connection
            was closed before the end of an answer. ``"timeout"``: no byte of an answer in time.
            ``"endless"``: an answer that did not end in time, or is too long. ``"garbage"``: the
            answer is not HTTP. ``"tls"``: no secure connection. ``"dns"``: an unknown host.
            ``"invalid-url"``: the URL cannot be used. ``"invalid-request"``: HTTP cannot carry
            the request. ``"not-loopback"``: the host is not this machine.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason

    def __reduce__(self) -> tuple[Any, ...]:
        # By default, pickle would make it again from the message alone.
        return type(self), (self.reason, str(self))


class OutputError(KomboFakesError, OSError):
    """A file cannot be written where it was asked for; the message says where and why."""

    def __str__(self) -> str:
        return str(self.args[0])


class ProbeError(KomboFakesError):
    """A receiver cannot be probed, or not in this way; the message says why."""


class SkipError(KomboFakesError, ValueError):
    """A list of known findings is neither an id nor several."""


class MarkerError(KomboFakesError, ValueError):
    """An argument of ``pytest.mark.kombo`` is invalid."""


class ReceiverError(AssertionError):
    """A receiver did something unexpected; the message says what, after which deliveries."""


# Tracebacks show the name that users import.
for _name in [name for name in globals() if name.endswith("Error")]:
    globals()[_name].__module__ = "kombo_fakes"
