"""Sends schemas to workers, and their payloads to the judges."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.catalogue import NPM, OURS, ROOT
from benchmarks.collections.entries import Entry, read_schema, refers_out
from benchmarks.environments import Environments
from benchmarks.measurement import MeasurementError

WORKERS = Path(__file__).parent / "workers"
OURS_NAME = "kombo_fakes"
STAGES = ("load", "any", "realistic", "faults", "invalid")
VALID_STAGES = ("any", "realistic")
JUDGES = ("jsonschema", "ajv")

PEERS = {
    "schemathesis": "schemathesis",
    "hypothesis-jsonschema": "hypothesis-jsonschema",
    "jsf": "jsf",
    "json-schema-faker": NPM,
}
"""The other tools, and their environments."""

PATIENCE = 120
"""The seconds after which a worker that does not answer is started again."""


@dataclass(slots=True)
class Stage:
    """What one stage came to.

    Attributes:
        status: ``"made"``, ``"refused"`` (by name), ``"crashed"``, ``"slow"``, ``"large"``, or
            ``"skipped"`` after a stage that ended the process.
        error: What was raised.
        seconds: The processor time.
        count: How many payloads were made.
        wrong: Payloads that both judges call wrong, as JSON.
        disputed: Payloads that one of the judges calls wrong.
    """

    status: str
    error: str = ""
    seconds: float = 0.0
    count: int = 0
    wrong: list[str] = field(default_factory=list)
    disputed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Outcome:
    """What a tool makes of one schema.

    Attributes:
        entry: The schema.
        tool: The name of the tool.
        stages: The stages by name. Other tools than this project have ``"any"`` alone.
        judged: Whether each of the two judges could read the schema.
    """

    entry: Entry
    tool: str
    stages: dict[str, Stage]
    judged: tuple[bool, bool] = (False, False)


class Server:
    """A worker process. It is started again where it does not answer or ended."""

    def __init__(self, command: Sequence[str], variables: dict[str, str], place: Path) -> None:
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._start = lambda: subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            env=variables, cwd=place, text=True, encoding="utf-8",
        )  # fmt: skip
        self._process: subprocess.Popen[str] | None = None

    def ask(self, task: Any) -> dict[str, Any]:
        """Send a task, and return the reports and how the process ended.

        Raises:
            MeasurementError: if the worker itself fails.
        """
        if self._process is None or self._process.poll() is not None:
            self._process = self._start()
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        try:
            process.stdin.write(json.dumps(task) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        finally:
            timer.cancel()
        if answer.endswith("\n"):
            found: dict[str, Any] = json.loads(answer)
            return found
        status = process.wait()
        self._process = None
        # Node aborts where its heap is full.
        ends = {-signal.SIGKILL: "slow", -signal.SIGABRT: "large"}
        if status not in ends:
            self._errors.seek(0)
            last = self._errors.read().decode(errors="replace").strip().splitlines()[-1:]
            raise MeasurementError(f"a worker ended with status {status}: {''.join(last)}")
        return {"reports": [], "end": ends[status]}

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
        self._errors.close()


class Lane:
    """One worker of each tool, and the two judges. Two lanes use two cores."""

    def __init__(self, environments: Environments, tools: Sequence[str], python: str) -> None:
        variables = {**environments.variables(), "PYTHONPATH": str(ROOT)}
        node = environments.directory(NPM)
        for script in WORKERS.glob("*.mjs"):
            shutil.copy(script, node)

        def start_python(program: str, script: str, *arguments: str) -> Server:
            return Server([program, str(WORKERS / script), *arguments], variables, WORKERS)

        def start_node(script: str) -> Server:
            # The limit is for the heap, where Node keeps values.
            command = ["node", "--max-old-space-size=1024", str(node / script)]
            return Server(command, dict(os.environ), node)

        self._tools: dict[str, Server] = {}
        for tool in tools:
            if tool == OURS_NAME:
                self._tools[tool] = start_python(python, "make_kombo_fakes.py")
            elif PEERS[tool] == NPM:
                self._tools[tool] = start_node("make_json_schema_faker.mjs")
            else:
                program = environments.program("python", PEERS[tool])
                self._tools[tool] = start_python(program, "make_with_peer.py", tool)
        judge = environments.program("python", "judges")
        self._judges = (
            start_python(judge, "judge_jsonschema.py"),
            start_node("judge_ajv.mjs"),
        )

    def measure(self, entry: Entry, count: int) -> list[Outcome]:
        """Have each tool make payloads for a schema, and judge them."""
        published = read_schema(entry)
        schemas = [published] if isinstance(published, dict) and "$schema" in published else []
        outcomes = []
        for tool, server in self._tools.items():
            task: dict[str, Any] = {"count": count}
            if tool == OURS_NAME:
                task["entry"] = asdict(entry)
            else:
                # Others are not given further documents. So they get what this project reads where
                # a schema is a part of a description, or refers to documents around it.
                needs_more = published is None or refers_out(entry)
                task["schema"] = schemas[-1] if needs_more and schemas else published
                if task["schema"] is None:
                    continue
            answer = server.ask(task)
            schemas += [r["effective"] for r in answer["reports"] if "effective" in r]
            outcomes.append(self._judge(entry, tool, answer, schemas))
        return outcomes

    def _judge(
        self, entry: Entry, tool: str, answer: dict[str, Any], schemas: list[Any]
    ) -> Outcome:
        stages: dict[str, Stage] = {}
        shown: list[tuple[str, str, Any]] = []  # The stage, the id of the fault, the payload.
        for report in answer["reports"]:
            if "stage" not in report:
                continue
            name = report["stage"]
            if report["status"] == "begun":
                stages[name] = Stage(_name_unfinished(answer["end"]))
                continue
            values = report["values"]
            stages[name] = Stage(report["status"], report["error"], report["seconds"], len(values))
            for value in values:
                is_valid = name in VALID_STAGES
                label, payload = ("", value) if is_valid else (value["id"], value["value"])
                shown.append((name, label, payload))
        for name in STAGES if tool == OURS_NAME else ("any",):
            stages.setdefault(name, Stage("skipped" if stages else _name_unfinished(answer["end"])))
        if not shown:
            return Outcome(entry, tool, stages)
        task = {"schemas": schemas, "values": [payload for _, _, payload in shown]}
        found = [
            {r["index"]: r["valid"] for r in judge.ask(task)["reports"]} for judge in self._judges
        ]
        for index, (name, label, payload) in enumerate(shown):
            expected = name in VALID_STAGES
            votes = [verdicts.get(index) for verdicts in found]
            against = votes.count(not expected)
            if against:
                text = (f"{label}: " if label else "") + json.dumps(payload)[:300]
                stage = stages[name]
                # One judge alone decides where the other cannot read the schema.
                if against == 2 or None in votes:
                    stage.wrong.append(text)
                else:
                    who = JUDGES[votes.index(not expected)]
                    stage.disputed.append(f"{who} objects: {text}")
        return Outcome(entry, tool, stages, (bool(found[0]), bool(found[1])))

    def stop(self) -> None:
        """End all workers."""
        for server in (*self._tools.values(), *self._judges):
            server.stop()


def _name_unfinished(end: str) -> str:
    return end if end in ("slow", "large") else "crashed"


def measure_entries(
    entries: Sequence[Entry],
    environments: Environments,
    tools: Sequence[str],
    *,
    count: int,
    lanes: int = 2,
    python: str | None = None,
    log: Callable[[str], None] = lambda text: None,
) -> Iterator[Outcome]:
    """Measure what tools make of schemas.

    Args:
        entries: The schemas.
        environments: The environments of the tools and judges.
        tools: The names of the tools. This project comes first.
        count: How many payloads of each kind are drawn.
        lanes: How many schemas are measured at the same time.
        python: The Python that runs this project; by default that of its environment.
        log: Is called with a line of progress.

    Yields:
        The outcomes, in the order of the entries.

    Raises:
        UnavailableError: if an environment cannot be made.
        MeasurementError: if a worker itself fails.
    """
    program = python or environments.program("python", OURS)
    free = [Lane(environments, tools, program) for _ in range(lanes)]
    started = list(free)

    def work(entry: Entry) -> list[Outcome]:
        lane = free.pop()
        try:
            return lane.measure(entry, count)
        finally:
            free.append(lane)

    try:
        with ThreadPoolExecutor(lanes) as pool:
            for number, outcomes in enumerate(pool.map(work, entries), 1):
                if number % 50 == 0:
                    log(f"{number:,} of {len(entries):,} schemas")
                yield from outcomes
    finally:
        for lane in started:
            lane.stop()
