"""`demo`: the tour, and any command against a throw-away account."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.sandbox import scenario_names
from batchdoctor.work.changes.journal import Journal, disabled_by_me
from tests.box import Result, Run


def shown_commands(stdout: str) -> list[list[str]]:
    shown = [line for line in stdout.splitlines() if line.startswith("$ batchdoctor ")]
    return [line.split()[2:4] for line in shown]


def test_the_tour_shows_each_command_line_and_its_real_output(run_offline: Run) -> None:
    result = run_offline("demo")
    assert result.status == 0
    assert shown_commands(result.stdout) == [
        ["tasks", "failed"],
        ["nodes", "suspect"],
        ["files", "get"],
        ["node", "disable"],
        ["sandbox", "events"],
        ["triage"],
        ["demo", "tasks"],
    ]
    assert "Read-only file system" in result.stdout
    assert "scheduling disabled" in result.stdout


@pytest.mark.parametrize("scenario", [name for name in scenario_names() if name != "big"])
def test_the_tour_can_be_taken_in_every_scenario(run_offline: Run, scenario: str) -> None:
    result = run_offline("demo", "--scenario", scenario)
    assert result.status == 0
    assert shown_commands(result.stdout)[-1] == ["demo", "tasks"]


def test_the_tour_changes_nothing_where_changes_are_forbidden(run_offline: Run) -> None:
    result = run_offline("demo", environ={"BATCHDOCTOR_READ_ONLY": "1"})
    assert result.status == 0
    assert "nothing was done" in result.stdout


def test_a_command_runs_against_a_throw_away_account_and_keeps_its_status(
    run_offline: Run,
) -> None:
    found = run_offline("demo", "--scenario", "bad-job", "tasks", "failed", "--fail-on", "any")
    assert found.status == 10
    assert found.stdout.splitlines()[-1].endswith(" of them application (of all time).")


def test_an_account_of_ones_own_is_never_reached_by_a_demo(run_offline: Run) -> None:
    result = run_offline(
        "demo",
        "tasks",
        "failed",
        "-v",
        "-o",
        "ids",
        environ={
            "AZURE_BATCH_ENDPOINT": "https://mine.westeurope.batch.azure.com",
            "AZURE_BATCH_ACCOUNT": "mine",
            "AZ_BATCH_ACCOUNT_URL": "https://mine.westeurope.batch.azure.com",
        },
    )
    assert result.status == 0
    assert "mine" not in result.stderr


def test_an_unknown_scenario_is_a_sentence_with_the_known_ones(run_offline: Run) -> None:
    result = run_offline("demo", "--scenario", "nope", "tasks", "failed")
    assert (result.status, result.stdout) == (2, "")
    assert "night-shift" in result.stderr


def test_the_help_of_demo_is_its_own_and_that_of_a_command_is_the_commands(
    run_offline: Run,
) -> None:
    assert run_offline("demo", "tasks", "failed", "--nope").status == 2


def test_a_demo_leaves_the_journal_of_ones_own_changes_alone(
    run_offline: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, state, throw_away = (tmp_path / name for name in ("home", "state", "throw-away"))
    for folder in (home, state, throw_away):
        folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(throw_away))
    for own in ({"HOME": str(home)}, {"HOME": str(home), "XDG_STATE_HOME": str(state)}):
        result = run_offline("demo", environ=own)
        assert (result.status, "journal" in result.stderr) == (0, False)
        assert "scheduling disabled" in result.stdout
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    assert list(throw_away.iterdir()) == []


def test_a_demo_remembers_its_own_changes_while_it_lasts(
    run_offline: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The throw-away account has a journal like any other: it is only somewhere else."""
    written: list[tuple[str, str]] = []
    note = Journal.note

    def noted(self: Journal, what: str, action: str, result: str, **more: Any) -> None:
        note(self, what, action, result, **more)
        mine = disabled_by_me(self.folder, self.account)
        written.extend((action, node) for node in mine)

    monkeypatch.setattr(Journal, "note", noted)
    result = run_offline("demo", environ={"HOME": str(tmp_path)})
    assert result.status == 0
    assert [action for action, _ in written] == ["disable"]


def kinds(result: Result) -> list[str]:
    return [item["kind"] for item in result.jsonl()]


def test_settings_of_ones_own_do_not_reach_a_demo(run_offline: Run, tmp_path: Path) -> None:
    plain = run_offline("demo", "triage", "-o", "jsonl")
    broken = tmp_path / ".config" / "batchdoctor" / "config.toml"
    broken.parent.mkdir(parents=True)
    broken.write_text("this is no [ TOML")
    for own in (
        {"BATCHDOCTOR_CONFIG": str(broken)},
        {"XDG_CONFIG_HOME": str(tmp_path / ".config")},
        {"HOME": str(tmp_path)},
    ):
        result = run_offline("demo", "triage", "-o", "jsonl", environ=own)
        assert result.status == plain.status == 0, own
        assert kinds(result) == kinds(plain) != []
