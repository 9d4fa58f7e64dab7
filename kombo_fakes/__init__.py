"""Fixtures and fake payloads for receivers of Kombo's webhooks.

Everything public can be imported from here. Importing the package itself loads neither Faker nor
factory_boy nor Hypothesis: each name is fetched from its module on first use.
"""

from __future__ import annotations

from importlib import import_module

from kombo_fakes.version import __version__ as __version__

# Type checkers read `__init__.pyi`, which `make events` writes from this table.
_HOMES = {
    "catalogues.changes": ("Change", "changes"),
    "catalogues.corners": ("Corner", "corners"),
    "catalogues.fault": ("Fault", "InvalidPayload"),
    "catalogues.faults": ("faults",),
    "errors": (
        "DocumentError",
        "FaultError",
        "KomboFakesError",
        "MarkerError",
        "OutputError",
        "OverrideError",
        "PointerError",
        "ProbeError",
        "ReceiverError",
        "SchemaError",
        "SecretError",
        "SkipError",
        "TransportError",
        "UnknownNameError",
        "ValidationError",
    ),
    "generation.factories.base": ("PayloadFactory",),
    "generation.factories.by_event": ("factory_for",),
    "generation.factories.omit": ("OMIT",),
    "generation.made": ("Made",),
    "generation.ndjson": ("ndjson",),
    "generation.runs": ("generate",),
    "probing.engine.probe": ("probe",),
    "probing.engine.probe_cases": ("ProbeCase", "probe_cases"),
    "probing.model": ("Finding",),
    "probing.reports.report": ("Report",),
    "pytest_plugin.fixture_types": ("DeliveryMaker", "PayloadMaker", "ReceiverProbe"),
    "realistic.faker_names": ("KomboProvider",),
    "schema.custom_formats": ("Format", "register_format"),
    "schema.schema": ("Schema",),
    "schema.sites": ("Site",),
    "schema.violations": ("Violation",),
    "sequences.ledger": ("Ledger", "Record"),
    "sequences.receiver_machine": ("ReceiverMachine",),
    "sequences.stories": ("stories", "story"),
    "sequences.timeline": ("Step", "Timeline", "timelines"),
    "strategies.invalid": ("invalid_payloads",),
    "strategies.payloads": ("event_payloads", "payloads"),
    "types": ("EventName", "Payload"),
    "webhooks.shipped": ("events",),
    "wire.delivery": ("Delivery",),
    "wire.faults": ("WireFault", "wire_faults"),
    "wire.serializations": ("Style", "serialize", "styles"),
    "wire.signature_mistakes.explain": ("SignatureExplanation", "explain_signature"),
    "wire.signature_mistakes.mistake": ("SignatureMistake",),
    "wire.signing": ("SIGNATURE_HEADER", "TEST_SECRET", "sign", "verify"),
    "wire.strategies": ("deliveries",),
    "wire.transport.client": ("Answer", "Transport"),
    "wire.vectors": ("vectors",),
}
"""The public names by their modules. The types and the factories of events are added to them."""

_FACTORIES = "generation.factories.by_event"


def __getattr__(name: str) -> object:
    if name == "__all__":
        # Not a plain list, because it takes importing the types to know their names.
        value: object = sorted([*_homes(), "__version__"])
    elif name in (homes := _homes()):
        value = getattr(import_module(f"{__name__}.{homes[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Python calls this function only for names that the module does not have (PEP 562).
    globals()[name] = value
    return value


def _homes() -> dict[str, str]:
    """The module of each public name. The types are not imported before a name is asked for."""
    from kombo_fakes.types import PAYLOAD_TYPES

    homes = {name: module for module, names in _HOMES.items() for name in names}
    for payload_type in PAYLOAD_TYPES.values():
        homes[payload_type.__name__] = "types"
        homes[f"{payload_type.__name__}Factory"] = _FACTORIES
    return homes


def __dir__() -> list[str]:
    return sorted({*globals(), *_homes()})
