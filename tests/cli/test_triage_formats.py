"""`triage -o prometheus` and `-o junit`, and `--out`: what a node exporter and a pipeline read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema
from prometheus_client.parser import text_string_to_metric_families

from batchdoctor.core.findings.kinds import KINDS
from batchdoctor.sandbox import Fault
from tests.box import Box, Open

SCENARIOS = ("night-shift", "bad-node", "bad-job", "healthy")
SCHEMA = xmlschema.XMLSchema(Path(__file__).parents[1] / "report" / "junit.xsd")
Labels = dict[str, str]


def samples(text: str) -> dict[str, list[tuple[Labels, float]]]:
    """What a Prometheus server would take, a series once only."""
    found: dict[str, list[tuple[Labels, float]]] = {}
    for family in text_string_to_metric_families(text):
        assert family.type == "gauge"
        assert family.documentation
        found[family.name] = [(each.labels, each.value) for each in family.samples]
        series = [tuple(sorted(labels.items())) for labels, _ in found[family.name]]
        assert len(series) == len(set(series))
    return found


def cases(text: str) -> dict[str, str]:
    """Every case of a report with what it came to; not valid by the schema is an error."""
    SCHEMA.validate(text)
    suite = ElementTree.fromstring(text.encode()).find("testsuite")
    assert suite is not None
    found = {
        str(case.get("name")): case[0].tag if len(case) else "passed"
        for case in suite.iter("testcase")
    }
    told = [int(str(suite.get(name))) for name in ("tests", "failures", "skipped")]
    results = list(found.values())
    assert told == [len(results), results.count("failure"), results.count("skipped")]
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_snapshot_counts_what_the_document_counts(open_box: Open, scenario: str) -> None:
    box = open_box(scenario)
    document = box.run("triage", "-o", "json").json()
    found = samples(box.run("triage", "-o", "prometheus").stdout)
    counts = {labels["kind"]: value for labels, value in found["batchdoctor_findings"]}
    assert counts == {kind: document["summary"]["byKind"].get(kind, 0) for kind in KINDS}
    by_severity: dict[str, float] = {}
    for labels, value in found["batchdoctor_findings"]:
        severity = labels["severity"]
        by_severity[severity] = by_severity.get(severity, 0) + value
    assert by_severity == document["summary"]["bySeverity"]
    assert found["batchdoctor_jobs"][0][1] == document["summary"]["jobs"]
    assert found["batchdoctor_complete"][0][1] == 1
    assert {labels["account"] for each in found.values() for labels, _ in each} == {
        document["account"]
    }


def test_the_names_and_labels_are_these(open_box: Open) -> None:
    found = samples(open_box("night-shift").run("triage", "-o", "prometheus").stdout)
    assert {name: sorted(each[0][0]) for name, each in found.items()} == {
        "batchdoctor_findings": ["account", "kind", "severity"],
        "batchdoctor_finding_objects": ["account", "job", "kind", "pool", "severity"],
        "batchdoctor_check_whole": ["account", "check"],
        "batchdoctor_complete": ["account"],
        "batchdoctor_pools": ["account"],
        "batchdoctor_jobs": ["account"],
        "batchdoctor_findings_accepted": ["account"],
        "batchdoctor_last_run_timestamp_seconds": ["account"],
    }
    objects = {
        (labels["kind"], labels["pool"], labels["job"]): value
        for labels, value in found["batchdoctor_finding_objects"]
    }
    assert objects["start-task-failed", "ingest-linux", ""] == 3
    assert objects["preparation-failed", "model-gpu", "model-fit-20261121"] == 2


def test_what_could_not_be_read_is_not_told_as_well(open_box: Open) -> None:
    box = open_box("night-shift")
    box.order(Fault("expired-token", "GET /jobs", times=2))
    found = samples(box.run("triage", "-o", "prometheus").stdout)
    assert found["batchdoctor_complete"][0][1] == 0
    whole = {labels["check"]: value for labels, value in found["batchdoctor_check_whole"]}
    assert (whole["not-started"], whole["resize-errors"]) == (0, 1)
    told = cases(box.run("triage", "-o", "junit").stdout)
    assert (told["not-started"], told["resize-errors"]) == ("skipped", "passed")
    assert told["not-read: account"] == "failure"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_errors_and_warnings_fail_a_report_and_notes_pass(open_box: Open, scenario: str) -> None:
    box = open_box(scenario)
    document = box.run("triage", "-o", "json").json()
    told = cases(box.run("triage", "-o", "junit").stdout)
    failed = sum(item["severity"] in {"error", "warning"} for item in document["items"])
    assert list(told.values()).count("failure") == failed
    assert len(told) == len(document["checked"]) + len(document["items"])


@pytest.mark.parametrize("output", ["prometheus", "junit"])
def test_hostile_text_breaks_neither(open_box: Open, output: str) -> None:
    box = open_box("bad-node")
    hostile = 'a"b\\c\n]]>&<x> \x1b[2J \x00 \ufffe sig=cGxhbnRlZHNpZ25hdHVyZQ%3D&se=1'
    for task in box.sandbox.store.tasks():
        if task.recipe is not None:
            task.recipe = replace(task.recipe, message=hostile, stderr=hostile)
    pool = box.sandbox.store.pool("render-linux")
    pool.nodes[0].state = "unusable"
    pool.nodes[0].id = 'node"\\x'
    text = box.run("triage", "-o", output).stdout
    assert "cGxhbnRlZHNpZ25hdHVyZQ" not in text
    assert not set(text) & {"\x1b", "\x00", "\ufffe"}
    assert samples(text) if output == "prometheus" else cases(text)


@pytest.mark.parametrize("output", ["prometheus", "junit", "json", "table"])
def test_out_writes_the_same_as_a_whole(open_box: Open, tmp_path: Path, output: str) -> None:
    box, out = open_box("bad-node"), tmp_path / "batch.prom"
    out.write_text("what was there before")
    result = box.run("triage", "-o", output, "--out", str(out), "--fail-on", "error")
    assert (result.status, result.stdout) == (10, "")
    assert out.read_text() == box.run("triage", "-o", output).stdout
    assert list(tmp_path.iterdir()) == [out]


def test_what_was_there_stays_if_the_account_does_not_answer(box: Box, tmp_path: Path) -> None:
    out = tmp_path / "batch.prom"
    out.write_text("old 1\n")
    box.order(Fault("busy", times=None, share=1.0))
    assert box.run("triage", "-o", "prometheus", "--out", str(out)).status == 6
    assert out.read_text() == "old 1\n"
    assert list(tmp_path.iterdir()) == [out]


@pytest.fixture
def box(open_box: Open) -> Box:
    return open_box("healthy")


def test_a_folder_that_is_not_there_is_told_before_anything_is_asked(box: Box) -> None:
    result = box.run("triage", "--out", "/nowhere/at/all.prom")
    assert (result.status, len(box.sandbox.requests)) == (2, 0)
    assert "error: /nowhere/at is no folder." in result.stderr


def test_a_folder_in_the_place_of_the_file_is_told(box: Box, tmp_path: Path) -> None:
    result = box.run("triage", "--out", str(tmp_path))
    assert (result.status, result.stdout) == (2, "")
    assert f"error: {tmp_path} is a folder and was left as it is: " in result.stderr


@pytest.mark.parametrize("output", ["prometheus", "junit"])
def test_only_findings_are_written_so(box: Box, output: str) -> None:
    result = box.run("tasks", "failed", "-o", output)
    assert (result.status, len(box.sandbox.requests)) == (2, 0)
