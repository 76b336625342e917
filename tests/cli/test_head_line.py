"""Every table says first where one is, when, how far back it looks, and what it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.box import Box, Open, Run
from tests.cli.test_events import SUCCESS, record

TASK = "risk-var-20261121/book-001"
NODE = "sim-spot/tvm-129948156_8-20261109t105111z"
NOW = "2026-11-21 03:00 UTC"


@pytest.fixture
def night(open_box: Open) -> Box:
    return open_box("night-shift")


@pytest.mark.parametrize(
    ("argv", "rest"),
    [
        ("triage", "last 1 d"),
        ("triage --since 6h --ignore node-preempted", "last 6 h  without 1 ignored"),
        ("job diagnose nightly-etl-20261121", "all time"),
        ("pool diagnose render-linux", "all time"),
        ("nodes suspect --since 2h --pool sim-spot", "last 2 h  only pool sim-spot"),
        ("tasks failed", "all time"),
        (
            "tasks failed --limit 5 --since 6h",
            "last 6 h  first 5",
        ),
        ("tasks failed --by code --pool sim-spot", "all time  only pool sim-spot"),
        (f"task show {TASK}", "last 6 h 59 min"),
        (f"node show {NODE}", "last 1 h 19 min"),
        ("files list --job risk-var-20261121 --task book-001", ""),
        (f"node reboot {NODE} --dry-run", ""),
        (f"node login {NODE} --dry-run --user me", ""),
        (f"tasks reactivate {TASK} --dry-run", ""),
        ("auth check", ""),
    ],
)
def test_a_live_table_starts_with_one_line_in_80_columns(night: Box, argv: str, rest: str) -> None:
    result = night.run(*argv.split())
    host = night.sandbox.environment()["AZURE_BATCH_ENDPOINT"].removeprefix("http://")
    expected = f"sandbox at {host}  {NOW}  {rest}".rstrip()
    assert result.head == expected
    assert len(expected) <= 80


def test_what_does_not_fit_stands_on_a_second_line(night: Box) -> None:
    argv = ("tasks", "failed", "--job", "ingest-20261121", "--limit", "5", "--since", "6h")
    first, second, titles, *_ = night.run(*argv).stdout.splitlines()
    assert first.endswith("  last 6 h")
    assert second == "only job ingest-20261121  first 5"
    assert titles.split()[0] == "CATEGORY"


def test_it_is_dim_on_a_terminal_and_without_colour_in_a_pipe(night: Box) -> None:
    piped = night.run("triage").head
    shown = night.run("triage", terminal=True, environ={"TERM": "xterm"}).head
    assert shown == f"\x1b[2m{piped}\x1b[0m"
    assert night.run("triage", terminal=True, environ={"NO_COLOR": "1"}).head == piped


@pytest.mark.parametrize(("protected", "colour"), [("", "2"), ("protected = true", "33")])
def test_a_profile_is_named_and_coloured_if_it_is_protected(
    night: Box, tmp_path: Path, protected: str, colour: str
) -> None:
    own = night.sandbox.environment()
    (tmp_path / "key").write_text(own["AZURE_BATCH_ACCESS_KEY"])
    file = tmp_path / "config.toml"
    file.write_text(
        f'[profile.prod]\nendpoint = "{own["AZURE_BATCH_ENDPOINT"]}"\naccount = "sandbox"\n'
        f'key_file = "key"\n{protected}\n'
    )
    environ = {**dict.fromkeys(own, ""), "BATCHDOCTOR_CONFIG": str(file), "TERM": "xterm"}
    result = night.run("triage", "--profile", "prod", terminal=True, environ=environ)
    host = own["AZURE_BATCH_ENDPOINT"].removeprefix("http://")
    words = f"(profile prod{', protected' if protected else ''})"
    assert result.head.startswith(f"\x1b[{colour}msandbox at {host} {words}  {NOW}")


def test_nothing_stands_on_standard_output_where_the_question_failed(night: Box) -> None:
    result = night.run("tasks", "failed", "--job", "nope")
    assert (result.status, result.stdout) == (3, "")


@pytest.mark.parametrize(
    ("argv", "head"),
    [
        ("explain 137", f"offline  {NOW}"),
        ("schema", f"offline  {NOW}"),
        ("sandbox scenarios", f"offline  {NOW}"),
        ("events parse -", f"event logs  {NOW}  all time"),
        (
            "events parse - --node n1 --job j",
            f"event logs  {NOW}  all time  only job j  only node n1",
        ),
        (
            "events parse - --since 4h --until 2h",
            f"event logs  {NOW}  2026-11-20 23:00 to 2026-11-21 01:00 UTC",
        ),
    ],
)
def test_what_asks_no_account_says_so(run_offline: Run, argv: str, head: str) -> None:
    line = record("TaskCompleteEvent", SUCCESS, "2026-11-21T00:30:00Z").encode()
    assert run_offline(*argv.split(), stdin=line).head == head


def test_machine_formats_do_not_have_it(night: Box) -> None:
    for form in ("json", "jsonl", "csv", "tsv", "ids"):
        assert NOW not in night.run("nodes", "suspect", "-o", form).stdout
