"""Fixtures and fake payloads for receivers of Kombo's webhooks.

Everything public is importable from here. Importing the package itself loads neither Faker nor
factory_boy nor Hypothesis: each name is fetched from its module on first use.
"""

from __future__ import annotations

from importlib import import_module

# Not from typing, whose import alone takes ten times as long as the rest of this.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from kombo_fakes.bulk import ndjson
    from kombo_fakes.catalogue import Fault, FaultError, InvalidPayload, faults
    from kombo_fakes.corner_cases import Corner, corners
    from kombo_fakes.delivery import Delivery
    from kombo_fakes.delivery_strategies import deliveries
    from kombo_fakes.errors import (
        DocumentError,
        KomboFakesError,
        OverrideError,
        SchemaError,
        UnknownNameError,
    )
    from kombo_fakes.evolution import Change, changes
    from kombo_fakes.factories import (
        OMIT,
        AiApplyApplicationStatusUpdatedFactory,
        AiApplyJobPostingStatusUpdatedFactory,
        AssessmentOrderReceivedFactory,
        ConnectionFlowFailedFactory,
        DataChangedFactory,
        InlineAssessmentOrderReceivedFactory,
        IntegrationCreatedFactory,
        IntegrationDeletedFactory,
        IntegrationStateChangedFactory,
        IssueStatusChangedFactory,
        PayloadFactory,
        SyncFinishedFactory,
        factory_for,
    )
    from kombo_fakes.faker_names import KomboProvider
    from kombo_fakes.fixture_types import DeliveryMaker, PayloadMaker, ReceiverProbe
    from kombo_fakes.generating import Made, generate
    from kombo_fakes.invalid_strategy import invalid_payloads
    from kombo_fakes.ledger import Ledger, Record
    from kombo_fakes.probing.checking import ProbeCase, probe_cases
    from kombo_fakes.probing.model import Finding
    from kombo_fakes.probing.receivers import ProbeError
    from kombo_fakes.probing.report import Report
    from kombo_fakes.probing.running import probe
    from kombo_fakes.receiver_machine import ReceiverMachine
    from kombo_fakes.registry import events
    from kombo_fakes.schema import Schema
    from kombo_fakes.signing import SIGNATURE_HEADER, TEST_SECRET, SecretError, sign, verify
    from kombo_fakes.sites import Site
    from kombo_fakes.spelling import Spelling, spell, spellings
    from kombo_fakes.storylines import stories, story
    from kombo_fakes.strategies import event_payloads, payloads
    from kombo_fakes.timeline import ReceiverError, Step, Timeline, timelines
    from kombo_fakes.transport import Answer, Transport, TransportError
    from kombo_fakes.types import (
        AiApplyApplicationStatusUpdated,
        AiApplyJobPostingStatusUpdated,
        AssessmentOrderReceived,
        ConnectionFlowFailed,
        DataChanged,
        EventName,
        InlineAssessmentOrderReceived,
        IntegrationCreated,
        IntegrationDeleted,
        IntegrationStateChanged,
        IssueStatusChanged,
        Payload,
        SyncFinished,
    )
    from kombo_fakes.vector_file import vectors
    from kombo_fakes.violations import ValidationError, Violation
    from kombo_fakes.wire_catalogue import WireFault, wire_faults

__version__ = "0.1.0"

_HOMES = {
    "catalogue": (
        "Fault",
        "FaultError",
        "InvalidPayload",
        "faults",
    ),
    "corner_cases": (
        "Corner",
        "corners",
    ),
    "delivery": ("Delivery",),
    "delivery_strategies": ("deliveries",),
    "errors": (
        "DocumentError",
        "KomboFakesError",
        "OverrideError",
        "SchemaError",
        "UnknownNameError",
    ),
    "bulk": ("ndjson",),
    "evolution": (
        "Change",
        "changes",
    ),
    "factories": (
        "AiApplyApplicationStatusUpdatedFactory",
        "AiApplyJobPostingStatusUpdatedFactory",
        "AssessmentOrderReceivedFactory",
        "ConnectionFlowFailedFactory",
        "DataChangedFactory",
        "InlineAssessmentOrderReceivedFactory",
        "IntegrationCreatedFactory",
        "IntegrationDeletedFactory",
        "IntegrationStateChangedFactory",
        "IssueStatusChangedFactory",
        "OMIT",
        "PayloadFactory",
        "SyncFinishedFactory",
        "factory_for",
    ),
    "faker_names": ("KomboProvider",),
    "fixture_types": (
        "DeliveryMaker",
        "PayloadMaker",
        "ReceiverProbe",
    ),
    "generating": (
        "Made",
        "generate",
    ),
    "invalid_strategy": ("invalid_payloads",),
    "ledger": (
        "Ledger",
        "Record",
    ),
    "probing.checking": (
        "ProbeCase",
        "probe_cases",
    ),
    "probing.model": ("Finding",),
    "probing.receivers": ("ProbeError",),
    "probing.report": ("Report",),
    "probing.running": ("probe",),
    "receiver_machine": ("ReceiverMachine",),
    "registry": ("events",),
    "schema": ("Schema",),
    "signing": (
        "SIGNATURE_HEADER",
        "SecretError",
        "TEST_SECRET",
        "sign",
        "verify",
    ),
    "sites": ("Site",),
    "spelling": (
        "Spelling",
        "spell",
        "spellings",
    ),
    "storylines": (
        "stories",
        "story",
    ),
    "strategies": (
        "event_payloads",
        "payloads",
    ),
    "timeline": (
        "ReceiverError",
        "Step",
        "Timeline",
        "timelines",
    ),
    "transport": (
        "Answer",
        "Transport",
        "TransportError",
    ),
    "types": (
        "AiApplyApplicationStatusUpdated",
        "AiApplyJobPostingStatusUpdated",
        "AssessmentOrderReceived",
        "ConnectionFlowFailed",
        "DataChanged",
        "EventName",
        "InlineAssessmentOrderReceived",
        "IntegrationCreated",
        "IntegrationDeleted",
        "IntegrationStateChanged",
        "IssueStatusChanged",
        "Payload",
        "SyncFinished",
    ),
    "vector_file": ("vectors",),
    "violations": (
        "ValidationError",
        "Violation",
    ),
    "wire_catalogue": (
        "WireFault",
        "wire_faults",
    ),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "OMIT",
    "SIGNATURE_HEADER",
    "TEST_SECRET",
    "AiApplyApplicationStatusUpdated",
    "AiApplyApplicationStatusUpdatedFactory",
    "AiApplyJobPostingStatusUpdated",
    "AiApplyJobPostingStatusUpdatedFactory",
    "Answer",
    "AssessmentOrderReceived",
    "AssessmentOrderReceivedFactory",
    "Change",
    "ConnectionFlowFailed",
    "ConnectionFlowFailedFactory",
    "Corner",
    "DataChanged",
    "DataChangedFactory",
    "Delivery",
    "DeliveryMaker",
    "DocumentError",
    "EventName",
    "Fault",
    "FaultError",
    "Finding",
    "InlineAssessmentOrderReceived",
    "InlineAssessmentOrderReceivedFactory",
    "IntegrationCreated",
    "IntegrationCreatedFactory",
    "IntegrationDeleted",
    "IntegrationDeletedFactory",
    "IntegrationStateChanged",
    "IntegrationStateChangedFactory",
    "InvalidPayload",
    "IssueStatusChanged",
    "IssueStatusChangedFactory",
    "KomboFakesError",
    "KomboProvider",
    "Ledger",
    "Made",
    "OverrideError",
    "Payload",
    "PayloadFactory",
    "PayloadMaker",
    "ProbeCase",
    "ProbeError",
    "ReceiverError",
    "ReceiverMachine",
    "ReceiverProbe",
    "Record",
    "Report",
    "Schema",
    "SchemaError",
    "SecretError",
    "Site",
    "Spelling",
    "Step",
    "SyncFinished",
    "SyncFinishedFactory",
    "Timeline",
    "Transport",
    "TransportError",
    "UnknownNameError",
    "ValidationError",
    "Violation",
    "WireFault",
    "__version__",
    "changes",
    "corners",
    "deliveries",
    "event_payloads",
    "events",
    "factory_for",
    "faults",
    "generate",
    "invalid_payloads",
    "ndjson",
    "payloads",
    "probe",
    "probe_cases",
    "sign",
    "spell",
    "spellings",
    "stories",
    "story",
    "timelines",
    "vectors",
    "verify",
    "wire_faults",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
