"""The first words of a command line: what each is for, and which module's `app` says the rest."""

from __future__ import annotations

from typing import NamedTuple

_COMMANDS = "batchdoctor.cli.commands."


class Word(NamedTuple):
    """A first word; a noun has commands of its own below it."""

    module: str
    summary: str
    is_noun: bool = True


WORDS = {
    "triage": Word(
        _COMMANDS + "triage",
        "What is wrong in the account, worst first, and what do I type next?",
        is_noun=False,
    ),
    "wait": Word(_COMMANDS + "wait", "Wait until it is so: a job is done, a pool has its nodes."),
    "explain": Word(
        _COMMANDS + "explain",
        "What does this error code, exit code, state of a node or line of a program mean?",
        is_noun=False,
    ),
    "demo": Word(
        _COMMANDS + "demo",
        "See a sick Batch account that needs no Azure, or try a command on it.",
        is_noun=False,
    ),
    "completion": Word(
        "batchdoctor.cli.completion.command",
        "Print the completion script of a shell, or install it.",
        is_noun=False,
    ),
    "help": Word(
        "batchdoctor.cli.manual.command",
        "Show the help of a command, or of all of them as a page for man.",
        is_noun=False,
    ),
    "tasks": Word(_COMMANDS + "tasks", "Ask about many tasks."),
    "task": Word(_COMMANDS + "task", "Look at one task, or end it."),
    "nodes": Word(_COMMANDS + "nodes", "Ask about many nodes."),
    "node": Word(_COMMANDS + "node", "Look at given nodes, or act on them."),
    "pools": Word(_COMMANDS + "pools", "Ask about many pools."),
    "pool": Word(_COMMANDS + "pool", "Look at one pool."),
    "jobs": Word(_COMMANDS + "jobs", "Ask about many jobs."),
    "job": Word(_COMMANDS + "job", "Look at one job, or change jobs as a whole."),
    "files": Word(_COMMANDS + "files", "Files of tasks and nodes."),
    "messages": Word(
        _COMMANDS + "messages", "What the words of programs mean, by your own tables."
    ),
    "bundle": Word(
        _COMMANDS + "bundle",
        "Take along what an account says now, to be asked later with --from.",
        is_noun=False,
    ),
    "auth": Word(_COMMANDS + "auth", "The way in to the account."),
    "config": Word(_COMMANDS + "config", "What is set on this machine, and where it is kept."),
    "events": Word(_COMMANDS + "events", "Read diagnostic-log events."),
    "sandbox": Word(
        _COMMANDS + "sandbox", "A Batch account in a box, for training and for testing scripts."
    ),
    "schema": Word(
        _COMMANDS + "schema",
        "Which keys has a command's json? Its JSON Schema; without a command, which there are.",
        is_noun=False,
    ),
}
