"""What TAB costs with full files of names, beside a TAB that needs none, in the real shells.

Run with `python -m pytest -n0 -s tests/benchmarks/test_completion.py`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pexpect
import pytest

from batchdoctor.work.remembered_names import remember

COMPLETIONS = Path(__file__).parents[2] / "completions"
MANY = range(500)
# Without names, and with the most that there can be.
BARE = "batchdoctor nodes s"
LIVE = (
    "batchdoctor job diagnose job-04",
    "batchdoctor files get stderr ",
    "batchdoctor task show ",
)
ROUNDS = 15

BASH = """
source {script}
for line in {lines}; do
    IFS=' ' read -r -a COMP_WORDS <<< "$line"
    [[ $line == *' ' ]] && COMP_WORDS+=('')
    COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
    for ((round = 0; round < {rounds}; round++)); do
        began=$EPOCHREALTIME; _batchdoctor; ended=$EPOCHREALTIME
        echo "$(( ${{ended/./}} - ${{began/./}} )) $line"
    done
done
"""
FISH = """
source {script}
for line in {lines}
    for round in (seq {rounds})
        set -l began (date +%s%N); complete -C $line > /dev/null; set -l ended (date +%s%N)
        echo (math "($ended - $began) / 1000") $line
    end
end
"""


@pytest.fixture(autouse=True)
def names() -> None:
    remember(
        Path(os.environ["HOME"]) / ".cache" / "batchdoctor" / "names",
        "acct.westeurope.batch.azure.com",
        "default",
        {
            "jobs": [f"job-{n:04}" for n in MANY],
            "pools": [f"pool-{n:04}" for n in MANY],
            "nodes": [f"pool-0001/tvm-1234567890_{n}-20261120t101010z" for n in MANY],
            "tasks": [f"job-0001/task-{n:06}" for n in MANY],
        },
    )


def medians(output: str) -> dict[str, float]:
    """Median of each line, in ms."""
    taken: dict[str, list[float]] = {}
    for row in output.splitlines():
        micros, _, line = row.partition(" ")
        taken.setdefault(line, []).append(float(micros) / 1000)
    return {line: sorted(each)[len(each) // 2] for line, each in taken.items()}


def told(shell: str, found: dict[str, float]) -> None:
    bare = found[BARE.strip()] if BARE.strip() in found else found[BARE]
    for line, taken in found.items():
        print(
            f"\n{shell}: {taken:.1f} ms, ratio {taken / bare:.1f} to a bare TAB: {line!r}", end=""
        )


def quoted(lines: tuple[str, ...]) -> str:
    return " ".join(f"'{line}'" for line in lines)


@pytest.mark.parametrize(
    ("shell", "template", "end"), [("bash", BASH, "bash"), ("fish", FISH, "fish")]
)
def test_a_shell_that_can_be_asked(shell: str, template: str, end: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = template.format(
        script=COMPLETIONS / f"batchdoctor.{shell}", lines=quoted((BARE, *LIVE)), rounds=ROUNDS
    )
    output = subprocess.run([shell, "-c", script], capture_output=True, text=True, check=True)
    told(shell, medians(output.stdout))


def test_zsh_at_its_prompt(tmp_path: Path) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed")
    log = tmp_path / "times"
    shell = pexpect.spawn("zsh", ["-f"], encoding="utf-8", timeout=30, dimensions=(50, 200))
    shell.sendline("unsetopt zle_bracketed_paste prompt_sp; PS1='ready> '; LISTMAX=10000")
    shell.sendline("zmodload zsh/datetime; autoload -Uz compinit && compinit -u -D")
    shell.sendline(f"source {COMPLETIONS}/_batchdoctor")
    shell.sendline(
        "_timed() { local began=$EPOCHREALTIME; _batchdoctor; "
        f'print -r -- $(( (EPOCHREALTIME - began) * 1000000 )) "${{words[*]}}" >> {log} }}; '
        "compdef _timed batchdoctor; echo loa''ded"
    )
    shell.expect("loaded")
    shell.expect("ready> ")
    for line in (BARE, *LIVE):
        for _ in range(3):
            shell.send(f"{line}\t")
            time.sleep(0.5)
            shell.sendcontrol("c")
            shell.expect("ready> ")
    shell.close(force=True)
    told("zsh", medians(log.read_text()))
