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
    from kombo_fakes.catalogues.fault import Fault, InvalidPayload
    from kombo_fakes.catalogues.faults import faults
    from kombo_fakes.errors import (
        DocumentError,
        FaultError,
        KomboFakesError,
        OverrideError,
        ProbeError,
        ReceiverError,
        SchemaError,
        SecretError,
        TransportError,
        UnknownNameError,
        ValidationError,
    )
    from kombo_fakes.generation.factories.base import PayloadFactory
    from kombo_fakes.generation.factories.by_event import (
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
        SyncFinishedFactory,
        factory_for,
    )
    from kombo_fakes.generation.factories.draft import OMIT
    from kombo_fakes.generation.ndjson import ndjson
    from kombo_fakes.generation.runs import Made, generate
    from kombo_fakes.probing.engine.probe import probe
    from kombo_fakes.probing.engine.single_cases import ProbeCase, probe_cases
    from kombo_fakes.probing.model import Finding
    from kombo_fakes.probing.reports.report import Report
    from kombo_fakes.pytest_plugin.fixture_types import DeliveryMaker, PayloadMaker, ReceiverProbe
    from kombo_fakes.realistic.faker_names import KomboProvider
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.schema.sites import Site
    from kombo_fakes.schema.violations import Violation
    from kombo_fakes.sequences.ledger import Ledger, Record
    from kombo_fakes.sequences.state_machine import ReceiverMachine
    from kombo_fakes.sequences.stories import stories, story
    from kombo_fakes.sequences.timeline import Step, Timeline, timelines
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
    from kombo_fakes.webhooks.shipped import events
    from kombo_fakes.wire.delivery import Delivery
    from kombo_fakes.wire.faults import WireFault, wire_faults
    from kombo_fakes.wire.serializations import Style, serialize, styles
    from kombo_fakes.wire.signature_explanation import SignatureExplanation, explain_signature
    from kombo_fakes.wire.signature_mistakes import SignatureMistake
    from kombo_fakes.wire.signing import SIGNATURE_HEADER, TEST_SECRET, sign, verify
    from kombo_fakes.wire.strategies import deliveries
    from kombo_fakes.wire.transport.client import Answer, Transport
    from kombo_fakes.wire.vectors import vectors

from kombo_fakes.version import __version__  # noqa: E402

_HOMES = {
    "catalogues.changes": (
        "Change",
        "changes",
    ),
    "catalogues.corners": (
        "Corner",
        "corners",
    ),
    "catalogues.fault": (
        "Fault",
        "InvalidPayload",
    ),
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
    "generation.factories.by_event": (
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
        "SyncFinishedFactory",
        "factory_for",
    ),
    "generation.factories.draft": ("OMIT",),
    "generation.ndjson": ("ndjson",),
    "generation.runs": (
        "Made",
        "generate",
    ),
    "probing.engine.probe": ("probe",),
    "probing.engine.single_cases": (
        "ProbeCase",
        "probe_cases",
    ),
    "probing.model": ("Finding",),
    "probing.reports.report": ("Report",),
    "pytest_plugin.fixture_types": (
        "DeliveryMaker",
        "PayloadMaker",
        "ReceiverProbe",
    ),
    "realistic.faker_names": ("KomboProvider",),
    "schema.schema": ("Schema",),
    "webhooks.shipped": ("events",),
    "schema.sites": ("Site",),
    "schema.violations": ("Violation",),
    "sequences.ledger": (
        "Ledger",
        "Record",
    ),
    "sequences.state_machine": ("ReceiverMachine",),
    "sequences.stories": (
        "stories",
        "story",
    ),
    "sequences.timeline": (
        "Step",
        "Timeline",
        "timelines",
    ),
    "strategies.invalid": ("invalid_payloads",),
    "strategies.payloads": (
        "event_payloads",
        "payloads",
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
    "wire.delivery": ("Delivery",),
    "wire.faults": (
        "WireFault",
        "wire_faults",
    ),
    "wire.signature_explanation": (
        "SignatureExplanation",
        "explain_signature",
    ),
    "wire.signature_mistakes": ("SignatureMistake",),
    "wire.signing": (
        "SIGNATURE_HEADER",
        "TEST_SECRET",
        "sign",
        "verify",
    ),
    "wire.serializations": (
        "Style",
        "serialize",
        "styles",
    ),
    "wire.strategies": ("deliveries",),
    "wire.transport.client": (
        "Answer",
        "Transport",
    ),
    "wire.vectors": ("vectors",),
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
    "MarkerError",
    "OutputError",
    "OverrideError",
    "Payload",
    "PayloadFactory",
    "PayloadMaker",
    "PointerError",
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
    "SignatureExplanation",
    "SignatureMistake",
    "Site",
    "SkipError",
    "Step",
    "Style",
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
    "explain_signature",
    "factory_for",
    "faults",
    "generate",
    "invalid_payloads",
    "ndjson",
    "payloads",
    "probe",
    "probe_cases",
    "serialize",
    "sign",
    "stories",
    "story",
    "styles",
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
