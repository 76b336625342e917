"""The page for man: every command and option is in it, and man has nothing to complain of."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import typer.main

from batchdoctor.cli.app import whole_app
from batchdoctor.cli.completion.tree import CommandWords, tree_of
from batchdoctor.cli.manual.page import man_page
from tests.box import Run

TREE = tree_of(typer.main.get_command(whole_app()))


def test_the_file_that_is_installed_is_what_the_command_prints(run_offline: Run) -> None:
    import batchdoctor.cli.manual as home

    (folder,) = home.__path__
    result = run_offline("help", "--man")
    assert (result.status, result.stderr) == (0, "")
    assert Path(folder, "batchdoctor.1").read_text(encoding="utf-8") == result.stdout


def test_every_command_and_option_is_in_the_page() -> None:
    page = man_page(TREE, "1.0").replace("\\-", "-")
    for command in TREE.every():
        if not command.children:
            assert f".SS {' '.join(command.path)}\n" in page
        assert [flag for each in command.options for flag in each.flags if flag not in page] == []


def test_text_that_looks_like_roff_is_text() -> None:
    odd = CommandWords(("odd",), ".so /etc/passwd", (), (), text=".so /etc/passwd\n\n'br \\n[x]")
    root = CommandWords((), "", (odd,), ())
    page = man_page(root, "1.0")
    assert "\\&.so /etc/passwd\n" in page
    assert "\\&'br \\en[x]\n" in page


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_man_shows_it_without_a_warning() -> None:
    told = subprocess.run(
        ["man", "-l", "--warnings", "-"],
        input=man_page(TREE, "1.0").encode(),
        capture_output=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
        timeout=60,
    )
    assert told.stderr == b""
    lines = told.stdout.decode().splitlines()
    assert lines[0].split() == ["BATCHDOCTOR(1)", "User", "Commands", "BATCHDOCTOR(1)"]
    assert max(len(line) for line in lines) <= 80


def test_help_shows_what_the_option_shows(run_offline: Run) -> None:
    assert run_offline("help", "tasks", "failed") == run_offline("tasks", "failed", "--help")
    assert run_offline("help") == run_offline("--help")
    assert run_offline("help", "nonsense").status == 2
