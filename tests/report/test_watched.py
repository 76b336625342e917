"""What has changed between two answers: lines of a page, and items."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.findings.item import FindingItem, finding_item
from batchdoctor.report.watched import Change, change_line, changes, marked

NEW, ENDED = Change.NEW, Change.ENDED


def found(kind: str, pool: str, message: str = "So it is.", *nodes: str) -> FindingItem:
    subject = Subject(pool_id=pool, node_ids=nodes)
    return finding_item(Finding(kind=kind, subject=subject, message=message))


QUOTA = found("pool-resize-failed", "a")
LOST = found("node-unknown", "a", "Lost for 12 min.", "tvm-1")


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (["a", "b"], ["a", "b"], [(None, "a"), (None, "b")]),
        (["a"], ["a", "b"], [(None, "a"), (NEW, "b")]),
        (["a", "b"], ["b"], [(ENDED, "a"), (None, "b")]),
        (["a", "", "b"], ["b"], [(ENDED, "a"), (None, "b")]),
        (["node tvm-1"], ["node tvm-2"], [(ENDED, "node tvm-1"), (NEW, "node tvm-2")]),
        (["9 waiting"], ["1,012 waiting"], [(None, "1,012 waiting")]),
        (["for 12 min"], ["for 1 h 3 min"], [(None, "for 1 h 3 min")]),
        (["since 2026-11-21 03:00 UTC"], ["since 2026-11-21 03:05 UTC"], None),
        (["\x1b[31mERROR\x1b[0m x"], [], [(ENDED, "ERROR x")]),
    ],
)
def test_lines_are_new_or_gone_or_the_same(
    before: list[str], now: list[str], told: list[tuple[Change | None, str]] | None
) -> None:
    assert list(marked(before, now)) == (told or [(None, line) for line in now])


def test_items_are_new_changed_or_ended() -> None:
    worse = found("pool-resize-failed", "a", "Worse it is.")
    assert list(changes([], [QUOTA, LOST], complete=True)) == [(NEW, QUOTA), (NEW, LOST)]
    assert list(changes([QUOTA, LOST], [worse], complete=True)) == [
        (Change.CHANGED, worse),
        (ENDED, LOST),
    ]
    assert list(changes([QUOTA], [QUOTA], complete=True)) == []


def test_time_that_goes_by_is_no_change() -> None:
    later = found("node-unknown", "a", "Lost for 2 h 17 min.", "tvm-1")
    assert list(changes([LOST], [later], complete=True)) == []


def test_nothing_has_ended_in_an_answer_that_is_not_complete() -> None:
    assert list(changes([QUOTA, LOST], [LOST], complete=False)) == []


def test_two_of_a_kind_are_told_apart() -> None:
    first, second = (found("start-task-failed", "a", word, word) for word in ("one", "two"))
    assert list(changes([first, second], [second], complete=True)) == [(ENDED, first)]
    assert list(changes([second], [first, second], complete=True)) == [(NEW, first)]


def test_a_change_is_a_line() -> None:
    line = change_line(NEW, QUOTA, datetime(2026, 11, 21, 3, tzinfo=UTC))
    assert line.startswith('{"change":"new","at":"2026-11-21T03:00:00Z","item":{"kind":"pool-re')
    assert line.endswith("}\n")
