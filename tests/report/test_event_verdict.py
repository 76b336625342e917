"""Sentences of health about a log: each needs a check that had its data."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from inspect import getsource
from typing import Any

import pytest

from batchdoctor.core.log.conclusion import Conclusion, conclusion_of
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.problem import Problem
from batchdoctor.report import event_page, event_verdict
from tests.core.log.test_tally import complete, fail, start

NOW = datetime(2026, 8, 2, tzinfo=UTC)

# Every sentence that calls something well -> the check that must have had its data.
HEALTH = {
    "No failures in ": "task-failures",
    "no suspect node": "suspect-nodes",
    "No node fails more than its jobs explain.": "suspect-nodes",
    "Every attempt that started ": "unfinished-attempts",
}
# Sentences that begin alike, and say that nothing is known.
IGNORANCE = ("No event matches, so", "No attempt of a task is in it, so")


def concluded(*records: object, filters: tuple[str, ...] = ()) -> Conclusion:
    tally = Tally()
    tally.add_all(records)  # type: ignore[arg-type]
    return conclusion_of(tally, NOW, filters=filters)


def told(found: Conclusion) -> str:
    """Everything that the pages of a log say."""
    return "\n".join(
        [
            event_verdict.event_verdict(found),
            event_verdict.unfinished_verdict(found),
            repr(event_page.event_blocks(found)),
        ]
    )


def test_all_sentences_of_health_are_in_the_list() -> None:
    source = getsource(event_verdict) + getsource(event_page)
    sentences = set(re.findall(r'f?"((?:[Nn]o|Every|All|Nothing) [^"{]*)', source))
    assert sentences - {"no end", "no id told"} == {
        *HEALTH,
        *(s for s in sentences if s.startswith(IGNORANCE)),
    }


@pytest.mark.parametrize("sentence", HEALTH)
def test_a_sentence_of_health_is_said_where_its_check_had_its_data(sentence: str) -> None:
    node = "node fails" in sentence or "suspect" in sentence
    ends = (complete(1), complete(task="u")) if node else (complete(),)
    found = concluded(start(), start(task="u"), *ends, complete(task="u"))
    check = next(each for each in found.checked if each.check == HEALTH[sentence])
    assert check.known
    assert sentence in told(found)


@pytest.mark.parametrize(
    "found",
    [
        concluded(),
        concluded(fail(task="a"), fail(task="b")),
        concluded(complete(1), complete(task="u"), filters=("category",)),
        concluded(complete(1), complete(task="u"), filters=("node",)),
        concluded(start()),
    ],
    ids=["nothing", "failures only", "one category", "one node", "a start only"],
)
def test_nothing_is_called_well_by_a_check_without_its_data(found: Conclusion) -> None:
    unknown = {check.check for check in found.checked if not check.known or not check.objects}
    said = [sentence for sentence, check in HEALTH.items() if check in unknown]
    assert [sentence for sentence in said if sentence in told(found)] == []


def test_damage_is_told_beside_what_is_well() -> None:
    tally = Tally()
    tally.add_all((start(), complete()))
    found = conclusion_of(tally, NOW, problems=(Problem("a", "b"),))
    assert event_verdict.event_verdict(found).endswith(" (not everything could be read).")
    assert {check.problem for check in found.checked} == {"not everything could be read"}


def failing_by_storage(minutes: range) -> list[object]:
    """A run a minute of three jobs on four nodes; in these minutes storage fails them."""
    code = {"code": "BlobDownloadTimedOut", "category": "ServerError"}
    found: list[object] = []
    for minute in range(120):
        run: dict[str, Any] = {
            "job": f"j{minute % 3}",
            "node": f"n{minute % 4}",
            "task": f"t{minute}",
            "startTime": _at(minute),
            "endTime": _at(minute + 1),
            "minutes": minute + 1,
        }
        out = minute in minutes
        found.append(fail(**run, schedulingError=code) if out else complete(**run))
    return found


def _at(minute: int) -> str:
    return (datetime(2026, 8, 1, tzinfo=UTC) + timedelta(minutes=minute)).isoformat()


def test_what_many_jobs_shared_for_a_while_is_told_as_one_outage_and_as_no_jobs_fault() -> None:
    line = event_verdict.event_verdict(concluded(*failing_by_storage(range(40, 80))))
    assert line == (
        "40 failures in 120 attempts from 2026-08-01 00:01Z to 02:00Z, 40 of them preprocessing;"
        " an outage of storage from 2026-08-01 00:41Z to 2026-08-01 01:20Z (40 failures in 3 jobs"
        " on 4 nodes); no suspect node."
    )


def test_an_outage_that_goes_on_at_the_end_of_the_log_is_said_to() -> None:
    line = event_verdict.event_verdict(concluded(*failing_by_storage(range(80, 119))))
    assert "(39 failures in 3 jobs on 4 nodes, still so at the end)" in line


def test_nodes_that_are_only_slow_are_told_where_nothing_failed() -> None:
    records: list[object] = []
    for number in range(240):
        node, begin = number % 8, 4 * (number // 8)
        run: dict[str, Any] = {"node": f"n{node}", "task": f"t{number}"}
        end = begin + (3 if node == 5 else 1)
        records += [start(**run, minutes=begin), complete(**run, minutes=end)]
    found = concluded(*records)
    assert event_verdict.event_verdict(found).endswith("; only slow: p/n5.")
    assert "Nodes that are only slow" in told(found)
