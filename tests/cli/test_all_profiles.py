"""`triage --all-profiles`: one page, account by account, the worst first."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.box import Box, Open, Run

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def boxes(open_box: Open) -> dict[str, Box]:
    return {"well": open_box("healthy"), "sick": open_box("bad-node")}


@pytest.fixture
def environ(boxes: dict[str, Box], tmp_path: Path) -> Mapping[str, str]:
    """A user who knows both accounts by profiles only."""
    return profiles(boxes, tmp_path)


def profiles(boxes: dict[str, Box], folder: Path, **others: str) -> Mapping[str, str]:
    endpoints = others | {name: endpoint_of(box) for name, box in boxes.items()}
    for name in endpoints:
        key = boxes[name].sandbox.key if name in boxes else "a2V5"
        (folder / f"{name}.key").write_text(key)
    file = folder / "config.toml"
    file.write_text(
        "".join(
            f'[profile.{name}]\nendpoint = "{endpoint}"\naccount = "sandbox"\n'
            f'key_file = "{name}.key"\n'
            for name, endpoint in endpoints.items()
        )
    )
    own = dict.fromkeys(next(iter(boxes.values())).sandbox.environment(), "")
    return {**own, "BATCHDOCTOR_CONFIG": str(file)}


def endpoint_of(box: Box) -> str:
    return box.sandbox.environment()["AZURE_BATCH_ENDPOINT"]


def test_the_worst_account_comes_first_and_each_has_its_verdict(
    boxes: dict[str, Box], environ: Mapping[str, str]
) -> None:
    result = boxes["well"].run("triage", "--all-profiles", environ=environ)
    lines = result.page.splitlines()
    sick, well = (
        next(i for i, line in enumerate(lines) if f"(profile {name})" in line)
        for name in ("sick", "well")
    )
    assert (result.status, sick < well) == (0, True)
    assert "1 error, 1 warning, 1 note in 1 pool" in " ".join(lines[sick : sick + 2])
    assert lines[-1] == "1 error and 1 warning in 2 accounts, 1 with errors."
    assert result.head == "2 profiles  2026-11-21 03:00 UTC  last 1 d"


def test_each_item_carries_its_account_and_what_to_type_names_its_profile(
    boxes: dict[str, Box], environ: Mapping[str, str]
) -> None:
    items = boxes["well"].run("triage", "--all-profiles", "-o", "json", environ=environ).json()
    sick = [item for item in items["items"] if item["profile"] == "sick"]
    assert {item["account"] for item in sick} == {endpoint_of(boxes["sick"])[len("http://") :]}
    commands = [line for item in sick for line in item["nextCommands"]]
    assert commands
    assert [line for line in commands if not line.endswith(" --profile sick")] == []
    csv = boxes["well"].run("triage", "--all-profiles", "-o", "csv", environ=environ).stdout
    assert csv.startswith("account,profile,kind,severity,")


def test_what_is_typed_next_is_for_the_account_that_was_asked(
    boxes: dict[str, Box], environ: Mapping[str, str]
) -> None:
    run = boxes["well"].run
    for argv in ("triage", "nodes suspect", "pool diagnose render-linux"):
        items = run(*argv.split(), "--profile", "sick", "-o", "json", environ=environ).json()
        commands = [line for item in items["items"] for line in item["nextCommands"]]
        assert commands
        assert [line for line in commands if not line.endswith(" --profile sick")] == [], argv
    # Whom the environment names is asked again by the same line as it stands.
    named = {**environ, "BATCHDOCTOR_PROFILE": "sick"}
    assert "--profile" not in run("triage", environ=named).stdout


def test_an_account_that_cannot_be_read_is_told_and_the_others_are_shown(
    boxes: dict[str, Box], tmp_path: Path
) -> None:
    environ = profiles(boxes, tmp_path, gone=NOBODY)
    result = boxes["well"].run("triage", "--all-profiles", environ=environ)
    assert result.status == 6
    assert "not read: profile gone: Could not list the pools: 127.0.0.1 refused" in result.stdout
    assert result.stdout.endswith("1 with errors; 1 account could not be read.\n")


def test_if_none_can_be_read_it_is_an_error(open_box: Open, tmp_path: Path) -> None:
    box = open_box("healthy")
    environ = profiles({"well": box}, tmp_path, gone=NOBODY)
    config = Path(environ["BATCHDOCTOR_CONFIG"])
    config.write_text(config.read_text().partition("[profile.well]")[0])
    result = box.run("triage", "--all-profiles", environ=environ)
    assert (result.status, result.stdout) == (6, "")
    assert result.stderr.startswith("error: Could not list the pools: 127.0.0.1 refused")


def test_findings_end_with_their_status(boxes: dict[str, Box], environ: Mapping[str, str]) -> None:
    argv = ("triage", "--all-profiles", "--fail-on", "error")
    assert boxes["well"].run(*argv, environ=environ).status == 10


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--profile", "sick"], "no account can be named"),
        (["--account-endpoint", "x.y.batch.azure.com"], "no account can be named"),
        (["-o", "prometheus"], "prometheus tells of one account"),
        (["--report", "page.html"], "--report tells of one account"),
        ([], "There is no profile in "),
    ],
)
def test_it_takes_no_other_account_and_needs_a_profile(
    run_offline: Run, more: list[str], told: str
) -> None:
    result = run_offline("triage", "--all-profiles", *more)
    assert (result.status, told in result.stderr) == (2, True)
