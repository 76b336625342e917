"""Which command was meant by a word that is none: the right one, or none."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

# A neighbour less like the word than this is another word: `watch` is no `auth`.
_ALIKE = 0.7

# Words of other tools, by the first word of ours that they follow; "" is the program itself.
_MEANT: dict[str, dict[str, str]] = {
    "": {
        "check": "triage",
        "diagnose": "triage",
        "doctor": "triage",
        "health": "triage",
        "status": "triage",
        "login": "auth check",
        "logs": "files tail",
        "tail": "files tail",
        "cat": "files get",
        "get": "jobs list",
        "list": "jobs list",
        "ls": "jobs list",
        "retry": "tasks reactivate",
        "version": "--version",
    },
    "*": {
        "delete": "terminate",
        "describe": "show",
        "get": "show",
        "inspect": "show",
        "kill": "terminate",
        "cancel": "terminate",
        "stop": "terminate",
        "ls": "list",
        "restart": "reboot",
        "retry": "reactivate",
        "rerun": "reactivate",
        "rm": "remove",
        "resume": "enable",
        "pause": "disable",
        "health": "diagnose",
        "status": "show",
    },
}


def neighbour(word: str, names: Collection[str], noun: str) -> str | None:
    """The name that a word was meant for, of those that may stand there; None if none is like it.

    `noun` is the word before it, empty for the first word of a command line.
    """
    meant = _MEANT["*" if noun else ""].get(word.lower())
    if meant and (meant.partition(" ")[0] in names or meant.startswith("-")):
        return meant
    alike = get_close_matches(word.lower(), names, 1, _ALIKE)
    return alike[0] if alike else None
