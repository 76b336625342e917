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
        "Ask about many tasks.", list="task_list", failed="tasks_failed", reactivate="reactivate"
    ),
    "task": _noun("Look at one task, or end it.", show="task_show", terminate="task_terminate"),
    "nodes": _noun("Ask about many nodes.", list="node_list", suspect="nodes_suspect"),
    "node": _noun(
        "Look at given nodes, or act on them.",
        show="node_show",
        login="node_login",
        logs="node_logs",
        disable="node_changes",
        enable="node_changes",
        start="node_changes",
        reboot="node_changes",
        reimage="node_changes",
        deallocate="node_changes",
        remove="node_remove",
    ),
    "pools": _noun("Ask about many pools.", list="pools"),
    "pool": _noun("Look at one pool.", diagnose="pool"),
    "jobs": _noun("Ask about many jobs.", list="jobs"),
    "job": _noun(
        "Look at one job, or change jobs as a whole.",
        diagnose="job_diagnose",
        disable="job_changes",
        enable="job_changes",
        terminate="job_changes",
    ),
    "files": _noun(
        "Files of tasks and nodes.",
        list="files_list",
        get="files_get",
        grep="files_grep",
        tail="files_tail",
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
        parse="events",
        query="events_query",
        rule="events_rule",
        map="events_shards",
        reduce="events_shards",
        submit="events_submit",
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
