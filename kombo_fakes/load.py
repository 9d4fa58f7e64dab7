"""Load tests with Locust: users that send signed deliveries, and count wrong answers as failures.

Install ``kombo-fakes[locust]``, and write a locustfile that says what to send::

    from kombo_fakes.load import KomboUser

    class Receiver(KomboUser):
        faulty = 0.1

Import this module in locustfiles only: it imports Locust, which lets gevent replace parts of the
standard library.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast
from weakref import WeakKeyDictionary

try:
    from locust import FastHttpUser, task
    from locust import events as locust_events
except ModuleNotFoundError as _missing:
    # If a package that Locust needs is missing, its own message names that package.
    if _missing.name != "locust":
        raise
    raise ModuleNotFoundError(
        "kombo_fakes.load needs Locust: pip install 'kombo-fakes[locust]'", name="locust"
    ) from None

# Locust comes first, because gevent has to patch ssl before another module imports it.
from gevent import GreenletExit, sleep
from gevent.event import Event

from kombo_fakes.core.messages import shorten
from kombo_fakes.errors import KomboFakesError, OverrideError, SecretError, TransportError
from kombo_fakes.schema.schema import SchemaLike
from kombo_fakes.sequences.traffic import Traffic
from kombo_fakes.webhooks.shipped import DEFAULT_EVENT
from kombo_fakes.wire.expectations import Policy
from kombo_fakes.wire.signing import SECRET_VARIABLE
from kombo_fakes.wire.transport.client import Transport

if TYPE_CHECKING:
    from locust.argument_parser import LocustArgumentParser
    from locust.env import Environment

__all__ = ["KomboUser"]

_log = logging.getLogger(__name__)

_BATCH = 50
"""The number of deliveries to prepare before other greenlets get a turn."""


class KomboUser(FastHttpUser):
    """A user that sends deliveries as Kombo does. Subclass it in a locustfile.

    Locust counts a request under the name of the event, with the id of its fault, or with
    ``(repeated)``. A request fails if the receiver rejects a valid payload, accepts an invalid one,
    or answers 5xx. Each worker sends other ids. The same seed sends the same ids in each run, so
    use another seed if the receiver still has those of the last run. You can add your own tasks.

    Attributes:
        path: The path of the receiver. Locust has the host.
        secret: The webhook secret. Without it, the environment variable ``KOMBO_WEBHOOK_SECRET``.
        events: The events to send, each as often as the others.
        faulty: The share of payloads with a fault, from 0 to 1; ``--kombo-faulty`` overrides it.
        repeated: The share of copies among the valid ones; ``--kombo-repeated`` overrides it.
        faults: The ids of the faults to send; ``*`` stands for anything.
        policy: ``"strict"``, or ``"tolerant"`` for a receiver that may accept invalid payloads.
        seed: The seed of the deliveries; ``--kombo-seed`` overrides it.
        prepared: The number of deliveries that a process makes before it sends the first one. To
            make one takes as long as to send it, so a short test runs twice as fast with more.
        allow_remote: True to allow a host that is another machine.
    """

    # Locust would start users of this class, too, because a locustfile imports it.
    abstract = True

    path: ClassVar[str] = "/webhooks/kombo"
    secret: ClassVar[str | bytes | None] = None
    events: ClassVar[Sequence[SchemaLike]] = (DEFAULT_EVENT,)
    faulty: ClassVar[float] = 0.05
    repeated: ClassVar[float] = 0.05
    faults: ClassVar[Iterable[str]] = ("*",)
    policy: ClassVar[Policy] = "strict"
    seed: ClassVar[int] = 0
    prepared: ClassVar[int] = 2_000
    allow_remote: ClassVar[bool] = False

    # A redirect could lead to another machine, and changes POST to GET. So it is a failure.
    max_redirects = 0
    _traffic: Traffic

    def on_start(self) -> None:
        """Join the stream of this process. A host that cannot be used is one failure per user."""
        try:
            # The host can come from the web page, after the check at the start.
            _reject_remote(type(self), self.host)
            self._traffic = _streams.join(type(self), self.environment)
        except KomboFakesError as error:
            self.environment.events.request.fire(
                request_type="START", name="kombo_fakes", response_time=0, response_length=0,
                exception=error, context={},
            )  # fmt: skip
            # This ends the user. Locust would log any other exception with a traceback.
            raise GreenletExit from None

    @task
    def deliver(self) -> None:
        """Send the next delivery and judge the answer."""
        planned = next(self._traffic)
        delivery = planned.delivery
        with self.client.request(
            delivery.method,
            self.path,
            name=planned.name,
            data=cast(Any, delivery.body),  # Its type says str, but bytes work.
            headers=dict(delivery.headers),
            # Locust counts each 4xx as a failure, but it is the right answer to an invalid payload.
            catch_response=True,
        ) as response:
            if response.status_code:
                failure = planned.describe_failure(response.status_code)
            else:  # No connection, no answer in time, or with an old Locust a redirect.
                error = getattr(response, "error", None)
                failure = f"does not answer: {type(error).__name__}: {error}"
            if failure is None:
                response.success()
            else:
                response.failure(failure)


class _Streams:
    """The streams of deliveries of this process."""

    def __init__(self) -> None:
        self._streams: WeakKeyDictionary[Environment, dict[type, _Stream]] = WeakKeyDictionary()
        self._made = 0

    def join(self, user: type[KomboUser], environment: Environment) -> Traffic:
        """Wait for the stream of a class of users, and return it.

        All users of a class share a stream. It continues from one test of the web page to the next,
        so no id is sent twice. Other options start another stream.
        """
        options = _read_options(user, environment)
        worker = getattr(environment.runner, "worker_index", 0)
        known = self._streams.setdefault(environment, {})
        stream = known.get(user)
        if stream is None or stream.key != (worker, options):
            # A stream of other options has another number, so that it does not repeat the ids of
            # the first.
            name = f"{worker}.{user.__name__}.{self._made}"
            stream = _Stream((worker, options), _make_traffic(user, stream=name, **options))
            # Other users look for the stream while it is prepared, because that lets other
            # greenlets run.
            known[user] = stream
            self._made += 1
            stream.prepare(user.prepared)
        stream.is_ready.wait()
        return stream.traffic


class _Stream:
    def __init__(self, key: Any, traffic: Traffic) -> None:
        self.key, self.traffic, self.is_ready = key, traffic, Event()

    def prepare(self, count: int) -> None:
        try:
            for ready in range(0, count, _BATCH):
                self.traffic.prepare(min(_BATCH, count - ready))
                # A master drops workers that are silent for some seconds. sleep(0) would let other
                # greenlets run, but not timers such as the heartbeat.
                sleep(0.001)
        finally:  # Also if the test is stopped, because the next test uses this stream.
            self.is_ready.set()


_streams = _Streams()


def _make_traffic(user: type[KomboUser], **options: Any) -> Traffic:
    # fsencode returns the bytes of the environment, even if they are not UTF-8.
    found = os.environ.get(SECRET_VARIABLE)
    secret = os.fsencode(found) if user.secret is None and found is not None else user.secret
    if secret is None:
        raise SecretError(f"no secret: set {SECRET_VARIABLE}, or {user.__name__}.secret")
    return Traffic(user.events, secret=secret, faults=user.faults, policy=user.policy, **options)


# -- options of Locust's command line and web page, which a master hands to its workers

_OPTIONS: dict[str, tuple[type, str]] = {
    "seed": (int, "The seed of the deliveries; another seed sends other ids"),
    "faulty": (float, "The share of payloads with a fault, from 0 to 1"),
    "repeated": (float, "The share of copies among the valid deliveries, from 0 to 1"),
}


def _add_options(parser: LocustArgumentParser) -> None:
    for name, (_, about) in _OPTIONS.items():
        # Not in a group, because Locust's web page does not show groups.
        parser.add_argument(
            # An empty default shows that the option is not given, so that the locustfile decides.
            f"--kombo-{name}", metavar="N", env_var=f"KOMBO_{name.upper()}", default="",
            help=f"{about}. The default is the value in the locustfile.",
        )  # fmt: skip


def _read_options(user: type[KomboUser], environment: Environment) -> dict[str, Any]:
    """Read the value of each option, or of the attribute if the option is not given.

    Raises:
        OverrideError: if an option is not a number.
    """
    found = {}
    for name, (kind, _) in _OPTIONS.items():
        given = str(getattr(environment.parsed_options, f"kombo_{name}", "") or "").strip()
        try:
            found[name] = kind(given) if given else getattr(user, name)
        except ValueError:
            what = "an integer" if kind is int else "a number from 0 to 1"
            raise OverrideError(f"--kombo-{name}: {shorten(given)} is not {what}") from None
    return found


# -- checks before anything is sent


def _check(environment: Environment, **_: Any) -> None:
    """Exit with one line if a user cannot work, before a test begins."""
    for user in environment.user_classes:
        if not issubclass(user, KomboUser):
            continue
        try:
            # Nobody uses this traffic. To make it raises for a wrong secret, event or fault.
            _make_traffic(user, stream=0, **_read_options(user, environment))
            host = environment.host or user.host
            options = environment.parsed_options
            if host is not None:
                _reject_remote(user, host)
            elif options is not None and options.headless and not options.worker:
                # The web page asks for the host, and a worker gets it from its master.
                raise OverrideError("no host: give --host, such as --host http://127.0.0.1:8000")
        except KomboFakesError as error:
            _log.error("%s: %s", user.__name__, error)
            # Locust would log another exception and begin the test nevertheless.
            sys.exit(2)


def _reject_remote(user: type[KomboUser], host: str | None) -> None:
    try:
        # This looks up the host, but sends nothing.
        Transport(f"{host}{user.path}", allow_remote=user.allow_remote).close()
    except TransportError as error:
        if error.reason != "not-loopback":
            raise
        raise TransportError(
            error.reason,
            f"{host} is another machine; to send there, set allow_remote = True in the locustfile",
        ) from None


locust_events.init_command_line_parser.add_listener(_add_options)
locust_events.init.add_listener(_check)
