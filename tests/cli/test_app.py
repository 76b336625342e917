"""The tree of commands: what the table of words says is there, and no more is read than asked."""

from __future__ import annotations

from importlib import import_module

import pytest
import typer

from batchdoctor.cli.app import build_app
from batchdoctor.cli.words import WORDS

NOUNS = [name for name, word in WORDS.items() if word.is_noun]


def commands_of(app: typer.Typer, noun: str) -> list[str | None]:
    (group,) = [each.typer_instance for each in app.registered_groups]
    assert group is not None
    assert group.info.name == noun
    return [command.name for command in group.registered_commands]


@pytest.mark.parametrize("noun", NOUNS)
def test_a_noun_without_a_verb_has_all_of_its_commands_in_order(noun: str) -> None:
    assert commands_of(build_app(noun), noun) == list(WORDS[noun].modules)
    assert commands_of(build_app(noun, "--help"), noun) == list(WORDS[noun].modules)
    assert commands_of(build_app(noun, "unheard-of"), noun) == list(WORDS[noun].modules)


@pytest.mark.parametrize(
    ("noun", "verb"), [(noun, verb) for noun in NOUNS for verb in WORDS[noun].modules]
)
def test_a_verb_comes_alone(noun: str, verb: str) -> None:
    assert commands_of(build_app(noun, verb), noun) == [verb]


def test_every_command_of_a_module_is_in_the_table() -> None:
    for noun in NOUNS:
        modules = WORDS[noun].modules
        for module in set(modules.values()):
            for command in import_module(module).app.registered_commands:
                assert modules.get(command.name or "") == module
