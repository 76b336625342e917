"""Bundles: what was asked of an account is asked of the bundle later, with the same answers."""

from __future__ import annotations

import itertools
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import batchdoctor
from batchdoctor.sandbox import Fault
from batchdoctor.work.bundle.taken_files import TakenFiles
from batchdoctor.work.bundle.taking import Taking
from tests.azurite import KEY, emulated_storage
from tests.box import Box, Open, Run
from tests.events.corpus import corpus
from tests.events.wrappings import WRAPPINGS, lines
from tests.sandbox.wire import Wire
from tests.scenarios import scenario

RECORDS = corpus().records

QUESTIONS = [
    "triage",
    "triage --since 2h -o json",
    "tasks failed",
    "tasks failed --by code -o json",
    "tasks failed --stderr 3 -o jsonl",
    "nodes suspect",
    "timeline",
    "timeline --since 6h -o json",
    "nodes suspect --exact -o json",
    "tasks failed --until 1h --sort newest --limit 5 -o jsonl",
    "tasks failed --category application --exit-code 1",
    "jobs list",
    "jobs list --state active --since 6h -o json",
    "pools list -o json",
    "nodes list",
    "nodes list --state idle -o json",
    "tasks list --state failed --since 6h --exit-code 1 -o jsonl",
    "tasks list --state running",
    "tasks list --sort newest --limit 9",
    "cost --since 7d",
]


def bundled(box: Box, tmp_path: Path, *options: str) -> str:
    file = str(tmp_path / "night.zip")
    result = box.run("bundle", "--out", file, *options)
    assert (result.status, result.stderr) == (0, "")
    return file


def questions_of(box: Box) -> list[str]:
    """Every question that a reading command can ask of what is there."""
    store = box.sandbox.store
    asked = list(QUESTIONS)
    asked += [f"pool diagnose {pool.id} -o json" for pool in store.pools]
    asked += [f"job diagnose {job.id}" for job in store.jobs]
    asked += [f"nodes suspect --pool {pool.id}" for pool in store.pools]
    asked += [f"triage --pool {pool.id}" for pool in store.pools]
    asked += [f"jobs list --pool {pool.id} -o json" for pool in store.pools]
    asked += [f"job terminate {job.id} --dry-run" for job in store.jobs]
    asked += [
        f"compare jobs {job.id} {other.id} -o json" for job, other in itertools.pairwise(store.jobs)
    ]
    for pool in store.pools:
        if len(pool.nodes) > 1:
            names = [f"{pool.id}/{node.id}" for node in pool.nodes]
            asked.append(f"compare nodes {names[0]} {names[-1]}")
        asked += [f"node show {node.id} --pool {pool.id}" for node in pool.nodes[:2]]
    for job in store.jobs:
        failed = [task for task in job.tasks if task.result == "failure"]
        for task in failed[:1]:
            asked += [
                f"task show {job.id}/{task.id}",
                f"compare tasks {job.id}/{task.id} {job.id}/{job.tasks[-1].id}",
                f"files list --job {job.id} --task {task.id} -o json",
                f"files tail stderr --job {job.id} --task {task.id}",
                f"files get stdout --job {job.id} --task {task.id}",
            ]
    return asked


@pytest.mark.parametrize(
    "name",
    ["night-shift", "bad-node", "bad-job", "healthy", "words", "running", "fitting", "endings"],
)
def test_each_question_has_the_same_answer_live_and_from_the_bundle(
    open_box: Open, tmp_path: Path, name: str
) -> None:
    ours = name in {"night-shift", "bad-node", "bad-job", "healthy"}
    box = open_box(name if ours else scenario(name))
    file = bundled(box, tmp_path)
    requests = len(box.sandbox.requests)
    for question in questions_of(box):
        live = box.run(*question.split())
        requests = len(box.sandbox.requests)
        kept = box.run(*question.split(), "--from", file)
        assert len(box.sandbox.requests) == requests
        assert (kept.status, kept.output) == (live.status, live.output), question


def test_of_a_large_job_all_that_questions_are_about_is_taken(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("big", size=2500)
    file = bundled(box, tmp_path)
    for question in ["triage", "tasks failed -o jsonl", "nodes suspect", "nodes suspect --exact"]:
        live, kept = box.run(*question.split()), box.run(*question.split(), "--from", file)
        assert (kept.status, kept.output) == (live.status, live.output), question


def test_the_words_that_the_findings_rest_on_are_taken_before_others(
    open_box: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = 30
    monkeypatch.setattr("batchdoctor.work.bundle.taken_files.MOST_WITH_FILES", heard)
    box = open_box("bad-node")
    file = bundled(box, tmp_path)
    live, kept = box.run("triage", "-v"), box.run("triage", "-v", "--from", file)
    assert kept.output == live.output
    assert f"first were taken, {heard} in all" in " ".join(
        box.run("bundle", "inspect", file).stdout.split()
    )


def test_a_search_finds_what_was_taken_and_tells_the_rest_once(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("night-shift")
    file = bundled(box, tmp_path)
    words = ("files", "grep", "Error", "--job", "risk-var-20261121", "-o", "json")
    live, kept = box.run(*words).json(), box.run(*words, "--from", file)
    assert (kept.status, kept.json()["items"]) == (7, live["items"])
    (gone, not_taken) = sorted(kept.json()["problems"], key=lambda each: str(each["subject"]))
    assert gone["subject"] == "files of job risk-var-20261121"
    assert not_taken["subject"] == "stderr.txt of risk-var-20261121/book-017 and 5 more files"
    assert not_taken["message"].endswith("it was not taken into the bundle.")


def test_the_variable_names_a_bundle_for_every_command_and_says_so(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("bad-node")
    file = bundled(box, tmp_path)
    live = box.run("triage")
    kept = box.run("triage", environ={"BATCHDOCTOR_FROM": file})
    assert kept.output == live.output
    assert kept.stderr == f"note: answers come from {file}, as of 2026-11-21 03:00 UTC\n"
    explained = box.run("explain", "137", environ={"BATCHDOCTOR_FROM": file})
    assert explained.stderr == ""


def test_a_bundle_stands_still_so_nothing_is_watched_or_waited_for(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("bad-node")
    file = bundled(box, tmp_path)
    for words in (["triage", "--watch", "5"], ["wait", "job", box.sandbox.store.jobs[0].id]):
        result = box.run(*words, "--from", file)
        assert (result.status, result.stdout) == (2, "")
        assert "stands still" in result.stderr


def test_nothing_can_be_changed_in_a_bundle(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    file = bundled(box, tmp_path)
    pool = box.sandbox.store.pools[0]
    node = f"{pool.id}/{pool.nodes[0].id}"
    requests = len(box.sandbox.requests)
    for words in (
        ["node", "disable", node, "--yes"],
        ["node", "reboot", node, "--yes"],
        ["tasks", "reactivate", "--job", box.sandbox.store.jobs[0].id, "--yes"],
        ["bundle", "--out", str(tmp_path / "again.zip")],
    ):
        result = box.run(*words, "--from", file)
        assert (result.status, result.stdout) == (2, ""), words
    assert len(box.sandbox.requests) == requests


# --- what is in it ---


def parts_of(file: str) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def manifest_of(file: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(parts_of(file)["manifest.json"])
    return told


def test_inspect_says_what_is_in_it_and_what_was_masked(open_box: Open, tmp_path: Path) -> None:
    box = open_box("night-shift")
    made = box.run("bundle", "--out", str(tmp_path / "night.zip"), "-o", "json").json()
    told = box.run("bundle", "inspect", str(tmp_path / "night.zip"), "-o", "json").json()
    assert (told["items"], told["summary"]) == (made["items"], made["summary"])
    assert told["summary"]["complete"] is True
    assert told["summary"]["masked"]["queries of addresses"] > 0
    kinds = [item["kind"] for item in told["items"]]
    assert kinds == [
        *("jobs", "pools", "nodecounts", "images", "taskcounts", "nodes", "preparations"),
        *("tasks", "files", "content", "findings"),
    ]


def test_what_was_found_is_in_it_as_triage_told_it(open_box: Open, tmp_path: Path) -> None:
    box = open_box("night-shift")
    file = bundled(box, tmp_path)
    found = next(data for name, data in parts_of(file).items() if name.startswith("findings/"))
    told = box.run("triage", "--from", file, "--since", "3650d", "-o", "json").json()
    assert [json.loads(line) for line in found.splitlines()] == told["items"]


def test_made_up_ids_stand_for_all_others_and_change_no_verdict(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("night-shift")
    file = bundled(box, tmp_path, "--keep-ids", "no")
    store = box.sandbox.store
    ids = {pool.id for pool in store.pools} | {job.id for job in store.jobs}
    ids |= {node.id for pool in store.pools for node in pool.nodes}
    ids |= {task.id for job in store.jobs for task in job.tasks if not task.id.isalpha()}
    # Nodes that left their pool, too, which only tasks still name.
    ids |= {task.node_id for job in store.jobs for task in job.tasks if task.node_id}
    everything = b"\n".join(parts_of(file).values()).decode()
    assert ids.isdisjoint(re.findall(r"[A-Za-z0-9_-]+", everything))
    live = box.run("triage", "-o", "jsonl").jsonl()
    kept = box.run("triage", "-o", "jsonl", "--from", file).jsonl()
    assert sorted(item["kind"] for item in kept) == sorted(item["kind"] for item in live)
    assert box.run("nodes", "suspect", "--from", file).stdout.count("SUSPECT") == 1


def test_a_bundle_of_one_job_says_that_others_were_not_taken(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("night-shift")
    job = box.sandbox.store.jobs[0]
    file = bundled(box, tmp_path, "--job", job.id)
    live, kept = (
        box.run("job", "diagnose", job.id),
        box.run("job", "diagnose", job.id, "--from", file),
    )
    assert kept.output == live.output
    other = box.run("job", "diagnose", box.sandbox.store.jobs[1].id, "--from", file, "-o", "json")
    assert other.status == 7
    problems = [problem["message"] for problem in other.json()["problems"]]
    assert problems
    assert all("it was not taken into the bundle" in message for message in problems)
    whole = box.run("triage", "--from", file, "-o", "json").json()
    assert whole["complete"] is False


def test_a_bundle_of_what_changed_lately_is_looked_at_as_far_as_it_goes(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("night-shift")
    file = bundled(box, tmp_path, "--since", "2h")
    live = box.run("triage", "--since", "2h", "-o", "json").json()
    kept = box.run("triage", "--from", file, "-o", "json")
    assert kept.status == 0
    assert kept.json() == live
    assert kept.stderr.startswith(f"note: answers come from {file}, as of ")
    assert ", without jobs that ended before 2026-11-21 01:00 UTC\n" in kept.stderr
    for question in ("timeline", "cost"):
        told = box.run(question, "--from", file, "-o", "json").json()
        assert told == box.run(question, "--since", "2h", "-o", "json").json()
    further = box.run("triage", "--since", "1d", "--from", file, "-o", "json")
    assert further.status == 7
    assert further.json()["complete"] is False


def test_a_bundle_of_what_changed_lately_has_no_more_for_python(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("night-shift")
    file = bundled(box, tmp_path, "--since", "2h")
    with batchdoctor.connect(from_file=file, environ={}) as account:
        told = account.triage()
        assert told.complete
        assert told.span.since == datetime(2026, 11, 21, 1, tzinfo=UTC)
        assert not account.triage(timedelta(days=2)).complete


def test_logs_and_the_journal_are_taken_along(open_box: Open, tmp_path: Path) -> None:
    box = open_box("bad-node")
    pool = box.sandbox.store.pools[0]
    home = {"XDG_STATE_HOME": str(tmp_path / "state")}
    changed = box.run("node", "disable", f"{pool.id}/{pool.nodes[0].id}", "--yes", environ=home)
    assert changed.status == 0
    (tmp_path / "PT1H.json").write_text("{}\n")
    file = str(tmp_path / "night.zip")
    box.run("bundle", "--out", file, "--events", str(tmp_path / "PT1H.json"), environ=home)
    names = [name.partition("/")[0] for name in parts_of(file)]
    assert {"journal", "log"} <= set(names)
    live = box.run("triage", environ=home)
    kept = box.run("triage", "--from", file, environ={"XDG_STATE_HOME": str(tmp_path / "other")})
    assert kept.output == live.output


# --- on the way ---


def test_what_could_not_be_taken_is_told_and_taken_the_next_time(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("bad-job")
    box.order(Fault("expired-token", route="GET /jobs/{id}/tasks/{id}/files"))
    file = str(tmp_path / "night.zip")
    first = box.run("bundle", "--out", file, "-o", "json")
    assert first.status == 4
    assert first.json()["summary"]["complete"] is False
    requests = len(box.sandbox.requests)
    again = box.run("bundle", "--out", file, "-o", "json")
    assert (again.status, again.json()["summary"]["complete"]) == (0, True)
    # What was taken then is not asked for again, but for the short lists and what triage asks.
    assert len(box.sandbox.requests) - requests < requests / 2
    live, kept = box.run("triage"), box.run("triage", "--from", file)
    assert kept.output == live.output


def interrupted_at(monkeypatch: pytest.MonkeyPatch, place: type, step: str) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(place, step, interrupt)


def test_one_that_is_interrupted_between_two_requests_is_whole_and_goes_on(
    open_box: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = open_box("bad-job")
    file = str(tmp_path / "night.zip")
    with monkeypatch.context() as patched:
        interrupted_at(patched, TakenFiles, "take_of_tasks")
        first = box.run("bundle", "--out", file, "-o", "json")
    assert (first.status, first.json()["summary"]["complete"]) == (130, False)
    assert manifest_of(file)["leftOut"] == [{"what": "the rest", "why": "interrupted"}]
    assert box.run("bundle", "inspect", file).status == 0
    again = box.run("bundle", "--out", file, "-o", "json")
    assert (again.status, again.json()["summary"]["complete"]) == (0, True)
    assert box.run("triage", "--from", file).output == box.run("triage").output


def test_one_that_goes_on_and_is_interrupted_at_once_keeps_what_was_there(
    open_box: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = open_box("bad-job")
    file = str(tmp_path / "night.zip")
    for place, step in ((TakenFiles, "take_of_tasks"), (Taking, "take")):
        with monkeypatch.context() as patched:
            interrupted_at(patched, place, step)
            result = box.run("bundle", "--out", file)
        assert (result.status, "interrupted" in result.stderr) == (130, True)
    kinds = {part["kind"] for part in manifest_of(file)["parts"]}
    assert {"jobs", "pools", "nodes", "tasks"} <= kinds


def test_a_bundle_that_is_there_is_not_replaced_unless_that_is_asked_for(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("healthy")
    file = Path(bundled(box, tmp_path))
    before = file.read_bytes()
    refused = box.run("bundle", "--out", str(file))
    assert (refused.status, file.read_bytes()) == (2, before)
    assert box.run("bundle", "--out", str(file), "--force").status == 0


# --- what is no bundle ---


Parts = dict[str, bytes]


def first_of(parts: Parts, kind: str) -> str:
    return next(name for name in parts if name.startswith(f"{kind}/"))


def with_other_manifest(**members: Any) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        told = json.loads(parts["manifest.json"])
        parts["manifest.json"] = json.dumps(told | members).encode()

    return change


def changed(parts: Parts) -> None:
    name = first_of(parts, "pools")
    parts[name] = parts[name].replace(b"active", b"deleti")


def missing(parts: Parts) -> None:
    del parts[first_of(parts, "pools")]


def bomb(parts: Parts) -> None:
    parts[first_of(parts, "pools")] = b" " * 50_000_000


def slip(parts: Parts) -> None:
    name = first_of(parts, "pools")
    parts["../../../evil"] = parts.pop(name) + b"x"
    parts["manifest.json"] = parts["manifest.json"].replace(name.encode(), b"../../../evil")


IN_PARTS: dict[str, Callable[[Parts], None]] = {
    "newer": with_other_manifest(format=99),
    "other": with_other_manifest(program="something else"),
    "no-list": with_other_manifest(parts={"a": 1}),
    "changed": changed,
    "missing": missing,
    "slip": slip,
    "bomb": bomb,
    "bzip2": lambda _: None,
}


def many_entries(data: bytes) -> bytes:
    """A file whose end claims a table of two gigabytes."""
    at = data.rfind(b"PK\x05\x06")
    return data[: at + 12] + (1 << 31).to_bytes(4, "little") + data[at + 16 :]


def scrambled(data: bytes) -> bytes:
    """A file in which the packed bytes of a part are others."""
    at = data.index(b"pools/") + 40
    return data[:at] + bytes(byte ^ 0x55 for byte in data[at : at + 100]) + data[at + 100 :]


IN_BYTES: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[:-200],
    "text": lambda _: b"this is no zip file\n" * 100,
    "empty": lambda _: b"",
    "entries": many_entries,
    "scrambled": scrambled,
}


def damaged(file: Path, kind: str) -> Path:
    """A bundle with one fault."""
    target = file.with_name(f"{kind}.zip")
    if kind in IN_BYTES:
        target.write_bytes(IN_BYTES[kind](file.read_bytes()))
        return target
    parts = parts_of(str(file))
    IN_PARTS[kind](parts)
    packing = zipfile.ZIP_BZIP2 if kind == "bzip2" else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w", packing) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return target


@pytest.mark.parametrize("kind", [*IN_BYTES, *IN_PARTS])
def test_what_is_no_whole_bundle_of_ours_is_refused_in_a_sentence(
    open_box: Open, tmp_path: Path, kind: str
) -> None:
    box = open_box("healthy")
    file = damaged(Path(bundled(box, tmp_path)), kind)
    result = box.run("triage", "--from", str(file), "-o", "json")
    assert result.status == 7
    # Where one part is damaged, the others are still shown.
    assert not result.stdout or result.json()["complete"] is False
    assert "Traceback" not in result.stderr
    assert "batchdoctor itself failed" not in result.stderr
    assert not (tmp_path.parent / "evil").exists()


def test_a_file_that_is_not_there_is_said_to_be_missing(run_offline: Run) -> None:
    result = run_offline("triage", "--from", "/nowhere/night.zip")
    assert (result.status, result.stderr) == (
        7,
        "error: Cannot read /nowhere/night.zip: No such file or directory.\n",
    )


# --- saved answers of az and of the service ---


def saved(box: Box, folder: Path) -> None:
    """What `az batch ... list` prints of an account, as files."""
    folder.mkdir()
    wire = Wire(box.sandbox)
    for name, path in {
        "pools": "/pools",
        "jobs": "/jobs",
        **{f"nodes-{p.id}": f"/pools/{p.id}/nodes" for p in box.sandbox.store.pools},
        **{f"tasks-{j.id}": f"/jobs/{j.id}/tasks" for j in box.sandbox.store.jobs},
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(wire.get(path).document["value"]))


def test_saved_answers_are_read_like_a_bundle_and_what_was_not_saved_is_told(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("bad-job")
    saved(box, tmp_path / "saved")
    live = box.run("tasks", "failed", "-o", "jsonl")
    kept = box.run("tasks", "failed", "-o", "jsonl", "--from", str(tmp_path / "saved"))
    assert kept.stdout == live.stdout
    task = next(t for j in box.sandbox.store.jobs for t in j.tasks if t.result == "failure")
    job = task.job
    one = tmp_path / "saved" / f"tasks-{job.id}.json"
    shown = box.run("task", "show", f"{job.id}/{task.id}", "--from", str(one))
    assert task.id in shown.stdout


@pytest.mark.parametrize("text", ["", "{", "[]", "[1, 2]", '{"value": 7}', '[{"id": "x"}]'])
def test_json_that_is_no_answer_of_the_service_is_refused(
    run_offline: Run, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "saved.json"
    file.write_text(text)
    result = run_offline("tasks", "failed", "--from", str(file))
    assert (result.status, result.stdout) == (7, "")


# --- event logs ---


def test_the_logs_of_a_bundle_are_parsed_offline_as_those_of_the_folder(
    open_box: Open, run_offline: Run, tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    for hour, records in enumerate((RECORDS[:20], RECORDS[20:])):
        folder = logs / f"h={hour:02}"
        folder.mkdir(parents=True)
        (folder / "PT1H.json").write_bytes(WRAPPINGS["gzip"](records) if hour else lines(records))
    file = bundled(open_box("healthy"), tmp_path, "--events", str(logs))
    # Both are called PT1H.json; what is above the folder that was named stays here.
    names = [part["of"] for part in manifest_of(file)["parts"] if part["kind"] == "log"]
    assert names == [["logs/h=00/PT1H.json"], ["logs/h=01/PT1H.json"]]
    for options in ("-o json", "--show failures -o jsonl", "--by message -o json"):
        kept = run_offline("events", "parse", "--from", file, *options.split())
        plain = run_offline("events", "parse", str(logs), *options.split())
        assert (kept.status, kept.stdout) == (plain.status, plain.stdout)
        assert kept.stderr.startswith(f"note: answers come from {file}, as of ")
    named = run_offline("events", "parse", "-o", "json", environ={"BATCHDOCTOR_FROM": file})
    assert named.json()["summary"]["events"]


def test_triage_of_a_bundle_tells_what_its_logs_come_to(open_box: Open, tmp_path: Path) -> None:
    log = tmp_path / "PT1H.json"
    log.write_bytes(lines(RECORDS))
    box = open_box("healthy")
    live = box.run("triage").stdout
    file = bundled(box, tmp_path, "--events", str(log))
    summary = box.run("events", "parse", "--from", file, "-o", "json").json()["summary"]
    kept = box.run("triage", "--from", file).stdout
    words = " ".join(kept.split())
    assert f"logs: {summary['failures']} of {summary['attempts']} attempts failed" in words
    assert f"batchdoctor events parse --from {file}" in words
    # Nothing else is told otherwise.
    assert kept.splitlines()[-1] == live.splitlines()[-1]
    assert box.run("triage", "--from", file, "-o", "json").json()["complete"] is True


def test_secrets_in_logs_stay_here_and_are_counted(open_box: Open, tmp_path: Path) -> None:
    log = tmp_path / "PT1H.json"
    signed = "https://a.blob.core.windows.net/c/b?sv=2024-11-04&sig=c2VjcmV0c2VjcmV0c2VjcmV0%3D"
    log.write_text(json.dumps({"properties": {"details": signed}}) + "\n")
    file = bundled(open_box("healthy"), tmp_path, "--events", str(log))
    (part,) = [name for name in parts_of(file) if name.startswith("log/")]
    assert b"c2VjcmV0" not in parts_of(file)[part]
    assert sum(manifest_of(file)["masked"].values()) >= 1


@pytest.mark.parametrize(
    ("argv", "status", "says"),
    [
        ("events parse --from {file}", 7, "carries no event logs"),
        ("events parse --from {file} {file}", 2, "Logs are named twice"),
        ("events parse --from nowhere.zip", 7, "Cannot read nowhere.zip"),
    ],
)
def test_what_has_no_logs_to_parse_is_told_in_a_sentence(
    open_box: Open, run_offline: Run, tmp_path: Path, argv: str, status: int, says: str
) -> None:
    file = bundled(open_box("healthy"), tmp_path)
    told = run_offline(*argv.format(file=file).split())
    assert (told.status, told.stdout) == (status, "")
    assert says in told.stderr


def test_a_log_that_is_not_there_is_told_before_anything_is_taken(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box("healthy")
    box.sandbox.requests.clear()
    told = box.run("bundle", "--out", str(tmp_path / "a.zip"), "--events", "nowhere.json")
    assert (told.status, told.stdout, list(box.sandbox.requests)) == (7, "", [])
    assert told.stderr.startswith("error: Cannot read nowhere.json: there is no such file")


def test_logs_are_taken_from_a_storage_account(
    open_box: Open, run_offline: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = pytest.importorskip("azure.storage.blob", reason="the extra `blob` is missing")
    monkeypatch.setenv("AZURE_STORAGE_KEY", KEY)
    with emulated_storage() as address:
        container = storage.ContainerClient(address, "insights-logs-servicelog", credential=KEY)
        container.create_container()
        container.upload_blob("y=2026/PT1H.json", lines(RECORDS))
        container.upload_blob("z=2026/PT1H.json", lines(RECORDS))
        url = f"{container.url}/y=2026"
        live = run_offline("events", "parse", url, "-o", "json")
        box = open_box("healthy")
        file = bundled(box, tmp_path, "--events", f"{url}?sv=1")
        gone = box.run("bundle", "--out", str(tmp_path / "b.zip"), "--events", f"{address}/none")
    (part,) = [part for part in manifest_of(file)["parts"] if part["kind"] == "log"]
    assert part["of"] == [f"{url}/PT1H.json"]
    kept = run_offline("events", "parse", "--from", file, "-o", "json")
    assert (kept.status, kept.stdout) == (live.status, live.stdout)
    # What cannot be read is left out and said, and the rest is whole.
    assert gone.status == 3
    assert [each["what"] for each in manifest_of(str(tmp_path / "b.zip"))["leftOut"]] == [
        f"{address}/none"
    ]
