"""The pace of looks: quick at first and after a change, slow in silence, never two in step."""

from __future__ import annotations

import pytest

from batchdoctor.work.waits.pace import Pace


def test_looks_become_rarer_while_nothing_changes_up_to_one_a_minute() -> None:
    pace = Pace(4.0, random=lambda: 0.5)
    assert [pace.next(0, changed=False) for _ in range(8)] == [
        *(6.0, 9.0, 13.5, 20.25, 30.375, 45.5625, 60.0, 60.0),
    ]


def test_a_change_makes_it_quick_again() -> None:
    pace = Pace(4.0, random=lambda: 0.5)
    assert [pace.next(0, changed=changed) for changed in (False, False, True)] == [6.0, 9.0, 4.0]


def test_who_has_waited_long_is_told_a_little_later() -> None:
    pace = Pace(5.0, random=lambda: 0.5)
    assert [pace.next(spent, changed=True) for spent in (0, 60, 200, 600, 9000)] == [
        *(5.0, 5.0, 10.0, 30.0, 60.0),
    ]


def test_waits_that_were_begun_together_do_not_ask_together() -> None:
    assert [Pace(10.0, random=lambda: 0.0).next(0, changed=True)] == [pytest.approx(9.0)]
    assert Pace(10.0, random=lambda: 1.0).next(0, changed=True) == pytest.approx(11.0)


def test_a_slow_pace_that_was_asked_for_stays() -> None:
    assert Pace(300.0, random=lambda: 0.5).next(10_000, changed=False) == 300.0


def test_a_wait_of_weeks_overflows_nothing() -> None:
    pace = Pace(5.0, random=lambda: 0.5)
    assert {pace.next(1e7, changed=False) for _ in range(5000)} == {60.0}
