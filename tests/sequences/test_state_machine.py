"""The state machine and timelines, against correct receivers and broken ones."""

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
from inline_snapshot import snapshot

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

# The bugs: the file, the right source, and the source in the broken copy.
BROKEN = {
    "timestamps compared as strings": (
        "inbox.py", '"instant": instant(data["updated_at"])', '"instant": data["updated_at"]',
    ),
    "deduplicated by integration id": (
        "inbox.py", 'row = (event["id"],', 'row = (event["data"]["integration_id"],',
    ),
    "not deduplicated": (
        "inbox.py", "                return False\n", "                pass\n",
        "WHERE excluded.instant > instant", "WHERE excluded.instant >= instant",
    ),
    "signature over JSON that is serialized again": (
        "flask_receiver.py",
        'hmac.digest(key, body, "sha256")',
        'hmac.digest(key, json.dumps(json.loads(body), separators=(",", ":")).encode(), "sha256")',
        "import hmac\n", "import hmac\nimport json\n",
    ),
    "the last delivery wins": ("inbox.py", "WHERE excluded.instant > instant", ""),
}  # fmt: skip


def copied(directory: Path, *change: str) -> ModuleType:
    """Copy the example receivers to a directory, change one, and import the Flask receiver."""
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
    """Define the machine as a user would."""

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
    machine = machine_of(copied(tmp_path), memory_path)
    run_state_machine_as_test(machine, settings=settings(deadline=None))


@pytest.mark.slow
@pytest.mark.parametrize("bug", BROKEN)
def test_a_broken_receiver_is_caught_with_at_most_three_deliveries(bug, tmp_path, memory_path):
    machine = machine_of(copied(tmp_path, *BROKEN[bug]), memory_path)
    with pytest.raises(ReceiverError) as caught:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=100, deadline=None, database=None, derandomize=True, print_blob=False,
                report_multiple_bugs=False, phases=[Phase.generate, Phase.shrink],
            ),
        )  # fmt: skip
    sent = re.findall(r"^  \d+\. event (\S+):.*?(?:, sent (\d+) times concurrently)?$",
                      str(caught.value), re.MULTILINE)  # fmt: skip
    assert 1 <= len(sent) <= 3, str(caught.value)


@pytest.mark.parametrize("bug", ["timestamps compared as strings", "the last delivery wins"])
def test_timelines_catch_a_broken_receiver_and_list_the_deliveries(bug, tmp_path, memory_path):
    receiver = machine_of(copied(tmp_path, *BROKEN[bug]), memory_path)

    def play() -> None:
        for seed in range(50):
            played = receiver()
            Timeline.from_seed(seed, secret=SECRET).play(played.deliver, played.observe)

    with pytest.raises(ReceiverError, match=r"expected .*\nafter these deliveries:\n  1\. event "):
        play()


def test_deliver_and_observe_have_to_be_defined():
    machine = ReceiverMachine()
    with pytest.raises(NotImplementedError, match="deliver"):
        machine.deliver(None)
    with pytest.raises(NotImplementedError, match="observe"):
        machine.observe("")


def test_a_response_without_a_status_is_an_error():
    with pytest.raises(TypeError) as error:
        Timeline.from_seed(1).play(lambda delivery: None)
    assert str(error.value) == snapshot(
        "deliver() returned NoneType; return the status as an int, or a response that has status_code or status"
    )


@pytest.mark.parametrize("known", [False, True])
def test_a_forged_event_that_is_rejected_but_applied_is_caught(known):

    class Machine(ReceiverMachine):
        copies = 1

        def __init__(self) -> None:
            super().__init__()
            self.seen: dict[str, Any] = {}

        def salt(self) -> object:
            return object()  # A new one for each run.

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
                max_examples=100, deadline=None, database=None, derandomize=True, print_blob=False,
                report_multiple_bugs=False, phases=[Phase.generate],
            ),
        )  # fmt: skip
    first, *_, last = str(caught.value).splitlines()
    assert ("integration is known" in first) == (not known)
    assert "signature" in last


def test_after_an_unknown_status_the_integration_begins_again():
    sender = Sender()
    sender.next("a", status=("INACTIVE", "FAILED", "INCOMPLETE"))
    assert sender.next("a").payload["data"]["state"] == "ACTIVE"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"length": 0}, snapshot("length=0: a timeline has at least 1 step")),
        ({"integrations": 0}, snapshot("integrations=0: a timeline has 1 to 8 integrations")),
        ({"integrations": 50}, snapshot("integrations=50: a timeline has 1 to 8 integrations")),
    ],
)
def test_a_timeline_of_an_impossible_size_is_an_error(options, message):
    for make in (Timeline.from_seed, timelines):
        with pytest.raises(OverrideError) as error:
            make(**options)
        assert str(error.value) == message
    assert len(Timeline.from_seed(length=1, integrations=8).steps) == 1
