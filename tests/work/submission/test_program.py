"""The single file that travels to the nodes: which file it is, and whether it can do its work."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from batchdoctor.errors import UsageError
from batchdoctor.work.submission.program import program_of

NEEDED = "site-packages/azure/storage/blob/__init__.py"
COMPILED = "site-packages/msgspec/_core.cpython-311-x86_64-linux-gnu.so"


def made(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("__main__.py", *names):
            archive.writestr(name, "")
    return path


def test_a_file_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    first = program_of(str(made(tmp_path / "a.pyz", NEEDED, COMPILED)), "")
    same = program_of(str(made(tmp_path / "b.pyz", NEEDED, COMPILED)), "")
    other = program_of(str(made(tmp_path / "c.pyz", NEEDED)), "")
    assert first.blob == same.blob != other.blob
    assert first.size == (tmp_path / "a.pyz").stat().st_size
    assert (first.made_for, other.made_for) == ("Python 3.11 on x86_64", None)


def test_who_runs_from_a_single_file_sends_that_file(tmp_path: Path) -> None:
    own = made(tmp_path / "own.pyz", NEEDED)
    assert program_of(None, str(own)).path == own


def test_who_does_not_is_told_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "script").write_text("#!/usr/bin/python\n")
    with pytest.raises(UsageError) as caught:
        program_of(None, str(tmp_path / "script"))
    assert caught.value.hint is not None
    assert "shiv" in caught.value.hint


def test_a_url_is_taken_as_it_is() -> None:
    url = "https://acct.blob.core.windows.net/tools/batchdoctor.pyz?sig=x"
    assert program_of(url, "").url == url


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none", None, "cannot be read"),
        ("text", b"no zip", "no program in a single file"),
        ("lacking", ["site-packages/msgspec/__init__.py"], "lacks the package for storage"),
    ],
)
def test_what_could_not_do_the_work_is_refused(
    tmp_path: Path, name: str, content: bytes | list[str] | None, message: str
) -> None:
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        made(path, *content)
    with pytest.raises(UsageError, match=message):
        program_of(str(path), "")
