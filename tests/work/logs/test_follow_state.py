"""How far a container was followed: kept whole, by one program at a time."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from batchdoctor.core.findings.finding import Subject
from batchdoctor.core.log.followed import Followed, OutputMark, Reached
from batchdoctor.core.notices.known import Known
from batchdoctor.errors import UsageError
from batchdoctor.work.logs.follow_state import FollowState

AT = datetime(2026, 8, 2, 10, tzinfo=UTC)
FOLLOWED = Followed(
    container="https://acct/logs",
    hour=AT,
    reached={"y=2026/m=08/d=02/h=10/m=00/PT1H.json": Reached(120, 4)},
    known=(
        Known(
            kind="node-suspect",
            subject=Subject(pool_id="p", node_ids=("n",)),
            message="Fails.",
            first_time=AT,
            last_time=AT,
            told=True,
            told_time=AT,
        ),
    ),
    output=OutputMark(1, 2, 3),
)


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    state = FollowState(tmp_path / "state")
    assert state.read("https://acct/logs") is None
    state.write(FOLLOWED)
    assert state.read("https://acct/logs") == FOLLOWED
    assert [each.name for each in tmp_path.iterdir()] == ["state"]


def test_without_a_file_nothing_is_kept() -> None:
    state = FollowState(None)
    with state.held():
        state.write(FOLLOWED)
        assert state.read("https://acct/logs") is None


@pytest.mark.skipif(sys.platform == "win32", reason="files have no such locks there")
def test_two_programs_do_not_share_a_state(tmp_path: Path) -> None:
    first, second = FollowState(tmp_path / "state"), FollowState(tmp_path / "state")
    told = pytest.raises(UsageError, match="another program follows with it")
    with first.held(), told, second.held():
        pass
    with second.held():
        pass


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    state = FollowState(tmp_path / "none" / "state")
    with pytest.raises(UsageError, match=r"cannot be used"), state.held():
        pass
    with pytest.raises(UsageError, match="cannot be written") as caught:
        state.write(FOLLOWED)
    assert caught.value.hint == "--state names another file"


def test_a_state_of_another_version_or_container_is_refused_as_what_it_is(tmp_path: Path) -> None:
    state = FollowState(tmp_path / "state")
    state.write(FOLLOWED)
    with pytest.raises(UsageError, match="is about https://acct/logs, and not about"):
        state.read("https://acct/other")
    state.write(msgspec.structs.replace(FOLLOWED, version=99))
    with pytest.raises(UsageError, match="of another version of batchdoctor: 99, not"):
        state.read("https://acct/logs")
