"""Maps and reduces: any split of a log and of the work gives the answer of one reading."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchdoctor.core.answer import Answer
from batchdoctor.core.log.attempt_rows import BUCKETS
from batchdoctor.core.log.event import LogRecord
from batchdoctor.core.log.show import Show
from batchdoctor.errors import InputError, NotFoundError, UsageError
from batchdoctor.events.selection import Selection
from batchdoctor.work.answers.logs import log_answer
from batchdoctor.work.answers.shards import final_answer
from batchdoctor.work.logs.mapping import LogMapping
from batchdoctor.work.logs.reducing import Reducing, Shard, shard_of
from batchdoctor.work.logs.shard_place import ShardFolder
from batchdoctor.work.surroundings import Quiet
from tests.core.log.test_tally import RECORDS, complete, fail, start

COUNTED = (Show.SUMMARY, Show.NODES, Show.TIMELINE)
EVERYTHING = Selection()


def line_of(record: LogRecord) -> bytes:
    return msgspec.json.encode(record)


def write(path: Path, records: Sequence[LogRecord]) -> str:
    path.write_bytes(b"".join(line_of(record) + b"\n" for record in records))
    return str(path)


def map_logs(paths: Sequence[str], out: Path, selection: Selection = EVERYTHING) -> list[str]:
    """Map logs; whether each part was counted now or before."""
    mapping = LogMapping(Quiet(), paths, ShardFolder(str(out)), selection)
    return [part.outcome.value for part in mapping.parts()]


def told(answer: Answer[msgspec.Struct]) -> bytes:
    """An answer to the last byte, but for notes on how it came about."""
    parts = (answer.items, answer.summary, answer.problems, answer.span, answer.checked)
    return msgspec.json.encode(parts)


def one_reading(paths: Sequence[str], selection: Selection = EVERYTHING) -> list[bytes]:
    return [told(log_answer(paths, show, selection, min_failures=2)) for show in COUNTED]


def joined(out: Path) -> list[bytes]:
    return [told(final_answer(str(out), show, 2)) for show in COUNTED]


def reducing(out: Path) -> Reducing:
    return Reducing(Quiet(), ShardFolder(str(out)))


@contextmanager
def counted_as_many(*, few: int, most: int = 2**27, rows: int = 2**29) -> Iterator[None]:
    """Let smaller logs be as large, and be put together in smaller parts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("batchdoctor.core.log.grain.FEW_EVENTS", few)
        patch.setattr("batchdoctor.core.log.grain.MOST_EVENTS", most)
        patch.setattr("batchdoctor.work.logs.reducing.MOST_ROWS", rows)
        yield


@settings(max_examples=20)
@given(st.lists(RECORDS, min_size=1, max_size=30), st.data())
def test_any_split_of_logs_and_of_buckets_gives_the_answer_of_one_reading(
    records: list[LogRecord], data: st.DataObject
) -> None:
    # Duplicates, retries and requeues fall into one file or another as it comes.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files: list[list[LogRecord]] = [[] for _ in range(3)]
        for record in data.draw(st.permutations(records)):
            files[data.draw(st.integers(0, 2))].append(record)
        paths = [write(folder / f"{at}.json", found) for at, found in enumerate(files)]
        maps: list[list[str]] = [[] for _ in paths]
        for path in paths:
            maps[data.draw(st.integers(0, 2))].append(path)
        for part in data.draw(st.permutations(maps)):
            if part:
                map_logs(part, folder / "out")
        count = data.draw(st.sampled_from([1, 2, 3, 256]))
        shards = st.sets(st.integers(1, count), max_size=4)
        with counted_as_many(few=data.draw(st.sampled_from([2, 10**6])), rows=400):
            for number in sorted(data.draw(shards)):
                reducing(folder / "out").reduce(shard_of(f"{number}/{count}"))
            assert joined(folder / "out") == one_reading(paths)


def sick(seed: int = 1, tasks: int = 1200) -> list[LogRecord]:
    """A log of two jobs on eight nodes, one of which is sick in the second half."""
    rnd, records = random.Random(seed), []
    for number in range(tasks):
        node, job = f"n{rnd.randrange(8)}", rnd.choice("jk")
        broken = node == "n3" and number > tasks // 2 and rnd.random() < 0.7
        named = {"task": f"t{number}", "node": node, "job": job}
        records.append(start(minutes=number, **named))
        if broken or rnd.random() < 0.03:
            records.append(fail(1, minutes=number + 2, **named))
        if not broken:
            records.append(complete(0, minutes=number + rnd.randrange(2, 9), **named))
    return records


@pytest.mark.parametrize(
    ("few", "most", "said"), [(10**6, 10**6, b""), (2, 10**6, b""), (2, 1300, b"by one of 2 runs")]
)
def test_nodes_are_judged_as_by_one_reading(
    tmp_path: Path, few: int, most: int, said: bytes
) -> None:
    with counted_as_many(few=few, most=most, rows=9000):
        expected = judged_in_parts(tmp_path)
    assert b'"nodeId":"n3"' in expected[1]
    assert said in expected[0]


def judged_in_parts(tmp_path: Path) -> list[bytes]:
    records = sick()
    random.Random(2).shuffle(records)
    paths = [write(tmp_path / f"{at}.json", records[at::5]) for at in range(5)]
    for path in paths:
        map_logs([path], tmp_path / "out")
    expected = one_reading(paths)
    assert joined(tmp_path / "out") == expected
    for number in range(1, 8):
        reducing(tmp_path / "out").reduce(shard_of(f"{number}/7"))
    assert joined(tmp_path / "out") == expected
    return expected


def test_a_map_that_is_done_is_not_done_again(tmp_path: Path) -> None:
    paths = [write(tmp_path / name, [complete(task=name)]) for name in "ab"]
    assert map_logs(paths[:1], tmp_path / "out") == ["done"]
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    assert map_logs(paths[:1], tmp_path / "out") == ["already"]
    assert {path: path.stat().st_mtime_ns for path in before} == before
    # Only the log that is new is counted.
    assert map_logs(paths, tmp_path / "out") == ["done"]
    assert joined(tmp_path / "out") == one_reading(paths)


def test_a_file_that_is_missing_is_named_and_written_again(tmp_path: Path) -> None:
    path = write(tmp_path / "log", sick(tasks=400))
    map_logs([path], tmp_path / "out")
    (missing,) = (tmp_path / "out").glob("*.rows-07")
    missing.unlink()
    with pytest.raises(NotFoundError, match=missing.name):
        joined(tmp_path / "out")
    assert map_logs([path], tmp_path / "out") == ["done"]
    assert joined(tmp_path / "out") == one_reading([path])


def test_a_map_that_stops_goes_on_after_its_last_part(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{at}.json", [complete(task=f"{at}")]) for at in range(4)]
    mapping = LogMapping(Quiet(), paths, ShardFolder(str(tmp_path / "out")), EVERYTHING, part=1)
    parts = mapping.parts()
    done = [next(parts), next(parts)]
    assert (mapping.logs, mapping.waiting) == (4, 2)
    with pytest.raises(InputError, match=r"2\.json and 1 more was to be mapped and is not"):
        reducing(tmp_path / "out")
    mapping = LogMapping(Quiet(), paths, ShardFolder(str(tmp_path / "out")), EVERYTHING, part=1)
    assert [part.outcome.value for part in mapping.parts()] == ["already"] * 2 + ["done"] * 2
    assert mapping.waiting == 0
    assert [part.first_source for part in done] == paths[:2]
    assert joined(tmp_path / "out") == one_reading(paths)


def test_a_reduce_that_is_done_is_not_done_again_until_there_is_another_map(
    tmp_path: Path,
) -> None:
    paths = [write(tmp_path / name, sick(at)[at::3]) for at, name in enumerate("ab")]
    map_logs(paths[:1], tmp_path / "out")
    shard = Shard(0, BUCKETS)
    outcomes = [reducing(tmp_path / "out").reduce(shard).outcome for _ in range(2)]
    map_logs(paths[1:], tmp_path / "out")
    assert reducing(tmp_path / "out").summary().buckets == 0
    outcomes.append(reducing(tmp_path / "out").reduce(shard).outcome)
    assert outcomes == ["done", "already", "done"]
    assert joined(tmp_path / "out") == one_reading(paths)


def test_shards_of_different_sizes_may_overlap(tmp_path: Path) -> None:
    path = write(tmp_path / "log", sick())
    map_logs([path], tmp_path / "out")
    for shard in ("2/3", "1/2", "3/4", "4/4", "5/256"):
        reducing(tmp_path / "out").reduce(shard_of(shard))
    assert joined(tmp_path / "out") == one_reading([path])


def test_only_what_was_asked_for_is_counted_and_said(tmp_path: Path) -> None:
    path = write(tmp_path / "log", sick())
    asked = Selection(jobs=frozenset({"j"}))
    map_logs([path], tmp_path / "out", asked)
    assert joined(tmp_path / "out") == one_reading([path], asked)
    with pytest.raises(UsageError, match="counts of other events"):
        map_logs([path], tmp_path / "out")


def test_a_log_that_was_mapped_twice_is_named(tmp_path: Path) -> None:
    paths = [write(tmp_path / name, [complete(task=name)]) for name in "ab"]
    map_logs(paths, tmp_path / "out")
    map_logs(paths[:1], tmp_path / "other")
    for file in (tmp_path / "other").glob("map-*"):
        file.rename(tmp_path / "out" / file.name)
    with pytest.raises(InputError, match=r"/a was mapped twice: in map \w+ and in map \w+"):
        reducing(tmp_path / "out")


def test_a_log_that_is_named_twice_or_has_grown_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "log", [complete()])
    with pytest.raises(UsageError, match="log is named twice"):
        map_logs([path, path], tmp_path / "out")
    map_logs([path], tmp_path / "out")
    write(tmp_path / "log", [complete(), complete(task="new")])
    with pytest.raises(UsageError, match=r"was counted when it had \d+ bytes; now it has \d+"):
        map_logs([path], tmp_path / "out")


def test_a_log_that_was_written_anew_in_the_same_size_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "log", [complete(task="a")])
    map_logs([path], tmp_path / "out")
    os.utime(path, (1, 1))
    assert map_logs([path], tmp_path / "out") == ["already"]
    write(tmp_path / "log", [complete(task="b")])
    with pytest.raises(UsageError, match="log was written anew since it was counted") as caught:
        map_logs([path], tmp_path / "out")
    assert "remove" in str(caught.value.hint)


def test_a_file_that_was_given_the_name_of_another_is_not_believed(tmp_path: Path) -> None:
    path, out = write(tmp_path / "log", sick(tasks=400)), tmp_path / "out"
    map_logs([path], out)
    reducing(out).reduce(shard_of("1/2"))
    (left,) = out.glob("left-*")
    left.rename(out / left.name.replace("000-128", "128-256"))
    assert joined(out) == one_reading([path])
    (read,) = out.glob("*.read")
    read.rename(out / "map-0123456789abcdef.read")
    with pytest.raises(InputError, match=rf"abcdef\.read: it was written as {read.name}\."):
        joined(out)


def test_standard_input_cannot_be_mapped(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Standard input cannot be mapped"):
        map_logs(["-"], tmp_path / "out")


def test_what_cannot_be_read_is_told_and_tried_again(tmp_path: Path) -> None:
    paths = [write(tmp_path / "a", [complete()]), str(tmp_path / "b.gz")]
    (tmp_path / "b.gz").write_bytes(b"\x1f\x8b\x08\x00")
    assert map_logs(paths, tmp_path / "out") == ["done"]
    assert joined(tmp_path / "out") == one_reading(paths)
    assert map_logs(paths, tmp_path / "out") == ["done"]


def test_a_place_without_maps_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no map in") as caught:
        reducing(tmp_path / "out")
    assert str(caught.value.hint).startswith("batchdoctor events map PATH --out ")


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("kind", ["map-*.read", "map-*.head", "map-*.rows-*", "plan-*"])
def test_a_file_that_was_changed_is_named_and_written_again_once_it_is_gone(
    tmp_path: Path, kind: str
) -> None:
    path = write(tmp_path / "log", sick(tasks=400))
    map_logs([path], tmp_path / "out")
    reducing(tmp_path / "out").reduce(shard_of("1/2"))
    for file in (tmp_path / "out").glob(kind):
        damage(file)
    with pytest.raises(InputError, match=kind.strip("map-*").replace("*", "")) as caught:
        joined(tmp_path / "out")
    assert str(caught.value.hint).startswith("remove it, and run that `events map` again")
    for file in (tmp_path / "out").glob(kind):
        file.unlink()
    map_logs([path], tmp_path / "out")
    assert joined(tmp_path / "out") == one_reading([path])


@pytest.mark.parametrize("content", [b"", b"batchdoctor-shard left 3 00000000\n", b"\0" * 99])
def test_what_is_left_is_made_again_where_it_is_damaged(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path / "log", sick(tasks=400))
    map_logs([path], tmp_path / "out")
    half = shard_of("1/2")
    reducing(tmp_path / "out").reduce(half)
    (left,) = (tmp_path / "out").glob("left-*")
    whole = left.read_bytes()
    left.write_bytes(content)
    assert joined(tmp_path / "out") == one_reading([path])
    assert reducing(tmp_path / "out").reduce(half).outcome == "done"
    assert left.read_bytes() == whole
    assert reducing(tmp_path / "out").reduce(half).outcome == "already"


def test_a_file_of_a_later_version_says_what_to_do(tmp_path: Path) -> None:
    map_logs([write(tmp_path / "log", [complete()])], tmp_path / "out")
    (read,) = (tmp_path / "out").glob("*.read")
    read.write_bytes(read.read_bytes().replace(b"read 2", b"read 3", 1))
    with pytest.raises(InputError, match="its format is 3, not 2") as caught:
        joined(tmp_path / "out")
    assert str(caught.value.hint).startswith("map and reduce with one version of batchdoctor")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_cannot_be_mapped(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="pipe is a pipe"):
        map_logs([str(tmp_path / "pipe")], tmp_path / "out")


def test_a_log_is_one_by_whichever_way_it_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "log", [complete()])
    others = [f"{tmp_path}/../{tmp_path.name}/log", str(tmp_path / "link")]
    (tmp_path / "link").symlink_to(path)
    map_logs([path], tmp_path / "out")
    for other in others:
        assert map_logs([other], tmp_path / "out") == ["already"]
        with pytest.raises(UsageError, match="is named twice"):
            map_logs([path, other], tmp_path / "else")


def test_counts_in_the_folder_of_the_logs_are_no_logs(tmp_path: Path) -> None:
    path = write(tmp_path / "log", [complete()])
    out = tmp_path / "counts"
    assert map_logs([str(tmp_path)], out) == ["done"]
    reducing(out).reduce(shard_of("1/2"))
    assert map_logs([str(tmp_path)], out) == ["already"]
    assert joined(out) == one_reading([path])


@pytest.mark.parametrize("words", ["0/4", "5/4", "1", "1/257", "a/b", "-1/4", "", "1/0"])
def test_what_is_no_shard_is_refused(words: str) -> None:
    with pytest.raises(UsageError, match="shard"):
        shard_of(words)


@given(st.integers(1, BUCKETS))
def test_shards_of_one_count_make_up_all_buckets(count: int) -> None:
    shards = [shard_of(f"{number}/{count}") for number in range(1, count + 1)]
    buckets = [bucket for shard in shards for bucket in range(*shard)]
    assert buckets == list(range(BUCKETS))
