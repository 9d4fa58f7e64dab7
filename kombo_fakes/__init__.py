"""Fixtures and fake payloads for receivers of Kombo's webhooks.

Everything public is importable from here. Importing the package itself loads neither Faker nor
factory_boy nor Hypothesis: each name is fetched from its module on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kombo_fakes.catalogue import Fault, InvalidPayload, faults
    from kombo_fakes.errors import (
        DocumentError,
        KomboFakesError,
        OverrideError,
        SchemaError,
        UnknownNameError,
    )
    from kombo_fakes.factories import (
        OMIT,
        IntegrationStateChangedFactory,
        PayloadFactory,
        factory_for,
    )
    from kombo_fakes.faker_names import KomboProvider
    from kombo_fakes.invalid_strategy import invalid_payloads
    from kombo_fakes.registry import events
    from kombo_fakes.schema import Schema
    from kombo_fakes.sites import Site
    from kombo_fakes.strategies import payloads
    from kombo_fakes.types import IntegrationStateChanged
    from kombo_fakes.violations import ValidationError, Violation

__version__ = "0.1.0"

_HOMES = {
    "IntegrationStateChanged": "types",
    "KomboProvider": "faker_names",
    "factory_for": "factories",
    "PayloadFactory": "factories",
    "IntegrationStateChangedFactory": "factories",
    "OMIT": "factories",
    "DocumentError": "errors",
    "Fault": "catalogue",
    "InvalidPayload": "catalogue",
    "KomboFakesError": "errors",
    "OverrideError": "errors",
    "Schema": "schema",
    "SchemaError": "errors",
    "Site": "sites",
    "UnknownNameError": "errors",
    "ValidationError": "violations",
    "Violation": "violations",
    "events": "registry",
    "faults": "catalogue",
    "invalid_payloads": "invalid_strategy",
    "payloads": "strategies",
}

__all__ = [
    "OMIT",
    "DocumentError",
    "Fault",
    "IntegrationStateChanged",
    "IntegrationStateChangedFactory",
    "InvalidPayload",
    "KomboFakesError",
    "KomboProvider",
    "OverrideError",
    "PayloadFactory",
    "Schema",
    "SchemaError",
    "Site",
    "UnknownNameError",
    "ValidationError",
    "Violation",
    "__version__",
    "events",
    "factory_for",
    "faults",
    "invalid_payloads",
    "payloads",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
