"""What people reported of standstills: what waits, hangs, costs, or ended too early, and why."""

from __future__ import annotations

import pytest

from batchdoctor.sandbox import Scenario
from batchdoctor.sandbox.scenario.load import JobPlan, NodePlan, PoolPlan, TaskPlan
from tests.box import Open
from tests.cli.test_reported_failures import finding
from tests.scenarios import scenario


def test_an_error_of_a_node_means_the_pools_images_and_no_tasks(open_box: Open) -> None:
    box = open_box(scenario("node-image"))
    found = finding(box.run("pool", "diagnose", "fields", "-o", "jsonl"), "node-error")
    first = "tvm-619510935_1-20261102t075050z"
    assert found["message"] == (
        "2 nodes are unusable for 1 h 59 min: ContainerInvalidImage"
        ' ("no matching manifest for linux/amd64 in the manifest list entries"). 3 tasks wait for'
        " the pool: harvest, and none of its 2 nodes can run tasks."
    )
    steps = [
        "Build the image for the nodes: docker build --platform linux/amd64, or windows for Windows"
        " pools.",
        "Batch does not heal such a node: once that is corrected:"
        f" batchdoctor node reboot {first} --pool fields",
        f"If it comes back unusable: batchdoctor node reimage {first} --pool fields",
    ]
    assert found["advice"] == steps
    shown = box.run("node", "show", f"fields/{first}", "-o", "jsonl").jsonl()[0]
    assert shown["advice"] == steps


def test_a_code_of_tasks_is_explained_for_nodes_too(open_box: Open) -> None:
    page = open_box("healthy").run("explain", "ContainerInvalidImage").stdout
    assert "containerImageNames" in page


ALLOCATION = {
    "unsigned": (
        "Has 0 of 3 nodes: AllocationFailed (MarketplacePurchaseEligibilityFailed: Legal terms have"
        " not been accepted for this item), 19 min ago.",
        "Accept the terms in that subscription: az vm image terms accept --publisher PUBLISHER"
        " --offer OFFER --plan SKU.",
    ),
    "lent-out": (
        "Has 0 of 3 nodes: AllocationFailed"
        " (SubnetWithExternalResourcesCannotBeUsedByOtherResources: The subnet holds external"
        " resources), 19 min ago.",
        "Remove the delegation of the subnet, or make the pool in a subnet of its own.",
    ),
    "sold-out": (
        "Has 0 of 3 nodes: AllocationFailed (No capacity is left for this size), 19 min ago.",
        "Ask for it again: az batch pool resize --pool-id sold-out --target-dedicated-nodes 3"
        " --target-low-priority-nodes 0",
    ),
}


@pytest.mark.parametrize("pool", ALLOCATION)
def test_the_innermost_error_of_a_provider_is_the_headline(open_box: Open, pool: str) -> None:
    result = open_box(scenario("allocation")).run("triage", "-o", "jsonl")
    found = finding(result, "pool-resize-failed", poolId=pool)
    advice = found["advice"]
    assert isinstance(advice, list)
    assert (found["message"], advice[0]) == ALLOCATION[pool]
    assert "Provider Error Json" not in str(advice)


def test_a_task_that_its_pool_can_never_run_is_an_error(open_box: Open) -> None:
    box = open_box(scenario("fitting"))
    for words in (["triage"], ["job", "diagnose", "mpi"]):
        found = finding(box.run(*words, "-o", "jsonl"), "multi-instance-never-fits")
        assert found["message"] == (
            "1 multi-instance task (wave-1) waits for 5 h 59 min and can never run: the pool has no"
            " inter-node communication, its nodes have 4 slots each."
        )


def test_what_keeps_tasks_from_running_or_being_ready_decides_the_way_out(open_box: Open) -> None:
    coupled = {"enableInterNodeCommunication": True}
    wave = TaskPlan(id="w", state="active", begin="-2h", end="-2h", instances=4)
    image = TaskPlan(id="i", state="preparing", begin="-3h", end="-3h")
    box = open_box(
        Scenario(
            name="ways",
            summary="A pool with too few nodes, and a task without its image.",
            pools=[
                PoolPlan(id="few", nodes=[NodePlan(count=2)], members=coupled),
                PoolPlan(id="slow", nodes=[NodePlan()]),
            ],
            jobs=[
                JobPlan(id="waves", pool="few", tasks=[wave]),
                JobPlan(id="images", pool="slow", tasks=[image]),
            ],
        )
    )
    result = box.run("triage", "-o", "jsonl")
    few = finding(result, "multi-instance-never-fits")
    assert few["message"] == (
        "1 multi-instance task (w) waits for 1 h 59 min and can never run: it is to have 2 nodes,"
        " and the task wants 4."
    )
    assert str(few["advice"]).startswith(
        "['Give the pool as many nodes as the task has instances: az batch pool resize"
        " --pool-id few --target-dedicated-nodes 4'"
    )
    assert finding(result, "tasks-preparing")["message"] == (
        "1 task (i) is being prepared for 2 h 59 min: its files, packages or container image do"
        " not arrive."
    )


def test_tasks_that_wait_for_hours_beside_idle_nodes_are_an_error(open_box: Open) -> None:
    box = open_box(scenario("fitting"))
    for words in (["triage"], ["job", "diagnose", "forgotten"]):
        found = finding(box.run(*words, "-o", "jsonl"), "tasks-stranded")
        assert found["severity"] == "error"
        assert found["message"] == (
            "12 tasks wait for 1 h 59 min, and 3 nodes of the pool are idle."
        )
        evidence = found["evidence"]
        assert isinstance(evidence, list)
        assert evidence[2] == (
            "Ruled out: slots (a node has 1), dependencies, multiInstanceSettings,"
            " maxParallelTasks, nodes taken out of scheduling, a preparation task."
        )


def test_tasks_that_have_just_come_are_not_said_to_be_stranded(open_box: Open) -> None:
    fresh = Scenario(
        name="fresh",
        summary="Tasks that came a minute ago.",
        pools=[PoolPlan(id="p", nodes=[NodePlan(count=2)])],
        jobs=[
            JobPlan(
                id="new",
                pool="p",
                created="-2m",
                tasks=[TaskPlan(count=3, state="active", begin="-1m", end="-1m")],
            )
        ],
    )
    assert open_box(fresh).run("triage", "-o", "jsonl").jsonl() == []


def test_a_job_that_limits_itself_is_told_so(open_box: Open) -> None:
    found = finding(open_box(scenario("fitting")).run("triage", "-o", "jsonl"), "parallel-limit")
    assert found["message"] == (
        "3 tasks wait, since the job runs no more than 1 at once (maxParallelTasks)."
    )


def test_a_preparation_of_hours_is_a_warning_with_its_output(open_box: Open) -> None:
    box = open_box(scenario("running"))
    found = finding(box.run("triage", "-o", "jsonl"), "tasks-preparing")
    first, second = "tvm-995930147_2-20261103t203740z", "tvm-995930147_1-20261102t183535z"
    assert found["message"] == (
        "2 tasks (lane-1, lane-2) are being prepared for 9 h 59 min: the preparation task still"
        f" runs on {first}, {second}."
    )
    assert found["advice"] == [
        "See how far it came: batchdoctor files get workitems/fetch/job-1/jobpreparation/stdout.txt"
        f" --pool reads --node {first}",
        f"batchdoctor node show {first} --pool reads",
    ]
    assert "tasks     2 being prepared" in box.run("job", "diagnose", "fetch").stdout


def test_a_task_that_runs_hundreds_of_times_as_long_as_the_others_hangs(open_box: Open) -> None:
    found = finding(open_box(scenario("running")).run("triage", "-o", "jsonl"), "task-hung")
    assert found["message"] == (
        "2 tasks run for up to 3 d 23 h, 576 times as long as half of the 30 that ended (9 min):"
        " stuck-1, stuck-2."
    )
    assert found["evidence"] == ["No maxWallClockTime is set, so nothing ends them."]


def test_long_runs_are_no_hang_where_nothing_has_ended_or_all_take_as_long(open_box: Open) -> None:
    def job(name: str, *ended: TaskPlan) -> JobPlan:
        runs = TaskPlan(id="runs-{n}", state="running", begin="-1d", end="-1d")
        return JobPlan(id=name, pool="p", created="-9d", tasks=[*ended, runs])

    long = TaskPlan(count=6, id="l-{n}", begin="-8d", end="-7d", minutes=(600.0, 600.0))
    slow = Scenario(
        name="slow",
        summary="Work that takes long.",
        pools=[PoolPlan(id="p", nodes=[NodePlan(count=4, booted="-9d")])],
        jobs=[job("first"), job("alike", long)],
    )
    assert open_box(slow).run("triage", "-o", "jsonl").jsonl() == []


def test_a_task_that_the_service_runs_again_and_again_is_a_warning(open_box: Open) -> None:
    box = open_box(scenario("running"))
    node = "tvm-725358839_1-20261102t185521z"
    for words in (["triage"], ["job", "diagnose", "heavy"]):
        found = finding(box.run(*words, "-o", "jsonl"), "task-run-again")
        assert found["message"] == (
            "1 task (huge-1) was put back into the queue and started again up to 4 times by the"
            " service; each time it begins anew. Its node was booted shortly before."
        )
        assert found["evidence"] == [
            f"Node {node} was allocated 9 d ago and booted 1 h 29 min ago: the task may take its"
            " node down, by memory or disk."
        ]
    assert "booted-again" in box.run("node", "show", f"loop/{node}").stdout


def test_a_formula_that_has_not_seen_the_tasks_is_no_error(open_box: Open) -> None:
    found = finding(open_box(scenario("scaling")).run("triage", "-o", "jsonl"), "autoscale-due")
    assert found["severity"] == "info"
    assert found["message"] == (
        "2 tasks wait for the pool: soon for 3 min, and the formula is evaluated next in about"
        " 6 min; the last time was 8 min ago, before it could see them."
    )


def test_a_formula_that_gives_nothing_for_good_is_shown(open_box: Open) -> None:
    result = open_box(scenario("scaling")).run("triage", "-o", "jsonl")
    found = finding(result, "autoscale-gives-nothing")
    assert found["message"] == (
        "Its formula gives 0 nodes while 2 tasks wait for 4 h 59 min; it was evaluated 1 min ago."
    )
    assert found["evidence"] == [
        "|  1  cap = 0;",
        "|  2  $TargetDedicatedNodes = min(cap, $PendingTasks.GetSample(1));",
    ]


def test_the_line_of_a_formula_that_fails_is_marked(open_box: Open) -> None:
    box = open_box(scenario("scaling"))
    found = finding(box.run("pool", "diagnose", "broken", "-o", "jsonl"), "autoscale-error")
    evidence = found["evidence"]
    assert isinstance(evidence, list)
    assert evidence[3:6] == [
        "|  1  $TargetDedicatedNodes = 0;",
        ">  2  best = # the last",
        "|  3  $PendingTasks.GetSample(1);",
    ]
    page = box.run("pool", "diagnose", "broken").stdout
    assert "It gave" not in page
    assert "autoscale  failed" in page


def test_advice_fits_what_the_pool_is_set_to(open_box: Open) -> None:
    result = open_box(scenario("scaling")).run("triage", "-o", "jsonl")
    stopped = finding(result, "pool-resize-failed", poolId="stopped")["advice"]
    coupled = finding(result, "pool-resize-failed", poolId="coupled")["advice"]
    assert stopped == [
        "The formula is evaluated next in about 13 min, and asks for its nodes again by itself; a"
        " pool that scales by a formula takes no resize.",
        "batchdoctor pool diagnose --pool stopped",
    ]
    assert coupled == [
        "Ask for it again: az batch pool resize --pool-id coupled --target-dedicated-nodes 1"
        " --target-low-priority-nodes 0",
        "Make the pool without inter-node communication if none of its tasks has"
        " multiInstanceSettings: it narrows where the nodes may be placed.",
        "If it repeats: another size or another region.",
        "batchdoctor pool diagnose --pool coupled",
    ]


def finished(jobs: int, created: str = "-19d") -> Scenario:
    """Jobs whose tasks have all ended, and which nobody ended."""
    done = TaskPlan(begin="-3h", end="-2h", minutes=(1.0, 1.0))
    return Scenario(
        name="finished",
        summary="Jobs that stay active.",
        pools=[PoolPlan(id="p", nodes=[NodePlan(booted="-20d")])],
        jobs=[JobPlan(id=f"run-{n}", pool="p", created=created, tasks=[done]) for n in range(jobs)],
    )


def test_finished_jobs_that_stay_active_fill_the_quota(open_box: Open) -> None:
    (found,) = open_box(finished(30)).run("triage", "-o", "jsonl").jsonl()
    assert (found["kind"], found["severity"]) == ("jobs-fill-quota", "warning")
    assert (
        found["message"] == "30 active jobs have no unfinished task, the oldest made 18 d 23 h ago."
    )
    assert set(found["subject"]["jobIds"]) == {f"run-{n}" for n in range(30)}


@pytest.mark.parametrize(
    ("jobs", "created", "kinds"),
    [(6, "-19d", ["jobs-stay-active"]), (6, "-5h", []), (2, "-19d", [])],
)
def test_a_few_finished_jobs_are_a_note_and_those_of_today_are_none(
    open_box: Open, jobs: int, created: str, kinds: list[str]
) -> None:
    items = open_box(finished(jobs, created)).run("triage", "-o", "jsonl").jsonl()
    assert [item["kind"] for item in items] == kinds


def test_a_pool_that_idles_costs_money(open_box: Open) -> None:
    found = finding(open_box(scenario("endings")).run("triage", "-o", "jsonl"), "pool-idle")
    assert found["message"] == (
        "All of its 3 nodes have had nothing to do for 1 d 23 h, and no task waits; they cost"
        " money."
    )


def test_a_job_that_ended_before_its_tasks_came_is_a_warning(open_box: Open) -> None:
    box = open_box(scenario("endings"))
    for words in (["triage"], ["job", "diagnose", "import"]):
        found = finding(box.run(*words, "-o", "jsonl"), "job-ended-too-early")
        assert found["message"] == (
            "Ended 48 min ago, 1 min after it had begun, without any task: AllTasksComplete holds"
            " as soon as no unfinished task is there, and tasks that are added later are refused."
        )
    assert "ended for  AllTasksComplete" in box.run("job", "diagnose", "import").stdout
