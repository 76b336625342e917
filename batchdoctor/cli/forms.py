"""Other ways to type a command, turned into the one that there is."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.cli.words import WORDS

# Each noun in the other number; its verbs are those of either.
TWINS = {
    "job": "jobs",
    "jobs": "job",
    "pool": "pools",
    "pools": "pool",
    "node": "nodes",
    "nodes": "node",
    "task": "tasks",
    "tasks": "task",
}
# Nouns that there are in one number only.
_OTHER_NUMBER = {"file": "files", "event": "events", "sandboxes": "sandbox", "schemas": "schema"}
# What the words of other tools come to: behind `node` or `nodes`, in front of its operands.
_OF_NODES = {
    "cordon": ("disable", "--task-completion"),
    "drain": ("disable", "--requeue"),
    "uncordon": ("enable",),
    "ssh": ("login",),
}
# The page of a job or of a pool is its diagnosis.
_PAGES = {("job", "show"), ("jobs", "show"), ("pool", "show"), ("pools", "show")}


def as_meant(argv: Sequence[str]) -> list[str]:
    """The words of a command line, the first two as the tree of commands has them."""
    first, *rest = argv or [""]
    if first == "ssh":
        return ["node", "login", *rest]
    if first == "help":
        return _help(rest)
    first = _OTHER_NUMBER.get(first, first)
    if first not in TWINS or not rest or rest[0].startswith("-"):
        return [first, *rest] if argv else []
    verb, *operands = rest
    if (first, verb) in _PAGES:
        verb = "diagnose"
    if first in {"node", "nodes"} and verb in _OF_NODES:
        verb, *added = _OF_NODES[verb]
        operands = [*added, *operands]
    if verb not in WORDS[first].modules and verb in WORDS[TWINS[first]].modules:
        first = TWINS[first]
    return [first, verb, *operands]


def _help(words: Sequence[str]) -> list[str]:
    """`help tasks failed` is `tasks failed --help`; pages of help's own stay as they are."""
    if not words:
        return []
    own = words[0] == "options" or words[0].startswith("-")
    return ["help", *words] if own else [*words, "--help"]
