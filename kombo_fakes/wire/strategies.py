"""The Hypothesis strategy of deliveries: valid payloads in all styles, correctly signed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kombo_fakes.catalogues.fault import InvalidPayload
from kombo_fakes.core.messages import unknown_name_error
from kombo_fakes.errors import OverrideError
from kombo_fakes.schema.schema import SchemaLike
from kombo_fakes.strategies.drawn_choices import DrawnChoices
from kombo_fakes.strategies.options import StrategyOptions, Values, check_option_names
from kombo_fakes.strategies.payloads import payloads
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.delivery import Delivery
from kombo_fakes.wire.serializations import serialize, serialize_mixed, styles
from kombo_fakes.wire.signing import TEST_SECRET, sign

_RANDOM = "at random"


def deliveries(
    event_or_schema: SchemaLike = DEFAULT_EVENT,
    values: Values = "any",
    *,
    secret: str | bytes = TEST_SECRET,
    style: str | None = None,
    of: SearchStrategy[Any] | None = None,
    **options: Any,
) -> SearchStrategy[Delivery]:
    r"""Return a strategy for correctly signed deliveries, in all styles.

    Args:
        event_or_schema: What `Schema.load` accepts, such as the name of an event.
        values: As in `payloads`.
        secret: The webhook secret of the receiver.
        style: The name of the only style to use; all of them if not given.
        of: A strategy of other payloads to deliver, such as ``event_payloads()`` or
            ``invalid_payloads()``. The fault of an invalid payload is then in ``done``.
        **options: The other arguments of `payloads`.

    Returns:
        A strategy of `Delivery`. It shrinks towards a short payload, written compactly.

    Raises:
        UnknownNameError: if the event or style does not exist.
        SecretError: if the secret is empty.
        OverrideError, SchemaError: as `payloads` does.

    Examples:
        >>> from hypothesis import find
        >>> delivery = find(deliveries(), lambda delivery: b"\n" in delivery.body)
        >>> delivery.done
        ('style indented',)
    """
    own = ("secret", "style", "of")
    check_option_names("deliveries", options, (*own, *StrategyOptions.__annotations__))
    sign(b"", secret)  # Raises if the secret cannot be used.
    # Good receivers may reject an ambiguous style, so it is sent only if it is asked for by name.
    names = [known.name for known in styles()]
    if style is not None and style not in [s.name for s in styles(ambiguous=True)]:
        raise unknown_name_error("style", style, names)
    if of is not None and options:
        raise OverrideError(
            f"of= cannot be combined with {min(options)}=: pass the option to that strategy instead"
        )
    valid = payloads(event_or_schema, values, **options) if of is None else of
    # Hypothesis shrinks towards the first element, so the plainest style is there.
    chosen = st.sampled_from([*names, _RANDOM]) if style is None else st.just(style)

    @st.composite
    def draw_delivery(draw: DrawFn) -> Delivery:
        drawn, how = draw(valid), draw(chosen)
        payload, done = drawn, tuple[str, ...]()
        if isinstance(drawn, InvalidPayload):
            payload, done = drawn.payload, (f"fault {drawn.fault.id}",)
        if how == _RANDOM:
            body = serialize_mixed(payload, DrawnChoices(draw, None))
        else:
            body = serialize(payload, how)
        written = () if how == "compact" else (f"style {how}",)
        delivery = Delivery.signed(body, secret, done=(*done, *written))
        return delivery if how == _RANDOM else replace(delivery, style=how)

    return draw_delivery()
