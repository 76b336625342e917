"""The words of a command line: what each first one is for, and which module has the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

_COMMANDS = "batchdoctor.cli.commands."


class Word(NamedTuple):
    """A first word: a command of its own, or a noun with verbs.

    `modules` are by verb, those of a command that stands for itself by its own name. The `app` of
    each has the command.
    """

    summary: str
    modules: Mapping[str, str]
    is_noun: bool = True


def _noun(summary: str, **verbs: str) -> Word:
    return Word(summary, {verb: _COMMANDS + module for verb, module in verbs.items()})


def _verb(name: str, summary: str, module: str | None = None) -> Word:
    return Word(summary, {name: module or _COMMANDS + name}, is_noun=False)


WORDS = {
    "triage": _verb(
        "triage", "What is wrong in the account, worst first, and what do I type next?"
    ),
    "cost": _verb("cost", "What were the hours of the nodes spent on, and what did it cost?"),
    "timeline": _verb(
        "timeline", "What happened when, since when does it fail, and what changed just before?"
    ),
    "compare": _noun(
        "What differs from the run that went well, and can matter?",
        jobs="compare",
        tasks="compare",
        nodes="compare",
        logs="compare",
        bundles="compare",
    ),
    "wait": _noun(
        "Wait until it is so: a job is done, a pool has its nodes.",
        job="wait",
        pool="wait",
        node="wait",
        task="wait",
    ),
    "explain": _verb(
        "explain",
        "What does this error code, exit code, state of a node or line of a program mean?",
    ),
    "demo": _verb("demo", "See a sick Batch account that needs no Azure, or try a command on it."),
    "completion": _verb(
        "completion",
        "Print the completion script of a shell, or install it.",
        "batchdoctor.cli.completion.command",
    ),
    "help": _verb(
        "help",
        "Show the help of a command, or of all of them as a page for man.",
        "batchdoctor.cli.manual.command",
    ),
    "tasks": _noun(
        "Ask about many tasks.",
        list="tasks.list",
        failed="tasks.failed",
        reactivate="tasks.reactivate",
    ),
    "task": _noun("Look at one task, or end it.", show="tasks.show", terminate="tasks.terminate"),
    "nodes": _noun("Ask about many nodes.", list="nodes.list", suspect="nodes.suspect"),
    "node": _noun(
        "Look at given nodes, or act on them.",
        show="nodes.show",
        login="nodes.login",
        logs="nodes.logs",
        disable="nodes.changes",
        enable="nodes.changes",
        start="nodes.changes",
        reboot="nodes.changes",
        reimage="nodes.changes",
        deallocate="nodes.changes",
        remove="nodes.remove",
    ),
    "pools": _noun("Ask about many pools.", list="pools.list"),
    "pool": _noun("Look at one pool.", diagnose="pools.diagnose"),
    "jobs": _noun("Ask about many jobs.", list="jobs.list"),
    "job": _noun(
        "Look at one job, or change jobs as a whole.",
        diagnose="jobs.diagnose",
        disable="jobs.changes",
        enable="jobs.changes",
        terminate="jobs.changes",
    ),
    "files": _noun(
        "Files of tasks and nodes.",
        list="files.list",
        get="files.get",
        grep="files.grep",
        tail="files.tail",
    ),
    "messages": _noun("What the words of programs mean, by your own tables.", test="messages"),
    "bundle": _verb(
        "bundle", "Take along what an account says now, to be asked later with --from."
    ),
    "mcp": _verb(
        "mcp", "Give an agent the questions of an account as tools, which change nothing."
    ),
    "auth": _noun("The way in to the account.", check="auth"),
    "config": _noun(
        "What is set on this machine, and where it is kept.",
        show="config_show",
        profiles="config_show",
        paths="config_paths",
    ),
    "events": _noun(
        "Read diagnostic-log events.",
        parse="events.parse",
        query="events.query",
        rule="events.rule",
        map="events.shards",
        reduce="events.shards",
        submit="events.submit",
    ),
    "sandbox": _noun(
        "A Batch account in a box, for training and for testing scripts.",
        serve="sandbox",
        events="sandbox",
        scenarios="sandbox",
    ),
    "schema": _verb(
        "schema",
        "Which keys has a command's json? Its JSON Schema; without a command, which there are.",
    ),
}
