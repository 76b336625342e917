"""Where logs are kept: every file once, however many links lead to it."""

from __future__ import annotations

from pathlib import Path

from batchdoctor.events.places import sources_of


def names(folder: Path) -> list[str]:
    return sorted(Path(source.name).name for source in sources_of([str(folder)]))


def test_folders_that_link_to_each_other_are_read_once_each(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.json").write_text("{}")
        for other in "abc":
            (tmp_path / name / f"to-{other}").symlink_to(tmp_path / other)
    assert names(tmp_path) == ["a.json", "b.json", "c.json"]


def test_a_link_beside_its_file_is_the_same_log(tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text("{}")
    (tmp_path / "newest.json").symlink_to(tmp_path / "log.json")
    assert len(names(tmp_path)) == 1


def test_a_file_named_twice_is_read_as_often_as_it_is_named(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    log.write_text("{}")
    assert len(list(sources_of([str(log), str(log)]))) == 2
