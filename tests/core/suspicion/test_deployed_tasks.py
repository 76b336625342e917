"""What is told to be new in the tasks of a job, and what differs from task to task anyway."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from batchdoctor.core.records import Task
from batchdoctor.core.suspicion.deployed_tasks import task_deployments

BEGIN = datetime(2026, 3, 1, 2, tzinfo=UTC)


def task(number: int, **members: Any) -> Task:
    begun = (BEGIN + timedelta(minutes=number)).isoformat()
    record = {"id": f"frame-{number:03}", "executionInfo": {"startTime": begun}} | members
    found = msgspec.convert(record, Task)
    return msgspec.structs.replace(found, job_id="nightly-0301")


def told(command: Callable[[int], str], count: int = 40) -> list[tuple[str, str]]:
    tasks = [task(number, commandLine=command(number)) for number in range(count)]
    return [(each.task_id, each.say) for each in task_deployments(reversed(tasks))]


def release(number: int, at: int = 20) -> str:
    return "5.2" if number >= at else "5.1"


@pytest.mark.parametrize(
    ("command", "say"),
    [
        (lambda n: f"render-{release(n)} --frame {n}", "render-5.1 becomes render-5.2"),
        (lambda n: f"render --frame {n}{' --fast' if n >= 20 else ''}", "--fast is new"),
        (lambda n: f"render{' --safe' if n < 20 else ''} --frame {n}", "--safe is gone"),
        (
            lambda n: f"/v{release(n)}/render frame-{n:03} /in/{n}.blend --log frame-{n:03}.log",
            "/v5.1/render becomes /v5.2/render",
        ),
    ],
)
def test_a_word_that_was_the_same_for_long_and_is_another_is_new(
    command: Callable[[int], str], say: str
) -> None:
    (found,) = told(command)
    assert found[0] == "frame-020"
    assert say in found[1]


@pytest.mark.parametrize(
    "command",
    [
        lambda n: "render",
        lambda n: f"render --frame {n} /in/{n * 7919 % 101}.blend",
        lambda n: f"render --quality {('low', 'high')[n * 7 % 3 % 2]}",
        lambda n: f"render --frame {n} {'--last' if n == 30 else '--more'}",
        # Of which version the first were nobody can tell from so few.
        lambda n: f"render-{release(n, 3)}",
        # The one after the other, as two jobs that run beside each other do.
        lambda n: f"render-{5 + n % 2}.1",
    ],
)
def test_what_differs_from_task_to_task_is_no_news(command: Callable[[int], str]) -> None:
    assert told(command) == []


def test_each_of_two_releases_is_told() -> None:
    versions = ["5.1"] * 15 + ["5.2"] * 15 + ["5.1"] * 15
    found = told(lambda n: f"render-{versions[n]}", 45)
    assert [each for each, _ in found] == ["frame-015", "frame-030"]


def test_containers_and_packages_are_told() -> None:
    tasks = [
        task(
            number,
            commandLine="run",
            containerSettings={"imageName": f"fabrikam.azurecr.io/run:{release(number)}"},
            applicationPackageReferences=[
                {"applicationId": "tools", "version": release(number, 30)}
            ],
        )
        for number in range(40)
    ]
    assert [(each.kind.value, each.task_id, each.say) for each in task_deployments(tasks)] == [
        (
            "container-new",
            "frame-020",
            "container fabrikam.azurecr.io/run:5.2, before it fabrikam.azurecr.io/run:5.1",
        ),
        ("package-new", "frame-030", "packages tools 5.2, before it tools 5.1"),
    ]


def test_many_tasks_with_words_of_their_own_take_no_long_time() -> None:
    """Each of 20,000 has another word; comparing each with each would take minutes."""
    assert told(lambda n: f"render /in/{n * 7919}.blend {n}", 20_000) == []
