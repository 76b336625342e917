"""The first page of help: what to begin with, and the commands in groups."""

from __future__ import annotations

from collections.abc import Iterator

from batchdoctor.cli.words import WORDS

# Commands, alternatives with a bar between them, and what they are for.
GROUPS: dict[str, tuple[tuple[str, str], ...]] = {
    "look": (
        ("jobs|pools|nodes|tasks list", "what is there, and how does it stand?"),
        ("task|node show", "one of them, explained"),
        ("files list|get|grep|tail", "what tasks and nodes have written"),
    ),
    "judge": (
        ("triage, job|pool diagnose, timeline", "what is wrong, worst first; since when?"),
        ("compare jobs|tasks|nodes|logs|bundles", "what differs, and can matter?"),
        ("tasks failed, cost", "which tasks failed, why, at what cost?"),
        ("wait job|pool|node|task", "returns when it is so"),
        ("nodes suspect", "which nodes should I not trust?"),
        ("explain, messages test", "what does this error or exit code mean?"),
    ),
    "act": (
        ("node disable|enable|reboot|reimage|remove|start|deallocate|login|logs", ""),
        ("job disable|enable|terminate", ""),
        ("task terminate", ""),
        ("tasks reactivate", ""),
    ),
    "logs": (
        ("events parse|query|rule", "what do diagnostic-log events say?"),
        ("bundle, events map|reduce|submit", "take along; count on many machines"),
    ),
    "set up": (
        ("auth check, config paths", "the way in; what is kept on this machine"),
        ("demo, sandbox serve|scenarios|events", "an account in a box"),
        ("help, completion, schema, mcp", "for people, shells, programs, agents"),
    ),
}
_INDENT = "  "
_WIDTH = 38


def overview() -> str:
    """The page, which fits 80 columns and 24 lines."""
    lines = [
        "Say what is wrong in an Azure Batch account, and what to type next.",
        "begin with: batchdoctor triage, or batchdoctor demo",
    ]
    for group, rows in GROUPS.items():
        lines.append(f"{group}:")
        lines += _folded(rows)
    if more := [word for word in WORDS if word not in _words_told()]:
        lines.append(f"more: {', '.join(more)}")
    lines.append("each: batchdoctor COMMAND --help; of all: batchdoctor help options")
    return "\n".join(lines) + "\n"


def _folded(rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """A line a row; rows without a purpose share one where there is room."""
    bare: list[str] = []
    for commands, purpose in rows:
        if not purpose:
            bare.append(commands)
            continue
        if bare:
            yield from _shared(bare)
            bare = []
        yield f"{_INDENT}{commands.ljust(_WIDTH)}{purpose}"
    if bare:
        yield from _shared(bare)


def _shared(bare: list[str]) -> Iterator[str]:
    line = ""
    for commands in bare:
        if line and len(line) + len(commands) > 76:  # noqa: PLR2004
            yield _INDENT + line
            line = ""
        line = f"{line}, {commands}" if line else commands
    yield _INDENT + line


def commands_told() -> Iterator[str]:
    """Every command that the page names, in full."""
    for rows in GROUPS.values():
        for commands, _ in rows:
            for each in commands.split(", "):
                nouns, _, verbs = each.partition(" ")
                for noun in nouns.split("|"):
                    for verb in verbs.split("|"):
                        yield f"{noun} {verb}".strip()


def _words_told() -> set[str]:
    return {command.split(" ")[0] for command in commands_told()}
