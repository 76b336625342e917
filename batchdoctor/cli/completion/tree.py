"""The commands and options as plain values, for whoever writes about them: completion, README."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum, EnumType
from typing import Any, get_args

import msgspec

from batchdoctor.core.findings.kinds import KINDS
from batchdoctor.core.meaning.catalog import load_catalog

# What the names of options, and of operands in a line of usage, stand for in an account.
_OF_OPTIONS = {"--job": "jobs", "--pool": "pools", "--node": "nodes", "--task": "tasks"}
_OF_OPERANDS = (
    (re.compile(r"JOB/TASK|\bTASK\b"), ("tasks",)),
    (re.compile(r"\bOWNER\b"), ("tasks", "nodes")),
    (re.compile(r"\bJOB\b(?!/)"), ("jobs",)),
    (re.compile(r"\bPOOL\b(?!/)"), ("pools",)),
    (re.compile(r"\bNODE\b"), ("nodes",)),
)


class OptionWords(msgspec.Struct, frozen=True):
    """An option: its spellings, what it is for, the values it takes if they are few.

    `names` is the kind of things in the account that it names: `jobs`, `pools`, `nodes`, `tasks`,
    or `profiles`, which are the user's own.
    """

    flags: tuple[str, ...]
    summary: str
    takes_value: bool
    values: tuple[str, ...] = ()
    metavar: str = ""
    names: str = ""


class CommandWords(msgspec.Struct, frozen=True):
    """A command or a group of them: its words after the program's name, and what may follow.

    `names` are the kinds of things that its operands name, `values` the words that they may be.
    """

    path: tuple[str, ...]
    summary: str
    children: tuple[CommandWords, ...]
    options: tuple[OptionWords, ...]
    text: str = ""
    """The whole help, of which `summary` is the first line."""
    arguments: tuple[tuple[str, str], ...] = ()
    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Its words, each after a blank, as the scripts put them together."""
        return "".join(f" {word}" for word in self.path)

    def every(self) -> Iterator[CommandWords]:
        """The command and all below it."""
        yield self
        for child in self.children:
            yield from child.every()


def _kinds() -> tuple[str, ...]:
    return tuple(KINDS)


def _scenarios() -> tuple[str, ...]:
    from batchdoctor.sandbox import scenario_names

    return tuple(scenario_names())


def _codes() -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.code for entry in load_catalog()))


# Words that are known beforehand: by option, and by the last word of a command for its operands.
_VALUES: dict[str, Callable[[], tuple[str, ...]]] = {
    "--ignore": _kinds,
    "--scenario": _scenarios,
    "explain": _codes,
}


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
        names=_names_of_operands(command),
        values=_VALUES.get(path[-1] if path else "", lambda: ())(),
    )


def _names_of_operands(command: Any) -> tuple[str, ...]:
    shown = [p.metavar or "" for p in command.params if p.param_type_name == "argument"]
    kinds = (kind for form, kinds in _OF_OPERANDS for kind in kinds if any(map(form.search, shown)))
    return tuple(dict.fromkeys(kinds))


def _option(param: Any) -> OptionWords:
    values = tuple(str(c.value if isinstance(c, Enum) else c) for c in _choices(param))
    known = (_VALUES[flag]() for flag in param.opts if flag in _VALUES)
    named = (_OF_OPTIONS[flag] for flag in param.opts if flag in _OF_OPTIONS)
    return OptionWords(
        flags=tuple(param.opts),
        summary=_first_line(param.help),
        takes_value=not param.is_flag,
        values=values or next(known, ()),
        metavar=param.metavar or "|".join(values) or "VALUE",
        names="profiles" if "--profile" in param.opts else next(named, ""),
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


def flags_of(tree: CommandWords) -> dict[str, list[str]]:
    """The spellings of options that name things, by the kind of things."""
    found: dict[str, dict[str, None]] = {}
    for command in tree.every():
        for option in command.options:
            if option.names:
                found.setdefault(option.names, {}).update(dict.fromkeys(option.flags))
    return {kind: list(flags) for kind, flags in found.items()}


def next_words(command: CommandWords) -> list[tuple[str, str]]:
    """Words below a command and its options, each with what it is for."""
    words = [(child.path[-1], child.summary) for child in command.children]
    return words + [(flag, option.summary) for option in command.options for flag in option.flags]
