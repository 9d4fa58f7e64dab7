"""The fixtures of the pytest plugin that make payloads, deliveries and strategies of them.

`pytest --fixtures` shows a docstring up to its first empty line, so the docstrings here have none.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from kombo_fakes.core.messages import shorten, unknown_name_error
from kombo_fakes.errors import KomboFakesError, OverrideError
from kombo_fakes.pytest_plugin.marker import (
    explain_event_mismatch,
    explain_missing_parameter,
    read_default_event,
)
from kombo_fakes.pytest_plugin.session_fixtures import remember

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


@pytest.fixture(scope="session")
def kombo_seed(pytestconfig: pytest.Config) -> int:
    """The seed of all payloads. Each test mixes it with its own name.
    Scope: session. Type: int. Default: the option --kombo-seed, or 0.
    Redefine it to set the seed in code.
    """
    seed: int = pytestconfig.getoption("--kombo-seed")
    return seed


@pytest.fixture(scope="session")
def kombo_event(request: pytest.FixtureRequest) -> str:
    """The event that the other fixtures use.
    Scope: session. Type: str. Default: the ini option kombo_event, or the first event that
    `kombo-fakes events` lists. To change it, set the ini option, or put
    @pytest.mark.kombo(event=...) on a test, class or module. If you redefine the fixture instead,
    add the marker to tests that run once per fault, wire fault or case.
    """
    event: str = getattr(request, "param", read_default_event(request.config))
    return event


@pytest.fixture(scope="session")
def kombo_faker() -> faker.Faker | None:
    """The Faker that makes names of organisations and people in realistic payloads.
    Scope: session. Type: faker.Faker | None. Default: None, which uses names that come with
    kombo_fakes. Redefine it to return Faker("de_DE"), for example. The random state of the Faker
    does not change.
    """
    return None


@pytest.fixture(scope="session")
def kombo_strategy_options() -> dict[str, Any]:
    """The options of kombo_payloads, kombo_invalid_payloads and kombo_deliveries.
    Scope: session. Type: dict[str, Any]. Default: {}.
    Redefine it to return {"allow_nul": False, "max_length": 200}, for example. The options are the
    keyword arguments of kombo_fakes.payloads: values, ambiguous, allow_nul, codec, max_length and
    nulls.
    """
    return {}


@pytest.fixture(scope="session")
def kombo_webhook_secret() -> str:
    """The secret that signs deliveries.
    Scope: session. Type: str. Default: kombo_fakes.TEST_SECRET.
    Redefine it to return the secret that your receiver has in tests.
    """
    from kombo_fakes.wire.signing import TEST_SECRET

    return TEST_SECRET


# -- for property tests: session-scoped, because @given rejects function-scoped fixtures


@pytest.fixture(scope="session")
def kombo_schema(kombo_event: str, pytestconfig: pytest.Config) -> Schema:
    """The schema of the event. kombo_schema.validate(payload) validates a payload.
    Scope: session. Type: kombo_fakes.Schema. Default: the schema of kombo_event.
    Redefine it to return Schema.load("ours.json"), for example. The strategies then follow that
    schema.
    """
    from kombo_fakes.schema.schema import Schema

    schema = Schema.load(kombo_event)
    return remember(pytestconfig, "kombo_schema", schema, kombo_event=kombo_event)


@pytest.fixture(scope="session")
def kombo_payloads(
    kombo_schema: Schema, kombo_strategy_options: dict[str, Any], pytestconfig: pytest.Config
) -> SearchStrategy[Any]:
    """A Hypothesis strategy of valid payloads. Use data.draw(kombo_payloads) under @given.
    Scope: session. Type: SearchStrategy of payloads.
    Default: kombo_fakes.payloads(kombo_schema, **kombo_strategy_options).
    """
    from kombo_fakes.strategies.payloads import payloads

    return _make_strategy(
        payloads, pytestconfig, "kombo_payloads", kombo_schema, kombo_strategy_options
    )


@pytest.fixture(scope="session")
def kombo_invalid_payloads(
    request: pytest.FixtureRequest,
    kombo_schema: Schema,
    kombo_strategy_options: dict[str, Any],
    pytestconfig: pytest.Config,
) -> SearchStrategy[InvalidPayload]:
    """A Hypothesis strategy of pairs: an invalid payload, and the one fault that it has.
    Scope: session. Type: SearchStrategy[kombo_fakes.InvalidPayload].
    Default: kombo_fakes.invalid_payloads(kombo_schema, **kombo_strategy_options) with all faults.
    The marker kombo and the option --kombo-fault select faults.
    """
    from kombo_fakes.strategies.invalid import invalid_payloads

    chosen: tuple[Fault, ...] | None = getattr(request, "param", None)
    # The faults were selected at collection, when pytest has no fixtures yet.
    if chosen is not None and chosen[0].schema is not kombo_schema:
        pytest.fail(explain_event_mismatch(kombo_schema.name), pytrace=False)
    ids = None if chosen is None else [fault.id for fault in chosen]
    make = partial(invalid_payloads, ids=ids)
    return _make_strategy(
        make, pytestconfig, "kombo_invalid_payloads", kombo_schema, kombo_strategy_options
    )


@pytest.fixture(scope="session")
def kombo_deliveries(
    kombo_schema: Schema,
    kombo_webhook_secret: str,
    kombo_strategy_options: dict[str, Any],
    pytestconfig: pytest.Config,
) -> SearchStrategy[Delivery]:
    """A Hypothesis strategy of valid, signed deliveries in all styles.
    Scope: session. Type: SearchStrategy[kombo_fakes.Delivery].
    Default: kombo_fakes.deliveries(kombo_schema, secret=kombo_webhook_secret) with
    kombo_strategy_options.
    """
    from kombo_fakes.wire.strategies import deliveries

    return _make_strategy(
        partial(deliveries, secret=kombo_webhook_secret),
        pytestconfig,
        "kombo_deliveries",
        kombo_schema,
        kombo_strategy_options,
        kombo_webhook_secret=kombo_webhook_secret,
    )


# -- for example tests: function-scoped, because a payload depends on the name of its test


@pytest.fixture
def kombo_payload(
    request: pytest.FixtureRequest,
    kombo_event: str,
    kombo_seed: int,
    kombo_faker: faker.Faker | None,
) -> dict[str, Any]:
    """A realistic payload. The test may change it.
    Scope: function. Type: dict. Default: a payload of kombo_event that depends on the test's name
    and on kombo_seed.
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
    """A callable that makes realistic payloads. It takes the fields and traits of the event's
    factory: kombo_payload_factory(invalid=True, data__integration_tool="workday").
    Scope: function. Type: kombo_fakes.PayloadMaker.
    Default: the build method of kombo_fakes.factory_for(kombo_event). Each call returns another
    payload. kombo_seed=3 sets the seed of one call, and fault="data.state-enum-lowercase" makes its
    payload invalid.
    """
    calls = 0

    def make(**overrides: Any) -> dict[str, Any]:
        __tracebackhide__ = True
        nonlocal calls
        # A call with a seed of its own does not count, so that it changes no later payload.
        if overrides.get("kombo_seed") is None:
            seed = _derive_seed(request, kombo_seed, "kombo_payload_factory", calls)
            overrides["kombo_seed"] = seed
            calls += 1
        try:
            return _build_payload(kombo_event, **{"faker": kombo_faker, **overrides})
        except KomboFakesError as error:
            # The mistake is in the line of the test, so the traceback ends there.
            raise error.with_traceback(None) from None

    return make


@pytest.fixture
def kombo_invalid_payload(
    request: pytest.FixtureRequest,
    kombo_event: str,
    kombo_seed: int,
    kombo_faker: faker.Faker | None,
) -> InvalidPayload:
    """A pair to unpack: an invalid payload, and the one fault that it has. The test runs once for
    each fault.
    Scope: function. Type: kombo_fakes.InvalidPayload. Default: every fault of kombo_event.
    Select faults with @pytest.mark.kombo(keywords=["enum"], at="/data/state", faults=["*-cut"]) or
    with --kombo-fault. The rest of the payload depends on the test's name and on kombo_seed.
    """
    from kombo_fakes.catalogues.fault import InvalidPayload

    fault: Fault | None = getattr(request, "param", None)
    if fault is None:
        pytest.fail(explain_missing_parameter("kombo_invalid_payload"), pytrace=False)
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
    Scope: function. Type: kombo_fakes.Delivery. Default: a delivery signed with
    kombo_webhook_secret, whose payload depends on the test's name and on kombo_seed.
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
    """A callable that makes signed deliveries, of a payload that you pass, or of one that it makes
    from the fields and traits of the event's factory:
    kombo_delivery_factory(invalid=True, style="indented").
    Scope: function. Type: kombo_fakes.DeliveryMaker.
    Default: deliveries signed with kombo_webhook_secret. Each call makes another payload.
    wire_fault="signature-missing" gives the delivery that wire fault.
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
            raise TypeError(
                "give style= or wire_fault=, not both: a wire fault sets the style itself"
            )
        if payload is None:
            if overrides.get("kombo_seed") is None:
                seed = _derive_seed(request, kombo_seed, "kombo_delivery_factory", calls)
                overrides["kombo_seed"] = seed
                calls += 1
            overrides = {"faker": kombo_faker, **overrides}
        elif overrides:
            raise TypeError(f"give a payload or {min(overrides)}=, not both")
        try:
            if payload is None:
                payload = _build_payload(kombo_event, **overrides)
            if wire_fault is None:
                return Delivery.of(payload, kombo_webhook_secret, style=style or "compact")
            found = wire_faults(kombo_event, secret=kombo_webhook_secret, ids=[wire_fault])
            if len(found) > 1:
                raise OverrideError(
                    f"wire_fault={shorten(wire_fault)} matches {len(found)} wire faults "
                    f"({', '.join(fault.id for fault in found[:3])}, ...): give the id of one"
                )
            made = found[0].apply(payload)
        except KomboFakesError as error:
            raise error.with_traceback(None) from None
        if made is None:
            raise ValueError(f"this payload cannot have the wire fault {wire_fault}")
        return made

    return make


@pytest.fixture
def kombo_wire_fault(
    request: pytest.FixtureRequest, kombo_event: str, kombo_webhook_secret: str
) -> WireFault:
    """A wire fault. The test runs once for each. Send its .examples, which are deliveries;
    .expected() tells if a receiver has to accept them, has to reject them, or may do either.
    Scope: function. Type: kombo_fakes.WireFault. Default: every wire fault of kombo_event, with
    deliveries for a receiver whose secret is kombo_webhook_secret.
    """
    from kombo_fakes.wire.faults import wire_faults

    wanted: str | None = getattr(request, "param", None)
    if wanted is None:
        pytest.fail(explain_missing_parameter("kombo_wire_fault"), pytrace=False)
    for fault in wire_faults(kombo_event, secret=kombo_webhook_secret):
        if fault.id == wanted:
            return fault
    pytest.skip(f"{wanted} is not a fault for a receiver with this kombo_webhook_secret")


def _derive_seed(request: pytest.FixtureRequest, kombo_seed: int, fixture: str, calls: int) -> int:
    from kombo_fakes.core.choices import seed_for

    # The node id is the same in each order of tests and in each worker of pytest-xdist.
    return seed_for(request.node.nodeid, kombo_seed, fixture, calls)


def _build_payload(event: str, **overrides: Any) -> dict[str, Any]:
    from kombo_fakes.generation.factories.by_event import factory_for

    # __sequence keeps the counters of factory_boy as they are. The copy lets a test change its
    # payload: an invalid value can be the object that the catalogue of faults holds.
    payload: dict[str, Any] = factory_for(event).build(**{"__sequence": 0, **overrides})
    return copy.deepcopy(payload)


def _make_strategy(
    make: Callable[..., T],
    config: pytest.Config,
    fixture: str,
    schema: Schema,
    options: dict[str, Any],
    **settings: Any,
) -> T:
    """Make the strategy of a session fixture, and remember the settings that it is made with."""
    from kombo_fakes.strategies.options import StrategyOptions

    known = ("values", *StrategyOptions.__annotations__)
    try:
        for name in options:
            if name not in known:
                raise unknown_name_error("option", name, known)
        strategy = make(schema, **options)
    except KomboFakesError as error:
        pytest.fail(f"kombo_strategy_options: {error}", pytrace=False)
    # A copy, because a test may change the dict of the fixture later.
    settings |= {"kombo_schema": schema, "kombo_strategy_options": dict(options)}
    return remember(config, fixture, strategy, **settings)
