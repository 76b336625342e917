"""Next steps: the right ones, few, and with ids that survive a shell."""

from __future__ import annotations

import shlex

import pytest

from batchdoctor.core.failures.advice import MOST_ITEMS, advice_for
from batchdoctor.core.failures.rules import RULES
from batchdoctor.core.meaning.catalog import load_catalog
from batchdoctor.core.meaning.category import Category
from tests.steps import words


def advised(
    code: str | None = None,
    *,
    rule: str = "exit-code",
    category: Category = Category.APPLICATION,
    job: str | None = "nightly",
    task: str = "t-1",
    pool: str | None = "pool",
    node: str | None = "tvm-1",
    retried: bool = False,
) -> tuple[str, ...]:
    steps = advice_for(
        rule=rule,
        code=code,
        category=category,
        job_id=job,
        task_id=task,
        pool_id=pool,
        node_id=node,
        retried=retried,
    )
    return words(steps)


def test_command_lines_carry_the_ids_of_this_failure() -> None:
    assert advised("FailureExitCode") == (
        "batchdoctor files tail stderr --job nightly --task t-1",
        "batchdoctor task show --job nightly --task t-1",
        "If stderr shows trouble that may pass, set maxTaskRetryCount.",
    )


def test_retries_that_were_used_up_are_not_advised_again() -> None:
    assert advised("FailureExitCode", retried=True) == (
        "batchdoctor files tail stderr --job nightly --task t-1",
        "batchdoctor task show --job nightly --task t-1",
    )


def test_a_node_that_is_full_is_taken_out_of_service_first() -> None:
    assert advised("DiskFull", rule="node-fault", category=Category.NODE) == (
        "batchdoctor node disable tvm-1 --pool pool",
        "Delete old jobs or shorten retentionTime, then reboot or reimage the node.",
        "Use fewer task slots on a node, or a size with a larger disk.",
    )


def test_what_the_rule_knows_goes_before_the_code() -> None:
    at_limit = advised("TaskEnded", rule="ended-at-limit", category=Category.CONSTRAINT)
    on_request = advised("TaskEnded", rule="ended-by-request", category=Category.CONSTRAINT)
    assert "raise its maxWallClockTime" in at_limit[0]
    assert on_request == (
        "batchdoctor job diagnose --job nightly",
        "If it was ended by mistake, run it again: batchdoctor tasks reactivate nightly/t-1",
    )


def test_a_command_that_needs_an_unknown_id_is_left_out() -> None:
    assert advised("DiskFull", rule="node-fault", category=Category.NODE, node=None) == (
        "Delete old jobs or shorten retentionTime, then reboot or reimage the node.",
        "Use fewer task slots on a node, or a size with a larger disk.",
    )
    assert not any("--job" in item for item in advised("FailureExitCode", job=None))


@pytest.mark.parametrize(
    "name",
    ["a b", "x;rm -rf /", "$(id)", "it's", "new\nline", "100%", "%(JOB)s", "{JOB}", "NODE", ""],
)
def test_an_id_stays_one_word_of_the_shell(name: str) -> None:
    for item in advised("FailureExitCode", job=name or "j", task=name or "t")[:2]:
        words = shlex.split(item)
        assert words[words.index("--job") + 1] == (name or "j")
        assert words[words.index("--task") + 1] == (name or "t")


@pytest.mark.parametrize("category", Category)
def test_every_category_has_advice_without_a_code(category: Category) -> None:
    items = advised(None, category=category)
    assert 1 <= len(items) <= MOST_ITEMS
    assert any("batchdoctor " in item for item in items)


def test_a_code_that_is_not_in_the_catalog_gets_the_advice_of_its_category() -> None:
    assert advised("BrandNew", category=Category.NODE) == advised(None, category=Category.NODE)


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_advice_is_short_filled_in_and_never_empty(rule: str) -> None:
    for entry in load_catalog():
        items = advised(entry.code, rule=rule)
        assert 1 <= len(items) <= MOST_ITEMS
        for item in items:
            assert len(item) <= 140
            _, _, command = item.partition("batchdoctor ")
            assert not {"JOB", "TASK", "POOL", "NODE"} & set(command.replace("/", " ").split())
