"""Tallies kept in files."""

from __future__ import annotations

import pytest

from batchdoctor.core.log.summary import conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.tally_state import from_json, to_json
from batchdoctor.errors import InputError
from tests.core.log.test_tally import complete, fail, start, tally_of


def test_a_tally_survives_being_written_and_read() -> None:
    tally = tally_of(start(), complete(3), fail(3, task="other", minutes=9), portable=True)
    tally.pools.add("q")
    assert conclude(from_json(to_json(tally), "file")) == conclude(tally)


def test_a_tally_of_numbers_that_only_this_process_knows_is_not_written() -> None:
    with pytest.raises(ValueError, match="portable"):
        to_json(tally_of(complete()))


def _one_failure(found: bytes, instead: bytes) -> bytes:
    text = to_json(tally_of(fail(3), portable=True))
    assert found in text
    return text.replace(found, instead)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b"\xff",
        to_json(Tally(portable=True)).replace(b'"tallyFormat":6', b'"tallyFormat":3'),
        to_json(tally_of(complete(), portable=True)).replace(b'"jobs":["j"]', b'"jobs":[]'),
        to_json(tally_of(complete(), portable=True)).replace(b'"rows":"', b'"rows":"AAAA'),
        _one_failure(b'"lastFailures":[[0,', b'"lastFailures":[[9,'),
        _one_failure(b'"lastFailures":[[0,', b'"lastFailures":[[-1,'),
        _one_failure(b'"resizes":{}', b'"resizes":{"999999999999999":1}'),
        _one_failure(b'"firstTime":"2026-08-01T00:00:00Z"', b'"firstTime":"2026-08-01T00:00:00"'),
        _one_failure(b'"jobs":["j"]', b'"jobs":["j","j"]'),
    ],
    ids=[
        "nothing",
        "an object",
        "nested",
        "no UTF-8",
        "other format",
        "no jobs",
        "odd rows",
        "no such node",
        "node before the first",
        "far second",
        "no zone",
        "job twice",
    ],
)
def test_what_is_no_tally_is_refused_by_name(text: bytes) -> None:
    with pytest.raises(InputError, match=r"other\.json"):
        from_json(text, "other.json")
