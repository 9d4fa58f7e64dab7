"""The fixtures of the pytest plugin that make payloads, deliveries and strategies of them."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from kombo_fakes.core.messages import shorten, unknown_name_error
from kombo_fakes.errors import KomboFakesError, OverrideError
from kombo_fakes.pytest_plugin.marker import explain_event_mismatch, read_default_event
from kombo_fakes.pytest_plugin.session_settings import remember

if TYPE_CHECKING:
    import faker
    from hypothesis.strategies import SearchStrategy

    from kombo_fakes.catalogues.fault import Fault, InvalidPayload
    from kombo_fakes.pytest_plugin.fixture_types import DeliveryMaker, PayloadMaker
    from kombo_fakes.schema.schema import Schema
    from kombo_fakes.wire.delivery import Delivery
    from kombo_fakes.wire.faults import WireFault

T = TypeVar("T")


# -- settings: fixtures to redefine
#
# `pytest --fixtures` shows a docstring up to its first blank line, so they have none.


@pytest.fixture(scope="session")
def kombo_seed(pytestconfig: pytest.Config) -> int:
    """What all payloads of the run are made from, beside the name of the test.
    Scope: session. Type: int. Default: --kombo-seed, which is 0 by default.
    Redefine it to fix a seed in the code.
    """
    seed: int = pytestconfig.getoption("--kombo-seed")
    return seed


@pytest.fixture(scope="session")
def kombo_event(request: pytest.FixtureRequest) -> str:
    """The event that the other fixtures make payloads of.
    Scope: session. Type: str. Default: the ini option kombo_event, or "integration-state-changed".
    Set the option for another event, or put @pytest.mark.kombo(event=...) on a test, class or
    module; redefined, it is unknown to the tests per fault, wire fault and case.
    """
    event: str = getattr(request, "param", read_default_event(request.config))
    return event


@pytest.fixture(scope="session")
def kombo_faker() -> faker.Faker | None:
    """Where the names of organisations and people in realistic payloads come from.
    Scope: session. Type: faker.Faker | None. Default: None, the names that kombo_fakes carries.
    Redefine it to return Faker("de_DE"), say; the Faker's own random state stays as it is.
    """
    return None


@pytest.fixture(scope="session")
def kombo_strategy_options() -> dict[str, Any]:
    """The options of kombo_payloads and kombo_invalid_payloads.
    Scope: session. Type: dict[str, Any]. Default: {}.
    Redefine it to return {"allow_nul": False, "max_length": 200}, say: any keyword argument of
    kombo_fakes.payloads, which are values, ambiguous, allow_nul, codec, max_length and nulls.
    """
    return {}


@pytest.fixture(scope="session")
def kombo_webhook_secret() -> str:
    """The secret that deliveries are signed with.
    Scope: session. Type: str. Default: kombo_fakes.TEST_SECRET, which calls itself a test secret.
    Redefine it to return what your receiver is configured with in tests.
    """
    from kombo_fakes.wire.signing import TEST_SECRET

    return TEST_SECRET


# -- for property tests: session-scoped, so that @given takes them


@pytest.fixture(scope="session")
def kombo_schema(kombo_event: str, pytestconfig: pytest.Config) -> Schema:
    """The schema of the event, to validate with: kombo_schema.validate(payload).
    Scope: session. Type: kombo_fakes.Schema. Default: that of kombo_event.
    Redefine it to return Schema.load("ours.json"), and the two strategies follow.
    """
    from kombo_fakes.schema.schema import Schema

    schema = Schema.load(kombo_event)
    return remember(pytestconfig, "kombo_schema", schema, kombo_event=kombo_event)


@pytest.fixture(scope="session")
def kombo_payloads(
    kombo_schema: Schema, kombo_strategy_options: dict[str, Any], pytestconfig: pytest.Config
) -> SearchStrategy[Any]:
    """A Hypothesis strategy of valid payloads: data.draw(kombo_payloads) in a test under @given.
    Scope: session. Type: SearchStrategy[kombo_fakes.IntegrationStateChanged].
    Default: kombo_fakes.payloads(kombo_schema).
    Its options are kombo_strategy_options.
    """
    from kombo_fakes.strategies.payloads import payloads

    strategy = _make_strategy(payloads, kombo_schema, kombo_strategy_options)
    return remember(
        pytestconfig,
        "kombo_payloads",
        strategy,
        kombo_schema=kombo_schema,
        kombo_strategy_options=dict(kombo_strategy_options),
    )


@pytest.fixture(scope="session")
def kombo_invalid_payloads(
    request: pytest.FixtureRequest,
    kombo_schema: Schema,
    kombo_strategy_options: dict[str, Any],
    pytestconfig: pytest.Config,
) -> SearchStrategy[InvalidPayload]:
    """A Hypothesis strategy of payloads with one fault, and the fault: pairs to unpack.
    Scope: session. Type: SearchStrategy[InvalidPayload].
    Default: kombo_fakes.invalid_payloads(kombo_schema), of all faults.
    Its options are kombo_strategy_options; the marker kombo and --kombo-fault narrow it.
    """
    from kombo_fakes.strategies.invalid import invalid_payloads

    chosen: tuple[Fault, ...] | None = getattr(request, "param", None)
    if chosen is not None and chosen[0].schema is not kombo_schema:
        pytest.fail(explain_event_mismatch(kombo_schema.name), pytrace=False)
    ids = None if chosen is None else [fault.id for fault in chosen]
    strategy = _make_strategy(
        partial(invalid_payloads, ids=ids), kombo_schema, kombo_strategy_options
    )
    return remember(
        pytestconfig,
        "kombo_invalid_payloads",
        strategy,
        kombo_schema=kombo_schema,
        kombo_strategy_options=dict(kombo_strategy_options),
    )


@pytest.fixture(scope="session")
def kombo_deliveries(
    kombo_schema: Schema,
    kombo_webhook_secret: str,
    kombo_strategy_options: dict[str, Any],
    pytestconfig: pytest.Config,
) -> SearchStrategy[Delivery]:
    """A Hypothesis strategy of valid deliveries in all styles, signed over their bytes.
    Scope: session. Type: SearchStrategy[kombo_fakes.Delivery].
    Default: kombo_fakes.deliveries(kombo_schema, secret=kombo_webhook_secret).
    Its options are kombo_strategy_options.
    """
    from kombo_fakes.wire.strategies import deliveries

    strategy = _make_strategy(
        partial(deliveries, secret=kombo_webhook_secret), kombo_schema, kombo_strategy_options
    )
    return remember(
        pytestconfig,
        "kombo_deliveries",
        strategy,
        kombo_schema=kombo_schema,
        kombo_webhook_secret=kombo_webhook_secret,
        kombo_strategy_options=dict(kombo_strategy_options),
    )


# -- for example tests: function-scoped, since what a test gets depends on its name


@pytest.fixture
def kombo_payload(
    request: pytest.FixtureRequest,
    kombo_event: str,
    kombo_seed: int,
    kombo_faker: faker.Faker | None,
) -> dict[str, Any]:
    """A realistic payload, the test's own to change.
    Scope: function. Type: a dict, such as kombo_fakes.IntegrationStateChanged.
    Default: made from the test's node id and kombo_seed.
    Its event is kombo_event, its names come from kombo_faker.
    """
    seed = _derive_seed(request, kombo_seed, "kombo_payload", 0)
    return _build_payload(kombo_event, faker=kombo_faker, kombo_seed=seed)


@pytest.fixture
def kombo_payload_factory(
    request: pytest.FixtureRequest,
    kombo_event: str,
    kombo_seed: int,
    kombo_faker: faker.Faker | None,
) -> PayloadMaker[dict[str, Any]]:
    """A callable for realistic payloads, with the overrides and traits of the event's factory:
    kombo_payload_factory(invalid=True, data__integration_tool="workday").
    Scope: function. Type: kombo_fakes.PayloadMaker[kombo_fakes.IntegrationStateChanged].
    Default: IntegrationStateChangedFactory.build, each call with the next seed of the test;
    kombo_seed=3 fixes one call's, and fault="data.state-enum-lowercase" breaks its payload.
    """
    calls = 0

    def make(**overrides: Any) -> dict[str, Any]:
        __tracebackhide__ = True
        nonlocal calls
        if overrides.get("kombo_seed") is None:
            seed = _derive_seed(request, kombo_seed, "kombo_payload_factory", calls)
            overrides["kombo_seed"] = seed
            calls += 1
        try:
            return _build_payload(kombo_event, **{"faker": kombo_faker, **overrides})
        except KomboFakesError as error:
            # What is wrong is in the test's own line, and not in the frames below this one.
            raise error.with_traceback(None) from None

    return make


@pytest.fixture
def kombo_invalid_payload(
    request: pytest.FixtureRequest,
    kombo_event: str,
    kombo_seed: int,
    kombo_faker: faker.Faker | None,
) -> InvalidPayload:
    """A payload with one fault, and the fault: a pair to unpack, and a test for each fault.
    Scope: function. Type: kombo_fakes.InvalidPayload. Default: every fault of kombo_event.
    Narrow it with @pytest.mark.kombo(keywords=["enum"], at="/data/state", faults=["*-cut"]) or
    with --kombo-fault. The rest of the payload is made from the test's node id and kombo_seed.
    """
    from kombo_fakes.catalogues.fault import InvalidPayload

    fault: Fault | None = getattr(request, "param", None)
    if fault is None:
        pytest.fail(
            "kombo_invalid_payload is a test per fault: let the test, or a fixture that it "
            "names, have it as an argument",
            pytrace=False,
        )
    if fault.schema.name != kombo_event:
        pytest.fail(explain_event_mismatch(kombo_event), pytrace=False)
    seed = _derive_seed(request, kombo_seed, "kombo_invalid_payload", 0)
    payload = _build_payload(kombo_event, faker=kombo_faker, kombo_seed=seed, fault=fault.id)
    return InvalidPayload(payload, fault)


@pytest.fixture
def kombo_delivery(
    request: pytest.FixtureRequest,
    kombo_event: str,
    kombo_seed: int,
    kombo_faker: faker.Faker | None,
    kombo_webhook_secret: str,
) -> Delivery:
    """A signed delivery of a realistic payload: kombo_delivery.send(client, "/webhooks").
    Scope: function. Type: kombo_fakes.Delivery.
    Default: made from the test's node id and kombo_seed, signed with kombo_webhook_secret.
    """
    from kombo_fakes.wire.delivery import Delivery

    seed = _derive_seed(request, kombo_seed, "kombo_delivery", 0)
    payload = _build_payload(kombo_event, faker=kombo_faker, kombo_seed=seed)
    return Delivery.of(payload, kombo_webhook_secret)


@pytest.fixture
def kombo_delivery_factory(
    request: pytest.FixtureRequest,
    kombo_event: str,
    kombo_seed: int,
    kombo_faker: faker.Faker | None,
    kombo_webhook_secret: str,
) -> DeliveryMaker:
    """A callable for signed deliveries: of a payload that it is given, or of one that it makes
    with the overrides and traits of the event's factory, as in
    kombo_delivery_factory(invalid=True, style="indented").
    Scope: function. Type: kombo_fakes.DeliveryMaker.
    Default: signed with kombo_webhook_secret, each call with the next seed of the test;
    wire_fault="signature-missing" makes it odd in this way.
    """
    from kombo_fakes.wire.delivery import Delivery
    from kombo_fakes.wire.faults import wire_faults

    calls = 0

    def make(
        payload: Any = None,
        *,
        style: str | None = None,
        wire_fault: str | None = None,
        **overrides: Any,
    ) -> Delivery:
        __tracebackhide__ = True
        nonlocal calls
        if style is not None and wire_fault is not None:
            raise TypeError("style= and wire_fault=: a wire fault has a style of its own")
        if payload is None:
            if overrides.get("kombo_seed") is None:
                seed = _derive_seed(request, kombo_seed, "kombo_delivery_factory", calls)
                overrides["kombo_seed"] = seed
                calls += 1
            overrides = {"faker": kombo_faker, **overrides}
        elif overrides:
            raise TypeError(f"a payload and {min(overrides)}=: give one or the other")
        try:
            if payload is None:
                payload = _build_payload(kombo_event, **overrides)
            if wire_fault is None:
                spelt = "compact" if style is None else style
                return Delivery.of(payload, kombo_webhook_secret, style=spelt)
            found = wire_faults(kombo_event, secret=kombo_webhook_secret, ids=[wire_fault])
            if len(found) > 1:
                raise OverrideError(
                    f"wire_fault={shorten(wire_fault)}: a delivery has one wire fault, and these "
                    f"are {len(found)}: {', '.join(fault.id for fault in found[:3])}, ..."
                )
            made = found[0].apply(payload)
        except KomboFakesError as error:
            raise error.with_traceback(None) from None
        if made is None:
            raise ValueError(f"{wire_fault}: this payload can't have it")
        return made

    return make


@pytest.fixture
def kombo_wire_fault(
    request: pytest.FixtureRequest, kombo_event: str, kombo_webhook_secret: str
) -> WireFault:
    """A wire fault, and a test for each: .examples are deliveries, .expected() says whether a
    receiver has to reject or to accept them, or may do either.
    Scope: function. Type: kombo_fakes.WireFault. Default: every wire fault of kombo_event,
    its deliveries for a receiver whose secret is kombo_webhook_secret.
    """
    from kombo_fakes.wire.faults import wire_faults

    wanted: str | None = getattr(request, "param", None)
    if wanted is None:
        pytest.fail(
            "kombo_wire_fault is a test per fault: let the test, or a fixture that it names, "
            "have it as an argument",
            pytrace=False,
        )
    for fault in wire_faults(kombo_event, secret=kombo_webhook_secret):
        if fault.id == wanted:
            return fault
    pytest.skip(f"{wanted}: no such delivery is wrong where kombo_webhook_secret is this one")


def _derive_seed(request: pytest.FixtureRequest, kombo_seed: int, fixture: str, calls: int) -> int:
    from kombo_fakes.core.choices import seed_for

    return seed_for(request.node.nodeid, kombo_seed, fixture, calls)


def _build_payload(event: str, **overrides: Any) -> dict[str, Any]:
    from kombo_fakes.generation.factories.by_event import factory_for

    # With __sequence no counter of factory_boy's moves. Copied, because a test may do with its
    # payload what it likes, and a broken value can be a part of the catalogue.
    payload: dict[str, Any] = factory_for(event).build(**{"__sequence": 0, **overrides})
    return copy.deepcopy(payload)


def _make_strategy(make: Callable[..., T], schema: Schema, options: dict[str, Any]) -> T:
    from kombo_fakes.strategies.payloads import payloads

    _, *known = signature(payloads).parameters
    try:
        for name in options:
            if name not in known:
                raise unknown_name_error("option", name, known)
        return make(schema, **options)
    except KomboFakesError as error:
        pytest.fail(f"kombo_strategy_options: {error}", pytrace=False)
