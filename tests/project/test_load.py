"""Load tests by Locust. They run in other processes, because gevent patches its process."""

from __future__ import annotations

import csv
import importlib
import io
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from itertools import count, islice
from pathlib import Path
from threading import Barrier, Event, Lock
from typing import Any, NamedTuple

import pytest
import urllib3

from kombo_fakes.sequences.traffic import Traffic

ROOT = Path(__file__).parents[2]
RECEIVERS = ROOT / "examples" / "receivers"
LOCUSTFILE = ROOT / "examples" / "load" / "locustfile.py"
SECRET = "whsec_ß"
EVENT = "integration-state-changed"
SEED = 7

from support.gallery.serving import serving  # noqa: E402

pytestmark = pytest.mark.slow

Application = Callable[..., Any]


@pytest.fixture
def database(memory_path: Path) -> Path:
    """The database of the receiver."""
    return memory_path / "inbox.sqlite3"


@pytest.fixture
def receiver(database: Path) -> Application:
    """The example receiver for Flask, which is strict and correct."""
    app: Application = importlib.import_module("flask_receiver").create_app(SECRET, database)
    return app


class Counted:
    """An application that answers a number of requests, and holds those that follow.

    The number of requests in a second depends on the machine, so that no test relies on it.

    Args:
        application: Answers the requests.
        most: How many are answered.
        users: How many must have arrived before the first ones are answered.
    """

    def __init__(self, application: Application, most: int, users: int) -> None:
        self._application, self._left, self._lock = application, most, Lock()
        self._first, self._users, self._over = Barrier(users), users, Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        with self._lock:
            self._left -= 1
            held = self._left < 0
            self._users -= 1
            first = self._users >= 0
        if held:
            self._over.wait()
            start_response("503 Service Unavailable", [])
            return []
        if first:  # Otherwise the test could end before all users have begun.
            self._first.wait(80)
        return self._application(environ, start_response)

    def close(self) -> None:
        """Answer the requests that are held."""
        self._over.set()
        self._first.abort()


def accept_any_state(application: Application) -> Application:
    """Return the application with a bug: it does not validate states."""

    def buggy(environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        try:
            state = json.loads(body)["data"]["state"]
        except (LookupError, TypeError):
            state = "ACTIVE"
        if isinstance(state, str) and state not in ("ACTIVE", "INVALID", "INACTIVE"):
            start_response("204 No Content", [])
            return []
        return application(environ, start_response)

    return buggy


# -- Locust


class Run(NamedTuple):
    """The result of a run of Locust."""

    status: int
    log: str
    requests: Counter[str]
    failures: dict[str, set[str]]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a process, without settings of Locust or this library."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LOCUST_", "KOMBO_"))}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


def started(*options: str | Path, cwd: Path, **more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "locust", "-f", str(LOCUSTFILE), *map(str, options)]
    return subprocess.Popen(
        command,
        cwd=cwd,
        env=environment(**{"KOMBO_WEBHOOK_SECRET": SECRET, **more}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def distributed(application: Application, most: int, place: Path, *options: str) -> Run:
    """Run a master and two workers, until the master has counted a number of requests."""
    for _ in range(3):
        with serving(Counted(application, most, users=4)) as url:
            run = _distributed(url, most, place, free_port(), *options)
        if "bind failure" not in run.log:  # Somebody else took the port in the meantime.
            return run
    raise AssertionError(run.log)


def _distributed(url: str, most: int, place: Path, port: int, *options: str) -> Run:
    at = ("--master-port", str(port), "--master-host", "127.0.0.1")
    processes = [
        started(
            "--master", "--headless", "--expect-workers", "2", "--users", "4",
            "--spawn-rate", "4", "--run-time", "90s", "--stop-timeout", "30", "--host", url,
            "--master-bind-host", "127.0.0.1", "--master-bind-port", str(port),
            "--csv", "run", "--only-summary", "--kombo-seed", str(SEED), *options, cwd=place,
        ),
        *(started("--worker", *at, cwd=place) for _ in range(2)),
    ]  # fmt: skip
    try:
        # Workers report every three seconds. At its end, the master waits half a second for the
        # last reports, which can be too short.
        while _known(place) < most:
            with suppress(subprocess.TimeoutExpired):
                processes[0].wait(0.2)
                break
        processes[0].terminate()
        log = processes[0].communicate(timeout=120)[0]
        for worker in processes[1:]:
            worker.kill()  # It waits for a request that is held.
            said = worker.communicate(timeout=60)[0]
            assert "Traceback" not in said, said
    finally:
        for process in processes:
            process.kill()
            process.wait()
    return Run(processes[0].returncode, log, _requests(place), _failures(place))


def _known(place: Path) -> int:
    """Return how many requests the master has counted; 0 while it writes its file."""
    with suppress(OSError, KeyError, TypeError, ValueError):
        return _requests(place)["Aggregated"]
    return 0


def _requests(place: Path) -> Counter[str]:
    with (place / "run_stats.csv").open(newline="") as lines:
        return Counter({r["Name"]: int(r["Request Count"]) for r in csv.DictReader(lines)})


def _failures(place: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    with (place / "run_failures.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["Name"], set()).add(row["Error"])
    return found


# -- the tests


def test_a_correct_receiver_has_no_failures_and_stores_each_event_once(
    receiver: Application, database: Path, tmp_path: Path
) -> None:
    run = distributed(receiver, 150, tmp_path, "--kombo-faulty", "0.2", "--kombo-repeated", "0.2")
    assert run.status == 0, run.log
    assert run.failures == {}
    assert run.requests[EVENT] > 10
    assert run.requests[f"{EVENT} (repeated)"] > 0
    assert sum(" data" in name for name in run.requests) > 0
    with closing(sqlite3.connect(database)) as db:
        kept = {row[0] for row in db.execute("SELECT id FROM events")}
    assert len(kept) == run.requests[EVENT]
    # Each worker has sent the beginning of its own stream.
    for worker in (0, 1):
        stream = Traffic(
            secret=SECRET, faulty=0.2, repeated=0.2, seed=SEED, stream=f"{worker}.Receiver.0"
        )
        own = [p.delivery.event_id for p in islice(stream, 4 * len(kept) + 50) if p.name == EVENT]
        sent = len(kept & set(own))
        assert sent > 0
        assert set(own[:sent]) <= kept


def test_an_accepted_invalid_payload_is_a_failure(receiver: Application, tmp_path: Path) -> None:
    run = distributed(accept_any_state(receiver), 150, tmp_path, "--kombo-faulty", "0.9")
    assert run.status == 1, run.log
    assert run.failures
    assert all(name.startswith(f"{EVENT} data.state-enum-") for name in run.failures)
    (message,) = set.union(*run.failures.values())
    assert message == "CatchResponseError('received 204, expected 4xx: accepts an invalid payload')"
    assert run.requests[EVENT] > 0


def test_the_web_page_has_the_options_and_rejects_another_machine(
    receiver: Application, tmp_path: Path
) -> None:
    is_called = Event()

    def seen(environ: dict[str, Any], start_response: Any) -> Any:
        is_called.set()
        return receiver(environ, start_response)

    port = free_port()
    page = f"http://127.0.0.1:{port}"
    locust = started("--web-host", "127.0.0.1", "--web-port", str(port), cwd=tmp_path)
    patient = urllib3.Retry(total=None, connect=8, read=0, backoff_factor=0.1)
    try:
        with serving(seen) as url, urllib3.PoolManager(retries=patient) as pool:
            shown = pool.request("GET", page).data.decode()
            assert "kombo_faulty" in shown
            form = {"user_count": "2", "spawn_rate": "2", "host": "http://192.0.2.1"}
            pool.request("POST", f"{page}/swarm", fields=form, encode_multipart=False)
            (error,) = _until(lambda: _statistics(pool, page)["errors"])
            assert "http://192.0.2.1 is another machine" in error["error"]
            pool.request("GET", f"{page}/stop")
            form |= {"host": url, "kombo_faulty": "0", "kombo_repeated": "0"}
            pool.request("POST", f"{page}/swarm", fields=form, encode_multipart=False)
            assert is_called.wait(60)
            counted = _until(lambda: _counted(pool, page))
            pool.request("GET", f"{page}/stop")
    finally:
        locust.terminate()
        log = locust.communicate(timeout=60)[0]
    assert counted["num_failures"] == 0
    assert "Traceback" not in log


def _statistics(pool: urllib3.PoolManager, page: str) -> Any:
    return pool.request("GET", f"{page}/stats/requests").json()


def _counted(pool: urllib3.PoolManager, page: str) -> Any:
    return next((row for row in _statistics(pool, page)["stats"] if row["name"] == EVENT), None)


def _until(found: Callable[[], Any]) -> Any:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if value := found():
            return value
    raise AssertionError("no result within a minute")


def test_redirects_are_failures_and_not_followed(tmp_path: Path) -> None:
    methods: set[tuple[str, str]] = set()
    requests, second = count(), Event()

    def elsewhere(environ: dict[str, Any], start_response: Any) -> Any:
        methods.add((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        if next(requests) > 0:  # Then the first one has been counted.
            second.set()
        start_response("307 Temporary Redirect", [("Location", "/elsewhere")])
        return []

    with serving(elsewhere) as url:
        run = started("--headless", "--run-time", "90s", "--host", url, cwd=tmp_path)
        assert second.wait(80)
        run.terminate()
        log = run.communicate(timeout=60)[0]
    assert run.returncode == 1
    assert "Traceback" not in log
    assert methods == {("POST", "/webhooks/kombo")}


@pytest.mark.parametrize(
    ("options", "variables", "message"),
    [
        ([], {"KOMBO_WEBHOOK_SECRET": ""}, "the secret is empty"),
        (["--host", "http://192.0.2.1"], {}, "http://192.0.2.1 is another machine"),
        (["--host", "127.0.0.1:80"], {}, "did you mean 'http://127.0.0.1:80/webhooks/kombo'?"),
        (["--kombo-faulty", "1.2"], {}, "faulty=1.2: a share is a number from 0 to 1"),
        (["--kombo-faulty", "some"], {}, "--kombo-faulty: 'some' is not a number"),
        (["--kombo-seed", "1.5"], {}, "--kombo-seed: '1.5' is not an integer"),
        ([], {}, "no host: give --host"),
    ],
    ids=["empty-secret", "remote", "no-scheme", "share", "no-share", "no-seed", "no-host"],
)
def test_mistakes_are_one_line_before_the_test_begins(
    options: list[str], variables: dict[str, str], message: str, tmp_path: Path
) -> None:
    run = started("--headless", "--run-time", "60s", *options, cwd=tmp_path, **variables)
    log = run.communicate(timeout=60)[0]
    assert run.returncode == 2, log
    assert message in log.splitlines()[-1]
    assert "Traceback" not in log


def test_without_locust_the_import_says_what_to_install() -> None:
    code = "import sys; sys.modules['locust'] = None; import kombo_fakes.load"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=False
    )
    assert done.stderr.splitlines()[-1].endswith(
        "kombo_fakes.load needs Locust: pip install 'kombo-fakes[locust]'"
    )


def test_timers_run_while_deliveries_are_made() -> None:
    # The heartbeat of a worker is such a timer.
    code = (
        "from kombo_fakes.load import _Stream\n"
        "from kombo_fakes.sequences.traffic import Traffic\n"
        "import gevent\n"
        "beats = []\n"
        "def beat():\n"
        "    while True:\n"
        "        gevent.sleep(0.001)\n"
        "        beats.append(1)\n"
        "heart = gevent.spawn(beat)\n"
        f"stream = _Stream(0, Traffic(secret={SECRET!r}))\n"
        "gevent.spawn(stream.prepare, 1_000).join()\n"
        "print(len(beats))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert int(done.stdout) > 5
