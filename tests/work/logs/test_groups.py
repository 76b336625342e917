"""Logs in groups: each log in one of them, small neighbours together, signatures unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from batchdoctor.errors import InputError, UsageError
from batchdoctor.events.selection import Selection
from batchdoctor.work.logs import groups
from batchdoctor.work.logs.groups import Group, groups_of


def test_small_neighbours_are_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "FULL", 10)
    for name, size in (("a", 4), ("b", 5), ("c", 3), ("d", 30), ("e", 1)):
        (tmp_path / name).write_bytes(b"x" * size)
    found = groups_of([str(tmp_path)], Selection())
    assert [[Path(path).name for path in group.paths] for group in found] == [
        ["a", "b", "c"],
        ["d"],
        ["e"],
    ]


def test_what_is_not_there_is_told_and_a_pipe_cannot_be_shared(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        groups_of([str(tmp_path / "none")], Selection())
    with pytest.raises(UsageError, match="cannot be shared"):
        groups_of(["-"], Selection())


def test_a_group_does_not_show_its_signatures() -> None:
    assert repr(Group(["https://a.blob.core.windows.net/c?sig=x"])) == "Group of 1 paths"
