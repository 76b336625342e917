"""What a check may claim about things that it did, or did not, look at."""

from __future__ import annotations

from batchdoctor.core.checked import Checked, blind_spots

WHOLE = Checked(check="task-failures", objects=12, of="attempts")
PART = Checked(
    check="suspect-nodes", objects=3, of="nodes", problem="the list of nodes ended early"
)
NONE = Checked(check="resizes", objects=None, of="resizes", problem="the list of nodes ended early")


def test_a_check_that_saw_everything_may_say_that_all_is_well() -> None:
    assert (WHOLE.known, WHOLE.whole) == (True, True)


def test_a_check_that_saw_a_part_has_an_answer_but_not_for_all() -> None:
    assert (PART.known, PART.whole) == (True, False)


def test_a_check_without_its_data_has_no_answer() -> None:
    assert (NONE.known, NONE.whole) == (False, False)


def test_one_reason_for_several_checks_is_told_once() -> None:
    assert blind_spots([WHOLE, PART, NONE]) == ("the list of nodes ended early",)
