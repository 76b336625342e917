"""An account in two bundles: what changed between them, and nothing where nothing did."""

from __future__ import annotations

from pathlib import Path

import pytest

import batchdoctor
from batchdoctor import compare_bundles
from batchdoctor.core.comparison.difference import Difference
from batchdoctor.errors import InputError
from batchdoctor.sandbox import Sandbox
from batchdoctor.sandbox.scenario.load import FailurePlan, Scenario
from tests.box import NOW as AT
from tests.work.comparison.two_nights import NOW, Plant, account, with_member


def bundled(scenario: Scenario, path: Path, *, jobs: str | None = None) -> Path:
    with Sandbox(scenario, now=lambda: AT) as sandbox:
        account = batchdoctor.connect(environ=sandbox.environment())
        account._asking.outside.now = lambda: AT
        with account:
            assert account.bundle(path, jobs=jobs).complete
    return path


def before(scenario: Scenario) -> Scenario:
    """The account as it was before tonight's run."""
    return Scenario(
        name=scenario.name,
        summary=scenario.summary,
        seed=scenario.seed,
        pools=scenario.pools[:1],
        jobs=scenario.jobs[:1],
        noise=scenario.noise,
    )


def between(tmp_path: Path, plant: Plant | None = None) -> list[Difference]:
    old = bundled(before(account(3)), tmp_path / "old.zip")
    new = bundled(account(3, plant), tmp_path / "new.zip")
    return list(compare_bundles(old, new))


def of_job(found: list[Difference]) -> list[tuple[str, str | None, str | None]]:
    """What is told of tonight's run; findings come and go with each account."""
    told = [each for each in found if (each.subject or "").startswith(f"job {NOW}")]
    return [(e.what.value, e.before, e.after) for e in told if e.what.value != "finding"]


def test_a_bundle_does_not_differ_from_itself(tmp_path: Path) -> None:
    one = bundled(account(3), tmp_path / "one.zip")
    answer = compare_bundles(one, one)
    assert (list(answer), answer.complete) == ([], True)


def test_the_newest_jobs_of_a_shape_are_compared(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert of_job(between(tmp_path / "a")) == []
    (tmp_path / "b").mkdir()
    found = between(tmp_path / "b", with_member("more", "--quality 90"))
    assert of_job(found) == [("command-line", "--quality 80", "--quality 90")]


def test_a_finding_that_came_is_told_first(tmp_path: Path) -> None:
    plant = with_member("fails", FailurePlan(share=0.5, recipes=["disk-full"]))
    found = between(tmp_path, plant)
    assert (found[0].what.value, found[0].way.value, found[0].before) == ("finding", "worse", None)
    ((what, then, now),) = of_job(found)
    assert (what, str(then).partition(" ")[0]) == ("failures", "0")
    assert now is not None


def test_pools_and_their_settings_are_compared(tmp_path: Path) -> None:
    scenario = account(3)
    new = bundled(scenario, tmp_path / "new.zip")
    pool = scenario.pools[0]
    pool.members["resizeTimeout"] = "PT30M"
    pool.nodes[0].members["nodeAgentInfo"]["version"] = "1.13.6"
    old = bundled(scenario, tmp_path / "old.zip")
    found = compare_bundles(old, new)
    told = {(each.what.value, each.subject, each.before, each.after) for each in found}
    assert ("agent", "nodes of pool farm", "1.13.6 on 6 nodes", "1.13.7 on 6 nodes") in told
    assert ("setting", "pool farm resizeTimeout", "30 min", "15 min") in told


def test_of_a_bundle_of_some_jobs_findings_are_said_to_be_missing(tmp_path: Path) -> None:
    one = bundled(account(3), tmp_path / "one.zip", jobs=NOW)
    answer = compare_bundles(one, one)
    assert [each.problem for each in answer.checked if each.check == "findings"] == [
        "findings, which were not taken along"
    ]


def test_what_is_no_bundle_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "tasks.json"
    other.write_text('[{"id": "a", "url": "https://x.batch.azure.com/jobs/j/tasks/a"}]')
    one = bundled(account(3), tmp_path / "one.zip")
    with pytest.raises(InputError, match=r"tasks\.json is no bundle"):
        compare_bundles(one, other)
