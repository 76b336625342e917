"""How far the reading of logs is, by the bytes of their files."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from batchdoctor.core.log.tally import Tally
from batchdoctor.events.reading import EventLog
from tests.cli.test_events import SUCCESS, record

LINE = record("TaskCompleteEvent", SUCCESS, "2026-11-21T00:30:00Z").encode() + b"\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.json").write_bytes(LINE * 3000)
    (tmp_path / "b.json.gz").write_bytes(gzip.compress(LINE * 3000))
    return tmp_path


def size_of(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


@pytest.mark.parametrize("workers", [1, 2])
def test_at_the_end_all_bytes_are_read(folder: Path, workers: int) -> None:
    log = EventLog([str(folder)], workers=workers)
    log.tally()
    assert (log.position.done, log.position.total) == (size_of(folder), size_of(folder))


def test_on_the_way_it_grows_and_never_goes_back(folder: Path) -> None:
    log = EventLog([str(folder)])
    seen = [log.position.done for _ in log.events(Tally())]
    assert seen == sorted(seen)
    assert 0 < seen[0] < seen[len(seen) // 2] <= size_of(folder)
    assert log.position.done == log.position.total == size_of(folder)


def test_of_standard_input_nobody_knows_how_much_there_is(folder: Path) -> None:
    log = EventLog(["-", str(folder)], stdin=io.BytesIO(LINE))
    log.tally()
    assert log.position.total is None
