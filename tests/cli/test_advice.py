"""Every command line that is advised anywhere can be typed: it parses against the real tree."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from batchdoctor.cli.app import whole_app
from batchdoctor.core.meaning.catalog import load_catalog
from batchdoctor.core.meaning.node_states import NODE_STATES
from batchdoctor.core.text.step import commands_of
from tests.box import Open

COMMAND = re.compile(r"\bbatchdoctor .*")
TREE: Any = typer.main.get_command(whole_app())


def command_lines(texts: list[str]) -> Iterator[str]:
    for text in texts:
        if line := COMMAND.search(text):
            yield line[0]


def found(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words begin with, None if there is none, and what follows it."""
    command = TREE
    while hasattr(command, "commands"):
        name, *rest = words or [""]
        if name not in command.commands:
            return None, words
        command, words = command.commands[name], rest
    return command, words


def missing(line: str) -> tuple[str, ...] | None:
    """The first words of a command that does not exist; raises what typer says of a wrong line."""
    words = shlex.split(line)[1:]
    command, rest = found(words)
    if command is None:
        return tuple(words[:2])
    parent = TREE.make_context("batchdoctor", [], resilient_parsing=True)
    command.make_context(command.name, rest, parent=parent)
    return None


def check(lines: set[str]) -> None:
    assert lines
    assert {line for line in lines if missing(line)} == set()


def test_what_is_not_there_is_noticed() -> None:
    assert missing("batchdoctor nonsense now") == ("nonsense", "now")
    assert missing("batchdoctor node nonsense") == ("node", "nonsense")
    with pytest.raises(Exception, match="No such option"):
        missing("batchdoctor nodes suspect --nonsense")
    with pytest.raises(Exception, match="Missing parameter: node"):
        missing("batchdoctor node show")


def test_the_actions_of_the_catalog_can_be_typed() -> None:
    check({line for entry in load_catalog() for line in commands_of(entry.actions)})


def test_what_is_advised_about_states_can_be_typed() -> None:
    check({line for state in NODE_STATES for line in commands_of(state.actions)})


@pytest.mark.parametrize(
    "words",
    [
        ["triage"],
        ["tasks", "failed"],
        ["nodes", "suspect"],
        *(
            ["pool", "diagnose", "--pool", pool]
            for pool in ("render-linux", "sim-spot", "etl-windows", "ingest-linux")
        ),
        *(
            ["job", "diagnose", "--job", job]
            for job in ("risk-var-20261121", "nightly-etl-20261121", "model-fit-20261121")
        ),
        ["task", "show", "ingest-20261121/feed-039"],
        ["task", "show", "render-20261121/frame-0076"],
        ["task", "show", "model-fit-20261121/fold-01"],
    ],
    ids=" ".join,
)
def test_what_a_command_advises_can_be_typed(open_box: Open, words: list[str]) -> None:
    items = open_box("night-shift").run(*words, "-o", "jsonl").jsonl()
    check({line for item in items for line in command_lines(item["advice"])})
