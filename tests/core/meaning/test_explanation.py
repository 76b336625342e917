"""What a word means: codes, exit codes and states, in any case and any spelling."""

from __future__ import annotations

import pytest

from batchdoctor.core.meaning.explanation import every_explanation, explain
from batchdoctor.core.meaning.node_states import NODE_STATES


@pytest.mark.parametrize(
    ("word", "kind", "name"),
    [
        ("BlobAccessDenied", "code", "BlobAccessDenied"),
        ("blobaccessdenied", "code", "BlobAccessDenied"),
        ("AllocationFailed", "code", "AllocationFailed"),
        ("NodeNotReady", "code", "NodeNotReady"),
        ("MaxWallClockTimeExpiry", "code", "MaxWallClockTimeExpiry"),
        ("InsufficientSampleData", "code", "InsufficientSampleData"),
        ("0xC000013A", "exitCode", "STATUS_CONTROL_C_EXIT"),
        ("-1073741510", "exitCode", "STATUS_CONTROL_C_EXIT"),
        ("3221225786", "exitCode", "STATUS_CONTROL_C_EXIT"),
        ("status_control_c_exit", "exitCode", "STATUS_CONTROL_C_EXIT"),
        ("control_c_exit", "exitCode", "STATUS_CONTROL_C_EXIT"),
        ("137", "exitCode", "SIGKILL"),
        ("-9", "exitCode", "SIGKILL"),
        ("sigkill", "exitCode", "SIGKILL"),
        ("1", "exitCode", "1"),
        ("starttaskfailed", "nodeState", "startTaskFailed"),
        ("Unusable", "nodeState", "unusable"),
    ],
)
def test_a_word_is_found_in_any_spelling(word: str, kind: str, name: str) -> None:
    (found,) = explain(word)
    assert (found.kind, found.name, found.word) == (kind, name, word)


def test_a_word_with_several_meanings_has_them_all() -> None:
    kinds = [(found.kind, found.where) for found in explain("unknown")]
    assert kinds == [
        ("code", ("task", "startTask", "preparation")),
        ("code", ("job",)),
        ("code", ("resize",)),
        ("nodeState", ("node",)),
    ]


def test_no_cause_is_claimed_for_a_small_positive_number() -> None:
    (found,) = explain("3")
    assert found.meaning.startswith("Every program has its own meaning")


def test_what_is_not_known_comes_with_near_misses() -> None:
    (code,) = explain("AlocationFailed")
    (state,) = explain("unuseable")
    (nonsense,) = explain("xyzzy")
    assert (code.known, code.suggestions[0]) == (False, "AllocationFailed")
    assert (state.known, state.suggestions) == (False, ("unusable",))
    assert (nonsense.known, nonsense.suggestions) == (False, ())


def test_a_number_beyond_32_bits_is_no_exit_code() -> None:
    (found,) = explain("99999999999")
    assert not found.known


def test_everything_that_is_listed_can_be_asked_for() -> None:
    for listed in every_explanation():
        assert listed.name in {found.name for found in explain(listed.word)}


def test_all_states_of_nodes_are_there() -> None:
    wire = {
        *("idle", "rebooting", "reimaging", "running", "unusable", "creating", "starting"),
        *("waitingforstarttask", "starttaskfailed", "unknown", "leavingpool", "offline"),
        *("preempted", "upgradingos", "deallocated", "deallocating"),
    }
    assert {state.state.lower() for state in NODE_STATES} == wire
