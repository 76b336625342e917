"""The Python face: each command has its method, which gives the same items and says nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer.main

import batchdoctor
from batchdoctor.cli.app import whole_app
from batchdoctor.cli.completion.tree import tree_of
from batchdoctor.core.item import plain
from batchdoctor.errors import DeclinedError, NotFoundError, UsageError
from batchdoctor.work.answers.asking import Asking
from tests.box import Box, Open

POOL, JOB = "render-linux", "render-20261121"
OTHER_JOB = "encode-20261121"


def account_of(box: Box, **more: str) -> batchdoctor.Account:
    """The account of a box as a program opens it, at the time of the box."""
    account = batchdoctor.connect(environ={**box.sandbox.environment(), **more})
    asking = account._asking
    asking.outside.now, asking.outside.sleep = box.clock, box.clock.sleep
    return account


def items_of(box: Box, *argv: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = box.run(*argv, "-o", "json").json()["items"]
    return found


def plain_items(answer: batchdoctor.Answer[Any]) -> list[Any]:
    """Items as JSON has them."""
    text = msgspec.json.encode([plain(item) for item in answer])
    return list(json.loads(text))


def suspect(box: Box) -> str:
    (found,) = items_of(box, "nodes", "suspect", "--pool", POOL)
    return f"{found['poolId']}/{found['nodeId']}"


def other_node(box: Box) -> str:
    found = items_of(box, "nodes", "list", POOL, "--limit", "1")[0]
    return f"{found['poolId']}/{found['nodeId']}"


def failed_task(box: Box) -> str:
    found = items_of(box, "tasks", "failed", "--job", JOB, "--limit", "1")[0]
    return f"{found['jobId']}/{found['taskId']}"


Ask = Callable[[batchdoctor.Account, Box], batchdoctor.Answer[Any]]
QUESTIONS: dict[str, tuple[Callable[[Box], list[str]], Ask]] = {
    "jobs list": (lambda _: ["--pool", POOL], lambda a, _: a.jobs(pools=POOL)),
    "pools list": (lambda _: [], lambda a, _: a.pools()),
    "nodes list": (lambda _: [POOL], lambda a, _: a.nodes(POOL)),
    "tasks list": (
        lambda _: [JOB, "--state", "failed", "--limit", "2"],
        lambda a, _: a.tasks(JOB, results="failure", limit=2),
    ),
    "cost": (
        lambda _: ["--price", f"{POOL}=0.34"],
        lambda account, _: account.cost(prices={POOL: 0.34}),
    ),
    "triage": (lambda _: [], lambda account, _: account.triage()),
    "timeline": (lambda _: ["--pool", POOL], lambda account, _: account.timeline(pools=POOL)),
    "tasks failed": (lambda _: ["--job", JOB], lambda account, _: account.failed_tasks(JOB)),
    "task show": (lambda box: [failed_task(box)], lambda a, box: a.task(failed_task(box))),
    "nodes suspect": (lambda _: [], lambda account, _: account.suspect_nodes()),
    "node show": (lambda box: [suspect(box)], lambda a, box: a.node(suspect(box))),
    "pool diagnose": (lambda _: [POOL], lambda account, _: account.diagnose_pool(POOL)),
    "job diagnose": (lambda _: [JOB], lambda account, _: account.diagnose_job(JOB)),
    "compare jobs": (lambda _: [JOB, OTHER_JOB], lambda a, _: a.compare_jobs(JOB, OTHER_JOB)),
    "compare tasks": (
        lambda box: [failed_task(box), f"{JOB}/frame-0001"],
        lambda a, box: a.compare_tasks(failed_task(box), f"{JOB}/frame-0001"),
    ),
    "compare nodes": (
        lambda box: [other_node(box), suspect(box)],
        lambda a, box: a.compare_nodes(other_node(box), suspect(box)),
    ),
    "files list": (
        lambda box: ["--task", failed_task(box)],
        lambda account, box: account.files(failed_task(box)),
    ),
    "files grep": (
        lambda _: ["503|errno", "-i", "--job", JOB, "--failed", "-C", "1"],
        lambda account, _: account.search_files(
            "503|errno", JOB, failed=True, context=1, ignore_case=True
        ),
    ),
}
# What a change would do is told without doing it, in the same words.
CHANGES: dict[str, tuple[Callable[[Box], list[str]], Ask]] = {
    "tasks reactivate": (
        lambda box: [failed_task(box)],
        lambda a, box: a.reactivate(failed_task(box), dry_run=True),
    ),
    "job disable": (lambda _: [JOB], lambda a, _: a.disable_job(JOB, dry_run=True)),
    "job enable": (lambda _: [JOB], lambda a, _: a.enable_job(JOB, dry_run=True)),
    "job terminate": (lambda _: [JOB], lambda a, _: a.terminate_job(JOB, dry_run=True)),
    "task terminate": (
        lambda box: [failed_task(box)],
        lambda a, box: a.terminate_task(failed_task(box), dry_run=True),
    ),
    "node disable": (lambda b: [suspect(b)], lambda a, b: a.disable(suspect(b), dry_run=True)),
    "node enable": (lambda b: [suspect(b)], lambda a, b: a.enable(suspect(b), dry_run=True)),
    "node start": (lambda b: [suspect(b)], lambda a, b: a.start(suspect(b), dry_run=True)),
    "node reboot": (lambda b: [suspect(b)], lambda a, b: a.reboot(suspect(b), dry_run=True)),
    "node reimage": (lambda b: [suspect(b)], lambda a, b: a.reimage(suspect(b), dry_run=True)),
    "node deallocate": (
        lambda b: [suspect(b)],
        lambda a, b: a.deallocate(suspect(b), dry_run=True),
    ),
    "node remove": (lambda b: [suspect(b)], lambda a, b: a.remove(suspect(b), dry_run=True)),
}
# Commands whose methods give something else than items, or are tested in a way of their own.
OTHERS = {
    "explain",
    "files get",
    "files tail",
    "node login",
    "node logs",
    "auth check",
    "bundle",
    "events parse",
    "events map",
    "events reduce",
    "events submit",
    "messages test",
    "compare logs",
    "compare bundles",
    "wait job",
    "wait pool",
    "wait node",
    "wait task",
}
# What a program has no use for: it knows its settings, asks Log Analytics itself, deploys no text,
# reads the structs, is no agent, and needs no tour.
WITHOUT = {
    "completion",
    "config paths",
    "config profiles",
    "config show",
    "demo",
    "events query",
    "events rule",
    "help",
    "mcp",
    "sandbox events",
    "sandbox scenarios",
    "sandbox serve",
    "schema",
}


def test_every_command_has_its_method_or_a_reason_to_have_none() -> None:
    tree = tree_of(typer.main.get_command(whole_app()))
    commands = {" ".join(each.path) for each in tree.every() if not each.children}
    assert {*QUESTIONS, *CHANGES, *OTHERS, *WITHOUT} == commands


@pytest.mark.parametrize("command", QUESTIONS)
def test_a_question_gives_the_items_of_its_command(open_box: Open, command: str) -> None:
    box = open_box("bad-node")
    argv, ask = QUESTIONS[command]
    with account_of(box) as account:
        answer = ask(account, box)
    assert plain_items(answer) == items_of(box, *command.split(), *argv(box))
    assert answer.complete


@pytest.mark.parametrize("command", CHANGES)
def test_a_change_tells_what_it_would_do_as_its_command_does(open_box: Open, command: str) -> None:
    box = open_box("bad-node")
    argv, ask = CHANGES[command]
    with account_of(box) as account:
        answer = ask(account, box)
    assert plain_items(answer) == items_of(box, *command.split(), *argv(box), "--dry-run")
    # The account as it is made has listings and looks only.
    assert not [each for each in box.sandbox.requests if each.method not in {"GET", "HEAD"}]


def test_a_change_is_made_written_down_and_undone(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    node = suspect(box)
    with account_of(box, XDG_STATE_HOME=str(tmp_path)) as account:
        assert account.disable(node).item.outcome.value == "done"
        assert account.disable(node.upper()).item.outcome.value == "already"
        assert account.node(node).item.scheduling_state == "disabled"
        assert account.enable(node).item.outcome.value == "done"
    lines = (tmp_path / "batchdoctor" / "journal.jsonl").read_text().splitlines()
    journal = [json.loads(line) for line in lines]
    assert [(line["action"], line["result"]) for line in journal] == [
        ("disable", "begin"),
        ("disable", "done"),
        ("enable", "begin"),
        ("enable", "done"),
    ]


def test_changes_can_be_forbidden(open_box: Open) -> None:
    box = open_box("bad-node")
    with account_of(box, BATCHDOCTOR_READ_ONLY="1") as account:
        with pytest.raises(DeclinedError, match="forbids changes"):
            account.disable(suspect(box))
        assert account.disable(suspect(box), dry_run=True).item.outcome.value == "planned"


def test_a_wait_gives_the_item_of_its_command(open_box: Open) -> None:
    box = open_box("bad-node")
    with account_of(box) as account:
        node, task = suspect(box), failed_task(box)
        asked: list[tuple[Any, str, str]] = [
            ("job", JOB, "failed>3"),
            ("pool", POOL, "nodes>=2"),
            ("node", node, "running"),
            ("task", task, "succeeded"),
        ]
        for noun, name, until in asked:
            answer = account.wait(noun, name, until)
            assert plain_items(answer) == items_of(box, "wait", noun, name, "--until", until)
        with pytest.raises(ValueError, match="not of the form"):
            account.wait("task", "no-task")
        late = account.wait("job", JOB, timeout=timedelta(minutes=5))
    assert (late.item.outcome.value, late.item.waited_seconds) == ("timed-out", 300)


def test_files_come_as_bytes(open_box: Open) -> None:
    box = open_box("bad-node")
    task = failed_task(box)
    with account_of(box) as account:
        whole = account.read_file(task, "stderr")
        assert account.tail(task, "stderr", lines=1) == whole.splitlines(keepends=True)[-1]
        with pytest.raises(NotFoundError, match="no file of that name"):
            account.read_file(task, "wd/none.txt")
    argv = ("files", "get", "stderr", "--task", task)
    assert box.run(*argv).output == whole


def test_what_could_not_be_read_is_a_problem_of_the_answer(open_box: Open) -> None:
    box = open_box("bad-node")
    with account_of(box) as account:
        answer = account.failed_tasks([JOB, "no-such-job"])
    assert (answer.complete, len(answer.problems)) == (False, 1)
    assert answer.problems[0].subject == "job no-such-job"
    assert answer.notes[-1].startswith("warning: job no-such-job: ")


def test_an_account_that_nobody_named_is_an_error_with_a_hint() -> None:
    with pytest.raises(UsageError) as caught:
        batchdoctor.connect(environ={})
    assert caught.value.hint is not None


def test_access_is_checked(open_box: Open) -> None:
    with account_of(open_box("bad-node")) as account:
        outcomes = {check.name: check.outcome.value for check in account.check_access()}
    assert outcomes["credential"] == outcomes["connection"] == "ok"


def test_logs_and_codes_need_no_account(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    log = tmp_path / "events.jsonl"
    log.write_text("".join(f"{line.rstrip()}\n" for line in box.sandbox.diagnostic_log()))
    answer = batchdoctor.parse_events(log, show="failures")
    argv = ("events", "parse", str(log), "--show", "failures")
    assert plain_items(answer) == items_of(box, *argv)
    assert answer.summary == batchdoctor.parse_events([log]).summary
    (part,) = batchdoctor.map_events(log, tmp_path / "counts")
    assert [part.map_id] == [
        each.map_id for each in batchdoctor.map_events([log], tmp_path / "counts")
    ]
    assert batchdoctor.reduce_events(tmp_path / "counts", "1/2").item.attempts > 0
    whole = batchdoctor.answer_events(tmp_path / "counts")
    assert (whole.summary, whole.span) == (answer.summary, answer.span)
    (meaning,) = batchdoctor.explain("BlobAccessDenied")
    assert meaning.category == "preprocessing"


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = (
        "import sys, batchdoctor; "
        "print(sorted(name for name in sys.modules if name.startswith(('batchdoctor', 'azure'))))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout == "['batchdoctor']\n"


def test_nothing_is_written_on_any_stream(
    open_box: Open, capfd: pytest.CaptureFixture[str]
) -> None:
    with account_of(open_box("night-shift")) as account:
        assert account.triage()
        assert isinstance(account._asking, Asking)
    assert capfd.readouterr() == ("", "")


def test_the_example_of_the_readme_runs() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    _, _, rest = readme.partition("<!-- python example -->\n```python\n")
    example, _, _ = rest.partition("```\n<!-- end -->")
    told = subprocess.run(
        [sys.executable, "-c", example], capture_output=True, text=True, check=True
    )
    assert told.stderr == ""
    assert "'suspect', 'ongoing')" in told.stdout
    assert "schedulable nodes" in told.stdout.splitlines()[-1]


def test_a_bundle_is_made_and_asked_from_python(open_box: Open, tmp_path: Path) -> None:
    box, file = open_box("bad-node"), tmp_path / "night.zip"
    with account_of(box) as account:
        made = account.bundle(file)
        live = account.triage()
    assert made.complete
    with batchdoctor.connect(from_file=file, environ={}) as recorded:
        kept = recorded.triage()
        host = recorded.host
        with pytest.raises(UsageError, match="Nothing was done"):
            recorded.reboot(suspect(box))
    assert plain_items(kept) == plain_items(live)
    assert host == box.sandbox.url.removeprefix("http://")
