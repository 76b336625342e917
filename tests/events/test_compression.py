"""Compressed logs: told by their bytes, read as far as they go, and bounded whatever they claim."""

from __future__ import annotations

import gzip
import io
import resource
import sys
from importlib import import_module
from typing import Any

import pytest

from batchdoctor.core.log.summary import conclude
from batchdoctor.errors import InputError
from batchdoctor.events import compression
from batchdoctor.events.reading import EventLog
from tests.events.corpus import corpus
from tests.events.wrappings import lines

LINES = lines(corpus().records)
zstd = pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


def read(content: bytes) -> tuple[int, list[str]]:
    """Events read, and what was said about it."""
    log = EventLog(["-"], stdin=io.BytesIO(content))
    summary, _ = conclude(log.tally())
    return sum(summary.events.values()), [problem.message for problem in log.problems]


EVENTS = LINES.count(b"\n")


@pytest.fixture(params=["isal", "standard library"])
def gzip_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "standard library":
        hide(monkeypatch, "isal")
    else:
        pytest.importorskip("isal")


def hide(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """Make packages look as if they were not installed."""

    def missing(name: str) -> Any:
        if name.split(".", maxsplit=1)[0] in packages:
            raise ImportError(name)
        return import_module(name)

    monkeypatch.setattr(compression, "import_module", missing)


@pytest.mark.usefixtures("gzip_by")
@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(LINES),
        gzip.compress(LINES[:500]) + gzip.compress(LINES[500:]),
        gzip.compress(b"") + gzip.compress(LINES),
        gzip.compress(LINES) + b"\0" * 700,
    ],
    ids=["one member", "two members", "an empty member first", "padded with zeros"],
)
def test_gzip_is_read_whole(content: bytes) -> None:
    assert read(content) == (EVENTS, [])


@pytest.mark.parametrize(
    "content",
    [
        zstd.compress(LINES),
        zstd.compress(LINES[:500]) + zstd.compress(LINES[500:]),
    ],
    ids=["one frame", "two frames"],
)
def test_zstandard_is_read_whole(content: bytes) -> None:
    assert read(content) == (EVENTS, [])


@pytest.mark.usefixtures("gzip_by")
def test_a_gzip_stream_that_was_cut_off_is_read_as_far_as_it_goes() -> None:
    events, problems = read(gzip.compress(LINES)[:-30])
    assert problems == ["the compressed data is cut off"]
    assert 0 < events <= EVENTS


def test_a_zstandard_stream_that_was_cut_off_says_so() -> None:
    frames = zstd.compress(LINES[: len(LINES) // 2]) + zstd.compress(LINES[len(LINES) // 2 :])
    events, problems = read(frames[:-30])
    assert problems == ["the compressed data is cut off"]
    assert 0 < events <= EVENTS


@pytest.mark.usefixtures("gzip_by")
def test_rubbish_after_a_gzip_member_does_not_cost_the_member() -> None:
    events, problems = read(gzip.compress(LINES) + b"rubbish")
    assert events == EVENTS
    assert len(problems) == 1
    assert problems[0].startswith("the compressed data is broken")


def test_a_bit_that_was_flipped_is_a_problem_not_a_crash() -> None:
    packed = bytearray(gzip.compress(LINES))
    packed[len(packed) // 2] ^= 0x10
    _, problems = read(bytes(packed))
    assert len(problems) == 1


def test_a_gzip_bomb_is_given_up_on_before_it_takes_time_or_memory() -> None:
    bomb = gzip.compress(b"\0" * (32 * 1024 * 1024)) * 8
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _, problems = read(bomb)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert problems == ["it unpacks to far more than a log would; the rest is left out"]
    assert grown < 60 * 1024


def test_zstandard_without_its_package_is_refused_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hide(monkeypatch, "backports", "compression")
    with pytest.raises(InputError, match="not installed") as refused:
        read(zstd.compress(LINES))
    assert "batchdoctor[zstd]" in str(refused.value.hint)


def test_nothing_of_compression_is_loaded_for_a_plain_log(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> Any:
        raise AssertionError(name)

    monkeypatch.setattr(compression, "import_module", refuse)
    assert read(LINES) == (EVENTS, [])
