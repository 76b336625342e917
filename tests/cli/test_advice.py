"""Every command line that is advised anywhere can be typed: it parses against the real tree."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from batchdoctor.cli.app import build_app
from batchdoctor.core.catalog import load_catalog
from batchdoctor.core.state_meanings import NODE_STATES
from tests.cli.conftest import Open

COMMAND = re.compile(r"\bbatchdoctor .*")
TREE: Any = typer.main.get_command(build_app())

# Advised and not there yet; a line to be taken out with each of them.
UNFINISHED = {("files", "tail"), ("files", "list"), ("node", "logs"), ("node", "login")}


def command_lines(texts: list[str]) -> Iterator[str]:
    for text in texts:
        if found := COMMAND.search(text):
            yield found[0]


def missing(line: str) -> tuple[str, ...] | None:
    """The words of a command that does not exist; raises what typer says of a wrong line."""
    words = shlex.split(line)[1:]
    command, context, path = (
        TREE,
        TREE.make_context("batchdoctor", words[:0], resilient_parsing=True),
        [],
    )
    while hasattr(command, "commands"):
        path.append(words[0])
        if words[0] not in command.commands:
            return (*path, *words[1:2]) if len(path) == 1 else tuple(path)
        command, words = command.commands[words[0]], words[1:]
    command.make_context(path[-1], list(words), parent=context)
    return None


def check(lines: set[str]) -> None:
    assert lines
    unknown = {line: words for line in sorted(lines) if (words := missing(line)) is not None}
    assert {line for line, words in unknown.items() if words not in UNFINISHED} == set()


def test_what_is_not_there_is_noticed() -> None:
    assert missing("batchdoctor nonsense now") == ("nonsense", "now")
    assert missing("batchdoctor node nonsense") == ("node", "nonsense")
    with pytest.raises(Exception, match="No such option"):
        missing("batchdoctor nodes suspect --nonsense")
    with pytest.raises(Exception, match="Missing option"):
        missing("batchdoctor job diagnose")


def test_what_is_called_unfinished_is() -> None:
    for words in UNFINISHED:
        assert missing(f"batchdoctor {' '.join(words)}") == words, f"{words} is there by now"


def test_the_actions_of_the_catalog_can_be_typed() -> None:
    check({line for entry in load_catalog() for line in command_lines([*entry.actions])})


def test_what_is_advised_about_states_can_be_typed() -> None:
    check({line for state in NODE_STATES for line in command_lines([*state.actions])})


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
