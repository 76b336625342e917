"""Names that listings had, kept for the shell: per account, newest first, nobody else's to read."""

from __future__ import annotations

import stat
from pathlib import Path

from batchdoctor.work.folders import names_folder
from batchdoctor.work.remembered_names import folder_name, remember

HOST = "acct.westeurope.batch.azure.com"


def lines(folder: Path, kind: str, host: str = HOST) -> list[str]:
    return (folder / folder_name(host) / kind).read_text().splitlines()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_names_come_before_those_that_were_there(tmp_path: Path) -> None:
    remember(tmp_path, HOST, None, {"jobs": ["b", "a"]})
    remember(tmp_path, HOST, None, {"jobs": ["c", "a"]})
    assert lines(tmp_path, "jobs") == ["c", "a", "b"]


def test_the_oldest_go_when_there_are_many(tmp_path: Path) -> None:
    remember(tmp_path, HOST, None, {"tasks": [f"j/old-{n}" for n in range(400)]})
    remember(tmp_path, HOST, None, {"tasks": [f"j/new-{n}" for n in range(400)]})
    kept = lines(tmp_path, "tasks")
    assert (len(kept), kept[0], kept[-1]) == (500, "j/new-0", "j/old-99")


def test_only_their_owner_may_read_them_and_no_part_is_left(tmp_path: Path) -> None:
    remember(tmp_path / "names", HOST, "default", {"pools": ["p"], "nodes": []})
    own = tmp_path / "names" / folder_name(HOST)
    assert [path.name for path in own.iterdir()] == ["pools"]
    assert (mode(own), mode(own / "pools")) == (0o700, 0o600)
    assert (tmp_path / "names" / "default").read_text() == f"{HOST}\n"


def test_what_no_id_may_be_is_not_offered_to_a_shell(tmp_path: Path) -> None:
    odd = ["ok-1", "$(reboot)", "a b", "x\ny", "`id`", "a/b/c", "é", "a;b", "p/n"]
    remember(tmp_path, HOST, "profile.$(x)", {"nodes": odd})
    assert lines(tmp_path, "nodes") == ["ok-1", "p/n"]
    assert {path.name for path in tmp_path.iterdir()} == {folder_name(HOST)}


def test_accounts_do_not_mix(tmp_path: Path) -> None:
    remember(tmp_path, HOST, "profile.prod", {"jobs": ["a"]})
    remember(tmp_path, "127.0.0.1:8080", "profile.box", {"jobs": ["b"]})
    assert (lines(tmp_path, "jobs"), lines(tmp_path, "jobs", "127.0.0.1:8080")) == (["a"], ["b"])
    assert (tmp_path / "profile.box").read_text() == "127.0.0.1_8080\n"


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "names").write_text("in the way")
    remember(tmp_path / "names", HOST, None, {"jobs": ["a"]})


def test_the_folder_is_that_of_caches() -> None:
    assert names_folder({"XDG_CACHE_HOME": "/c", "HOME": "/h"}) == Path("/c/batchdoctor/names")
    assert names_folder({"XDG_CACHE_HOME": "c", "HOME": "/h"}) == Path(
        "/h/.cache/batchdoctor/names"
    )
    assert names_folder({}) is None
    assert names_folder({"HOME": "h"}) is None
