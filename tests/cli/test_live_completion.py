"""Ids of the account at TAB, in real shells, from what listings left behind."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pexpect
import pytest

from batchdoctor.work.folders import names_folder
from tests.box import Box, Open

COMPLETIONS = Path(__file__).parents[2] / "completions"
JOB, POOL = "risk-var-20261121", "sim-spot"


@pytest.fixture
def box(open_box: Open, monkeypatch: pytest.MonkeyPatch) -> Box:
    """An account of which jobs, pools, nodes and tasks were listed."""
    box = open_box("night-shift")
    for noun in ("jobs", "pools", "nodes", "tasks"):
        assert box.run(noun, "list", "-o", "ids").status == 0
    monkeypatch.setenv("AZURE_BATCH_ENDPOINT", box.sandbox.environment()["AZURE_BATCH_ENDPOINT"])
    return box


def bash(line: str) -> list[str]:
    words = line.split(" ")
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
    return [word for word in told.stdout.splitlines() if word]


def fish(line: str) -> list[str]:
    script = f"source {COMPLETIONS / 'batchdoctor.fish'}; complete -C '{line}'"
    told = subprocess.run(
        ["fish", "--no-config", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stderr == ""
    return [word.split("\t")[0] for word in told.stdout.splitlines()]


def pwsh(line: str) -> list[str]:
    script = (
        f". {COMPLETIONS / 'batchdoctor.ps1'}\n"
        f"$line = '{line}'\n"
        "(TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches |"
        " ForEach-Object { $_.CompletionText }"
    )
    told = subprocess.run(
        ["pwsh", "-NoProfile", "-NonInteractive", "-Command", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert told.stderr == ""
    return told.stdout.splitlines()


SHELLS = [
    pytest.param(ask, marks=pytest.mark.skipif(shutil.which(name) is None, reason=f"no {name}"))
    for name, ask in (("bash", bash), ("fish", fish), ("pwsh", pwsh))
]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("batchdoctor job diagnose risk-v", [JOB]),
        ("batchdoctor tasks failed --job enc", ["encode-20261121"]),
        ("batchdoctor tasks failed --job x --job enc", ["encode-20261121"]),
        ("batchdoctor nodes suspect sim", [POOL]),
        ("batchdoctor pool diagnose --pool sim", [POOL]),
        (f"batchdoctor node show {POOL}/tvm-129948156_8", None),
        (f"batchdoctor task show {JOB}/book-04", None),
        (f"batchdoctor task show --job {JOB} --task book-048", ["book-048"]),
        (f"batchdoctor files get stderr {JOB}/book-048", [f"{JOB}/book-048"]),
        ("batchdoctor explain BlobAcc", ["BlobAccessDenied"]),
        ("batchdoctor demo --scenario bad-n", ["bad-node"]),
        ("batchdoctor triage --ignore node-sus", ["node-suspect"]),
    ],
)
def test_names_that_begin_so_are_offered(
    box: Box, shell: object, typed: str, offered: list[str] | None
) -> None:
    assert callable(shell)
    found = [word for word in shell(typed) if word.startswith(typed.rpartition(" ")[2])]
    assert found == offered if offered is not None else found != []


@pytest.mark.parametrize("shell", SHELLS)
def test_no_dash_is_put_where_a_name_belongs(box: Box, shell: object) -> None:
    assert callable(shell)
    for line in ("batchdoctor job diagnose ", "batchdoctor tasks failed ", "batchdoctor triage "):
        assert [word for word in shell(line) if word.startswith("-")] == []
    assert "--since" in shell("batchdoctor tasks failed --s")


@pytest.mark.parametrize("shell", SHELLS)
def test_an_account_that_was_never_listed_has_no_names(
    box: Box, shell: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(shell)
    monkeypatch.setenv("AZURE_BATCH_ENDPOINT", "https://other.westeurope.batch.azure.com")
    assert JOB not in shell("batchdoctor job diagnose risk")
    monkeypatch.delenv("AZURE_BATCH_ENDPOINT")
    assert JOB not in shell("batchdoctor job diagnose risk")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_profile_has_the_names_of_its_own_account(
    open_box: Open, shell: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(shell)
    box = open_box("bad-job")
    settings = box.sandbox.environment()
    key = tmp_path / "key"
    key.write_text(settings["AZURE_BATCH_ACCESS_KEY"])
    config = Path(os.environ["HOME"]) / ".config" / "batchdoctor" / "config.toml"
    config.parent.mkdir(parents=True)
    endpoint, account = settings["AZURE_BATCH_ENDPOINT"], settings["AZURE_BATCH_ACCOUNT"]
    config.write_text(
        f'[profile.box]\nendpoint = "{endpoint}"\naccount = "{account}"\nkey_file = "{key}"\n'
    )
    assert box.run("jobs", "list", "--profile", "box").status == 0
    assert shell("batchdoctor job diagnose --profile box curv") == ["curves-20261121"]
    monkeypatch.setenv("BATCHDOCTOR_PROFILE", "box")
    assert shell("batchdoctor job diagnose curv") == ["curves-20261121"]
    assert shell("batchdoctor triage --profile b") == ["box"]


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("batchdoctor job diagnose risk-v", f"batchdoctor job diagnose {JOB}"),
        ("batchdoctor nodes suspect --pool sim", f"batchdoctor nodes suspect --pool {POOL}"),
        (f"batchdoctor task show --job {JOB} --task boo", "--task book-0"),
    ],
)
def test_zsh_offers_them_at_a_prompt(box: Box, typed: str, completed: str) -> None:
    shell = pexpect.spawn("zsh", ["-f"], encoding="utf-8", timeout=30, dimensions=(24, 200))
    shell.sendline("unsetopt zle_bracketed_paste prompt_sp; PS1='ready> '")
    shell.sendline(f"autoload -Uz compinit && compinit -u -D; source {COMPLETIONS}/_batchdoctor")
    shell.sendline("echo loa''ded")
    shell.expect("loaded")
    shell.expect("ready> ")
    shell.send(f"{typed}\t")
    shell.expect_exact(completed)
    shell.close(force=True)


def test_no_python_and_no_other_program_is_started(box: Box, tmp_path: Path) -> None:
    # With nothing on its path a shell can only do what it can do by itself.
    script = (
        f"source {COMPLETIONS / 'batchdoctor.bash'}; PATH={tmp_path}\n"
        "COMP_WORDS=(batchdoctor job diagnose risk-v) COMP_CWORD=3; _batchdoctor\n"
        'echo "${COMPREPLY[@]}"'
    )
    told = subprocess.run(
        [str(shutil.which("bash")), "--norc", "-c", script],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert (told.stdout, told.stderr) == (f"{JOB}\n", "")


def test_a_demo_leaves_no_names_behind(open_box: Open) -> None:
    box = open_box("healthy")
    assert box.run("demo", "jobs", "list").status == 0
    folder = names_folder(os.environ)
    assert folder is not None
    assert not folder.exists()
