"""A log that grows while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from batchdoctor.core.log.summary import conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.errors import InputError
from batchdoctor.events.following import Following
from batchdoctor.events.selection import Selection
from tests.events.corpus import BAD_JOB, corpus
from tests.events.wrappings import lines

RECORDS = corpus().records
LINES = lines(RECORDS)
FAILURES = corpus().answer["failures"]


def steps(*actions: Callable[[], object]) -> Callable[[], bool]:
    """Something to do each time there is nothing new; the end when there is nothing left to do."""
    todo: Iterator[Callable[[], object]] = iter(actions)

    def wait() -> bool:
        action = next(todo, None)
        if action is not None:
            action()
        return action is not None

    return wait


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "PT1H.json"
    path.write_bytes(LINES)
    return path


def test_only_what_is_written_from_now_on_is_read(log: Path) -> None:
    tally = Tally()
    following = Following(str(log), steps(lambda: append(log, LINES)))
    assert len(list(following.failures(tally))) == FAILURES
    assert sum(tally.events.values()) == len(RECORDS)


def test_all_of_a_log_can_be_read_first(log: Path) -> None:
    tally = Tally()
    following = Following(str(log), steps(lambda: append(log, LINES)), from_start=True)
    assert len(list(following.events(tally))) == 2 * len(RECORDS)


def test_a_failure_is_given_as_soon_as_its_first_event_is_there(log: Path) -> None:
    failing = next(each for each in RECORDS if each["operationName"] == "TaskFailEvent")
    seen: list[int] = []
    following = Following(
        str(log), steps(lambda: append(log, lines([failing])), lambda: append(log, LINES))
    )
    for _ in following.failures(Tally()):
        seen.append(log.stat().st_size)
        break
    assert seen == [len(LINES) + len(lines([failing]))]


def test_a_line_written_in_pieces_is_one_line(log: Path) -> None:
    tally = Tally()
    pieces = [LINES[at : at + 333] for at in range(0, len(LINES), 333)]
    writes = [lambda piece=piece: append(log, piece) for piece in pieces]
    for _ in Following(str(log), steps(*writes)).events(tally):
        pass
    summary, _ = conclude(tally)
    assert (summary.malformed, sum(summary.events.values())) == (0, len(RECORDS))


def test_a_file_that_was_cut_back_is_read_from_its_beginning(log: Path) -> None:
    tally = Tally()
    following = Following(str(log), steps(lambda: log.write_bytes(lines(RECORDS[:3]))))
    assert len(list(following.events(tally))) == 3


def test_a_file_that_took_the_place_of_another_is_read(log: Path) -> None:
    def rotate() -> None:
        log.rename(log.with_suffix(".1"))
        log.write_bytes(LINES + LINES)

    following = Following(str(log), steps(rotate, lambda: None))
    assert len(list(following.events(Tally()))) == 2 * len(RECORDS)


def test_damage_and_selection_are_as_in_a_log_that_stands_still(log: Path) -> None:
    tally = Tally()
    selection = Selection(jobs=frozenset({BAD_JOB}))
    wait = steps(lambda: append(log, b"bad\n" + LINES))
    tasks = list(Following(str(log), wait, selection).failures(tally))
    assert {task.job_id for task in tasks} == {BAD_JOB}
    assert [place.offset for place in tally.damage.places] == [len(LINES)]


def test_a_file_that_is_not_there_cannot_be_followed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        next(Following(str(tmp_path / "none"), steps()).events(Tally()))
