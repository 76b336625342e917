"""What is told: each finding once, its end once, and nothing twice within an hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.notices.known import Known, news_of

BEGIN = datetime(2026, 11, 21, tzinfo=UTC)
EVERY = timedelta(minutes=5)
RESIZE = Finding(
    kind="pool-resize-failed", subject=Subject(pool_id="render"), message="Quota reached."
)
NOTE = Finding(kind="tasks-waiting", subject=Subject(job_ids=("nightly",)), message="They wait.")


def nodes(*ids: str, pool: str = "render") -> Finding:
    subject = Subject(pool_id=pool, node_ids=ids)
    return Finding(kind="node-unreachable", subject=subject, message=f"{len(ids)} nodes.")


class Story:
    """What somebody is told who has it looked at again and again."""

    def __init__(self) -> None:
        self.at = BEGIN
        self.known: Sequence[Known] = []
        self.told: list[tuple[int, str, str]] = []

    def look(
        self, *findings: Finding, complete: bool = True, fails: bool = False, unwanted: str = ""
    ) -> None:
        news = news_of(
            findings,
            self.known,
            self.at,
            complete=complete,
            unwanted=lambda finding: finding.kind == unwanted,
        )
        self.known = news.untold if fails else news.known
        if not fails:
            minutes = int((self.at - BEGIN).total_seconds() / 60)
            self.told += [(minutes, "new", finding.kind) for finding, _ in news.new]
            self.told += [(minutes, "ended", known.kind) for known in news.ended]
        self.at += EVERY


def test_a_finding_is_told_once_and_its_end_once() -> None:
    story = Story()
    for look in range(60):
        story.look(*([RESIZE] if 2 <= look < 30 else []))
    assert story.told == [(10, "new", RESIZE.kind), (150, "ended", RESIZE.kind)]
    assert story.known == []


def test_one_that_comes_and_goes_is_told_once_an_hour_at_most() -> None:
    story = Story()
    for look in range(288):
        story.look(*([RESIZE] if look % 2 else []))
    times = [minutes for minutes, _, _ in story.told]
    assert all(later - before >= 60 for before, later in pairwise(times))
    assert 1 <= len(story.told) <= 24


def test_a_short_one_is_not_told_again_within_the_hour() -> None:
    story = Story()
    for look in range(12):
        story.look(*([RESIZE] if look in {0, 3, 6} else []))
    assert story.told == [(0, "new", RESIZE.kind)]
    story.look()
    assert story.told[1:] == [(60, "ended", RESIZE.kind)]


def test_one_that_grows_is_the_same() -> None:
    story = Story()
    for finding in (nodes("a"), nodes("a", "b"), nodes("B"), nodes("b", "c")):
        story.look(finding)
    assert len(story.told) == 1
    assert [known.subject.node_ids for known in story.known] == [("b", "c")]


def test_another_pool_or_other_nodes_are_another_finding() -> None:
    story = Story()
    story.look(nodes("a"))
    story.look(nodes("a"), nodes("x"), nodes("a", pool="other"))
    assert [minutes for minutes, _, _ in story.told] == [0, 5, 5]


def test_nothing_has_ended_in_an_answer_that_is_not_complete() -> None:
    story = Story()
    story.look(RESIZE)
    for _ in range(20):
        story.look(complete=False)
    assert [change for _, change, _ in story.told] == ["new"]
    story.look()
    assert [change for _, change, _ in story.told] == ["new", "ended"]


def test_what_is_accepted_now_has_not_ended() -> None:
    story = Story()
    story.look(RESIZE)
    story.at += timedelta(hours=2)
    story.look(unwanted=RESIZE.kind)
    story.look()
    assert [change for _, change, _ in story.told] == ["new"]
    assert story.known == []


def test_notes_are_not_worth_telling() -> None:
    story = Story()
    story.look(NOTE)
    assert story.told == []


def test_what_could_not_be_told_is_told_the_next_time() -> None:
    story = Story()
    story.look(RESIZE, fails=True)
    story.look(RESIZE)
    story.look(RESIZE)
    assert story.told == [(5, "new", RESIZE.kind)]


def test_what_ended_before_it_could_be_told_is_not_told() -> None:
    story = Story()
    story.look(RESIZE, fails=True)
    story.look()
    story.look()
    assert story.told == []
    assert story.known == []


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=120))
def test_new_and_ended_take_turns_an_hour_apart(looks: list[tuple[bool, bool, bool]]) -> None:
    story = Story()
    for there, complete, fails in looks:
        story.look(*([RESIZE] if there else []), complete=complete, fails=fails)
    changes = [change for _, change, _ in story.told]
    assert changes == ["new", "ended"] * (len(changes) // 2) + ["new"] * (len(changes) % 2)
    times = [minutes for minutes, _, _ in story.told]
    assert all(later - before >= 60 for before, later in pairwise(times))


@pytest.mark.parametrize("count", [0, 3])
def test_the_ongoing_ones_are_counted(count: int) -> None:
    pools = [nodes("a", pool=f"p{number}") for number in range(count)]
    first = news_of(pools, [], BEGIN, complete=True, unwanted=lambda _: False)
    again = news_of(pools, first.known, BEGIN + EVERY, complete=True, unwanted=lambda _: False)
    assert (first.ongoing, again.ongoing, again.any) == (0, count, False)
