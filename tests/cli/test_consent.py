"""Before a change: which account it is in, and what has to be typed where that is protected."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.box import Box, Open

POOL = "render-linux"
FOLD = "\n  "


@pytest.fixture
def night(open_box: Open) -> Box:
    return open_box("night-shift")


def account_of(box: Box) -> str:
    return f"sandbox at {box.sandbox.environment()['AZURE_BATCH_ENDPOINT'].removeprefix('http://')}"


def profile(box: Box, folder: Path, *, protected: bool = True) -> Mapping[str, str]:
    """The environment in which the account is known by a profile only."""
    own = box.sandbox.environment()
    (folder / "key").write_text(own["AZURE_BATCH_ACCESS_KEY"])
    file = folder / "config.toml"
    file.write_text(
        f'[profile.prod]\nendpoint = "{own["AZURE_BATCH_ENDPOINT"]}"\naccount = "sandbox"\n'
        f'key_file = "key"\nprotected = {str(protected).lower()}\n'
    )
    names = {"BATCHDOCTOR_CONFIG": str(file), "BATCHDOCTOR_PROFILE": "prod", "NO_COLOR": "1"}
    return {**dict.fromkeys(own, ""), **names}


def an_idle_node(box: Box) -> str:
    node = next(node for node in box.sandbox.store.pool(POOL).nodes if node.state == "idle")
    return f"{POOL}/{node.id}"


def changes(box: Box) -> int:
    return sum(request.method != "GET" for request in box.sandbox.requests)


def plain(text: str) -> str:
    """What stood on the screen at the end, unfolded."""
    return text.rpartition("\x1b[K")[2].replace(FOLD, " ")


@pytest.mark.parametrize(
    ("argv", "question"),
    [
        ("node reboot {node}", "Reboot 1 node of render-linux in {account}? [y/N] "),
        (
            "tasks reactivate risk-var-20261121/book-001",
            "Run 1 task of risk-var-20261121 again on sim-spot in {account}? [y/N] ",
        ),
        (
            "node login {node} --user me --remove",
            "Delete the user me of {node} in {account}? [y/N] ",
        ),
        (
            "node logs {node} --container https://a.example/b --identity i",
            "Send the logs of 1 node of render-linux in {account}? [y/N] ",
        ),
    ],
)
def test_the_plan_and_the_question_name_the_account(night: Box, argv: str, question: str) -> None:
    node, account = an_idle_node(night), account_of(night)
    words = argv.format(node=node).split()
    told = plain(night.run(*words, terminal=True, stdin=b"n\n").stderr)
    assert told.startswith(f"account: {account}\nwill ")
    assert question.format(node=node, account=account) in told
    assert changes(night) == 0


def test_a_plan_for_a_script_names_the_account_too(night: Box, tmp_path: Path) -> None:
    argv = ("node", "reboot", an_idle_node(night), "--dry-run")
    told = night.run(*argv, environ=profile(night, tmp_path)).stderr
    assert told.startswith(f"account: {account_of(night)} (profile prod, protected)\n")


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [
        (b"render-linux\n", 0, ""),
        (b"Render-Linux\n", 0, ""),
        (b"y\n", 5, "error: Nothing was done: 'y' is not render-linux.\n"),
        (b"", 5, "error: Nothing was done: no answer came.\nhint: add --yes --confirm"),
    ],
)
def test_a_protected_account_wants_the_pools_name_typed(
    night: Box, tmp_path: Path, typed: bytes, status: int, told: str
) -> None:
    environ = profile(night, tmp_path)
    # A yes is given out of habit; the name of a pool is not.
    argv = ("node", "reboot", an_idle_node(night), "--yes")
    result = night.run(*argv, stdin=typed, terminal=True, environ=environ)
    question = (
        f"{account_of(night)} is protected. To reboot 1 node of render-linux, type render-linux: "
    )
    shown = plain(result.stderr)
    assert question in shown
    assert told in shown.partition(question)[2]
    assert (result.status, changes(night)) == (status, int(status == 0))


@pytest.mark.parametrize(
    ("more", "status", "hint"),
    [
        ("", 5, "add --yes --confirm render-linux"),
        ("--yes", 5, "add --yes --confirm render-linux"),
        ("--confirm render-linux", 5, "add --yes to go ahead, or --dry-run to see what would"),
        ("--yes --confirm sim-spot", 5, "add --yes --confirm render-linux"),
        ("--yes --confirm render-linux", 0, ""),
        ("--yes --confirm RENDER-LINUX --confirm other", 0, ""),
    ],
)
def test_without_a_terminal_a_protected_account_wants_the_name_on_the_line(
    night: Box, tmp_path: Path, more: str, status: int, hint: str
) -> None:
    argv = ("node", "reboot", an_idle_node(night), *more.split())
    result = night.run(*argv, environ=profile(night, tmp_path))
    assert (result.status, changes(night)) == (status, int(status == 0))
    assert (f"hint: {hint}" in result.stderr) is bool(hint)


def test_a_confirmed_name_is_held_against_the_plan_in_every_account(night: Box) -> None:
    argv = ("node", "reboot", an_idle_node(night), "--yes", "--confirm", "sim-spot")
    result = night.run(*argv)
    assert (result.status, changes(night)) == (5, 0)
    assert "touches render-linux, which --confirm does not name." in result.stderr


def test_the_line_of_a_protected_account_is_coloured(night: Box, tmp_path: Path) -> None:
    argv = ("node", "reboot", an_idle_node(night), "--dry-run")
    environ = {**profile(night, tmp_path), "NO_COLOR": ""}
    told = night.run(*argv, terminal=True, environ=environ).stderr
    assert f"\x1b[33maccount: {account_of(night)} (profile prod, protected)\x1b[0m\n" in told
