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

    from kombo_fakes.catalogues.changes import Change, changes
    from kombo_fakes.catalogues.corners import Corner, corners
    from kombo_fakes.catalogues.faults import Fault, FaultError, InvalidPayload, faults
    from kombo_fakes.errors import (
        DocumentError,
        KomboFakesError,
        OverrideError,
        SchemaError,
        UnknownNameError,
    )
    from kombo_fakes.generation.factories import (
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
    from kombo_fakes.generation.ndjson import ndjson
    from kombo_fakes.generation.runs import Made, generate
    from kombo_fakes.probing.engine.running import probe
    from kombo_fakes.probing.engine.single_cases import ProbeCase, probe_cases
    from kombo_fakes.probing.model import Finding
    from kombo_fakes.probing.receivers.resolve import ProbeError
    from kombo_fakes.probing.reports.report import Report
    from kombo_fakes.pytest_plugin.fixture_types import DeliveryMaker, PayloadMaker, ReceiverProbe
    from kombo_fakes.realistic.faker_names import KomboProvider
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.schema.shipped import events
    from kombo_fakes.schema.sites import Site
    from kombo_fakes.schema.violations import ValidationError, Violation
    from kombo_fakes.sequences.ledger import Ledger, Record
    from kombo_fakes.sequences.state_machine import ReceiverMachine
    from kombo_fakes.sequences.stories import stories, story
    from kombo_fakes.sequences.timeline import ReceiverError, Step, Timeline, timelines
    from kombo_fakes.strategies.invalid import invalid_payloads
    from kombo_fakes.strategies.payloads import event_payloads, payloads
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
    from kombo_fakes.wire.delivery import Delivery
    from kombo_fakes.wire.faults import WireFault, wire_faults
    from kombo_fakes.wire.signing import SIGNATURE_HEADER, TEST_SECRET, SecretError, sign, verify
    from kombo_fakes.wire.spellings import Spelling, spell, spellings
    from kombo_fakes.wire.strategies import deliveries
    from kombo_fakes.wire.transport import Answer, Transport, TransportError
    from kombo_fakes.wire.vectors import vectors

__version__ = "0.1.0"

_HOMES = {
    "catalogues.faults": (
        "Fault",
        "FaultError",
        "InvalidPayload",
        "faults",
    ),
    "catalogues.corners": (
        "Corner",
        "corners",
    ),
    "wire.delivery": ("Delivery",),
    "wire.strategies": ("deliveries",),
    "errors": (
        "DocumentError",
        "KomboFakesError",
        "OverrideError",
        "SchemaError",
        "UnknownNameError",
    ),
    "generation.ndjson": ("ndjson",),
    "catalogues.changes": (
        "Change",
        "changes",
    ),
    "generation.factories": (
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
    "realistic.faker_names": ("KomboProvider",),
    "pytest_plugin.fixture_types": (
        "DeliveryMaker",
        "PayloadMaker",
        "ReceiverProbe",
    ),
    "generation.runs": (
        "Made",
        "generate",
    ),
    "strategies.invalid": ("invalid_payloads",),
    "sequences.ledger": (
        "Ledger",
        "Record",
    ),
    "probing.engine.single_cases": (
        "ProbeCase",
        "probe_cases",
    ),
    "probing.model": ("Finding",),
    "probing.receivers.resolve": ("ProbeError",),
    "probing.reports.report": ("Report",),
    "probing.engine.running": ("probe",),
    "sequences.state_machine": ("ReceiverMachine",),
    "schema.shipped": ("events",),
    "schema.schema": ("Schema",),
    "wire.signing": (
        "SIGNATURE_HEADER",
        "SecretError",
        "TEST_SECRET",
        "sign",
        "verify",
    ),
    "schema.sites": ("Site",),
    "wire.spellings": (
        "Spelling",
        "spell",
        "spellings",
    ),
    "sequences.stories": (
        "stories",
        "story",
    ),
    "strategies.payloads": (
        "event_payloads",
        "payloads",
    ),
    "sequences.timeline": (
        "ReceiverError",
        "Step",
        "Timeline",
        "timelines",
    ),
    "wire.transport": (
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
    "wire.vectors": ("vectors",),
    "schema.violations": (
        "ValidationError",
        "Violation",
    ),
    "wire.faults": (
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
