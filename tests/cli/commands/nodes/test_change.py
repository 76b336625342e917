"""Changing nodes: what is told, asked, sent, repeated, refused and written down."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.sandbox import Fault
from tests.box import Box, Clock, Open, Stream

POOL = "render-linux"


def nodes(box: Box, state: str, pool: str = POOL) -> list[str]:
    return [node.id for node in box.sandbox.store.pool(pool).nodes if node.state == state]


def sent(box: Box) -> list[tuple[str, str, Any]]:
    return [
        (request.method, request.path, json.loads(request.body) if request.body else None)
        for request in box.sandbox.requests
        if request.method != "GET"
    ]


# https://learn.microsoft.com/rest/api/batchservice/nodes and .../pools/remove-nodes
BODIES: list[tuple[list[str], str, Any]] = [
    (["disable"], "disablescheduling", {"nodeDisableSchedulingOption": "requeue"}),
    (
        ["disable", "--terminate"],
        "disablescheduling",
        {"nodeDisableSchedulingOption": "terminate"},
    ),
    (
        ["disable", "--task-completion"],
        "disablescheduling",
        {"nodeDisableSchedulingOption": "taskcompletion"},
    ),
    (["reboot"], "reboot", {"nodeRebootOption": "requeue"}),
    (["reboot", "--terminate"], "reboot", {"nodeRebootOption": "terminate"}),
    (["reboot", "--task-completion"], "reboot", {"nodeRebootOption": "taskcompletion"}),
    (["reboot", "--retained-data"], "reboot", {"nodeRebootOption": "retaineddata"}),
    (["reimage", "--terminate"], "reimage", {"nodeReimageOption": "terminate"}),
    (["reimage", "--retained-data"], "reimage", {"nodeReimageOption": "retaineddata"}),
    (["deallocate"], "deallocate", {"nodeDeallocateOption": "requeue"}),
    (["deallocate", "--retained-data"], "deallocate", {"nodeDeallocateOption": "retaineddata"}),
]


@pytest.mark.parametrize(("argv", "verb", "body"), BODIES)
def test_the_body_is_the_documented_one(
    open_box: Open, argv: list[str], verb: str, body: Any
) -> None:
    box = open_box()
    node = nodes(box, "idle")[0]
    result = box.run("node", *argv, f"{POOL}/{node}", "--yes", "-o", "json")
    assert (result.status, result.json()["items"][0]["outcome"]) == (0, "done")
    assert sent(box) == [("POST", f"/pools/{POOL}/nodes/{node}/{verb}", body)]


@pytest.mark.parametrize(("verb", "path"), [("enable", "enablescheduling"), ("start", "start")])
def test_enable_and_start_have_no_body(open_box: Open, verb: str, path: str) -> None:
    box = open_box()
    name = nodes(box, "offline")[0]
    if verb == "start":
        name = nodes(box, "idle")[0]
        box.run("node", "deallocate", name, "--pool", POOL, "--yes", "--wait")
    assert box.run("node", verb, name, "--pool", POOL, "--yes").status == 0
    assert sent(box)[-1] == ("POST", f"/pools/{POOL}/nodes/{name}/{path}", None)


def test_remove_sends_all_nodes_of_a_pool_in_one_request(open_box: Open) -> None:
    box = open_box()
    names = sorted(nodes(box, "idle")[:3])
    result = box.run("node", "remove", *names, "--pool", POOL, "--yes", "--wait", "-o", "json")
    assert result.status == 0
    assert {item["message"] for item in result.json()["items"]} == {"removal asked for; now gone"}
    body = {"nodeList": names, "nodeDeallocationOption": "requeue"}
    assert sent(box) == [("POST", f"/pools/{POOL}/removenodes", body)]


def test_more_nodes_than_one_removal_takes_go_one_removal_after_the_other(open_box: Open) -> None:
    box = open_box("big", size=500)
    pool = box.sandbox.store.pool("farm-linux")
    pool.nodes += [
        type(pool.nodes[0])(
            seq=10_000 + number,
            id=f"extra-{number}",
            pool=pool,
            state="idle",
            since=0,
            allocated=0,
            booted=0,
            ip="10.9.9.9",
            public_ip="20.9.9.9",
            port=1,
        )
        for number in range(150)
    ]
    names = "\n".join(f"farm-linux/extra-{number}" for number in range(150))
    argv = ("node", "remove", "-", "--yes", "--max-share", "100", "-o", "json")
    result = box.run(*argv, stdin=names.encode())
    assert (result.status, result.json()["summary"]["done"]) == (0, 150)
    assert [len(body["nodeList"]) for _, _, body in sent(box)] == [100, 50]


def test_what_will_be_disturbed_is_told_before_anyone_is_asked(open_box: Open) -> None:
    box = open_box("bad-node")
    node = next(n for n in box.sandbox.store.pool(POOL).nodes if n.running)
    task = next(iter(node.running))
    result = box.run("node", "disable", f"{POOL}/{node.id}", stdin=b"n\n", terminal=True)
    assert (result.status, result.stdout, sent(box)) == (5, "", [])
    host = box.sandbox.environment()["AZURE_BATCH_ENDPOINT"].removeprefix("http://")
    account = f"sandbox at {host}"
    # Long lines are folded between their words.
    assert result.stderr.rpartition("\x1b[K")[2].replace("\n  ", " ").splitlines() == [
        f"account: {account}",
        f"will disable scheduling on {POOL}/{node.id}; "
        f"running tasks stopped and queued again: {task.job.id}/{task.id}",
        f"the pool {POOL} keeps 11 of 12 schedulable nodes",
        f"Disable scheduling on 1 node of {POOL} in {account}? [y/N] "
        "error: Nothing was done: the answer was no.",
    ]


def test_without_a_terminal_and_without_yes_nothing_is_done(open_box: Open) -> None:
    box = open_box()
    result = box.run("node", "reboot", f"{POOL}/{nodes(box, 'idle')[0]}")
    assert (result.status, sent(box)) == (5, [])
    assert "hint: add --yes" in result.stderr


def test_a_dry_run_and_read_only_mode_change_nothing(open_box: Open) -> None:
    box = open_box()
    name = f"{POOL}/{nodes(box, 'idle')[0]}"
    read_only = {"BATCHDOCTOR_READ_ONLY": "1"}
    planned = box.run("node", "reboot", name, "--dry-run", "-o", "json", environ=read_only)
    refused = box.run("node", "reboot", name, "--yes", environ=read_only)
    assert (planned.status, planned.json()["items"][0]["outcome"]) == (0, "planned")
    assert (refused.status, sent(box)) == (5, [])


def test_more_than_half_of_a_pool_is_refused_unless_the_share_is_raised(open_box: Open) -> None:
    box = open_box()
    names = [f"etl-windows/{node}" for node in nodes(box, "idle", "etl-windows")[:3]]
    refused = box.run("node", "disable", *names, "--yes")
    assert (refused.status, sent(box)) == (5, [])
    assert "takes 3 of the 4 schedulable nodes of the pool etl-windows (75 %)" in refused.stderr
    assert "--max-share 75" in refused.stderr
    raised = box.run("node", "disable", *names, "--yes", "--max-share", "75")
    assert raised.status == 0


def test_one_failing_node_does_not_stop_the_others(open_box: Open) -> None:
    box = open_box()
    good, silent = nodes(box, "idle", "etl-windows")[0], nodes(box, "unusable", "etl-windows")[0]
    names = [f"etl-windows/{name}" for name in ("gone", silent, good)]
    result = box.run("node", "reboot", *names, "--yes", "-o", "json")
    outcomes = {item["nodeId"]: (item["outcome"], item["code"]) for item in result.json()["items"]}
    assert result.status == 8
    assert outcomes == {
        "gone": ("failed", "NodeNotFound"),
        silent: ("failed", "NodeStateUnusable"),
        good: ("done", None),
    }


@pytest.mark.parametrize(
    ("verb", "state"), [("disable", "offline"), ("enable", "idle"), ("start", "idle")]
)
def test_a_node_that_is_as_asked_is_a_success_that_says_so(
    open_box: Open, verb: str, state: str
) -> None:
    box = open_box()
    name = f"{POOL}/{nodes(box, state)[0]}"
    result = box.run("node", verb, name, "--yes", "-o", "json")
    assert (result.status, result.json()["items"][0]["outcome"]) == (0, "already")


@pytest.mark.parametrize(
    ("verb", "state", "told"),
    [
        ("disable", "offline", "scheduling was disabled already"),
        ("enable", "idle", "scheduling was enabled already"),
        ("start", "idle", "it was up or starting already"),
    ],
)
def test_nobody_is_asked_about_a_node_that_is_as_asked(
    open_box: Open, verb: str, state: str, told: str
) -> None:
    box = open_box()
    name = f"{POOL}/{nodes(box, state)[0]}"
    result = box.run("node", verb, name, "-o", "jsonl")
    planned = box.run("node", verb, name, "--dry-run", "-o", "jsonl")
    for each in (result, planned):
        assert (each.status, each.stderr) == (0, f"{name}: {told}\n")
        assert [(i["outcome"], i["message"]) for i in each.jsonl()] == [("already", told)]
    assert sent(box) == []


def test_each_refusal_is_an_error_with_the_services_code_and_request_id(open_box: Open) -> None:
    box = open_box()
    pool = "etl-windows"
    good, silent = nodes(box, "idle", pool)[0], nodes(box, "unusable", pool)[0]
    argv = ("node", "reboot", f"{pool}/{silent}", f"{pool}/{good}", "--yes")
    told = box.run(*argv).stderr.splitlines()
    errors = [line for line in told if line.startswith("error: ")]
    assert len(errors) == 1
    assert f"{pool}/{silent}" in errors[0]
    assert re.search(r"\(NodeStateUnusable, request id [0-9a-f-]{36}\)$", errors[0])
    as_json = box.run(*argv, "-o", "json").stderr.splitlines()
    (error,) = [json.loads(line)["error"] for line in as_json if line.startswith("{")]
    assert (error["code"], error["exitStatus"]) == ("NodeStateUnusable", 8)


def test_a_question_without_an_answer_is_not_taken_for_a_no(open_box: Open) -> None:
    box = open_box()
    result = box.run("node", "reboot", f"{POOL}/{nodes(box, 'idle')[0]}", terminal=True)
    assert (result.status, sent(box)) == (5, [])
    assert "? [y/N] \nerror: Nothing was done: no answer came.\n" in result.stderr


def test_a_question_can_be_interrupted(open_box: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> str:
        raise KeyboardInterrupt

    box = open_box()
    monkeypatch.setattr(Stream, "readline", interrupt)
    result = box.run("node", "reboot", f"{POOL}/{nodes(box, 'idle')[0]}", terminal=True)
    assert (result.status, sent(box)) == (130, [])
    assert result.stderr.endswith("? [y/N] \ninterrupted\n")


def test_what_will_be_done_is_folded_between_words_on_a_terminal_only(open_box: Open) -> None:
    box = open_box()
    name = f"{POOL}/{nodes(box, 'idle')[0]}"
    environ = {"COLUMNS": "40"}
    shown = box.run("node", "reboot", name, "--dry-run", terminal=True, environ=environ).stderr
    piped = box.run("node", "reboot", name, "--dry-run", environ=environ).stderr
    assert f"will reboot\n  {name};\n  no tasks run there\n" in shown
    assert f"will reboot {name}; no tasks run there\n" in piped


def test_what_read_only_mode_refuses_is_named(open_box: Open, tmp_path: Path) -> None:
    environ = {"BATCHDOCTOR_READ_ONLY": "1"}
    commands = {
        "node disable p/n": ("node", "disable", "p/n"),
        "node disable of 2 nodes": ("node", "disable", "p/n", "p/m"),
        "node login p/n": ("node", "login", "p/n"),
        "node logs p/n": ("node", "logs", "p/n"),
        "tasks reactivate j/t": ("tasks", "reactivate", "j/t"),
        "tasks reactivate of the failed tasks of j": ("tasks", "reactivate", "--failed", "--job=j"),
    }
    box = open_box()
    for name, argv in commands.items():
        result = box.run(*argv, "--yes", environ=environ)
        expected = f"error: {name} was not done: BATCHDOCTOR_READ_ONLY forbids changes."
        assert (result.status, result.stderr.splitlines()[0]) == (5, expected)


def test_removing_a_node_that_is_gone_is_a_success(open_box: Open) -> None:
    box = open_box()
    result = box.run("node", "remove", f"{POOL}/gone", "--yes", "-o", "json")
    assert (result.status, result.json()["items"][0]["outcome"]) == (0, "already")
    assert sent(box) == []


@pytest.mark.parametrize("verb", ["reboot", "reimage", "disable", "deallocate"])
def test_an_answer_that_got_lost_changes_a_node_once(open_box: Open, verb: str) -> None:
    box = open_box()
    node = box.sandbox.store.node(POOL, nodes(box, "idle")[0])
    box.order(Fault("lost-answer", "POST /pools/{p}/nodes/{n}/*"))
    result = box.run("node", verb, f"{POOL}/{node.id}", "--yes", "--wait", "-o", "json")
    assert (result.status, result.json()["items"][0]["outcome"]) == (0, "done")
    # It is looked for before it is sent again, unless the service itself tells of a second one.
    assert len(sent(box)) == (2 if verb == "disable" else 1)


def test_waiting_for_a_reboot_tells_how_the_start_task_ended(open_box: Open) -> None:
    box = open_box()
    pool = "ingest-linux"
    failing = nodes(box, "starttaskfailed", pool)
    names = [f"{pool}/{name}" for name in failing]
    result = box.run("node", "reboot", *names, "--yes", "--wait", "-o", "json")
    ends = sorted((item["state"], item["outcome"]) for item in result.json()["items"])
    assert result.status == 8
    assert ends == [("idle", "done"), *[("starttaskfailed", "unfinished")] * 2]
    messages = {item["message"] for item in result.json()["items"]}
    assert "reboot asked for; now idle, its start task succeeded" in messages
    assert any("its start task failed (" in message for message in messages)
    assert f"{names[0]}: starttaskfailed -> rebooting" in result.stderr


def test_waiting_ends_at_its_limit(open_box: Open) -> None:
    box = open_box()
    name = f"{POOL}/{nodes(box, 'idle')[0]}"
    argv = ("node", "reboot", name, "--yes", "--wait", "--wait-timeout", "30", "-o", "json")
    result = box.run(*argv)
    item = result.json()["items"][0]
    assert (result.status, item["outcome"], item["state"]) == (8, "unfinished", "rebooting")
    assert "still rebooting after 30 s" in item["message"]


def test_an_interrupt_while_waiting_shows_what_was_asked_for(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(clock: Clock, seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Clock, "sleep", interrupt)
    box = open_box()
    name = f"{POOL}/{nodes(box, 'idle')[0]}"
    result = box.run("node", "reboot", name, "--yes", "--wait", "-o", "json")
    document = result.json()
    assert (result.status, document["complete"]) == (130, False)
    assert document["items"][0]["outcome"] == "unfinished"
    assert "Traceback" not in result.stderr


def test_suspects_can_be_piped_into_an_action(open_box: Open) -> None:
    box = open_box()
    suspects = box.run("nodes", "suspect", "--pool", POOL, "-o", "ids")
    result = box.run("node", "disable", "-", "--yes", "-o", "ids", stdin=suspects.output)
    assert sorted(result.stdout.splitlines()) == sorted(suspects.stdout.splitlines())


Journal = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    path = tmp_path / "batchdoctor" / "journal.jsonl"
    return lambda: [json.loads(line) for line in path.read_text().splitlines()]


def test_every_change_is_written_down(open_box: Open, tmp_path: Path, journal: Journal) -> None:
    box = open_box()
    name = f"{POOL}/{nodes(box, 'idle')[0]}"
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    result = box.run("node", "disable", name, "--yes", "-o", "json", environ=environ)
    document = result.json()
    begun = {
        "time": document["generatedAt"],
        "account": document["account"],
        "object": name,
        "action": "disable",
        "options": {"option": "requeue"},
        "requestId": None,
        "result": "begin",
        "code": None,
    }
    done = begun | {"requestId": document["items"][0]["requestId"], "result": "done"}
    assert journal() == [begun, done]
    assert stat.S_IMODE((tmp_path / "batchdoctor" / "journal.jsonl").stat().st_mode) == 0o600


# What stands in the journal's place -> why nothing can be written there.
PLACES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a pipe": (os.mkfifo, "journal.jsonl is no plain file"),
    "a folder": (lambda path: path.mkdir(), "journal.jsonl is no plain file"),
    "a link": (
        lambda path: path.symlink_to(path.with_name("other")),
        "journal.jsonl is a symbolic link",
    ),
    "a device": (lambda path: path.symlink_to("/dev/full"), "journal.jsonl is a symbolic link"),
}
CHANGES = {
    "disable": ("node", "disable", f"{POOL}/NODE"),
    "enable": ("node", "enable", f"{POOL}/NODE"),
    "logs": ("node", "logs", f"{POOL}/NODE"),
    "login": ("node", "login", f"{POOL}/NODE"),
    "login --remove": ("node", "login", f"{POOL}/NODE", "--remove"),
    "reactivate": ("tasks", "reactivate", "--failed", "--job", "render-20261121"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", PLACES)
def test_what_could_not_be_written_down_is_not_sent(
    open_box: Open, tmp_path: Path, place: str, change: str
) -> None:
    box = open_box()
    folder = tmp_path / "batchdoctor"
    folder.mkdir()
    put, why = PLACES[place]
    put(folder / "journal.jsonl")
    environ = {
        "XDG_STATE_HOME": str(tmp_path),
        "BATCHDOCTOR_LOGS_CONTAINER": "https://a.blob.core.windows.net/c?sig=abc",
    }
    argv = [word.replace("NODE", nodes(box, "idle")[0]) for word in CHANGES[change]]
    result = box.run(*argv, "--yes", environ=environ)
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-2:] == [
        f"error: Nothing was done: the journal of changes in {folder} cannot be written to: {why}.",
        "hint: repair it, set XDG_STATE_HOME to a folder that you can write to, or go without: "
        "--no-journal",
    ]
    assert [box.requested(method, "") for method in ("POST", "PUT", "DELETE")] == [0, 0, 0]


def test_where_no_home_is_known_nothing_is_changed_and_the_way_past_is_told(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box()
    argv = ("node", "disable", f"{POOL}/{nodes(box, 'idle')[0]}", "--yes")
    refused = box.run(*argv, environ={"HOME": ""})
    assert (refused.status, box.requested("POST", "")) == (2, 0)
    assert "neither XDG_STATE_HOME nor HOME is set" in refused.stderr
    assert box.run(*argv, environ={"HOME": "", "XDG_STATE_HOME": str(tmp_path)}).status == 0


def test_a_dry_run_needs_no_journal(open_box: Open) -> None:
    box = open_box()
    argv = ("node", "disable", f"{POOL}/{nodes(box, 'idle')[0]}", "--dry-run")
    assert box.run(*argv, environ={"HOME": "/dev/null"}).status == 0


def test_what_this_user_disabled_is_offered_to_be_enabled(open_box: Open, tmp_path: Path) -> None:
    box = open_box()
    mine = [f"{POOL}/{name}" for name in nodes(box, "idle")[:2]]
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    box.run("node", "disable", *mine, "--yes", environ=environ)
    box.run("node", "enable", mine[0], "--yes", environ=environ)
    result = box.run("node", "enable", "--mine", "--yes", "-o", "ids", environ=environ)
    assert result.stdout.splitlines() == [mine[1]]
    assert box.run("node", "enable", "--mine", "--yes", "-o", "ids", environ=environ).stdout == ""
    # Somebody else's offline node is left alone.
    assert len(nodes(box, "offline")) == 1


def test_a_node_whose_enabling_may_not_have_arrived_is_still_known_as_mine(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box()
    mine = f"{POOL}/{nodes(box, 'idle')[0]}"
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    again = ("node", "enable", "--mine", "--yes", "-o", "json")
    box.run("node", "disable", mine, "--yes", environ=environ)
    box.order(Fault("close", "POST *", times=10))
    lost = box.run("node", "enable", mine, "--yes", "-o", "json", environ=environ)
    assert (lost.status, lost.json()["items"][0]["outcome"]) == (6, "unknown")
    (known,) = box.run(*again, environ=environ).json()["items"]
    assert (f"{known['poolId']}/{known['nodeId']}", known["outcome"]) == (mine, "done")
    assert box.run(*again, environ=environ).json()["items"] == []


@pytest.mark.parametrize(
    "argv",
    [
        ["node", "reboot", "p/n", "--requeue", "--terminate"],
        ["node", "enable"],
        ["node", "enable", "p/n", "--mine"],
    ],
)
def test_contradictions_are_wrong_usage(open_box: Open, argv: list[str]) -> None:
    assert open_box().run(*argv, "--yes").status == 2
