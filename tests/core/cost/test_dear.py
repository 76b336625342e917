"""The findings that cost most: whose hours they are, in which order, and what stops them."""

from __future__ import annotations

from fractions import Fraction

from batchdoctor.core.cost.dear import Dear, dearest, watched_tasks
from batchdoctor.core.cost.live_hours import task_number
from batchdoctor.core.cost.prices import Prices
from batchdoctor.core.cost.purpose import Purpose
from batchdoctor.core.cost.reckoning import PoolSpent, Window
from batchdoctor.core.cost.spending import Amount, Spending
from batchdoctor.core.findings.finding import Finding, Severity, Subject
from batchdoctor.core.text.step import Step, run, say

HOUR = Fraction(3_600_000_000)


def spending(prices: dict[str, Fraction] | None = None, *, only: int | None = None) -> Spending:
    pool = PoolSpent(
        "p",
        by_purpose={
            Purpose.FAILED: 3 * HOUR,
            Purpose.REPEATED: HOUR,
            Purpose.RUNNING: 8 * HOUR,
            Purpose.UNUSABLE: 5 * HOUR,
        },
        by_job={
            0: {Purpose.FAILED: 3 * HOUR, Purpose.RUNNING: 8 * HOUR},
            1: {Purpose.REPEATED: HOUR},
        },
        by_node={"n": {Purpose.UNUSABLE: 5 * HOUR, Purpose.FAILED: HOUR}},
        by_task={task_number("fails", "t"): 8 * HOUR},
    )
    other = PoolSpent("q", by_purpose={Purpose.IDLE: 9 * HOUR})
    return Spending(
        pools=[pool, other],
        window=Window(0, 1),
        jobs=["fails", "again"],
        prices=Prices(prices),
        only_jobs=None if only is None else frozenset({only}),
    )


def finding(kind: str, *advice: Step, **subject: object) -> Finding:
    return Finding(
        kind=kind,
        subject=Subject(**subject),  # type: ignore[arg-type]
        message="It is so.",
        advice=advice,
    )


FINDINGS = [
    finding("node-unreachable", pool_id="P", node_ids=("N",)),
    finding("job-failing", job_ids=("Fails",)),
    finding("task-hung", job_ids=("fails",), task_ids=("t",)),
    finding("jobs-stay-active", job_ids=("again",)),
]


def told(found: list[Dear]) -> list[tuple[str, int]]:
    return [(each.kind, int(each.amount.length / HOUR)) for each in found]


def test_the_hours_of_a_finding_are_those_of_its_nodes_jobs_and_tasks() -> None:
    assert told(dearest(FINDINGS, spending())) == [
        ("nodes-without-task", 9),
        ("task-hung", 8),
        ("node-unreachable", 5),
        ("job-failing", 3),
        ("work-repeated", 1),
    ]
    assert watched_tasks(FINDINGS) == {task_number("fails", "t")}


def test_with_prices_the_money_decides() -> None:
    found = dearest(FINDINGS, spending({"P": Fraction(1), "q": Fraction(1, 3)}))
    assert [(each.kind, int(each.amount.usd or 0)) for each in found] == [
        ("task-hung", 8),
        ("node-unreachable", 5),
        ("nodes-without-task", 3),
        ("job-failing", 3),
        ("work-repeated", 1),
    ]


def test_of_a_job_only_its_own_findings_are_told() -> None:
    assert told(dearest(FINDINGS, spending(only=1))) == [("work-repeated", 1)]


def test_a_step_that_only_looks_stops_nothing_unless_there_is_no_other() -> None:
    look, act = run("batchdoctor node show n --pool p"), run("batchdoctor node reboot n --pool p")

    def stop(*advice: Step) -> Step | None:
        kind, none = "node-error", Amount()
        return Dear(kind, Severity.ERROR, Subject(), "It is so.", advice, none).stop

    assert stop(look, act) == act
    assert stop(look) == look
    assert stop(look, say("Mend it.")) == say("Mend it.")
    assert stop() is None
