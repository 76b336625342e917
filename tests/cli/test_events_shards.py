"""`events map` and `events reduce`: the counting of one log shared among machines."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchdoctor.work.logs.mapping import LogMapping
from tests.box import Run
from tests.cli.test_events import FAIL, LOG, START, SUCCESS, record

PARSE = ("events", "parse")
LOGS = ("a.json", "b.json", "c.json")


@pytest.fixture
def counts(run_offline: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three logs of one account in the working folder, each mapped by itself."""
    monkeypatch.chdir(tmp_path)
    lines = LOG.split("\n")
    for at, name in enumerate(LOGS):
        Path(name).write_text("".join(f"{line}\n" for line in lines[at::3]))
        assert run_offline("events", "map", name, "--out", "counts").status == 0


def of_whole(run: Run, *options: str) -> object:
    """The document of one reading of all logs, under the name of the other command."""
    return {**run(*PARSE, *LOGS, *options, "-o", "json").json(), "command": "events reduce"}


@pytest.mark.usefixtures("counts")
@pytest.mark.parametrize("show", ["summary", "nodes", "timeline"])
@pytest.mark.parametrize("shards", [(), ("1/1",), ("2/3", "1/3", "3/3")])
def test_final_answers_as_parse_does(run_offline: Run, show: str, shards: tuple[str, ...]) -> None:
    for shard in shards:
        assert run_offline("events", "reduce", "counts", "--shard", shard).status == 0
    final = ("events", "reduce", "counts", "--final", "--show", show)
    assert run_offline(*final, "-o", "json").json() == of_whole(run_offline, "--show", show)
    for shown in ("table", "markdown", "csv", "tsv", "jsonl", "ids"):
        parsed = run_offline(*PARSE, *LOGS, "--show", show, "-o", shown)
        assert run_offline(*final, "-o", shown).stdout == parsed.stdout


@pytest.mark.usefixtures("counts")
def test_what_was_done_is_told_with_the_next_step(run_offline: Run) -> None:
    again = run_offline("events", "map", "a.json", "b.json", "--out", "counts")
    assert again.page == "Every log is counted in counts already, by other maps." + (
        " Next: batchdoctor events reduce counts --final\n"
    )
    first = run_offline("events", "reduce", "counts", "--shard", "1/2")
    head, row, _, verdict = first.page.splitlines()
    assert head.split() == ["BUCKETS", "ATTEMPTS", "READ", "LEFT", "REDUCED"]
    assert (row.split()[:4], row.split()[-1]) == (["0-127", "1", "38", "B"], "now")
    assert verdict == (
        "128 of 256 buckets are reduced. When all are: batchdoctor events reduce counts --final"
    )
    assert "before" in run_offline("events", "reduce", "counts", "--shard", "1/2").stdout
    second = run_offline("events", "reduce", "counts", "--shard", "2/2")
    assert "All of 3 maps is reduced. Next: batchdoctor events reduce counts --final" in second.page


@pytest.mark.usefixtures("counts")
def test_buckets_that_nobody_reduced_are_reduced_in_the_end(run_offline: Run) -> None:
    run_offline("events", "reduce", "counts", "--shard", "1/2")
    final = run_offline("events", "reduce", "counts", "--final", "-o", "json")
    assert final.stderr == "128 of 256 buckets were not reduced: doing it here\n"
    assert final.json() == of_whole(run_offline)


@pytest.mark.usefixtures("counts")
@pytest.mark.parametrize("show", ["failures", "unfinished", "events"])
def test_what_needs_the_logs_is_refused_with_what_to_type(run_offline: Run, show: str) -> None:
    told = run_offline("events", "reduce", "counts", "--final", "--show", show)
    assert (told.status, told.stderr) == (
        2,
        f"error: --show {show} needs the logs: counts hold no names of tasks.\n"
        f"hint: batchdoctor events parse PATH --show {show}\n",
    )


@pytest.mark.usefixtures("counts")
@pytest.mark.parametrize(
    "words",
    [["--shard", "3/2"], ["--shard", "1/2", "--final"], ["--show", "nodes"], ["--fail-on", "any"]],
    ids=" ".join,
)
def test_what_does_not_go_together_is_status_2(run_offline: Run, words: list[str]) -> None:
    told = run_offline("events", "reduce", "counts", *words)
    assert (told.status, told.stdout) == (2, "")


@pytest.mark.usefixtures("counts")
def test_failures_can_be_the_exit_status(run_offline: Run) -> None:
    assert run_offline("events", "reduce", "counts", "--final", "--fail-on", "any").status == 10


def test_a_log_that_cannot_be_read_is_status_7_in_both(run_offline: Run, tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(b"\x1f\x8b\x08\x00")
    (tmp_path / "b.json").write_text(record("TaskCompleteEvent", SUCCESS))
    counts = str(tmp_path / "counts")
    mapped = run_offline("events", "map", str(tmp_path), "--out", counts, "-o", "json")
    assert (mapped.status, mapped.json()["complete"]) == (7, False)
    final = run_offline("events", "reduce", counts, "--final", "-o", "json")
    assert (final.status, final.json()["problems"]) == (7, mapped.json()["problems"])


def test_a_map_that_is_interrupted_says_what_is_not_counted(
    run_offline: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").write_text(record("TaskCompleteEvent", SUCCESS))

    def interrupted(_self: LogMapping, *_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(LogMapping, "_count", interrupted)
    told = run_offline("events", "map", str(tmp_path / "log"), "--out", str(tmp_path / "counts"))
    assert told.status == 130
    assert "1 of 1 log is not counted yet. Run it again: it goes on." in told.page


def test_a_folder_without_logs_is_not_said_to_be_counted(run_offline: Run, tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    told = run_offline("events", "map", str(tmp_path / "logs"), "--out", str(tmp_path / "counts"))
    assert (told.status, told.page) == (0, "There is no log to count: nothing was written.\n")
    assert not (tmp_path / "counts").exists()


def test_logs_without_an_event_are_status_7(run_offline: Run, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("nothing\n")
    counts = str(tmp_path / "counts")
    assert run_offline("events", "map", str(tmp_path / "log"), "--out", counts).status == 0
    assert run_offline("events", "reduce", counts, "--final").status == 7


def test_a_task_whose_start_is_in_another_map_is_one_attempt(
    run_offline: Run, tmp_path: Path
) -> None:
    (tmp_path / "a").write_text(record("TaskStartEvent", START))
    (tmp_path / "b").write_text(record("TaskFailEvent", {**FAIL, "executionInfo": {}}))
    for name in "ab":
        run_offline("events", "map", str(tmp_path / name), "--out", str(tmp_path / "counts"))
    final = run_offline("events", "reduce", str(tmp_path / "counts"), "--final", "-o", "json")
    assert (final.json()["summary"]["attempts"], final.json()["summary"]["unfinished"]) == (1, 0)
