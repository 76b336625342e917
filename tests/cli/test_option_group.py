"""Options that commands take together: shown one by one, handed over as one value."""

from __future__ import annotations

from typing import Annotated

import typer
from msgspec import NODEFAULT

from batchdoctor.cli.option_group import OptionGroup, gathered, own_options, spread

Loud = Annotated[bool, typer.Option("--loud", help="Say it loudly.")]


class Manner(OptionGroup, frozen=True, kw_only=True):
    """How it is said."""

    loud: Loud = False
    times: int = 1


class PoliteManner(Manner, frozen=True, kw_only=True):
    """How it is said to strangers."""

    title: str


def speak(call: object, word: str, *, manner: Manner, dry_run: bool = False) -> int:
    return 0


def greet(call: object, manner: PoliteManner) -> int:
    return 0


def test_the_options_of_a_group_stand_where_the_group_does() -> None:
    assert [(each.name, each.default) for each in spread(own_options(speak))] == [
        ("word", spread(own_options(speak))[0].empty),
        ("loud", False),
        ("times", 1),
        ("dry_run", False),
    ]


def test_an_option_keeps_what_is_told_of_it() -> None:
    loud = spread(own_options(speak))[1]
    assert loud.annotation == Loud


def test_the_command_gets_the_values_of_a_group_as_one() -> None:
    values = {"word": "hello", "loud": True, "times": 2, "dry_run": True}
    assert gathered(own_options(speak), values) == {
        "word": "hello",
        "manner": Manner(loud=True, times=2),
        "dry_run": True,
    }


def test_a_group_may_add_to_another_and_need_an_option() -> None:
    options = {each.name: each.default for each in spread(own_options(greet))}
    assert options == {"loud": False, "times": 1, "title": options["title"]}
    assert options["title"] is not NODEFAULT
    values = {"loud": False, "times": 1, "title": "Dr"}
    assert gathered(own_options(greet), values) == {"manner": PoliteManner(title="Dr")}
