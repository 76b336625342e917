"""The same records read from every envelope give the same answer; nothing is read twice."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from msgspec.structs import asdict

from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.log.summary import Summary, conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.errors import InputError
from batchdoctor.events.reading import EventLog
from tests.events.corpus import BAD_NODE, corpus
from tests.events.wrappings import WRAPPINGS, lines

CORPUS = corpus()


def summary_of(content: bytes) -> Summary:
    summary, _ = conclude(EventLog(["-"], stdin=io.BytesIO(content)).tally())
    return summary


PLAIN = summary_of(lines(CORPUS.records))


def test_the_summary_of_a_log_is_the_known_answer() -> None:
    found = asdict(PLAIN)
    assert {name: found[name] for name in CORPUS.answer} == CORPUS.answer
    assert PLAIN.by_code.keys() == {"FailureExitCode", "BlobAccessDenied"}
    assert sum(PLAIN.by_category.values()) == PLAIN.failures
    assert sum(PLAIN.events.values()) == len(CORPUS.records)


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_every_envelope_gives_the_same_summary(wrapping: str) -> None:
    assert summary_of(WRAPPINGS[wrapping](CORPUS.records)) == PLAIN


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_reading_events_one_by_one_gives_the_same_summary(wrapping: str) -> None:
    tally = Tally()
    content = io.BytesIO(WRAPPINGS[wrapping](CORPUS.records))
    names = [event.operation_name for event in EventLog(["-"], stdin=content).events(tally)]
    assert conclude(tally)[0] == PLAIN
    assert names == [record["operationName"] for record in CORPUS.records]


@pytest.mark.parametrize("wrapping", ["lines", "rows on lines", "portal table", "wrapper"])
def test_every_failed_attempt_is_given_once(wrapping: str) -> None:
    content = io.BytesIO(WRAPPINGS[wrapping](CORPUS.records))
    failures = [failure_of(task) for task in EventLog(["-"], stdin=content).failures(Tally())]
    keys = [(each.job_id, each.task_id, each.retry_count) for each in failures]
    assert len(set(keys)) == len(keys) == CORPUS.answer["failures"]
    sick = [each for each in failures if (each.pool_id, each.node_id) == BAD_NODE]
    assert {(each.code, each.exit_code) for each in sick} == {("BlobAccessDenied", None)}
    assert {each.duration_seconds for each in failures} == {5.0}


def test_runs_are_counted_by_node_and_job() -> None:
    _, runs = conclude(EventLog(["-"], stdin=io.BytesIO(lines(CORPUS.records))).tally())
    bad = runs.node(*BAD_NODE)
    assert bad.runs == bad.failures > 0
    total = sum(node.runs for nodes in runs.pools.values() for node in nodes.values())
    assert total == CORPUS.answer["attempts"] - CORPUS.answer["unfinished"]


def test_a_log_cut_in_half_loses_one_event_at_most() -> None:
    whole = lines(CORPUS.records)
    for cut in (len(whole) // 3, len(whole) // 2, len(whole) - 5):
        head, tail = summary_of(whole[:cut]), summary_of(whole[cut:])
        assert head.malformed + tail.malformed <= 2
        read = sum(head.events.values()) + sum(tail.events.values())
        assert read >= len(CORPUS.records) - 1


def test_files_and_folders_are_read_in_order_and_hidden_files_are_not(tmp_path: Path) -> None:
    middle = len(CORPUS.records) // 2
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "PT1H.json").write_bytes(lines(CORPUS.records[:middle]))
    (tmp_path / "z.json").write_bytes(WRAPPINGS["gzip"](CORPUS.records[middle:]))
    (tmp_path / ".hidden").write_bytes(lines(CORPUS.records))
    log = EventLog([str(tmp_path)])
    assert conclude(log.tally())[0] == PLAIN
    assert log.problems == []


def test_a_path_that_does_not_exist_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        EventLog([str(tmp_path / "none")]).tally()


def test_a_file_that_cannot_be_read_is_a_problem_and_the_rest_is_read(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gz"
    broken.write_bytes(WRAPPINGS["gzip"](CORPUS.records)[:-40])
    good = tmp_path / "good.json"
    good.write_bytes(lines(CORPUS.records[-2:]))
    log = EventLog([str(broken), str(good)])
    summary, _ = conclude(log.tally())
    assert [problem.subject for problem in log.problems] == [str(broken)]
    assert summary.events["BrandNewEvent"] >= 1
    assert summary.attempts > 50


def test_an_event_of_a_bare_body_needs_no_name() -> None:
    bodies = [
        record["properties"]
        for record in CORPUS.records
        if record["operationName"] in {"TaskStartEvent", "TaskFailEvent"}
        or (
            (record["operationName"] == "TaskCompleteEvent")
            and record["properties"]["executionInfo"]["exitCode"] == 0
        )
    ]
    found = summary_of(lines(bodies))
    for name in ("attempts", "failures", "unfinished", "by_category", "by_code", "nodes", "jobs"):
        assert getattr(found, name) == getattr(PLAIN, name), name
