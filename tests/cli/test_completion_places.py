"""`completion --install`: what is written, that the shell finds it, and that nothing is left."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pexpect
import pytest

from batchdoctor.cli.completion.scripts import SHELLS
from tests.box import Result, Run


def needs(shell: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed")


def everything_in(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if not path.is_dir())
    return {str(path.relative_to(folder)): path.read_text() for path in files}


@pytest.fixture
def install(run_offline: Run, tmp_path: Path) -> Run:
    def runs(*argv: str, environ: object = None, **_: object) -> Result:
        return run_offline("completion", *argv, environ={"HOME": str(tmp_path)})

    return runs


SCRIPT = {
    "bash": ".local/share/bash-completion/completions/batchdoctor",
    "zsh": ".local/share/batchdoctor/_batchdoctor",
    "fish": ".config/fish/completions/batchdoctor.fish",
    "powershell": ".local/share/batchdoctor/batchdoctor.ps1",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_put_where_the_shell_looks_and_taken_away(
    install: Run, tmp_path: Path, shell: str
) -> None:
    printed = install(shell).stdout
    result = install("--install", shell)
    assert (result.status, result.stderr) == (0, "")
    first, *_, last = result.stdout.splitlines()
    assert first == f"wrote {tmp_path / SCRIPT[shell]}"
    assert last == f"undo: batchdoctor completion {shell} --remove"
    found = everything_in(tmp_path)
    assert found.pop(SCRIPT[shell]) == printed
    assert [*found] == ([".zshrc"] if shell == "zsh" else [])
    again = install(shell, "--install")
    assert (again.stdout, everything_in(tmp_path)) == (
        result.stdout,
        {SCRIPT[shell]: printed, **found},
    )
    removed = install(shell, "--remove")
    assert removed.status == 0
    assert f"deleted {tmp_path / SCRIPT[shell]}" in removed.stdout
    assert everything_in(tmp_path) == {}
    assert install(shell, "--remove").stdout == "nothing is installed\n"


def test_lines_of_the_user_stay_as_they_are(install: Run, tmp_path: Path) -> None:
    file = tmp_path / ".zshrc"
    file.write_text("alias ll='ls -l'\nbindkey -e")
    install("zsh", "--install")
    first, second, third = file.read_text().splitlines()
    assert (first, second) == ("alias ll='ls -l'", "bindkey -e")
    assert third.endswith("  # batchdoctor completion")
    install("zsh", "--remove")
    assert file.read_text() == "alias ll='ls -l'\nbindkey -e\n"


def test_a_link_is_not_written_through(install: Run, tmp_path: Path) -> None:
    script = tmp_path / SCRIPT["bash"]
    script.parent.mkdir(parents=True)
    script.symlink_to(tmp_path / "elsewhere")
    result = install("bash", "--install")
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {script} is no plain file and was left as it is.")
    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_written_to_is_named(run_offline: Run, tmp_path: Path) -> None:
    (tmp_path / ".config").touch()
    result = run_offline("completion", "fish", "--install", environ={"HOME": str(tmp_path)})
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {tmp_path}/.config")


def test_without_a_home_nothing_is_written(run_offline: Run) -> None:
    result = run_offline("completion", "bash", "--install", environ={"HOME": ""})
    assert (result.status, result.stderr) == (
        2,
        "error: Nothing was written: no home folder is known.\nhint: set HOME\n",
    )


@needs("zsh")
def test_zsh_completes_after_it_is_installed(install: Run, tmp_path: Path) -> None:
    (tmp_path / ".zshrc").write_text("unsetopt zle_bracketed_paste prompt_sp; PS1='ready> '\n")
    install("zsh", "--install")
    environ = {**os.environ, "HOME": str(tmp_path), "ZDOTDIR": str(tmp_path)}
    shell = pexpect.spawn(
        "zsh", ["-d", "-i"], env=environ, encoding="utf-8", timeout=30, dimensions=(24, 200)
    )
    shell.expect("ready> ")
    shell.send("batchdoctor nodes s\t")
    shell.expect_exact("batchdoctor nodes suspect")
    shell.close(force=True)


@needs("fish")
def test_fish_completes_after_it_is_installed(install: Run, tmp_path: Path) -> None:
    install("fish", "--install")
    # fish looks for the script of a program that is there only.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "HOME": str(tmp_path), "PATH": path}
    told = pexpect.run("fish -c \"complete -C 'batchdoctor nodes s'\"", env=environ, timeout=30)
    assert isinstance(told, bytes)
    assert told.split()[0] == b"suspect"


@pytest.mark.skipif(
    not Path("/usr/share/bash-completion/bash_completion").exists(),
    reason="bash-completion is not installed",
)
def test_bash_completes_after_it_is_installed(install: Run, tmp_path: Path) -> None:
    install("bash", "--install")
    environ = {**os.environ, "HOME": str(tmp_path)}
    shell = pexpect.spawn("bash", ["--norc"], env=environ, encoding="utf-8", timeout=30)
    shell.sendline("PS1='ready> '; . /usr/share/bash-completion/bash_completion; echo loa''ded")
    shell.expect("loaded")
    shell.expect("ready> ")
    shell.send("batchdoctor nodes s\t")
    shell.expect_exact("batchdoctor nodes suspect")
    shell.close(force=True)
