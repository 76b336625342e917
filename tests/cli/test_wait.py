"""`wait`: returns when it is so, or can never be so, and tells which, with few requests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.cli import progress
from batchdoctor.sandbox import Fault, Sandbox, Scenario
from batchdoctor.sandbox.account import job_life, node_life, pool_life, task_life
from batchdoctor.sandbox.account.model import Recipe, Task
from batchdoctor.sandbox.clock import seconds
from batchdoctor.sandbox.scenario.load import JobPlan, NodePlan, PoolPlan, TaskPlan
from tests.box import NOW, Box, Open, Result, run_with

FAILURE = Recipe("bad", "FailureExitCode", "UserError", "The task exited with 3.", exit_code=3)
TASKS = 40
# The end of the last task, counted from the begin of the wait.
LAST = 20 * 60


@pytest.fixture
def box(open_box: Open) -> Box:
    """A job whose tasks run, on a pool of four nodes."""
    return open_box(
        Scenario(
            name="waiting",
            summary="a job that goes on",
            pools=[PoolPlan(id="render", nodes=[NodePlan(count=4)])],
            jobs=[
                JobPlan(
                    id="nightly",
                    pool="render",
                    tasks=[TaskPlan(count=TASKS, state="active", id="frame-{n:02}")],
                )
            ],
        )
    )


def later(box: Box, after: float, effect: Callable[[int], object]) -> None:
    """Let something happen to the account so many seconds from the begin of the wait."""
    store = box.sandbox.store

    def happen(moment: int) -> None:
        effect(moment)

    store.at(store.now + seconds(after), happen)


def ends(box: Box, *, failing: int = 0, over: float = LAST) -> None:
    """Let the tasks of the job end one after the other, the first so many of them as failures."""
    store, tasks = box.sandbox.store, box.sandbox.store.job("nightly").tasks

    def end(task: Task, recipe: Recipe | None) -> Callable[[int], None]:
        def happen(moment: int) -> None:
            task.started = moment - seconds(30)
            task.exit_code = recipe.exit_code if recipe else 0
            task_life.complete(store, task, moment, recipe)

        return happen

    for index, task in enumerate(tasks):
        recipe = FAILURE if index < failing else None
        later(box, over * (index + 1) / len(tasks), end(task, recipe))


def completes(box: Box, after: float, reason: str = "AllTasksComplete") -> None:
    store = box.sandbox.store
    later(box, after, lambda _: job_life.terminate(store, store.job("nightly"), reason))


def forget(things: dict[str, Any], name: str) -> Callable[[int], object]:
    return lambda _: things.pop(name)


def waited(result: Result) -> dict[str, Any]:
    document = result.json()
    (item,) = document["items"]
    return {**item, "complete": document["complete"], "status": result.status}


def job_with(box: Box, **members: object) -> None:
    box.sandbox.store.job("nightly").shape.update(members)


class TestJobs:
    def test_a_job_that_completes_is_done_in_one_line(self, box: Box) -> None:
        job_with(box, onAllTasksComplete="terminatejob")
        ends(box)
        completes(box, LAST + 1)
        result = box.run("wait", "job", "nightly", "--timeout", "1h")
        line = "Job nightly is done: 40 of 40 tasks ended; it is completed; waited "
        assert result.status == 0
        last = result.stdout.splitlines()[-1]
        assert re.fullmatch(re.escape(line) + r"2[0-2] min( \d+ s)?\.", last)
        assert (
            result.stderr.splitlines()[0] == "waiting for job nightly to be done, for 1 h at most"
        )

    def test_the_document_says_what_became_true_when_and_after_how_many_looks(
        self, box: Box
    ) -> None:
        ends(box, failing=3)
        item = waited(box.run("wait", "job", "nightly", "-o", "json"))
        assert item["waitedSeconds"] == pytest.approx(LAST + 30, abs=65)
        del item["waitedSeconds"], item["message"], item["endTime"]
        polls = item.pop("polls")
        assert item == {
            "noun": "job",
            "jobId": "nightly",
            "taskId": None,
            "poolId": None,
            "nodeId": None,
            "until": ["done"],
            "outcome": "so",
            "became": "done",
            "reason": None,
            "severity": "warning",
            "state": "active",
            "tasks": {"active": 0, "running": 0, "completed": 40, "succeeded": 37, "failed": 3},
            "nodesReady": None,
            "beginTime": "2026-11-21T03:00:00Z",
            "failedPolls": 0,
            "nextCommands": [
                "batchdoctor tasks failed --job nightly",
                "batchdoctor job diagnose --job nightly",
            ],
            "complete": True,
            "status": 0,
        }
        assert box.requested("GET", "/taskcounts") == polls

    def test_one_counts_request_a_look_suffices_while_tasks_run(self, box: Box) -> None:
        for task in box.sandbox.store.job("nightly").tasks:
            task.state = "running"
        ends(box)
        item = waited(box.run("wait", "job", "nightly", "-o", "json"))
        assert item["polls"] < LAST / 5 / 2
        # At the first look, and while it settles.
        assert box.requested("GET", "/jobs/nightly") - item["polls"] <= 8

    def test_looks_come_seldom_while_nothing_changes(self, box: Box) -> None:
        item = waited(box.run("wait", "job", "nightly", "--timeout", "4h", "-o", "json"))
        assert (item["outcome"], item["status"]) == ("timed-out", 6)
        assert 4 * 60 * 0.9 < item["polls"] < 4 * 60 * 1.12
        assert item["waitedSeconds"] == 4 * 3600
        assert item["complete"] is True

    @pytest.mark.parametrize(
        ("failing", "fail_on", "status"),
        [(0, "any", 0), (1, "any", 10), (1, "warning", 10), (1, "error", 0), (20, "error", 10)],
    )
    def test_fail_on_ends_as_the_job_ended(
        self, box: Box, failing: int, fail_on: str, status: int
    ) -> None:
        ends(box, failing=failing)
        assert box.run("wait", "job", "nightly", "--fail-on", fail_on).status == status

    def test_a_job_that_was_ended_by_its_limit_is_an_error(self, box: Box) -> None:
        completes(box, 60, "MaxWallClockTimeExpiry")
        result = box.run("wait", "job", "nightly", "--fail-on", "error", "-o", "json")
        assert (waited(result)["severity"], result.status) == ("error", 10)

    def test_a_job_is_not_done_while_tasks_are_added(self, box: Box) -> None:
        """All its tasks have ended for 20 s, then there is one more."""
        ends(box, over=60)
        last = box.sandbox.store.job("nightly").tasks[-1]

        def again(_: int) -> None:
            last.state, last.result = "active", None

        later(box, 80, again)
        later(box, 300, lambda moment: task_life.complete(box.sandbox.store, last, moment, None))
        item = waited(box.run("wait", "job", "nightly", "-o", "json"))
        assert item["waitedSeconds"] >= 330
        assert item["tasks"]["completed"] == TASKS

    def test_settle_says_for_how_long_none_may_be_added(self, box: Box) -> None:
        ends(box, over=1)
        box.clock.sleep(2)
        item = waited(box.run("wait", "job", "nightly", "--settle", "600", "-o", "json"))
        assert item["waitedSeconds"] == 600
        item = waited(box.run("wait", "job", "nightly", "--settle", "0", "-o", "json"))
        assert item["waitedSeconds"] == 0

    @pytest.mark.parametrize(
        "members",
        [
            {"onAllTasksComplete": "terminatejob"},
            {"jobManagerTask": {"id": "manager", "commandLine": "make-tasks"}},
            {"jobManagerTask": {"id": "manager", "killJobOnCompletion": True}},
        ],
    )
    def test_a_job_that_ends_itself_is_not_done_before_it_has(
        self, box: Box, members: dict[str, Any]
    ) -> None:
        job_with(box, **members)
        ends(box, over=60)
        completes(box, 1000)
        item = waited(box.run("wait", "job", "nightly", "-o", "json"))
        assert item["state"] == "completed"
        assert item["waitedSeconds"] > 1000

    def test_a_manager_that_leaves_its_job_active_is_no_end(self, box: Box) -> None:
        job_with(box, jobManagerTask={"id": "m", "killJobOnCompletion": False})
        ends(box, over=60)
        item = waited(box.run("wait", "job", "nightly", "-o", "json"))
        assert item["state"] == "active"

    @pytest.mark.parametrize(
        ("until", "failed"), [("failed>2", 3), ("failed>=2", 2), ("failed > 5%", 1)]
    )
    def test_a_number_of_failures_ends_it_early(self, box: Box, until: str, failed: int) -> None:
        ends(box, failing=4)
        argv = ("wait", "job", "nightly", "--until", until, "--poll", "2", "-o", "json")
        item = waited(box.run(*argv))
        assert (item["outcome"], item["tasks"]["failed"]) == ("so", failed)
        assert item["waitedSeconds"] < LAST / 2

    def test_a_share_is_of_the_tasks_that_ended(self, box: Box) -> None:
        ends(box, failing=2)
        result = box.run("wait", "job", "nightly", "--until", "failed>100%")
        assert result.status == 2
        argv = ("wait", "job", "nightly", "--until", "failed>=100%", "-o", "json")
        assert waited(box.run(*argv))["tasks"]["completed"] <= 2

    def test_a_job_that_is_done_with_other_counts_ends_the_wait_for_failures(
        self, box: Box
    ) -> None:
        ends(box, failing=2)
        argv = ("wait", "job", "nightly", "--until", "failed>10%", "-o", "json")
        # The first tasks that ended are the ones that failed.
        box.clock.sleep(LAST)
        item = waited(box.run(*argv))
        assert (item["outcome"], item["reason"], item["status"]) == ("never", "ended-otherwise", 9)
        assert item["message"].startswith(
            "Job nightly can never have failed>10%: it is done: "
            "40 of 40 tasks ended, 2 of them failed"
        )

    def test_a_job_that_is_deleted_ends_the_wait_at_once(self, box: Box) -> None:
        later(box, 100, forget(box.sandbox.store._jobs, "nightly"))
        result = box.run("wait", "job", "nightly", "-o", "json")
        item = waited(result)
        assert (item["outcome"], item["reason"], result.status) == ("never", "deleted", 9)
        assert 100 <= item["waitedSeconds"] < 170
        assert item["state"] is None

    def test_several_conditions_end_with_the_first_that_is_so(self, box: Box) -> None:
        ends(box, failing=40)
        argv = ("wait", "job", "nightly", "--until", "done", "--until", "failed>3", "-o", "json")
        item = waited(box.run(*argv))
        assert (item["became"], item["until"]) == ("failed>3", ["done", "failed>3"])

    def test_idle_asks_for_no_end(self, box: Box) -> None:
        job_with(box, onAllTasksComplete="terminatejob")
        ends(box, over=60)
        item = waited(box.run("wait", "job", "nightly", "--until", "idle", "-o", "json"))
        assert (item["state"], item["outcome"]) == ("active", "so")

    def test_a_job_that_never_was_is_not_found(self, box: Box) -> None:
        result = box.run("wait", "job", "nope")
        assert (result.status, result.stdout) == (3, "")

    def test_ids_compare_without_case(self, box: Box) -> None:
        ends(box, over=10)
        assert box.run("wait", "job", "NIGHTLY").status == 0


class TestPools:
    def grow(self, box: Box, target: int, error: dict[str, str] | None = None) -> None:
        store = box.sandbox.store
        pool = store.pool("render")
        pool_life.resize(store, pool, target, 0, "requeue")
        if error:

            def fail(_: int) -> None:
                pool.allocation_state, pool.resize_errors = "steady", [error]

            later(box, 120, fail)

    def test_a_pool_that_grows_has_its_nodes(self, box: Box) -> None:
        self.grow(box, 10)
        item = waited(box.run("wait", "pool", "render", "--until", "nodes>=10", "-o", "json"))
        assert (item["outcome"], item["nodesReady"], item["status"]) == ("so", 10, 0)
        assert box.requested("GET", "/nodecounts") == item["polls"]
        assert box.requested("GET", "/pools/render") <= item["polls"]

    def test_steady_is_one_request_a_look(self, box: Box) -> None:
        self.grow(box, 10)
        item = waited(box.run("wait", "pool", "render", "-o", "json"))
        assert (item["outcome"], item["state"]) == ("so", "steady")
        assert len(box.sandbox.requests) == item["polls"]

    def test_a_pool_that_cannot_grow_ends_the_wait_at_once(self, box: Box) -> None:
        quota = {"code": "AccountCoreQuotaReached", "message": "The core quota was reached."}
        self.grow(box, 10, quota)
        result = box.run("wait", "pool", "render", "--until", "nodes>=10", "-o", "json")
        item = waited(result)
        assert (item["outcome"], item["reason"], result.status) == ("never", "resize-failed", 9)
        assert item["message"].startswith(
            "Pool render can never have nodes>=10: 4 nodes ready, 4 of 10 nodes there; "
            "its resize failed: AccountCoreQuotaReached; waited "
        )
        assert item["waitedSeconds"] < 240
        assert item["nextCommands"] == ["batchdoctor pool diagnose --pool render"]

    def test_a_formula_may_yet_ask_for_more(self, box: Box) -> None:
        shape = box.sandbox.store.pool("render").shape
        shape.update(enableAutoScale=True, autoScaleFormula="$TargetDedicatedNodes=4")
        argv = ("wait", "pool", "render", "--until", "nodes>=9", "--timeout", "2h", "-o", "json")
        assert waited(box.run(*argv))["outcome"] == "timed-out"

    def test_a_steady_pool_that_wants_fewer_never_has_them(self, box: Box) -> None:
        item = waited(box.run("wait", "pool", "render", "--until", "nodes>=9", "-o", "json"))
        assert (item["reason"], item["waitedSeconds"]) == ("target-below", 30)

    def test_fail_on_tells_of_a_resize_that_failed(self, box: Box) -> None:
        self.grow(box, 10, {"code": "AllocationTimedOut", "message": "Timed out."})
        assert box.run("wait", "pool", "render", "--fail-on", "error").status == 10


class TestNodesAndTasks:
    def node(self, box: Box) -> str:
        return f"render/{box.sandbox.store.pool('render').nodes[0].id}"

    def test_a_node_is_waited_for_by_its_state(self, box: Box) -> None:
        node = box.sandbox.store.pool("render").nodes[0]
        node_life.change_state(node, "rebooting", box.sandbox.store.now)
        later(box, 200, lambda moment: node_life.change_state(node, "idle", moment))
        item = waited(box.run("wait", "node", self.node(box), "-o", "json"))
        assert (item["outcome"], item["state"]) == ("so", "idle")
        assert 200 <= item["waitedSeconds"] < 270
        assert len(box.sandbox.requests) == item["polls"]

    def test_a_node_that_is_gone(self, box: Box) -> None:
        store, name = box.sandbox.store, self.node(box)
        later(box, 50, lambda _: store.pool("render").nodes.pop(0))
        never = waited(box.run("wait", "node", name, "--until", "offline", "-o", "json"))
        assert (never["outcome"], never["reason"]) == ("never", "deleted")
        assert waited(box.run("wait", "node", name, "--until", "gone", "-o", "json"))["polls"] == 1
        assert box.run("wait", "node", name).status == 3

    def test_a_failed_start_task_does_not_pass_by_itself(self, box: Box) -> None:
        node = box.sandbox.store.pool("render").nodes[0]
        node_life.change_state(node, "starttaskfailed", box.sandbox.store.now)
        result = box.run("wait", "node", self.node(box))
        assert result.status == 9
        assert result.stdout.splitlines()[-1] == (
            f"Node {self.node(box)} can never be ready: it is starttaskfailed, and leaves that "
            "only by a restart; waited 30 s."
        )

    @pytest.mark.parametrize(
        ("until", "failing", "outcome", "status"),
        [
            ("done", 0, "so", 0),
            ("done", 1, "so", 10),
            ("succeeded", 0, "so", 0),
            ("succeeded", 1, "never", 9),
            ("failed", 1, "so", 10),
            ("failed", 0, "never", 9),
            ("running", 0, "never", 9),
        ],
    )
    def test_a_task_is_waited_for(
        self, box: Box, until: str, failing: int, outcome: str, status: int
    ) -> None:
        ends(box, failing=failing)
        argv = ("wait", "task", "nightly/frame-01", "--until", until, "--fail-on", "any")
        result = box.run(*argv, "-o", "json")
        item = waited(result)
        assert (item["outcome"], result.status) == (outcome, status)
        assert len(box.sandbox.requests) == item["polls"]


class TestFaults:
    @pytest.mark.parametrize(
        "kind", ["throttled", "busy", "internal-error", "reset", "truncated-json", "captive-portal"]
    )
    def test_faults_on_the_way_change_nothing_but_the_time(self, box: Box, kind: str) -> None:
        box.order(Fault(kind, "GET /jobs/{j}/taskcounts", times=None, share=0.3, seed=4))
        ends(box, failing=3)
        item = waited(box.run("wait", "job", "nightly", "--timeout", "2h", "-o", "json"))
        assert (item["outcome"], item["status"], item["complete"]) == ("so", 0, True)
        assert item["tasks"]["failed"] == 3

    def test_a_network_that_goes_away_and_comes_back_is_survived(self, box: Box) -> None:
        box.order(Fault("reset", "GET /jobs/{j}/taskcounts", after=3, times=50))
        ends(box)
        result = box.run("wait", "job", "nightly", "--timeout", "2h", "-o", "json")
        item = waited(result)
        assert (item["outcome"], item["complete"]) == ("so", True)
        assert item["failedPolls"] > 3
        assert result.stderr.count("; asking again") == 1

    def test_a_network_that_stays_away_ends_with_what_was_read(self, box: Box) -> None:
        fault = Fault("busy", "GET /jobs/{j}/taskcounts", after=3, times=None, share=1.0)
        box.order(fault)
        result = box.run("wait", "job", "nightly", "--timeout", "10m", "-o", "json")
        item = waited(result)
        assert (item["outcome"], item["status"], item["complete"]) == ("timed-out", 6, False)
        assert [each["kind"] for each in result.json()["problems"]] == ["unreachable"]
        assert item["tasks"]["active"] == TASKS

    def test_an_account_that_never_answers_is_unreachable(self) -> None:
        environ = {
            "AZURE_BATCH_ENDPOINT": "http://127.0.0.1:9",
            "AZURE_BATCH_ACCESS_KEY": "a2V5",
            "AZURE_BATCH_ACCOUNT": "a",
        }
        result = run_with(environ, lambda: NOW)("wait", "job", "nightly")
        assert (result.status, result.stdout) == (6, "")

    def test_a_key_that_is_refused_ends_it(self, box: Box) -> None:
        result = box.run("wait", "job", "nightly", environ={"AZURE_BATCH_ACCESS_KEY": "bm90IGl0"})
        assert (result.status, result.stdout) == (4, "")


class TestWords:
    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (("job", "j", "--until", "steady"), "done, idle, failed>N or failed>P%"),
            (("pool", "p", "--until", "nodes>=10%"), "steady or nodes>=N"),
            (("pool", "p", "--until", "nodes>"), "steady or nodes>=N"),
            (("task", "j/t", "--until", "ready"), "done, succeeded, failed, active"),
            (("node", "p/n", "--until", ""), "ready, gone or a state"),
            (("job", "j", "--timeout", "soon"), "--timeout 90, --timeout 30m or --timeout 6h"),
            (("job", "j", "--timeout", "0"), "longer than none"),
            (("job", "j", "--poll", "0.1"), "not in the range"),
            (("job",), "The job is not named"),
        ],
    )
    def test_what_cannot_be_waited_for_is_wrong_usage(
        self, box: Box, words: tuple[str, ...], sentence: str
    ) -> None:
        result = box.run("wait", *words)
        assert (result.status, result.stdout) == (2, "")
        assert sentence in result.stderr
        assert not box.sandbox.requests

    def test_in_a_pipe_news_come_seldom(self, box: Box) -> None:
        ends(box, over=6 * 3600)
        lines = box.run("wait", "job", "nightly").stderr.splitlines()
        assert lines[0] == "waiting for job nightly to be done"
        assert 20 < len(lines) < 45
        assert lines[1] == "0 s: job nightly: 0 of 40 tasks ended; 40 wait"

    def test_on_a_terminal_one_line_is_redrawn(
        self, box: Box, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # The minutes of this wait go by at once, and the line is drawn by the clock on the wall.
        monkeypatch.setattr(progress, "SILENCE", 0.0)
        monkeypatch.setattr(progress, "EVERY", 0.001)
        ends(box, over=600)
        told = box.run("wait", "job", "nightly", terminal=True).stderr
        assert told.count("\n") == 1
        assert re.search(r"\r\x1b\[K[\d a-z]+: job nightly: \d+ of 40 tasks ended", told)

    def test_machine_formats_have_their_line_on_standard_error(self, box: Box) -> None:
        ends(box, over=10)
        result = box.run("wait", "task", "nightly/frame-01", "-o", "jsonl")
        assert result.stderr.splitlines()[-1].startswith("Task nightly/frame-01 is done: it succe")


def test_waiting_costs_less_than_three_requests_a_minute(box: Box) -> None:
    """A job that runs for hours, and of which something ends every few minutes."""
    ends(box, over=6 * 3600)
    item = waited(box.run("wait", "job", "nightly", "-o", "json"))
    span = timedelta(seconds=item["waitedSeconds"])
    assert len(box.sandbox.requests) / (span / timedelta(minutes=1)) < 3


@pytest.mark.parametrize(("failing", "status"), [(0, 0), (2, 10)])
def test_the_task_of_the_readme_ends_as_the_job_ended(failing: int, status: int) -> None:
    """As an orchestrator runs it: the line of the README, in a shell, with the real program."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    _, _, rest = readme.partition("BashOperator(")[2].partition('bash_command="')
    line = rest.partition('"')[0].replace("{{ ds }}", "20261121")
    plan = TaskPlan(count=4, recipe="bad-input") if failing else TaskPlan(count=4)
    scenario = Scenario(
        name="ended",
        summary="a job that has ended",
        pools=[PoolPlan(id="render", nodes=[NodePlan(count=4)])],
        jobs=[JobPlan(id="render-20261121", pool="render", state="completed", tasks=[plan])],
    )
    with Sandbox(scenario) as sandbox:
        environ = {**os.environ, **sandbox.environment()}
        environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ['PATH']}"
        told = subprocess.run(
            ["bash", "-c", line],
            check=False,
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert line.startswith("batchdoctor wait job render-20261121")
    assert (told.returncode, told.stdout.splitlines()[-1][:31]) == (
        status,
        "Job render-20261121 is done: 4 ",
    )
