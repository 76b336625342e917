"""Several processes find what one finds, whatever the files are like and whoever dies."""

from __future__ import annotations

import gzip
import io
import multiprocessing
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from batchdoctor.core.log.summary import conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.tally_state import to_message
from batchdoctor.events import shares, workers
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from batchdoctor.events.source import Source
from tests.events.corpus import BEGIN, corpus
from tests.events.wrappings import WRAPPINGS, lines

RECORDS = corpus(300).records
LINES = lines(RECORDS)

pytestmark = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="processes cannot be forked here"
)


@pytest.fixture(autouse=True)
def small_files_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "SMALLEST_PART", 1000)


def agree(paths: list[Path], selection: Selection | None = None) -> EventLog:
    """Count with one process and with several, compare everything, and give the latter's log."""
    names = [str(path) for path in paths]
    chosen = selection or Selection()
    alone = EventLog(names, workers=1, selection=chosen)
    shared = EventLog(names, workers=3, selection=chosen)
    expected, found = alone.tally(), shared.tally()
    assert conclude(found) == conclude(expected)
    assert found.damage == expected.damage
    assert sorted(map(repr, shared.problems)) == sorted(map(repr, alone.problems))
    return shared


def test_one_large_file_is_read_by_ranges_of_lines(tmp_path: Path) -> None:
    log = tmp_path / "PT1H.json"
    log.write_bytes(LINES)
    parts = shares.divided([Source(str(log), log)], 3)
    assert [len(share) for share in parts] == [1, 1, 1]
    agree([log])


def test_a_share_whose_answer_is_cut_off_is_counted_again() -> None:
    receiver, sender = multiprocessing.Pipe(duplex=False)
    os.write(sender.fileno(), (1000).to_bytes(4, "big") + b"ten bytes.")
    sender.close()
    assert workers._received(receiver) is None


def test_a_file_whose_name_is_no_utf8_is_named_by_its_bytes(tmp_path: Path) -> None:
    log = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.json"))
    try:
        log.write_bytes(LINES + b"{\n" + LINES)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    shared = agree([tmp_path])
    assert shared.tally().damage.places[0].file == f"{tmp_path}/a\\xff.json"


def test_places_of_logs_counted_before_stay_as_they_are(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(LINES + b"{\n")
    before = EventLog([str(log)], workers=3).tally()
    twice = EventLog([str(log)], workers=3).tally(into=before)
    lines_of = [place.line for place in twice.damage.places]
    assert lines_of == [LINES.count(b"\n") + 1] * 2


def test_damage_is_placed_by_line_of_the_whole_file(tmp_path: Path) -> None:
    log, cut = tmp_path / "log", LINES.index(b"\n", len(LINES) // 2) + 1
    log.write_bytes(LINES[:cut] + b"bad\n" + LINES[cut:] + b"bad too")
    agree([log])


def test_files_that_cannot_be_divided_are_dealt_out_whole(tmp_path: Path) -> None:
    paths = []
    for name in ("gzip", "array", "UTF-16", "portal table"):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(WRAPPINGS[name](RECORDS))
    paths.append(tmp_path / "cut.gz")
    paths[-1].write_bytes(gzip.compress(LINES)[:-100])
    assert len(agree(paths).problems) == 1


def test_a_selection_holds_in_every_process(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(LINES)
    agree([log], Selection(since=BEGIN + timedelta(minutes=5), jobs=frozenset({"job-1"})))


def test_a_file_of_one_endless_line_is_read_by_one_process(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(LINES + b"x" * 300_000)
    agree([log])


def test_the_share_of_a_process_that_died_is_counted_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, parent = tmp_path / "log", os.getpid()
    log.write_bytes(LINES)
    real = to_message

    def die(tally: Tally) -> bytes:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(tally)

    monkeypatch.setattr(workers, "to_message", die)
    agree([log])


def test_a_small_log_is_read_by_one_process_unless_told_otherwise(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"")
    assert not shares.worth_sharing([Source(str(log), log), Source("-")])
    os.truncate(log, shares.WORTH_SHARING)
    assert shares.worth_sharing([Source(str(log), log), Source("-")])


def test_standard_input_is_read_by_this_process(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(LINES)
    found = EventLog([str(log), "-"], stdin=io.BytesIO(LINES), workers=2).tally()
    alone = EventLog([str(log)], workers=1).tally()
    assert found.events == {name: 2 * times for name, times in alone.events.items()}
