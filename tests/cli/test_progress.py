"""The line that says what is going on: when it comes, what it says, and when it is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from batchdoctor.cli.progress import Progress
from batchdoctor.core.advance import BYTES, Advance
from batchdoctor.report.terminal import Terminal
from batchdoctor.service.retry_event import RetryEvent
from tests.box import Stream

# The third attempt, when all the time is over.
LAST = "3, 60 of 60 s"
GONE = "\r\x1b[K"


class Screen:
    """A progress line whose time goes by when it is told to, and what is on the screen of it."""

    def __init__(self, width: int = 80, *, enabled: bool = True) -> None:
        self.now = 100.0
        self.stream = Stream(terminal=True)
        self.line = Progress(
            lambda: Terminal(width=width, unicode=False),
            self.stream,
            enabled=enabled,
            clock=lambda: self.now,
        )
        # The tests draw it themselves.
        self.line._begin = lambda: None  # type: ignore[method-assign]

    def after(self, seconds: float) -> str:
        """What stands there when so much time has gone by."""
        self.now += seconds
        self.line.tick()
        return self.stream.data.decode().rpartition(GONE)[2]


def test_nothing_comes_within_a_second_and_then_what_is_being_done() -> None:
    screen = Screen()
    screen.line.show("reading jobs")
    assert screen.after(0.9) == ""
    assert screen.after(0.2) == "reading jobs"
    screen.line.show("reading pools")
    assert screen.after(0.1) == "reading pools"


def test_until_something_is_known_it_says_what_is_asked_for() -> None:
    screen = Screen()
    screen.line.ask("list the jobs")
    assert screen.after(1) == "waiting for an answer: list the jobs"
    screen.line.show("reading jobs")
    assert screen.after(1) == "reading jobs"


def test_nothing_to_say_is_not_said() -> None:
    assert Screen().after(5) == ""


def test_what_is_written_takes_it_away_and_it_waits_for_another_second() -> None:
    screen = Screen()
    screen.line.show("reading jobs")
    screen.after(2)
    screen.line.clear()
    assert screen.stream.data.decode().endswith(GONE)
    # A question may be on the screen now: what was done before it is not said again.
    assert screen.after(60) == ""
    screen.line.show("reading pools")
    assert screen.after(0.1) == "reading pools"


def test_after_the_end_nothing_is_drawn() -> None:
    screen = Screen()
    screen.line.show("reading jobs")
    screen.after(2)
    screen.line.close()
    before = screen.stream.data
    screen.line.show("reading pools")
    screen.after(60)
    assert screen.stream.data == before


def test_where_nobody_watches_nothing_is_drawn() -> None:
    screen = Screen(enabled=False)
    for say in (screen.line.show, screen.line.ask):
        say("reading jobs")
    screen.after(60)
    screen.line.close()
    assert screen.stream.data == b""


def retry(**more: object) -> RetryEvent:
    values = {"operation": "list the jobs", "attempt": 2, "cause": "why", "wait_seconds": 4.0}
    return RetryEvent(**{**values, "waited_seconds": 1.0, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "seconds", "told"),
    [
        (
            retry(brief="name not found", spent_seconds=10.0),
            2,
            "name not found, trying again (3, 12 of 60 s)",
        ),
        (retry(brief="HTTP 429", throttled=True), 1.2, "throttled, waiting 3 s"),
        (
            retry(brief="HTTP 429", throttled=True, spent_seconds=1.0, limit_seconds=30.0),
            6,
            "HTTP 429, trying again (3, 7 of 30 s)",
        ),
        (
            retry(brief="no answer", spent_seconds=50.0),
            30,
            "no answer, trying again (3, 60 of 60 s)",
        ),
    ],
)
def test_what_goes_wrong_comes_first_and_its_time_goes_on(
    event: RetryEvent, seconds: float, told: str
) -> None:
    screen = Screen()
    screen.line.show("reading jobs")
    screen.line.troubled(event.told)
    assert screen.after(seconds) == told
    screen.line.recovered()
    assert screen.after(1) == "reading jobs"


def test_a_bar_says_count_share_rate_and_what_is_left() -> None:
    screen = Screen()
    done = iter([0, 10_000, 34_000])
    for _ in range(3):
        screen.line.show(Advance("reading sweep", next(done), 100_000, "tasks"))
        shown = screen.after(2)
    assert shown == (
        "reading sweep  #####..........  34,000 of 100,000 tasks  34%  8 s left  8,500/s"
    )
    assert len(shown) < 80


def test_a_rate_is_that_of_the_last_seconds_and_of_one_thing_only() -> None:
    screen = Screen(120)
    for count in range(0, 40, 2):
        screen.line.show(Advance("saving logs", count, 100, "tasks"))
        quick = screen.after(1)
    for count in range(40, 60):
        screen.line.show(Advance("saving logs", count, 100, "tasks"))
        slow = screen.after(1)
    assert (quick.rpartition("  ")[2], slow.rpartition("  ")[2]) == ("2/s", "1/s")
    screen.line.show(Advance("reading jobs", 0, 10, "jobs"))
    assert screen.after(1).endswith("  0 of 10 jobs  0%")


@pytest.mark.parametrize(
    ("advance", "told"),
    [
        (Advance("reading jobs", 3000, None, "jobs"), "reading jobs  3,000 jobs"),
        (Advance("reading standard input", 0, None, BYTES), "reading standard input"),
        (
            Advance("fetching out.bin", lambda: 2_500_000, lambda: 10_000_000, BYTES),
            "fetching out.bin  ######....................  2.5 MB of 10.0 MB  25%",
        ),
        # More than was said to come: the service calls its counts approximate.
        (Advance("reading", 12, 10, "tasks"), f"reading  {'#' * 40}  12 of 10 tasks  100%"),
    ],
)
def test_without_an_end_or_a_rate_the_rest_is_said(advance: Advance, told: str) -> None:
    screen = Screen(80 if advance.what != "fetching out.bin" else 69)
    screen.line.show(advance)
    assert screen.after(1) == told


@pytest.mark.parametrize("width", range(40, 130, 7))
def test_it_is_shorter_than_the_line_whatever_it_says(width: int) -> None:
    said: list[Callable[[Progress], None]] = [
        lambda line: line.show("x" * 300),
        lambda line: line.show(Advance("x" * 60, 34_000, 100_000, "tasks")),
        lambda line: line.show(Advance("reading sweep", 34_000, 100_000, "tasks")),
        lambda line: line.show(Advance("x" * 300, 34_000, None, "tasks")),
        lambda line: line.troubled(lambda _: "y" * 300),
    ]
    for say in said:
        screen = Screen(width)
        say(screen.line)
        assert 0 < len(screen.after(1)) < width
