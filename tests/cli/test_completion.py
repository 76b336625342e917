"""Completion scripts: generated, true to the tree, and loaded in real shells."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest
import typer.main

from batchdoctor.cli.app import whole_app
from batchdoctor.cli.completion.scripts import SHELLS
from batchdoctor.cli.completion.tree import CommandWords, next_words, tree_of
from tests.box import Run

COMPLETIONS = Path(__file__).parents[2] / "completions"

TREE = tree_of(typer.main.get_command(whole_app()))


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


@pytest.mark.parametrize("shell", list(SHELLS))
def test_the_file_in_completions_is_what_the_command_prints(run_offline: Run, shell: str) -> None:
    file_name, _ = SHELLS[shell]
    result = run_offline("completion", shell)
    assert (result.status, result.stderr) == (0, "")
    assert (COMPLETIONS / file_name).read_text(encoding="utf-8") == result.stdout


@pytest.mark.parametrize("script", [script for _, script in SHELLS.values()], ids=list(SHELLS))
def test_every_command_and_every_option_is_in_the_script(
    script: Callable[[CommandWords], str],
) -> None:
    text = script(TREE)
    for command in TREE.every():
        for child in command.children:
            assert child.path[-1] in text
        for option in command.options:
            assert all(flag.lstrip("-") in text for flag in option.flags)


@needs("bash")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("batchdoctor nodes s", ["suspect"]),
        ("batchdoctor no", ["nodes", "node"]),
        (
            "batchdoctor tasks failed --by ",
            ["node", "code", "category", "exit-code", "job", "message"],
        ),
        ("batchdoctor tasks failed --job x --si", ["--since"]),
        ("batchdoctor tasks failed -o js", ["json", "jsonl"]),
        ("batchdoctor node disable --req", ["--requeue"]),
        ("batchdoctor files get std", []),
    ],
)
def test_bash_completes(typed: str, completed: list[str]) -> None:
    words = typed.split(" ")
    script = (
        f"source {COMPLETIONS / 'batchdoctor.bash'}\n"
        f"COMP_WORDS=({' '.join(repr(word) for word in words)})\n"
        f"COMP_CWORD={len(words) - 1}\n_batchdoctor\n"
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    told = subprocess.run(
        ["bash", "--norc", "-euc", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stderr == ""
    assert [line for line in told.stdout.splitlines() if line] == completed


@needs("bash")
def test_bash_completes_at_a_prompt_with_tab() -> None:
    shell = pexpect.spawn("bash", ["--norc", "--noprofile"], encoding="utf-8", timeout=30)
    shell.sendline(f"PS1='ready> '; source {COMPLETIONS / 'batchdoctor.bash'}; echo loa''ded")
    shell.expect("loaded")
    shell.expect("ready> ")
    shell.send("batchdoctor nodes s\t")
    shell.expect("batchdoctor nodes suspect ")
    shell.close(force=True)


@needs("zsh")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("batchdoctor nodes s", "batchdoctor nodes suspect"),
        ("batchdoctor tasks failed --sin", "batchdoctor tasks failed --since"),
        ("batchdoctor tasks failed --by exi", "batchdoctor tasks failed --by exit-code"),
    ],
)
def test_zsh_completes_at_a_prompt_with_tab(typed: str, completed: str) -> None:
    shell = pexpect.spawn("zsh", ["-f"], encoding="utf-8", timeout=30, dimensions=(24, 200))
    shell.sendline("unsetopt zle_bracketed_paste prompt_sp; PS1='ready> '")
    shell.sendline(f"autoload -Uz compinit && compinit -u -D; source {COMPLETIONS}/_batchdoctor")
    shell.sendline("echo loa''ded")
    shell.expect("loaded")
    shell.expect("ready> ")
    shell.send(f"{typed}\t")
    shell.expect_exact(completed)
    shell.close(force=True)


@needs("fish")
def test_fish_completes() -> None:
    told = subprocess.run(
        [
            "fish",
            "--no-config",
            "-c",
            f"source {COMPLETIONS / 'batchdoctor.fish'}; complete -C 'batchdoctor nodes s'",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert [line.split("\t")[0] for line in told.stdout.splitlines()] == ["suspect"]


def table_of(script: str, name: str) -> dict[str, list[str]]:
    """A table of the script of PowerShell: its keys, each with the quoted words behind it."""
    body = script.partition(f"    ${name} = @{{\n")[2].partition("\n    }\n")[0]
    rows = [re.findall(r"'((?:[^']|'')*)'", line) for line in body.splitlines()]
    keys = [row[0] for row in rows]
    # The keys of a table are the same in any case, and twice the same is no script at all.
    assert len({key.lower() for key in keys}) == len(keys)
    return {row[0]: row[1:] for row in rows}


def test_powershell_has_the_same_tables_as_the_tree() -> None:
    script = (COMPLETIONS / "batchdoctor.ps1").read_text(encoding="utf-8")
    every = {command.place.strip(): command for command in TREE.every()}
    table = table_of(script, "table")
    assert {place: row[::2] for place, row in table.items()} == {
        place: [word for word, _ in next_words(command)] for place, command in every.items()
    }
    assert table_of(script, "kinds") == {
        place: list(command.names) for place, command in every.items() if command.names
    }
    assert table_of(script, "operands")["explain"] == list(every["explain"].values)
    assert table_of(script, "options")["--job-id"] == ["jobs"]
    assert table_of(script, "values")["tasks failed --by"] == [
        *("node", "code", "category", "exit-code", "job", "message")
    ]


def test_what_is_opened_in_the_script_of_powershell_is_closed() -> None:
    script = (COMPLETIONS / "batchdoctor.ps1").read_text(encoding="utf-8")
    code = re.sub(r"'(?:[^']|'')*'|#.*", "", script)
    for opening, closing in ("{}", "()", "[]"):
        assert code.count(opening) == code.count(closing)
    assert code.count('"') % 2 == 0
