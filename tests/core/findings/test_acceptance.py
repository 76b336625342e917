"""What somebody accepted: what it covers, until when, and what a wrong table says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from batchdoctor.core.findings.acceptance import Acceptance, check_kinds, parse_settings, sift
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.errors import UsageError

TODAY = date(2026, 11, 21)


def accepted(**members: Any) -> Acceptance:
    wanted: dict[str, Any] = {"kind": "node-offline", "reason": "why", "until": TODAY} | members
    return Acceptance(**wanted)


def finding(
    kind: str = "node-offline", *, pool: str | None = "p", jobs: tuple[str, ...] = ()
) -> Finding:
    return Finding(kind=kind, subject=Subject(pool_id=pool, job_ids=jobs), message="m")


@pytest.mark.parametrize(
    ("entry", "found", "covers"),
    [
        (accepted(), finding(), True),
        (accepted(), finding("node-error"), False),
        (accepted(pool="p"), finding(), True),
        (accepted(pool="q"), finding(), False),
        (accepted(job="j"), finding(jobs=("j",)), True),
        (accepted(job="j"), finding(jobs=("j", "k")), False),
        (accepted(job="j"), finding(), False),
    ],
)
def test_an_entry_covers_what_it_names(entry: Acceptance, found: Finding, covers: bool) -> None:
    assert entry.covers(found) is covers


def test_the_last_day_is_covered_and_the_next_is_not() -> None:
    entry = accepted(until=date(2026, 11, 21))
    today = sift([finding()], accepted=[entry], ignored=[], today=TODAY)
    assert (today.shown, today.accepted) == ([], 1)
    tomorrow = sift([finding()], accepted=[entry], ignored=[], today=date(2026, 11, 22))
    (shown,) = tomorrow.shown
    assert shown.evidence == ("It was accepted until 2026-11-21: why",)
    assert tomorrow.accepted == 0


def test_an_entry_that_still_holds_covers_for_one_that_is_over() -> None:
    entries = [accepted(until=date(2026, 1, 1)), accepted(until=date(2026, 12, 1))]
    assert sift([finding()], accepted=entries, ignored=[], today=TODAY).accepted == 1


def test_kinds_to_be_ignored_are_counted_apart() -> None:
    sifted = sift([finding()], accepted=[accepted()], ignored=["node-offline"], today=TODAY)
    assert (sifted.shown, sifted.accepted, sifted.ignored) == ([], 0, 1)


def test_a_table_is_read_and_what_is_wrong_is_named() -> None:
    entry = {"kind": "node-offline", "reason": "why", "until": TODAY}
    settings = parse_settings({"triage": {"ignore": [entry]}, "other": {}}, "config.toml")
    assert settings.ignore == (accepted(),)
    assert parse_settings({}, "config.toml").ignore == ()
    for wrong in ({**entry, "reason": ""}, {**entry, "poool": "p"}, {"kind": "node-offline"}):
        with pytest.raises(UsageError, match=r"\[triage\] of config.toml is wrong"):
            parse_settings({"triage": {"ignore": [wrong]}}, "config.toml")


def test_a_kind_that_does_not_exist_is_refused() -> None:
    with pytest.raises(UsageError, match="does not exist") as refusal:
        check_kinds(["node-ofline"], "--ignore")
    assert refusal.value.hint == "did you mean node-offline?"
