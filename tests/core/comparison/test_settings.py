"""Facts that are other ones: told once, with values of the environment kept to themselves."""

from __future__ import annotations

from typing import Any

from batchdoctor.core.comparison.changed_words import change_of
from batchdoctor.core.comparison.facts import POOL_MEMBERS, TASK_MEMBERS, Fact, Key, facts_of
from batchdoctor.core.comparison.settings import compared_facts, compared_tasks
from batchdoctor.core.comparison.steady import Steadying
from batchdoctor.core.comparison.task_settings import compared_task_settings


def facts(**members: Any) -> dict[Key, Fact]:
    return facts_of(members, TASK_MEMBERS, Steadying([]))


def environment(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def as_it_is(text: str) -> str:
    return text


def test_only_the_words_that_are_other_ones_are_told_with_their_option() -> None:
    change = change_of("run --quality 80 --frame 7 /in/a", "run --quality 90 --frame 7 /in/b")
    assert (change.before, change.after) == ("--quality 80 … /in/a", "--quality 90 … /in/b")
    added = change_of("run /in", "run --fast /in")
    assert (added.before, added.after) == ("", "--fast")


def test_a_value_of_the_environment_is_compared_and_never_told() -> None:
    then = facts(environmentSettings=environment(("TOKEN", "secret-one"), ("SAME", "x")))
    now = facts(environmentSettings=environment(("TOKEN", "secret-two"), ("SAME", "x")))
    (found,) = compared_facts(then, now).found
    assert (found.subject, found.before, found.after) == ("TOKEN", "***", "***")
    assert "secret" not in repr(found)


def test_a_value_that_was_masked_is_not_known_to_be_the_same_or_another() -> None:
    then = facts(environmentSettings=environment(("A", "***"), ("GONE", "***")))
    now = facts(environmentSettings=environment(("A", "***"), ("NEW", "***")))
    compared = compared_facts(then, now)
    assert sorted((each.subject, each.before, each.after) for each in compared.found) == [
        ("GONE", "***", None),
        ("NEW", None, "***"),
    ]
    assert compared.not_told == ("values of 1 environment variable: masked where they were kept",)


def test_a_change_that_many_tasks_share_is_told_once_with_their_number() -> None:
    pairs = [
        (
            facts(commandLine=f"render /v1/frame-{n}.exr"),
            facts(commandLine=f"render /v2/frame-{n}.exr"),
            f"job/frame-{n}",
        )
        for n in range(30)
    ]
    (found,) = compared_tasks(pairs).found
    assert (found.before, found.after) == ("/v1/frame-0.exr", "/v2/frame-0.exr")
    assert found.message.endswith("in all 30 tasks")
    assert len(found.names) == 30


def test_one_task_of_many_that_is_another_one_is_told() -> None:
    pairs = [(facts(commandLine="a --x 1"), facts(commandLine="a --x 1"), f"j/{n}") for n in "abcd"]
    pairs[2] = (facts(commandLine="a --x 1"), facts(commandLine="a --x 2"), "j/c")
    (found,) = compared_tasks(pairs).found
    assert (found.names, found.message) == (
        ["j/c"],
        "command line was --x 1, is --x 2, in 1 of 4 tasks",
    )


def test_what_each_task_has_one_of_its_own_of_is_no_difference_and_said_so() -> None:
    pairs = [
        (
            facts(commandLine=f"a --port {3000 + n * 7}"),
            facts(commandLine=f"a --port {9000 + n * 3}"),
            f"j/{n}",
        )
        for n in range(12)
    ]
    compared = compared_tasks(pairs)
    assert list(compared.found) == []
    (told,) = compared.not_told
    assert told.startswith("command line: another one in each task, such as --port 3000 and")


def test_tasks_with_other_ids_are_compared_by_kind() -> None:
    then = {f"frame-{n}": facts(commandLine=f"r --q 80 --f {n}") for n in range(10)}
    now = {f"frame-{n}": facts(commandLine=f"r --q 90 --f {n}") for n in range(100, 110)}
    compared = compared_task_settings(then, now, (as_it_is, as_it_is), ("a", "b"))
    assert [(each.before, each.after) for each in compared.found] == [("--q 80", "--q 90")]
    more = {f"frame-{n}": facts(commandLine=f"r --q 80 --f {n}") for n in range(200, 220)}
    alike = compared_task_settings(then, more, (as_it_is, as_it_is), ("a", "b"))
    assert list(alike.found) == []


def test_a_limit_is_told_in_words_and_no_limit_too() -> None:
    def limited(limit: str) -> dict[Key, Fact]:
        return facts(constraints={"maxWallClockTime": limit})

    (found,) = compared_facts(limited("P10675199DT2H48M5.4775807S"), limited("PT20M")).found
    assert (found.before, found.after) == ("no limit", "20 min")


def test_an_image_is_one_fact_by_its_exact_version() -> None:
    def pool(version: str) -> dict[Key, Fact]:
        image = {"publisher": "p", "offer": "o", "sku": "s", "version": "latest"}
        reference = {**image, "exactVersion": version}
        document = {
            "virtualMachineConfiguration": {"imageReference": reference, "nodeAgentSKUId": "a"}
        }
        return facts_of(document, POOL_MEMBERS, Steadying([]))

    (found,) = compared_facts(pool("24.04.20261015"), pool("24.04.20261111")).found
    assert (found.before, found.after) == ("p o s 24.04.20261015", "p o s 24.04.20261111")
