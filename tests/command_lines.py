"""A command line for each command there is, run one after the other against one account."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer.main

from batchdoctor.cli.app import whole_app
from batchdoctor.cli.completion.tree import tree_of
from batchdoctor.sandbox import Sandbox
from tests.box import Clock, run_with

POOL, JOB, TASK = "render-linux", "render-20261121", "frame-0004"
# Those that are sound: the sick node of the scenario is the tenth.
NODES = [
    f"{POOL}/tvm-283647310_{born}"
    for born in (
        "1-20261102t200154z",
        "2-20261103t221008z",
        "3-20261104t102416z",
        "4-20261105t035701z",
        "5-20261106t104001z",
        "6-20261107t054102z",
        "7-20261108t052148z",
    )
]
NODE = NODES[0]
ACTIONS = ("disable", "enable", "reboot", "reimage", "deallocate", "start", "remove")

SETTINGS = {
    "BATCHDOCTOR_LOGS_CONTAINER": "https://logs.blob.core.windows.net/here?sv=2024-11-04&sp=w&sig=x"
}

# What is typed after the words of a command; `{}` is a folder of one's own.
LINES: dict[str, Sequence[Sequence[str]]] = {
    "explain": [["137", "BlobAccessDenied"]],
    "demo": [[]],
    "completion": [["powershell"]],
    "tasks failed": [["--by", "code"], ["--save-logs", "{}/logs"]],
    "tasks reactivate": [["--failed", "--job", JOB, "--yes"]],
    "task show": [[f"{JOB}/{TASK}"]],
    "task terminate": [[f"{JOB}/{TASK}", "--yes"]],
    "node show": [[NODE]],
    "node login": [[NODE, "--user", "kim", "--yes"]],
    "node logs": [[NODE, "--yes"]],
    **{f"node {action}": [[node, "--yes"]] for action, node in zip(ACTIONS, NODES, strict=True)},
    "pool diagnose": [[POOL]],
    "job diagnose": [[JOB]],
    "job disable": [[JOB, "--yes"]],
    "job enable": [[JOB, "--yes", "--no-journal"]],
    "job terminate": [[JOB, "--dry-run"]],
    "files list": [["--task", f"{JOB}/{TASK}"]],
    "files get": [
        ["stdout", "--task", f"{JOB}/{TASK}"],
        ["*", "--task", f"{JOB}/{TASK}", "--out", "{}/files"],
        ["*", "--task", f"{JOB}/{TASK}", "--out", "{}/files", "--force"],
    ],
    "files tail": [["stderr", "--task", f"{JOB}/{TASK}"]],
    "files grep": [["said", "--job", JOB, "--failed"]],
    "compare jobs": [[JOB, "encode-20261121"]],
    "compare tasks": [[f"{JOB}/{TASK}", f"{JOB}/frame-0001"]],
    "compare nodes": [[NODES[0], NODES[1]]],
    "compare logs": [["{}/kept/PT1H.json", "{}/kept"]],
    "compare bundles": [["{}/night.zip", "{}/night.zip"]],
    "wait job": [[JOB, "--until", "failed>0"]],
    "wait pool": [[POOL, "--until", "nodes>=1"]],
    "bundle": [["--out", "{}/night.zip"]],
    "events parse": [["{}/kept/PT1H.json", "--tally-out", "{}/tally"], ["{}/kept"]],
    "events map": [["{}/kept", "--out", "{}/counts"]],
    "events reduce": [["{}/counts"], ["{}/counts", "--final"]],
    # What it speaks on is the process's own, and has tests of its own.
    "mcp": [["--help"]],
    "config paths": [["-o", "ids"]],
    "sandbox events": [[]],
    # It serves until it is told to end, and has a test of its own.
    "sandbox serve": [["--size", "0"]],
    "schema": [["tasks failed"]],
}


def command_lines() -> list[list[str]]:
    """At least one line a command, bare for those that are not told of above."""
    tree = tree_of(typer.main.get_command(whole_app()))
    commands = [command.path for command in tree.every() if not command.children]
    return [[*path, *words] for path in commands for words in LINES.get(" ".join(path), [[]])]


Outcome = tuple[int, str, str]


def outcomes(
    lines: Sequence[Sequence[str]], environ: Mapping[str, str], folder: Path
) -> dict[str, Outcome]:
    """What each line comes to: status, standard output, standard error.

    Ports, folders and what took how long are left out: they differ each time.
    """
    clock = Clock()
    with Sandbox("bad-node", now=clock) as sandbox:
        sandbox.store.task(JOB, TASK).files = {
            "stdout.txt": b"said\n",
            "stderr.txt": b"err\n",
            "wd/nul": b"x",
            "wd/a:b?": b"y",
        }
        log = "".join(line + "\n" for line in sandbox.diagnostic_log())
        (folder / "kept").mkdir()
        (folder / "kept" / "PT1H.json").write_text(log, encoding="utf-8")
        keys = folder / ".ssh"
        keys.mkdir()
        (keys / "id_ed25519.pub").write_text("ssh-ed25519 AAAA kim", encoding="utf-8")
        os.environ.setdefault("HOME", "")
        run = run_with(sandbox.environment(), clock, clock.sleep)
        found: dict[str, Outcome] = {}
        for number, line in enumerate(lines):
            words = [word.replace("{}", str(folder)) for word in line]
            result = run(*words, environ={"HOME": "", **SETTINGS, **environ})
            out, err = (_steady(text, str(folder)) for text in (result.stdout, result.stderr))
            found[f"{number} {' '.join(line)}"] = (result.status, out, err)
    return found


def _steady(text: str, folder: str) -> str:
    text = re.sub(r"(connection|clock) .*", r"\1", text.replace(folder, "FOLDER"))
    text = text.replace("AppData/Local", ".local/state").replace("AppData/Roaming", ".config")
    # A part of the counting is named after the place of its logs.
    text = re.sub(r"\b[0-9a-f]{16}\b", "PART", text)
    # How small a bundle is packed depends on the digits of the port in it.
    text = re.sub(r"(night\.zip): \d+\.\d kB\.", r"\1: SIZE.", text)
    return re.sub(r"127\.0\.0\.1:\d+", "HERE", text)
