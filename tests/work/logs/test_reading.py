"""One pass over logs, and the rare second one: for starts that the first could not tell apart."""

from __future__ import annotations

import io
from pathlib import Path

from batchdoctor.core.log.show import Show
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from batchdoctor.work.answers.logs import log_answer
from batchdoctor.work.logs.reading import LogReading
from batchdoctor.work.surroundings import Quiet
from tests.core.log.test_unfinished import TWO_ENDS
from tests.work.logs.test_shards import line_of, write


def test_a_log_is_read_again_for_a_start_that_the_first_reading_took_for_ended(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "log", TWO_ENDS)
    answer = log_answer([path], Show.UNFINISHED, Selection(), min_failures=2)
    assert [each.node_id for each in answer.items] == ["b"]


def test_a_pipe_is_read_once_and_says_what_is_not_listed() -> None:
    outside = Quiet()
    piped = io.BytesIO(b"\n".join(map(line_of, TWO_ENDS)))
    reading = LogReading(outside, EventLog(["-"], stdin=piped), "standard input", min_failures=2)
    assert reading.unfinished() == []
    assert outside.notes == ["1 attempt without an end not listed: a pipe is read only once"]
