"""Load, with Locust: users that send signed deliveries, and count a wrong answer as a failure.

Needs ``pip install 'kombo-fakes[locust]'``, and a locustfile that says what to send::

    from kombo_fakes.load import KomboUser

    class Receiver(KomboUser):
        faulty = 0.1

Importing this module imports Locust, and that has gevent replace parts of the standard library:
it is for locustfiles, and isn't imported by anything else here.
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
    if _missing.name != "locust":
        raise
    raise ModuleNotFoundError(
        "kombo_fakes.load needs Locust: pip install 'kombo-fakes[locust]'", name="locust"
    ) from None

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

_AT_A_TIME = 50


class KomboUser(FastHttpUser):
    """Sends deliveries as Kombo does; subclass it in a locustfile.

    A request is counted under the event, with the id of its fault, or with ``(repeated)``. It has
    failed if a valid payload wasn't taken, a payload with a fault was, or the answer is a 5xx.
    Every worker sends other ids, and the same ones in each run of the same seed: give another
    seed where the receiver still knows those of the last run. Add tasks of your own as in any user.

    Attributes:
        path: Where the receiver is, on the host that Locust is told.
        secret: The webhook secret; without it the environment's ``KOMBO_WEBHOOK_SECRET``.
        events: What the deliveries tell of, each as often as the others.
        faulty: The share of payloads with a fault; ``--kombo-faulty`` goes before it.
        repeated: The share of copies among the valid ones; ``--kombo-repeated`` goes before it.
        faults: Ids of the faults to have; ``*`` stands for anything.
        policy: ``"strict"``, or ``"tolerant"`` for a receiver that may take payloads with a fault.
        seed: What the deliveries are rolled from; ``--kombo-seed`` goes before it.
        prepared: How many deliveries a process makes before it sends the first one. Making one
            takes as long as sending it: with more of them a short test is twice as fast.
        allow_remote: Whether the host may be another machine than this.
    """

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

    # A redirect could lead to another machine, and turns POST into GET: it is a failure.
    max_redirects = 0
    _traffic: Traffic

    def on_start(self) -> None:
        """Join the stream of this process. What can't be sent to is a failure, told once a user."""
        try:
            _refuse_remote(type(self), self.host)
            self._traffic = _streams.join(type(self), self.environment)
        except KomboFakesError as error:
            self.environment.events.request.fire(
                request_type="START", name="kombo_fakes", response_time=0, response_length=0,
                exception=error, context={},
            )  # fmt: skip
            # The end of this user; an exception of Locust's would be logged with a traceback.
            raise GreenletExit from None

    @task
    def deliver(self) -> None:
        """Send the next delivery, and judge the answer."""
        planned = next(self._traffic)
        delivery = planned.delivery
        with self.client.request(
            delivery.method,
            self.path,
            name=planned.name,
            data=cast(Any, delivery.body),  # Bytes go through, whatever its types say.
            headers=dict(delivery.headers),
            catch_response=True,
        ) as response:
            if response.status_code:
                complaint = planned.describe_failure(response.status_code)
            else:  # No connection, no answer in time, or in older Locusts a redirect.
                error = getattr(response, "error", None)
                complaint = f"doesn't answer: {type(error).__name__}: {error}"
            if complaint is None:
                response.success()
            else:
                response.failure(complaint)


class _Streams:
    """The streams of deliveries of this process."""

    def __init__(self) -> None:
        self._of: WeakKeyDictionary[Environment, dict[type, _Stream]] = WeakKeyDictionary()
        self._made = 0

    def join(self, user: type[KomboUser], environment: Environment) -> Traffic:
        """The stream of a class of users, the same for all of them, when it is ready.

        It goes on from one test of the web page to the next, so that no id comes again, and is
        another one when what is to be sent has changed.
        """
        options = _settings(user, environment)
        worker = getattr(environment.runner, "worker_index", 0)
        known = self._of.setdefault(environment, {})
        stream = known.get(user)
        if stream is None or stream.key != (worker, options):
            name = f"{worker}.{user.__name__}.{self._made}"
            stream = _Stream((worker, options), _traffic_of(user, stream=name, **options))
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
            for ready in range(0, count, _AT_A_TIME):
                self.traffic.prepare(min(_AT_A_TIME, count - ready))
                # A master gives up workers that are silent for some seconds. Sleeping for no time
                # lets others go on, but not what waits for a moment, as a heartbeat does.
                sleep(0.001)
        finally:  # Even if the test was stopped in the meantime: the next one goes on.
            self.is_ready.set()


_streams = _Streams()


def _traffic_of(user: type[KomboUser], **options: Any) -> Traffic:
    found = os.environ.get(SECRET_VARIABLE)
    secret = os.fsencode(found) if user.secret is None and found is not None else user.secret
    if secret is None:
        raise SecretError(f"no secret: set {SECRET_VARIABLE}, or secret of {user.__name__}")
    return Traffic(user.events, secret=secret, faults=user.faults, policy=user.policy, **options)


# -- options of Locust's command line and web page, which a master hands to its workers

_OPTIONS: dict[str, tuple[type, str]] = {
    "seed": (int, "What deliveries are rolled from; another one sends other ids"),
    "faulty": (float, "The share of payloads with a fault, from 0 to 1"),
    "repeated": (float, "The share of copies among the valid deliveries, from 0 to 1"),
}


def _add_options(parser: LocustArgumentParser) -> None:
    for name, (_, told) in _OPTIONS.items():
        # Not in a group of their own, of which Locust's page shows nothing.
        parser.add_argument(
            f"--kombo-{name}", metavar="N", env_var=f"KOMBO_{name.upper()}", default="",
            help=f"{told}. If not given it is as the locustfile says.",
        )  # fmt: skip


def _settings(user: type[KomboUser], environment: Environment) -> dict[str, Any]:
    """What each option says, or else the attribute.

    Raises:
        OverrideError: for an option that is no number.
    """
    found = {}
    for name, (kind, _) in _OPTIONS.items():
        given = str(getattr(environment.parsed_options, f"kombo_{name}", "") or "").strip()
        try:
            found[name] = kind(given) if given else getattr(user, name)
        except ValueError:
            what = "a whole number" if kind is int else "a number from 0 to 1"
            raise OverrideError(f"--kombo-{name} {shorten(given)}: is not {what}") from None
    return found


# -- what can be told before anything is sent


def _check(environment: Environment, **_: Any) -> None:
    """End with one line, and not in the middle of a test, where a user can't do its work."""
    for user in environment.user_classes:
        if not issubclass(user, KomboUser):
            continue
        try:
            _traffic_of(user, stream=0, **_settings(user, environment))
            host = environment.host or user.host
            options = environment.parsed_options
            if host is not None:
                _refuse_remote(user, host)
            elif options is not None and options.headless and not options.worker:
                raise OverrideError("no host: give --host, such as --host http://127.0.0.1:8000")
        except KomboFakesError as error:
            _log.error("%s: %s", user.__name__, error)
            sys.exit(2)


def _refuse_remote(user: type[KomboUser], host: str | None) -> None:
    try:
        # Looks the host up; nothing is sent.
        Transport(f"{host}{user.path}", allow_remote=user.allow_remote).close()
    except TransportError as error:
        if error.reason != "not-loopback":
            raise
        said = str(error).partition(";")[0]
        raise TransportError(
            error.reason, f"{said}; to send there after all: allow_remote = True in the locustfile"
        ) from None


locust_events.init_command_line_parser.add_listener(_add_options)
locust_events.init.add_listener(_check)
