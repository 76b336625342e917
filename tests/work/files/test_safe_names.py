"""Names that come from a node never lead out of the folder, whatever they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.errors import RefusedError
from batchdoctor.work.files.safe_names import LocalFolder


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("stdout.txt", "stdout.txt"),
        ("wd/a b/Ünïcode.log", "wd/a b/Ünïcode.log"),
        ("wd\\sub\\x.txt", "wd/sub/x.txt"),
        ("./wd//x", "wd/x"),
        ("wd/\x1b[2J", "wd/%1B[2J"),
        ("wd/a\nb", "wd/a%0Ab"),
        ("wd/\u202egpj.exe", "wd/%E2%80%AEgpj.exe"),
        ("con", "%63on"),
        ("wd/NUL.txt", "wd/%4EUL.txt"),
        ("wd/name.", "wd/name%2E"),
        ("wd/name ", "wd/name%20"),
        ("wd/a:b", "wd/a%3Ab"),
        ("...", "..%2E"),
    ],
)
def test_a_name_stays_as_it_is_as_far_as_every_system_takes_it(
    tmp_path: Path, name: str, written: str
) -> None:
    assert LocalFolder(tmp_path).path_of(name) == tmp_path / written


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "wd/../../x",
        "wd\\..\\..\\x",
        "/etc/passwd",
        "\\\\server\\share\\x",
        "C:\\x",
        "c:x",
        "a\0b",
        "",
        ".",
        "x" * 256,
    ],
)
def test_a_name_that_points_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RefusedError):
        LocalFolder(tmp_path).path_of(name)


def test_a_link_in_the_folder_does_not_lead_out_of_it(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "wd").symlink_to(tmp_path)
    with pytest.raises(RefusedError):
        LocalFolder(tmp_path / "out").path_of("wd/x")


def test_names_that_differ_in_case_or_form_only_do_not_overwrite_each_other(
    tmp_path: Path,
) -> None:
    folder = LocalFolder(tmp_path)
    names = ["wd/A.txt", "wd/a.txt", "wd/a.TXT", "wd/\u00e9", "wd/e\u0301"]
    written = [str(folder.path_of(name).relative_to(tmp_path)) for name in names]
    assert written == ["wd/A.txt", "wd/a.txt~2", "wd/a.TXT~3", "wd/\u00e9", "wd/e\u0301~2"]
    assert folder.path_of("wd/a.txt") == tmp_path / "wd/a.txt~2"


@given(st.text())
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    root = Path("/nowhere/at/all")
    try:
        path = LocalFolder(root).path_of(name)
    except RefusedError:
        return
    assert path.is_relative_to(root)
    assert path != root
    assert ".." not in path.parts
    assert str(path).isprintable()
