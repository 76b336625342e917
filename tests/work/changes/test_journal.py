"""The journal of changes: whole lines whatever is masked, and a line for every change sent."""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.cli.main import run
from batchdoctor.cli.world import World
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.work.changes.journal import Journal, disabled_by_me, entries
from batchdoctor.work.surroundings import Quiet
from tests.box import NOW, Box, Open, Stream

JOB, POOL = "render-20261121", "render-linux"
SIGNATURE = "abcdefgh%3D"
DENIED = f'could not read "https://a.blob.core.windows.net/c/x?sv=1&sig={SIGNATURE}" (403)'


def world() -> World:
    return World(
        stdin=io.StringIO(),
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        environ={},
        now=lambda: NOW,
    )


def written(folder: Path) -> list[dict[str, Any]]:
    path = folder / "batchdoctor" / "journal.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def results(folder: Path) -> dict[str, str]:
    return {entry["object"]: entry["result"] for entry in written(folder)}


def test_a_signature_between_quotes_is_masked_and_the_line_stays_whole(tmp_path: Path) -> None:
    journal = Journal(world(), tmp_path / "batchdoctor", "acct")
    erased = {"message": DENIED, "advice": ["az storage", DENIED], "exitCode": 1}
    journal.note("j/t", "reactivate", "done", erased=erased)
    (entry,) = entries(tmp_path / "batchdoctor", "acct")
    masked = DENIED.replace(SIGNATURE, "***")
    assert entry["erased"] == {"message": masked, "advice": ["az storage", masked], "exitCode": 1}


def test_a_signature_at_the_begin_of_a_line_is_masked_too(tmp_path: Path) -> None:
    journal = Journal(world(), tmp_path / "batchdoctor", "acct")
    journal.note("j/t", "reactivate", "done", erased={"message": f"denied:\nsig={SIGNATURE}"})
    (entry,) = written(tmp_path)
    assert entry["erased"] == {"message": "denied:\nsig=***"}


def test_a_change_that_was_begun_and_never_noted_is_unknown(tmp_path: Path) -> None:
    with closing(Journal(world(), tmp_path / "batchdoctor", "acct")) as journal:
        journal.begin("p/a", "reboot", options={"option": "requeue"})
        journal.begin("p/b", "reboot")
        journal.note("p/b", "reboot", "done")
    known = [
        (e["object"], e["result"], e["options"]) for e in entries(tmp_path / "batchdoctor", "acct")
    ]
    assert known == [("p/b", "done", {}), ("p/a", "unknown", {"option": "requeue"})]


def test_a_change_whose_program_was_killed_is_unknown_until_another_of_its_kind_ends(
    tmp_path: Path,
) -> None:
    killed = Journal(world(), tmp_path / "batchdoctor", "acct")
    killed.begin("p/a", "disable")
    killed.begin("p/b", "disable")
    later = Journal(world(), tmp_path / "batchdoctor", "acct")
    later.begin("P/B", "disable")
    later.note("P/B", "disable", "failed")
    known = entries(tmp_path / "batchdoctor", "acct")
    assert [(e["object"], e["result"]) for e in known] == [
        ("p/a", "unknown"),
        ("p/b", "unknown"),
        ("P/B", "failed"),
    ]
    assert disabled_by_me(tmp_path / "batchdoctor", "acct") == ["p/a", "p/b"]


@pytest.mark.parametrize("rest", ['{"time": "2026-11-21T00', "[" * 5000, "\xff\x00", "{}"])
def test_a_line_that_was_cut_off_swallows_no_other(tmp_path: Path, rest: str) -> None:
    folder = tmp_path / "batchdoctor"
    folder.mkdir()
    (folder / "journal.jsonl").write_bytes(rest.encode("latin-1"))
    Journal(world(), folder, "acct").note("p/a", "disable", "done")
    assert disabled_by_me(folder, "acct") == ["p/a"]


def test_a_disk_that_is_full_in_the_middle_of_a_line_stops_the_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(world(), tmp_path / "batchdoctor", "acct").require()
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda handle, data: write(handle, data[:20]))
        with pytest.raises(UsageError, match=r"Not sent: .* No space left on device"):
            journal.begin("p/a", "disable")
    journal.note("p/b", "disable", "done")
    assert disabled_by_me(tmp_path / "batchdoctor", "acct") == ["p/b"]


def test_once_a_change_is_made_trouble_with_the_journal_is_a_warning_told_once(
    tmp_path: Path,
) -> None:
    outside = Quiet(now=lambda: NOW)
    journal = Journal(outside, tmp_path / "batchdoctor", "acct")
    journal.begin("p/a", "disable")
    (tmp_path / "batchdoctor" / "journal.jsonl").unlink()
    (tmp_path / "batchdoctor" / "journal.jsonl").mkdir()
    journal.note("p/a", "disable", "done")
    journal.note("p/a", "enable", "done")
    assert outside.notes == [
        "warning: the journal of changes could not be written: journal.jsonl is no plain file"
    ]


def test_a_system_without_permissions_of_its_own_keeps_a_journal_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "fchmod")
    journal = Journal(world(), tmp_path / "batchdoctor", "acct").require()
    journal.begin("p/a", "disable")
    journal.note("p/a", "disable", "done")
    assert disabled_by_me(tmp_path / "batchdoctor", "acct") == ["p/a"]


def test_a_pipe_in_the_place_of_the_journal_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "journal.jsonl")
    with pytest.raises(OSError, match="no plain file"):
        entries(tmp_path, "acct")


# What was asked for, and how it ended -> whether the node may still be out of scheduling.
ENDS = {
    (): False,
    ("disable done",): True,
    ("disable unfinished",): True,
    ("disable unknown",): True,
    ("disable failed",): False,
    ("disable already",): False,
    ("disable done", "enable done"): False,
    ("disable done", "enable already"): False,
    ("disable done", "enable unfinished"): False,
    ("disable done", "enable unknown"): True,
    ("disable done", "enable failed"): True,
    ("disable done", "remove done"): False,
    ("disable done", "remove unknown"): True,
    ("disable done", "remove failed"): True,
    ("disable done", "reboot done"): True,
    ("disable done", "enable done", "disable unknown"): True,
    ("disable unknown", "enable unknown", "enable done"): False,
}


@pytest.mark.parametrize("ends", ENDS, ids=", ".join)
def test_a_node_is_mine_while_it_may_still_be_disabled_by_me(
    ends: tuple[str, ...], tmp_path: Path
) -> None:
    journal = Journal(world(), tmp_path / "batchdoctor", "acct")
    for number, end in enumerate(ends):
        action, result = end.split()
        # The service compares ids without case, and so does whoever types them.
        journal.note("Pool/N" if number % 2 else "pool/n", action, result)
    known = disabled_by_me(tmp_path / "batchdoctor", "acct")
    assert [name.lower() for name in known] == (["pool/n"] if ENDS[ends] else [])
    assert disabled_by_me(tmp_path / "batchdoctor", "another") == []


class Gone(Stream):
    """A reader that goes away at the first word of a change that was made."""

    def __init__(self, word: str) -> None:
        super().__init__()
        self._word = word

    def write(self, text: str) -> int:
        if self._word in text:
            raise BrokenPipeError
        return super().write(text)


def run_until_gone(
    box: Box, word: str, argv: list[str], state: Path, environ: Mapping[str, str]
) -> int:
    """Run a command whose reader goes away, and let its threads come to their end."""
    environ = {**box.sandbox.environment(), "XDG_STATE_HOME": str(state), **environ}
    before = set(threading.enumerate())
    status = run(argv, World(Stream(), Gone(word), Stream(), environ, box.clock, box.clock.sleep))
    for thread in set(threading.enumerate()) - before:
        # Those of the program; the sandbox's own ones wait for the next request.
        if thread.name.endswith("(_fetch)"):
            thread.join(timeout=20)
    return int(status)


@pytest.mark.parametrize("command", ["reactivate", "disable", "logs"])
def test_every_change_is_written_down_though_the_reader_goes_away(
    open_box: Open, tmp_path: Path, command: str
) -> None:
    box = open_box("bad-node")
    tasks = [f"{JOB}/{t.id}" for t in box.sandbox.store.job(JOB).tasks if t.result == "failure"]
    nodes = [f"{POOL}/{n.id}" for n in box.sandbox.store.pool(POOL).nodes if n.state == "idle"]
    words = {
        "reactivate": ["tasks", "reactivate", *tasks[:6], "--yes", "-o", "jsonl"],
        "disable": ["node", "disable", *nodes[:6], "--yes", "--max-share", "100", "-o", "jsonl"],
        "logs": ["node", "logs", *nodes[:6], "--yes", "-o", "jsonl"],
    }
    word = {"reactivate": '"outcome":"done"', "disable": "done", "logs": "asked"}[command]
    environ = {"BATCHDOCTOR_LOGS_CONTAINER": f"https://a.blob.core.windows.net/c?sig={SIGNATURE}"}
    status = run_until_gone(box, word, words[command], tmp_path, environ)
    assert (status, box.requested("POST", "") > 1) == (ExitCode.BROKEN_PIPE, True)
    known = results(tmp_path)
    assert sorted(known) == sorted(words[command][2:8])
    # Where the connections were closed before a request left, it is known that nothing was done.
    never_sent = {name for name in known if not box.requested("POST", f"/{name.split('/')[1]}/")}
    certain = {name for name, outcome in known.items() if outcome == "failed"}
    assert set(known.values()) <= {"asked", "done", "unknown", "failed"}
    assert certain <= never_sent
