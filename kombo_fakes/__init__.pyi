"""The public names, for type checkers and editors.

``make events`` writes this file from the table in ``__init__.py``, the schemas and the
files in `webhooks/events/`.
"""

from collections.abc import Iterator
from typing import Any, Literal, overload

from hypothesis.strategies import SearchStrategy
from typing_extensions import Unpack

from kombo_fakes.catalogues.changes import Change as Change
from kombo_fakes.catalogues.changes import changes as changes
from kombo_fakes.catalogues.corners import Corner as Corner
from kombo_fakes.catalogues.corners import corners as corners
from kombo_fakes.catalogues.fault import Fault as Fault
from kombo_fakes.catalogues.fault import InvalidPayload as InvalidPayload
from kombo_fakes.catalogues.faults import faults as faults
from kombo_fakes.errors import DocumentError as DocumentError
from kombo_fakes.errors import FaultError as FaultError
from kombo_fakes.errors import KomboFakesError as KomboFakesError
from kombo_fakes.errors import MarkerError as MarkerError
from kombo_fakes.errors import OutputError as OutputError
from kombo_fakes.errors import OverrideError as OverrideError
from kombo_fakes.errors import PointerError as PointerError
from kombo_fakes.errors import ProbeError as ProbeError
from kombo_fakes.errors import ReceiverError as ReceiverError
from kombo_fakes.errors import SchemaError as SchemaError
from kombo_fakes.errors import SecretError as SecretError
from kombo_fakes.errors import SkipError as SkipError
from kombo_fakes.errors import TransportError as TransportError
from kombo_fakes.errors import UnknownNameError as UnknownNameError
from kombo_fakes.errors import ValidationError as ValidationError
from kombo_fakes.generation.factories.base import PayloadFactory as PayloadFactory
from kombo_fakes.generation.factories.by_event import factory_for as factory_for
from kombo_fakes.generation.factories.omit import OMIT as OMIT
from kombo_fakes.generation.made import Made as Made
from kombo_fakes.generation.ndjson import ndjson as ndjson
from kombo_fakes.generation.settings import AllOptions, ValidOptions
from kombo_fakes.probing.engine.probe import probe as probe
from kombo_fakes.probing.engine.probe_cases import ProbeCase as ProbeCase
from kombo_fakes.probing.engine.probe_cases import probe_cases as probe_cases
from kombo_fakes.probing.model import Finding as Finding
from kombo_fakes.probing.reports.report import Report as Report
from kombo_fakes.pytest_plugin.fixture_types import DeliveryMaker as DeliveryMaker
from kombo_fakes.pytest_plugin.fixture_types import PayloadMaker as PayloadMaker
from kombo_fakes.pytest_plugin.fixture_types import ReceiverProbe as ReceiverProbe
from kombo_fakes.realistic.faker_names import KomboProvider as KomboProvider
from kombo_fakes.schema.custom_formats import Format as Format
from kombo_fakes.schema.custom_formats import register_format as register_format
from kombo_fakes.schema.schema import Schema as Schema
from kombo_fakes.schema.schema import SchemaLike
from kombo_fakes.schema.sites import Site as Site
from kombo_fakes.schema.violations import Violation as Violation
from kombo_fakes.sequences.ledger import Ledger as Ledger
from kombo_fakes.sequences.ledger import Record as Record
from kombo_fakes.sequences.receiver_machine import ReceiverMachine as ReceiverMachine
from kombo_fakes.sequences.stories import stories as stories
from kombo_fakes.sequences.stories import story as story
from kombo_fakes.sequences.timeline import Step as Step
from kombo_fakes.sequences.timeline import Timeline as Timeline
from kombo_fakes.sequences.timeline import timelines as timelines
from kombo_fakes.strategies.invalid import invalid_payloads as invalid_payloads
from kombo_fakes.strategies.options import StrategyOptions, Values
from kombo_fakes.strategies.payloads import event_payloads as event_payloads
from kombo_fakes.types import AiApplyApplicationStatusUpdated as AiApplyApplicationStatusUpdated
from kombo_fakes.types import AiApplyJobPostingStatusUpdated as AiApplyJobPostingStatusUpdated
from kombo_fakes.types import AssessmentOrderReceived as AssessmentOrderReceived
from kombo_fakes.types import ConnectionFlowFailed as ConnectionFlowFailed
from kombo_fakes.types import DataChanged as DataChanged
from kombo_fakes.types import EventName as EventName
from kombo_fakes.types import InlineAssessmentOrderReceived as InlineAssessmentOrderReceived
from kombo_fakes.types import IntegrationCreated as IntegrationCreated
from kombo_fakes.types import IntegrationDeleted as IntegrationDeleted
from kombo_fakes.types import IntegrationStateChanged as IntegrationStateChanged
from kombo_fakes.types import IssueStatusChanged as IssueStatusChanged
from kombo_fakes.types import Payload as Payload
from kombo_fakes.types import SyncFinished as SyncFinished
from kombo_fakes.webhooks.shipped import events as events
from kombo_fakes.wire.delivery import Delivery as Delivery
from kombo_fakes.wire.faults import WireFault as WireFault
from kombo_fakes.wire.faults import wire_faults as wire_faults
from kombo_fakes.wire.serializations import Style as Style
from kombo_fakes.wire.serializations import serialize as serialize
from kombo_fakes.wire.serializations import styles as styles
from kombo_fakes.wire.signature_mistakes.explain import SignatureExplanation as SignatureExplanation
from kombo_fakes.wire.signature_mistakes.explain import explain_signature as explain_signature
from kombo_fakes.wire.signature_mistakes.mistake import SignatureMistake as SignatureMistake
from kombo_fakes.wire.signing import SIGNATURE_HEADER as SIGNATURE_HEADER
from kombo_fakes.wire.signing import TEST_SECRET as TEST_SECRET
from kombo_fakes.wire.signing import sign as sign
from kombo_fakes.wire.signing import verify as verify
from kombo_fakes.wire.strategies import deliveries as deliveries
from kombo_fakes.wire.transport.client import Answer as Answer
from kombo_fakes.wire.transport.client import Transport as Transport
from kombo_fakes.wire.vectors import vectors as vectors

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
    "Format",
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
    "register_format",
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

__version__: str

class IntegrationStateChangedFactory(PayloadFactory[IntegrationStateChanged]):
    """The factory of `IntegrationStateChanged`."""

class AiApplyApplicationStatusUpdatedFactory(PayloadFactory[AiApplyApplicationStatusUpdated]):
    """The factory of `AiApplyApplicationStatusUpdated`."""

class AiApplyJobPostingStatusUpdatedFactory(PayloadFactory[AiApplyJobPostingStatusUpdated]):
    """The factory of `AiApplyJobPostingStatusUpdated`."""

class AssessmentOrderReceivedFactory(PayloadFactory[AssessmentOrderReceived]):
    """The factory of `AssessmentOrderReceived`."""

class ConnectionFlowFailedFactory(PayloadFactory[ConnectionFlowFailed]):
    """The factory of `ConnectionFlowFailed`."""

class DataChangedFactory(PayloadFactory[DataChanged]):
    """The factory of `DataChanged`."""

class InlineAssessmentOrderReceivedFactory(PayloadFactory[InlineAssessmentOrderReceived]):
    """The factory of `InlineAssessmentOrderReceived`."""

class IntegrationCreatedFactory(PayloadFactory[IntegrationCreated]):
    """The factory of `IntegrationCreated`."""

class IntegrationDeletedFactory(PayloadFactory[IntegrationDeleted]):
    """The factory of `IntegrationDeleted`."""

class IssueStatusChangedFactory(PayloadFactory[IssueStatusChanged]):
    """The factory of `IssueStatusChanged`."""

class SyncFinishedFactory(PayloadFactory[SyncFinished]):
    """The factory of `SyncFinished`."""

@overload
def payloads(
    event_or_schema: Literal["integration-state-changed"] = ...,
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[IntegrationStateChanged]:
    """A strategy for valid payloads.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.
        values: ``"any"``: everything that the schema allows, and on which validators agree, from
            empty strings to the far ends of the calendar. ``"realistic"``: what Kombo sends on
            a usual day. The values of a payload agree with each other. ``"examples"``: realistic,
            with the schema's ``examples``, ``example`` and ``default`` wherever they are valid.
        **options: See below.

    Keyword Args:
        ambiguous (bool): True to draw also what the standards allow, and on which validators
            disagree: quoted local parts of addresses, leap seconds, lower-case ``t`` and ``z`` in
            instants, lone surrogates, multiples of 0.01 such as 0.57. False by default.
        allow_nul (bool): False to leave out U+0000, which is legal in JSON and which many
            databases reject. True by default.
        codec (str): A codec that can encode every string: ``"ascii"``, ``"latin-1"``, ... It is
            ``"utf-8"`` by default.
        max_length (int | None): The most code points that a string has; None for no limit.
        nulls (float | None): The share of null where null is allowed, from 0 to 1. None is about
            0.3 for values of any kind, and as in practice for realistic ones. 0 and 1 are exact.
            Other shares come out larger if they are small, because Hypothesis repeats simple
            values. In realistic payloads, a null that means something stays: what is not archived
            has no ``archived_at``.

    The options for strings apply to every string and to the keys of open objects. What the schema
    itself fixes (property names and enums) stays as it is.

    Returns:
        A strategy of JSON values as Python objects. It shrinks towards short payloads.

    Raises:
        UnknownNameError, DocumentError, SchemaError: as `Schema.load` does.
        SchemaError: if no value satisfies the schema, or the schema and the options together.
        OverrideError: if an option is invalid.

    Examples:
        >>> from hypothesis import find
        >>> find(payloads(), lambda p: p["data"]["state"] == "INVALID")["data"]["updated_at"]
        '2000-01-01T00:00:00Z'
    """

@overload
def payloads(
    event_or_schema: Literal["ai-apply-application-status-updated"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[AiApplyApplicationStatusUpdated]: ...
@overload
def payloads(
    event_or_schema: Literal["ai-apply-job-posting-status-updated"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[AiApplyJobPostingStatusUpdated]: ...
@overload
def payloads(
    event_or_schema: Literal["assessment:order-received"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[AssessmentOrderReceived]: ...
@overload
def payloads(
    event_or_schema: Literal["connection-flow-failed"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[ConnectionFlowFailed]: ...
@overload
def payloads(
    event_or_schema: Literal["data-changed"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[DataChanged]: ...
@overload
def payloads(
    event_or_schema: Literal["inline-assessment:order-received"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[InlineAssessmentOrderReceived]: ...
@overload
def payloads(
    event_or_schema: Literal["integration-created"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[IntegrationCreated]: ...
@overload
def payloads(
    event_or_schema: Literal["integration-deleted"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[IntegrationDeleted]: ...
@overload
def payloads(
    event_or_schema: Literal["issue-status-changed"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[IssueStatusChanged]: ...
@overload
def payloads(
    event_or_schema: Literal["sync-finished"],
    values: Values = ...,
    **options: Unpack[StrategyOptions],
) -> SearchStrategy[SyncFinished]: ...
@overload
def payloads(
    event_or_schema: SchemaLike, values: Values = ..., **options: Unpack[StrategyOptions]
) -> SearchStrategy[Any]: ...
@overload
def generate(
    event_or_schema: Literal["integration-state-changed"] = ...,
    n: int | None = ...,
    **options: Unpack[ValidOptions],
) -> Iterator[Made[IntegrationStateChanged]]:
    """Make payloads, one after the other.

    Args:
        event_or_schema: What `Schema.load` takes; an event name by default.
        n: The number of payloads, or of payloads with each fault where ``faults`` are named. One
            by default; all corners with ``values="corners"``.
        **options: What the payloads are like, see below.

    Keyword Args:
        seed (int): The same seed gives the same payloads. 0 by default.
        values (str): ``"realistic"``, which is the default, ``"any"`` (drawn by Hypothesis),
            ``"corners"``, or ``"examples"`` (realistic, with the schema's ``examples``,
            ``example`` and ``default`` wherever they are valid).
        invalid (bool): True to go through the whole catalogue of faults, in an order that the seed
            shuffles, round after round.
        faults (Iterable[str]): Ids of the faults to have; ``*`` stands for anything.
        overrides (Mapping[str, Any]): Values by the JSON Pointer or dotted name of their field.
            Other fields agree with them.
        removals (Iterable[str]): The JSON Pointers or dotted names of fields to leave out.
        names (Names): The source of names in realistic values.
        part (tuple[int, int]): The part to make, and the number of parts: ``(3, 8)`` makes the
            third eighth of the payloads. All parts one after the other are the whole.

    Returns:
        An iterator of `Made`. Names and options are checked before it is returned.

    Raises:
        UnknownNameError: if there is no such event, field, fault or kind of values.
        OverrideError: if the options contradict each other. The iterator raises it if the schema
            rejects an override and no fault was asked for.
        SchemaError, DocumentError: as `Schema.load` does.

    Examples:
        >>> made, = generate(seed=3, overrides={"data.integration_tool": "personio"})
        >>> made.payload["data"]["integration_id"].split(":")[0], made.stem[-5:]
        ('personio', '-0001')
        >>> invalid, = generate(faults=["data.state-enum-cut"])
        >>> invalid.fault.id == invalid.stem
        True
    """

@overload
def generate(
    event_or_schema: Literal["ai-apply-application-status-updated"],
    n: int | None = ...,
    **options: Unpack[ValidOptions],
) -> Iterator[Made[AiApplyApplicationStatusUpdated]]: ...
@overload
def generate(
    event_or_schema: Literal["ai-apply-job-posting-status-updated"],
    n: int | None = ...,
    **options: Unpack[ValidOptions],
) -> Iterator[Made[AiApplyJobPostingStatusUpdated]]: ...
@overload
def generate(
    event_or_schema: Literal["assessment:order-received"],
    n: int | None = ...,
    **options: Unpack[ValidOptions],
) -> Iterator[Made[AssessmentOrderReceived]]: ...
@overload
def generate(
    event_or_schema: Literal["connection-flow-failed"],
    n: int | None = ...,
    **options: Unpack[ValidOptions],
) -> Iterator[Made[ConnectionFlowFailed]]: ...
@overload
def generate(
    event_or_schema: Literal["data-changed"], n: int | None = ..., **options: Unpack[ValidOptions]
) -> Iterator[Made[DataChanged]]: ...
@overload
def generate(
    event_or_schema: Literal["inline-assessment:order-received"],
    n: int | None = ...,
    **options: Unpack[ValidOptions],
) -> Iterator[Made[InlineAssessmentOrderReceived]]: ...
@overload
def generate(
    event_or_schema: Literal["integration-created"],
    n: int | None = ...,
    **options: Unpack[ValidOptions],
) -> Iterator[Made[IntegrationCreated]]: ...
@overload
def generate(
    event_or_schema: Literal["integration-deleted"],
    n: int | None = ...,
    **options: Unpack[ValidOptions],
) -> Iterator[Made[IntegrationDeleted]]: ...
@overload
def generate(
    event_or_schema: Literal["issue-status-changed"],
    n: int | None = ...,
    **options: Unpack[ValidOptions],
) -> Iterator[Made[IssueStatusChanged]]: ...
@overload
def generate(
    event_or_schema: Literal["sync-finished"], n: int | None = ..., **options: Unpack[ValidOptions]
) -> Iterator[Made[SyncFinished]]: ...
@overload
def generate(
    event_or_schema: SchemaLike = ..., n: int | None = ..., **options: Unpack[AllOptions]
) -> Iterator[Made[Any]]: ...
