"""Many small jobs that fail since a moment: told once, live and from the logs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.box import Box, Open
from tests.cli.test_agreement import events_of
from tests.scenarios import scenario

SINCE = "2026-11-21 01:40 UTC"
TOLD = f"Since {SINCE} 19 of 20 tasks failed, in 19 of 20 jobs; before that 1 of 40."


@pytest.fixture
def box(open_box: Open) -> Box:
    return open_box(scenario("small-jobs"))


def test_triage_tells_since_when_and_groups_the_jobs_that_failed_alike(box: Box) -> None:
    rose, alike = box.run("triage", "-o", "jsonl").jsonl()
    assert (rose["kind"], rose["severity"], rose["message"]) == ("failures-rose", "error", TOLD)
    assert rose["nextCommands"] == [
        "batchdoctor tasks failed --by code --pool flows --since 2026-11-21T01:40Z"
    ]
    assert (alike["kind"], len(alike["subject"]["jobIds"])) == ("tasks-failed", 20)
    assert alike["message"] == (
        "20 of 20 tasks of 20 small jobs failed, 20 of them application (exit code 64). stderr of"
        " flow-08/align ends: align: unrecognized option '--threads' (3 of 3 others that were read"
        " say the same)"
    )


def test_a_rise_from_before_the_time_asked_about_is_not_told_as_new(box: Box) -> None:
    box.clock.sleep(3600)
    kinds = [item["kind"] for item in box.run("triage", "--since", "5m", "-o", "jsonl").jsonl()]
    assert "tasks-failed" not in kinds


def test_the_log_of_the_same_night_tells_the_same(box: Box, tmp_path: Path) -> None:
    file = tmp_path / "PT1H.json"
    file.write_text("".join(json.dumps(event) + "\n" for event in events_of(box)))
    told = box.run("events", "parse", str(file), "-o", "json").json()["summary"]["rises"]
    assert [(rise["jobId"], rise["runs"], rise["failures"]) for rise in told] == [(None, 20, 19)]
    page = box.run("events", "parse", str(file)).stdout
    assert page.splitlines()[-1] == (
        "20 failures in 60 attempts from 2026-11-20 23:02Z to 2026-11-21 02:58Z, 20 of them"
        " application; since 2026-11-21 01:42 UTC 19 of 20 tasks failed, in 19 of 20 jobs; before"
        " that 1 of 40; no suspect node."
    )
