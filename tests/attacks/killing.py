"""Kills the program at random moments of changes, then holds account, journal and words together.

A larger run than that of the tests: .venv/bin/python -m tests.attacks.killing 200 [SEED]
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from unittest import mock

from batchdoctor.sandbox import Sandbox
from batchdoctor.sandbox.service import Service
from batchdoctor.sandbox.wire.messages import Delivery, Request
from batchdoctor.work.changes.journal import entries

POOL, JOB = "render-linux", "render-20261121"
# How a user, a system or a terminal ends a program.
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL)
ACTIONS = ("disable", "enable", "reboot", "reimage", "deallocate", "reactivate")
FORMS = ("json", "jsonl")
# So many objects are changed by one command line.
WIDTH = 8
SECONDS = 60


@dataclass(frozen=True)
class Moment:
    """When a signal strikes: at the so-manieth exchange, before or after the account acted."""

    exchange: int
    late: bool
    delay: float


@dataclass
class Run:
    """One command line that was killed, and what all sides have of it."""

    action: str
    number: signal.Signals
    form: str
    moment: Moment
    wanted: list[str]
    status: int = 0
    stdout: str = ""
    stderr: str = ""
    carried_out: Counter[str] = field(default_factory=Counter)
    journal: list[dict[str, object]] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)

    def told(self) -> dict[str, set[str]]:
        """What standard output says became of each object; a document cut off says nothing."""
        try:
            items = (
                json.loads(self.stdout)["items"]
                if self.form == "json"
                else [json.loads(line) for line in self.stdout.split("\n")[:-1]]
            )
        except ValueError:
            items = []
        said: dict[str, set[str]] = {}
        for item in items:
            owner = item.get("jobId") if self.action == "reactivate" else item.get("poolId")
            own = item.get("taskId") if self.action == "reactivate" else item.get("nodeId")
            said.setdefault(f"{owner}/{own}", set()).add(str(item.get("outcome")))
        return said

    def wrong(self) -> list[str]:
        """What the sides do not agree about."""
        return [*self._wrong_journal(), *self._wrong_words(), *self._wrong_end()]

    def _wrong_journal(self) -> Iterator[str]:
        written: dict[str, set[str]] = {}
        for entry in self.journal:
            written.setdefault(str(entry["object"]), set()).add(str(entry["result"]))
            if self.action == "reactivate" and "erased" not in entry:
                yield f"the journal forgot what {entry['object']} was"
        for name in self.wanted:
            count, results = self.carried_out[name], written.get(name, set())
            if count > 1:
                yield f"{name} was changed {count} times"
            if count and not results:
                yield f"{name} was changed, and the journal does not know"
            if count and "failed" in results:
                yield f"{name} was changed, and the journal says failed"
            if not count and "done" in results:
                yield f"{name} was not changed, and the journal says done"
            if self.action == "disable" and count and name not in self.offered:
                yield f"{name} was disabled, and node enable --mine does not offer it"

    def _wrong_words(self) -> Iterator[str]:
        for name, outcomes in self.told().items():
            if self.carried_out[name] and "failed" in outcomes:
                yield f"{name} was changed, and failed was told"
            if not self.carried_out[name] and "done" in outcomes:
                yield f"{name} was not changed, and done was told"

    def _wrong_end(self) -> Iterator[str]:
        killed = self.number is signal.SIGKILL
        right = {0, -self.number if killed else 128 + self.number}
        if self.status not in right:
            yield f"it ended with {self.status}: {self.stderr[-2000:]}"
        if "Traceback" in self.stderr or "itself failed" in self.stderr:
            yield f"it told of a bug: {self.stderr[-400:]}"
        if not killed and self.form == "json" and self.stdout:
            try:
                json.loads(self.stdout)
            except ValueError:
                yield "the document has no end"


@contextmanager
def watched(run: Run, process: list[subprocess.Popen[str]]) -> Iterator[None]:
    """An account that counts what it carried out, and strikes at the moment."""
    respond, lock, dice, seen = Service.respond, Lock(), random.Random(3), [0]

    def strike(moment: Moment) -> None:
        time.sleep(moment.delay)
        process[0].send_signal(run.number)

    def answering(self: Service, request: Request) -> tuple[bytes, bytes, Delivery]:
        with lock:
            seen[0] += 1
            hit = seen[0] == run.moment.exchange
            pause = dice.random() * 0.004
        if hit and not run.moment.late:
            strike(run.moment)
        time.sleep(pause)
        answer = respond(self, request)
        if request.method == "POST" and b" 20" in answer[0][:12]:
            with lock:
                run.carried_out[_object(request.path)] += 1
        if hit and run.moment.late:
            strike(run.moment)
        return answer

    with mock.patch.object(Service, "respond", answering):
        yield


def _object(path: str) -> str:
    """`POOL/NODE` or `JOB/TASK` of the path of a change."""
    parts = path.strip("/").split("/")
    return f"{parts[1]}/{parts[3]}"


def kill_once(action: str, number: signal.Signals, form: str, moment: Moment) -> Run:
    """Change some objects of an account of its own, and kill the program meanwhile."""
    with Sandbox("bad-node") as sandbox, tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, **sandbox.environment(), "HOME": home, "XDG_STATE_HOME": home}
        run = Run(action, number, form, moment, _objects(sandbox, action))
        if action == "reactivate":
            argv = ["tasks", "reactivate", *run.wanted]
        else:
            argv = ["node", action, *run.wanted]
        argv += ["--max-share", "100"] if action not in {"enable", "reactivate"} else []
        program = [sys.executable, "-X", "faulthandler", "-m", "batchdoctor"]
        process: list[subprocess.Popen[str]] = []
        with watched(run, process):
            process.append(
                subprocess.Popen(
                    [*program, *argv, "--yes", "-o", form],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=environ,
                    cwd=Path(__file__).parents[2],
                    text=True,
                )
            )
            try:
                run.stdout, run.stderr = process[0].communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process[0].send_signal(signal.SIGABRT)  # it says where it hangs
                run.stdout, run.stderr = process[0].communicate()
            run.status = process[0].returncode
        host = sandbox.url.partition("//")[2]
        run.journal = entries(Path(home) / "batchdoctor", host)
        if action == "disable":
            mine = ["node", "enable", "--mine", "--dry-run", "-o", "ids"]
            offered = subprocess.run(
                [*program, *mine], env=environ, capture_output=True, text=True, check=False
            )
            run.offered = offered.stdout.split()
        return run


def _objects(sandbox: Sandbox, action: str) -> list[str]:
    if action == "reactivate":
        failed = [task for task in sandbox.store.job(JOB).tasks if task.result == "failure"]
        return [f"{JOB}/{task.id}" for task in failed[:WIDTH]]
    nodes = [node for node in sandbox.store.pool(POOL).nodes if node.state in {"idle", "running"}]
    if action == "enable":
        for node in nodes:
            node.state, node.scheduling = "offline", "disabled"
    return [f"{POOL}/{node.id}" for node in nodes[:WIDTH]]


def runs(count: int, seed: int) -> Iterator[Run]:
    """Kill so many command lines, by turns in each way, at moments that the seed decides."""
    dice = random.Random(seed)
    for number in range(count):
        action = ACTIONS[number % len(ACTIONS)]
        # Before a restart the node is read, so that there are two exchanges for each.
        exchanges = 2 * WIDTH + 1 if action in {"reboot", "reimage"} else WIDTH + 1
        moment = Moment(dice.randint(1, exchanges), dice.random() < 0.5, dice.random() * 0.02)
        kind = SIGNALS[(number // len(ACTIONS) + number) % len(SIGNALS)]
        yield kill_once(action, kind, dice.choice(FORMS), moment)


def main(count: int = 50, seed: int = 1) -> int:
    """Kill, and print what did not agree; the status is 1 if there was anything."""
    ends: Counter[str] = Counter()
    changes = wrong = 0
    for run in runs(count, seed):
        changes += len(run.wanted)
        ends["struck" if run.status else "was done before"] += 1
        ends["carried out"] += sum(run.carried_out.values())
        for what in run.wrong():
            wrong += 1
            sys.stdout.write(
                f"WRONG {run.action} {run.number.name} {run.form} {run.moment}: {what}\n"
            )
    sys.stdout.write(f"{count} programs killed in {changes} changes: {dict(ends)}, {wrong} wrong\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
