"""The state machine: quiet on a receiver that is right, and short about one that isn't."""

from __future__ import annotations

import importlib
import re
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from kombo_fakes import (
    OverrideError,
    ReceiverError,
    ReceiverMachine,
    Timeline,
    timelines,
    verify,
)
from kombo_fakes.core.instants import parse_instant
from kombo_fakes.sequences.sender import Sender

EXAMPLES = Path(__file__).parents[2] / "examples" / "receivers"
SECRET = "s3cret of a receiver"

# A bug each: the file, what stands there, and what stands in the broken copy.
BROKEN = {
    "timestamps compared as texts": (
        "inbox.py", '"instant": instant(data["updated_at"])', '"instant": data["updated_at"]',
    ),
    "deduplicated by integration id": (
        "inbox.py", 'row = (event["id"],', 'row = (event["data"]["integration_id"],',
    ),
    "not deduplicated": (
        "inbox.py", "                return False\n", "                pass\n",
        "WHERE excluded.instant > instant", "WHERE excluded.instant >= instant",
    ),
    "signature over JSON that is written anew": (
        "flask_receiver.py",
        'hmac.digest(key, body, "sha256")',
        'hmac.digest(key, json.dumps(json.loads(body), separators=(",", ":")).encode(), "sha256")',
        "import hmac\n", "import hmac\nimport json\n",
    ),
    "the last delivery wins": ("inbox.py", "WHERE excluded.instant > instant", ""),
}  # fmt: skip


def copied(directory: Path, *change: str) -> ModuleType:
    """The Flask receiver, a copy in a directory, with a change."""
    file, *pairs = change or ("inbox.py",)
    sources = {path.name: path.read_text() for path in EXAMPLES.glob("*.py")}
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in sources[file], old
        sources[file] = sources[file].replace(old, new)
    for name, text in sources.items():
        (directory / name).write_text(text)
    names = ("inbox", "flask_receiver")
    before = {name: sys.modules.pop(name, None) for name in names}
    sys.path.insert(0, str(directory))
    try:
        return [importlib.import_module(name) for name in names][-1]
    finally:
        sys.path.remove(str(directory))
        for name, module in before.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module


def machine_of(receiver: ModuleType, directory: Path) -> type[ReceiverMachine]:
    """What a user writes, in no more than fifteen lines."""

    class Machine(ReceiverMachine):
        secret = SECRET

        def __init__(self) -> None:
            super().__init__()
            database = tempfile.mktemp(suffix=".sqlite3", dir=directory)
            self.app = receiver.create_app(SECRET, database)

        def deliver(self, delivery: Any) -> Any:
            return delivery.send(self.app.test_client(), "/webhooks/kombo")

        def observe(self, integration_id: str) -> Any:
            answer = self.app.test_client().get(f"/integrations/{integration_id}")
            return answer.json if answer.status_code == 200 else None

    return Machine


@pytest.mark.slow
def test_a_correct_receiver_passes(tmp_path, memory_path):
    """Hypothesis's default settings find nothing."""
    machine = machine_of(copied(tmp_path), memory_path)
    run_state_machine_as_test(machine, settings=settings(deadline=None))


@pytest.mark.slow
@pytest.mark.parametrize("bug", BROKEN)
def test_a_broken_copy_is_caught_by_three_deliveries_at_most(bug, tmp_path, memory_path):
    """Within the default number of examples, and shrunk."""
    machine = machine_of(copied(tmp_path, *BROKEN[bug]), memory_path)
    with pytest.raises(ReceiverError) as caught:
        run_state_machine_as_test(
            machine,
            settings=settings(
                deadline=None, database=None, derandomize=True, print_blob=False,
                report_multiple_bugs=False,                phases=[Phase.generate, Phase.shrink],
            ),
        )  # fmt: skip
    sent = re.findall(r"^  \d+\. event (\S+):.*?(?:, (\d+) copies at the same moment)?$",
                      str(caught.value), re.MULTILINE)  # fmt: skip
    assert 1 <= len(sent) <= 3, str(caught.value)


@pytest.mark.parametrize("bug", ["timestamps compared as texts", "the last delivery wins"])
def test_timelines_catch_a_broken_copy_too(bug, tmp_path, memory_path):
    """The message says what is wrong, and after which deliveries."""
    receiver = machine_of(copied(tmp_path, *BROKEN[bug]), memory_path)

    def play() -> None:
        for seed in range(50):
            played = receiver()
            Timeline.from_seed(seed, secret=SECRET).play(played.deliver, played.observe)

    with pytest.raises(ReceiverError, match=r"expected .*\nafter these deliveries:\n  1\. event "):
        play()


def test_what_is_not_said_is_asked_for():
    """Neither how to deliver nor how to observe has a default."""
    machine = ReceiverMachine()
    with pytest.raises(NotImplementedError, match="doesn't say how to deliver"):
        machine.deliver(None)
    with pytest.raises(NotImplementedError, match="doesn't say how to observe"):
        machine.observe("")


def test_an_answer_without_a_status_is_an_error():
    """None isn't taken for success."""
    with pytest.raises(TypeError, match="deliver\\(\\) returned NoneType, not a status"):
        Timeline.from_seed(1).play(lambda delivery: None)


@pytest.mark.parametrize("known", [False, True])
def test_a_forged_event_that_is_refused_and_applied(known):
    """Of an integration that has had an event, and of one that has none."""

    class Machine(ReceiverMachine):
        copies = 1

        def __init__(self) -> None:
            super().__init__()
            self.seen: dict[str, Any] = {}

        def salt(self) -> object:
            return object()  # Another one each time.

        def deliver(self, delivery: Any) -> int:
            right = verify(delivery.body, delivery.signature, self.secret)
            data = dict(delivery.payload["data"])
            if right or (data["integration_id"] in self.seen) == known:
                stored = self.seen.setdefault(data["integration_id"], data)
                if parse_instant(data["updated_at"]) > parse_instant(stored["updated_at"]):
                    stored.update(data)
            return 204 if right else 401

        def observe(self, integration_id: str) -> Any:
            return self.seen.get(integration_id)

    with pytest.raises(ReceiverError) as caught:
        run_state_machine_as_test(
            Machine,
            settings=settings(
                deadline=None, database=None, derandomize=True, print_blob=False,
                report_multiple_bugs=False, phases=[Phase.generate],
            ),
        )  # fmt: skip
    words = "expected" if known else "the integration is known, although no event"
    assert words in str(caught.value).splitlines()[0]
    assert "signature" in str(caught.value).splitlines()[-1]


def test_a_status_of_ones_own():
    """Nothing is known of what comes after it, so that the integration begins anew."""
    sender = Sender()
    sender.next("a", status=("INACTIVE", "FAILED", "INCOMPLETE"))
    assert sender.next("a").payload["data"]["state"] == "ACTIVE"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"length": 0}, "length=0: a timeline has 1 step at least"),
        ({"integrations": 0}, "integrations=0: a timeline has from 1 to 8"),
        ({"integrations": 50}, "integrations=50: a timeline has from 1 to 8"),
    ],
)
def test_a_timeline_of_no_such_size(options, words):
    """It isn't made of another size without a word."""
    for make in (Timeline.from_seed, timelines):
        with pytest.raises(OverrideError, match=words):
            make(**options)
    assert len(Timeline.from_seed(length=1, integrations=8).steps) == 1
