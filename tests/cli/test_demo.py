"""`demo`: the tour, and any command against a throw-away account."""

from __future__ import annotations

from tests.cli.conftest import Run


def test_the_tour_shows_each_command_line_and_its_real_output(run_offline: Run) -> None:
    result = run_offline("demo")
    assert result.status == 0
    shown = [line for line in result.stdout.splitlines() if line.startswith("$ batchdoctor ")]
    assert [line.split()[2:4] for line in shown] == [
        ["tasks", "failed"],
        ["nodes", "suspect"],
        ["files", "get"],
        ["node", "disable"],
        ["tasks", "failed"],
        ["sandbox", "events"],
        ["demo", "tasks"],
    ]
    assert "Read-only file system" in result.stdout
    assert "scheduling disabled" in result.stdout


def test_a_command_runs_against_a_throw_away_account_and_keeps_its_status(
    run_offline: Run,
) -> None:
    found = run_offline("demo", "--scenario", "bad-job", "tasks", "failed", "--fail-on", "any")
    assert found.status == 10
    assert found.stdout.splitlines()[-1].endswith(" of them application.")


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
