"""Several nodes that turn bad, or are well again, together or each at its own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from batchdoctor.core.suspicion.blocks import Key
from batchdoctor.core.suspicion.history import History, What
from batchdoctor.core.suspicion.judge import Suspicion, judge
from batchdoctor.core.suspicion.kind import kind_of
from batchdoctor.core.suspicion.odd_nodes import odd_nodes
from batchdoctor.core.suspicion.run_counts import JobRuns, RunCounts

BEGIN = datetime(2026, 8, 1, tzinfo=UTC)
MINUTES = 90


def minute(number: float) -> datetime:
    return BEGIN + timedelta(minutes=number)


class Night:
    """A pool in which each node runs one task in two minutes, from when it came."""

    def __init__(self) -> None:
        self.counts = RunCounts(history=History())

    def ran(self, node: str, begin: float, *, bad: range = range(0), until: int = MINUTES) -> None:
        """What a node ran, which failed in the minutes that were bad."""
        for number in range(int(begin), until, 2):
            self._add(node, number + begin % 1, "t", failed=number in bad)

    def _add(self, node: str, number: float, kind: str, *, failed: bool) -> None:
        what = What("job", kind_of(f"{kind}1"), failed=failed, code="FailureExitCode" * failed)
        start, end = minute(number), minute(number + 1.5)
        self.counts.add("p", node, "job", failed=failed, code=what.code or None, when=end)
        assert self.counts.history
        self.counts.history.add("p", node, what, start, end)

    def ran_kinds(self, node: str, *, bad: bool) -> None:
        """First tasks of one kind, then of another one; perhaps only the first fails."""
        for number in range(0, 40, 2):
            self._add(node, number, "gpu-", failed=bad)
        for number in range(40, MINUTES, 2):
            self._add(node, number, "cpu-", failed=False)

    def judged(self) -> dict[str, Suspicion]:
        return {each.node_id: each for each in judge(self.counts)}


def with_sound_nodes(count: int = 8) -> Night:
    night = Night()
    for number in range(count):
        night.ran(f"sound-{number}", number / 10)
    return night


def test_nodes_that_came_one_after_the_other_were_bad_since_each_came() -> None:
    night = with_sound_nodes()
    came = {"new-0": 30.0, "new-1": 34.0, "new-2": 38.0, "new-3": 42.0}
    for node, begin in came.items():
        night.ran(node, begin, bad=range(MINUTES))
    onsets = {node: found.onset for node, found in night.judged().items()}
    assert onsets == {node: minute(begin) for node, begin in came.items()}


def test_nodes_that_turned_bad_at_different_times_keep_their_own() -> None:
    night = with_sound_nodes()
    turned = {"a": 30, "b": 38, "c": 46}
    for node, since in turned.items():
        night.ran(node, 0, bad=range(since, MINUTES))
    for node, found in night.judged().items():
        assert found.onset is not None
        assert abs(found.onset - minute(turned[node])) <= timedelta(minutes=1)


def test_nodes_that_are_well_together_are_so_though_one_of_them_ran_little_since() -> None:
    night = with_sound_nodes()
    for node in "abcd":
        night.ran(node, 0, bad=range(20, 60))
    night.ran("e", 0, bad=range(20, 60), until=63)
    found = night.judged()
    assert {node: each.trend for node, each in found.items()} == dict.fromkeys("abcde", "over")
    assert {each.verdict for each in found.values()} == {"watch"}


def test_one_that_goes_on_failing_beside_them_is_suspect() -> None:
    night = with_sound_nodes()
    for node in "abcd":
        night.ran(node, 0, bad=range(20, 60))
    night.ran("e", 0, bad=range(20, 80), until=82)
    assert {node: each.trend for node, each in night.judged().items()} == {
        **dict.fromkeys("abcd", "over"),
        "e": "ongoing",
    }


def test_what_is_of_another_kind_does_not_tell_that_a_node_is_well() -> None:
    night = Night()
    for number in range(8):
        night.ran_kinds(f"sound-{number}", bad=False)
    night.ran_kinds("sick", bad=True)
    (found,) = night.judged().values()
    assert (found.node_id, found.verdict, found.trend) == ("sick", "suspect", "ongoing")


def test_a_few_odd_nodes_of_a_large_pool_do_not_draw_in_those_that_failed_by_chance() -> None:
    tables = {f"n{number}": {Key("j"): JobRuns(10, number % 9 == 0)} for number in range(200)}
    tables |= {f"sick-{number}": {Key("j"): JobRuns(10, 9)} for number in range(3)}
    assert odd_nodes(tables) == {"sick-0", "sick-1", "sick-2"}
