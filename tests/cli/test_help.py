"""Pages of help: two examples that can be typed, and no more lines than a small screen has."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
import typer.main

from batchdoctor.cli.app import whole_app
from batchdoctor.cli.completion.tree import tree_of
from batchdoctor.cli.help_pages import KEPT, file_of, page_of
from tests.box import Run
from tests.cli.test_advice import missing

TREE = tree_of(typer.main.get_command(whole_app()))
PAGES = [each.path for each in TREE.every() if each.path]
COMMANDS = [" ".join(each.path) for each in TREE.every() if not each.children]
# Whose pages show something else: the tour and help take any command, a script belongs to a shell.
OF_ONE_EXAMPLE = {"demo", "completion", "help"}
LINES = 24
# How logs are read, and which failures are wanted, has more options than a screen has lines, and a
# rule tells what it cannot see.
LONGER = {
    "events parse": 38,
    "events rule": 27,
    "events submit": 31,
    "bundle": 30,
    "tasks failed": 25,
    # All that tasks may become, how long it is waited for, and what a protected profile wants.
    **{f"node {action}": 25 for action in ("logs", "reboot", "reimage", "deallocate")},
    "node remove": 26,
}


def pinned(package: str) -> str:
    """The version of a package that the checks install."""
    text = (Path(__file__).parents[2] / ".ci" / "requirements.txt").read_text(encoding="utf-8")
    return text.partition(f"\n{package}==")[2].split()[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_fits_the_screen_and_begins_with_examples(run_offline: Run, command: str) -> None:
    told = run_offline(*command.split(), "--help", environ={"COLUMNS": "80"})
    assert told.status == 0
    lines = told.stdout.splitlines()
    assert len(lines) <= LONGER.get(command, LINES)
    examples = [line.strip() for line in lines if line.strip().startswith("Example: ")]
    assert len(examples) == (1 if command in OF_ONE_EXAMPLE else 2)
    assert all(f"batchdoctor {command}" in example for example in examples)
    assert lines.index("Options:") > max(
        at for at, line in enumerate(lines) if line.strip() == examples[-1]
    )


@pytest.mark.parametrize("words", PAGES, ids=" ".join)
def test_the_page_that_is_kept_is_the_one_that_would_be_made(
    words: tuple[str, ...], run_offline: Run
) -> None:
    kept = run_offline(*words, "--help", environ={"COLUMNS": "120"})
    assert (kept.status, kept.stdout) == (0, file_of(words).read_text(encoding="utf-8"))
    assert page_of([*words, "-h"]) == kept.stdout
    # Asked for twice, it is made.
    if typer.__version__ == pinned("typer"):
        assert run_offline(*words, "--help", "--help").stdout == kept.stdout


def test_no_page_is_kept_that_nobody_can_ask_for() -> None:
    assert sorted(KEPT.iterdir()) == sorted(file_of(words) for words in PAGES)


@pytest.mark.parametrize(
    "argv",
    [
        ["tasks", "unheard-of", "--help"],
        ["unheard-of", "--help"],
        ["..", "--help"],
        ["tasks", "../tasks-failed", "--help"],
        ["tasks", "failed", "--job", "--help"],
        ["tasks", "failed"],
    ],
)
def test_of_anything_else_there_is_no_kept_page(argv: list[str]) -> None:
    assert page_of(argv) is None


def test_in_a_narrow_terminal_a_page_is_made_that_fits(
    monkeypatch: pytest.MonkeyPatch, run_offline: Run
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    told = run_offline("tasks", "failed", "--help", environ={"COLUMNS": "60"})
    lines = told.stdout.splitlines()
    assert max(map(len, lines)) <= 60


@pytest.mark.parametrize("command", sorted({*COMMANDS} - OF_ONE_EXAMPLE))
def test_the_examples_can_be_typed(run_offline: Run, command: str) -> None:
    told = run_offline(*command.split(), "--help").stdout
    for line in told.splitlines():
        if "Example: " in line:
            typed = line.partition("Example: ")[2].partition(" > ")[0]
            typed = typed.partition(", then ")[0]
            for part in typed.split(" | "):
                if part.startswith("batchdoctor "):
                    assert missing(part) is None, part


@pytest.mark.parametrize("command", sorted({*COMMANDS} - OF_ONE_EXAMPLE))
def test_the_options_of_all_commands_are_told_in_one_line(run_offline: Run, command: str) -> None:
    told = run_offline(*command.split(), "--help").stdout
    assert "--account-endpoint" not in told
    assert told.splitlines()[-1].endswith("utput options: batchdoctor help options")
