"""The commands and options as plain values, for whoever writes about them: completion, README."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from enum import Enum, EnumType
from typing import Any, get_args

import msgspec


class OptionWords(msgspec.Struct, frozen=True):
    """An option: its spellings, what it is for, the values it takes if they are few."""

    flags: tuple[str, ...]
    summary: str
    takes_value: bool
    values: tuple[str, ...] = ()
    metavar: str = ""


class CommandWords(msgspec.Struct, frozen=True):
    """A command or a group of them: its words after the program's name, and what may follow."""

    path: tuple[str, ...]
    summary: str
    children: tuple[CommandWords, ...]
    options: tuple[OptionWords, ...]
    text: str = ""
    """The whole help, of which `summary` is the first line."""
    arguments: tuple[tuple[str, str], ...] = ()

    def every(self) -> Iterator[CommandWords]:
        """The command and all below it."""
        yield self
        for child in self.children:
            yield from child.every()


def tree_of(root: Any) -> CommandWords:
    """The tree below the click command `root`, as it is registered; hidden ones are left out."""
    return _words(root, ())


def _words(command: Any, path: tuple[str, ...]) -> CommandWords:
    below = getattr(command, "commands", {})
    return CommandWords(
        path=path,
        summary=_first_line(command.help),
        children=tuple(
            _words(child, (*path, name)) for name, child in below.items() if not child.hidden
        ),
        options=(
            *(_option(param) for param in command.params if param.param_type_name == "option"),
            OptionWords(("-h", "--help"), "Show the help.", takes_value=False),
        ),
        text=inspect.cleandoc(command.help or ""),
        arguments=tuple(
            (param.metavar or str(param.name).upper(), _first_line(param.help))
            for param in command.params
            if param.param_type_name == "argument"
        ),
    )


def _option(param: Any) -> OptionWords:
    values = tuple(str(c.value if isinstance(c, Enum) else c) for c in _choices(param))
    return OptionWords(
        flags=tuple(param.opts),
        summary=_first_line(param.help),
        takes_value=not param.is_flag,
        values=values,
        metavar=param.metavar or "|".join(values) or "VALUE",
    )


def _choices(param: Any) -> Iterable[object]:
    """The few values that an option takes, as typer keeps them: before 0.29 with its type."""
    if hasattr(param, "type"):
        return getattr(param.type, "choices", ())
    annotation = param.type_descriptor.annotation
    kinds = [annotation, *get_args(annotation)]
    return next((kind for kind in kinds if isinstance(kind, EnumType)), ())


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n", maxsplit=1)[0]
