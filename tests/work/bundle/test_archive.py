"""A bundle that is written never becomes larger than it may, and is whole whenever it ends."""

from __future__ import annotations

import os
import zipfile
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

import pytest

from batchdoctor.work.bundle.archive import Archive, FullError, new_archive
from batchdoctor.work.bundle.manifest import Manifest, Part
from batchdoctor.work.bundle.opened import Bundle

MOST = 2_000_000


def a_manifest() -> Manifest:
    return Manifest(
        version="1",
        account="a",
        endpoint="https://a.westeurope.batch.azure.com",
        taken_at=datetime(2026, 11, 21, tzinfo=UTC),
    )


def add_as_it_is(archive: Archive, name: str, data: bytes) -> None:
    """Past the masks, which would change what these tests count."""
    archive._add(Part(path=archive._path("log", "bin"), kind="log", of=(name,)), data)


def test_what_would_make_it_too_large_is_refused_and_the_rest_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    taken = 0
    with new_archive(target, a_manifest(), MOST) as archive:
        try:
            while taken < 100:
                # Random bytes, of which nothing can be packed.
                add_as_it_is(archive, f"{taken}", os.urandom(300_000))
                taken += 1
        except FullError:
            pass
        archive.leave_out("the rest", "it is full")
    assert target.stat().st_size < MOST
    opened = Bundle(target)
    assert len(opened.parts("log")) == taken < 7
    assert [part.bytes for part in opened.parts("log")] == [300_000] * taken
    opened.close()


@pytest.mark.parametrize(
    ("data", "fits"),
    [(os.urandom(1_500_000), False), (b"alike" * 1_000_000, True)],
    ids=["noise", "alike"],
)
def test_what_counts_is_how_small_data_become(tmp_path: Path, data: bytes, *, fits: bool) -> None:
    target = tmp_path / "b.zip"
    with new_archive(target, a_manifest(), MOST) as archive:
        try:
            add_as_it_is(archive, "1", data)
        except FullError:
            assert not fits
    assert target.stat().st_size < MOST
    opened = Bundle(target)
    assert len(opened.parts("log")) == fits
    opened.close()


def test_a_part_whose_writing_is_interrupted_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    target = tmp_path / "b.zip"
    with new_archive(target, a_manifest(), 200_000_000) as archive:
        with monkeypatch.context() as patched:
            patched.setattr(Future, "result", interrupt)
            with pytest.raises(KeyboardInterrupt):
                add_as_it_is(archive, "1", os.urandom(5_000_000))
        add_as_it_is(archive, "2", b"more")
    opened = Bundle(target)
    assert [len(opened.data(part)) for part in opened.parts("log")] == [5_000_000, 4]
    opened.close()


def test_a_bundle_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    with new_archive(target, a_manifest(), MOST) as archive:
        archive.add_documents("jobs", (), [{"id": "j"}])
    before = target.read_bytes()
    with pytest.raises(ZeroDivisionError), new_archive(target, a_manifest(), MOST):
        raise ZeroDivisionError
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]
    assert zipfile.is_zipfile(target)
