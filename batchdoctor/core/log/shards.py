"""The files that carry a log's counting from machine to machine: their names, and their bytes.

A map says first what it is about to read (`plan-ID`). Then it writes what it counted:
`map-ID.rows-NN`, its attempts in 16 files of 16 buckets each; `map-ID.head`, everything else; and
at last `map-ID.read`, which says what it read and that it is done. A reduce leaves `left-LO-HI-ID`:
the attempts of buckets LO to before HI, concluded; the id is of all the maps that they are from.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import TypeVar

import msgspec

from batchdoctor.core.log.attempt import Names, NodeName, Outcome
from batchdoctor.core.log.attempt_count import AttemptCount
from batchdoctor.core.log.attempt_rows import BUCKETS
from batchdoctor.core.log.attempt_store import AttemptStore
from batchdoctor.core.log.grain import Counted
from batchdoctor.core.log.history_columns import HistoryColumns
from batchdoctor.core.log.left import Left
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.tally_state import TallyState, fill, state_of, tally_of
from batchdoctor.core.problem import Problem
from batchdoctor.errors import InputError

FORMAT = 2
# So many files of rows does a map write, each with as many buckets.
FILES = 16
PER_FILE = BUCKETS // FILES

PLAN, LEFT = "plan-", "left-"
_LEFT_NAME = re.compile(rf"{LEFT}(\d{{3}})-(\d{{3}})-(.+)")
_OURS = re.compile(rf"({PLAN}\w+|map-\w+\.(read|head|rows-\d\d)|{LEFT}\d{{3}}-\d{{3}}-\w+)")
_MAGIC = "batchdoctor-shard"

S = TypeVar("S")


class ReadSource(msgspec.Struct, frozen=True, order=True):
    """A file or blob that was read, and its size in bytes, where that is known.

    `stamp` differs where what is in it does: the tag that a storage account gives a blob, or a
    checksum of a file's two ends.
    """

    name: str
    size: int
    stamp: str = ""


class MapRead(msgspec.Struct, frozen=True, kw_only=True):
    """What a map read, and what it wrote: of each bucket the length and checksum of its rows.

    `asked` is which events were asked for, as text that is equal where those are. `map_id` is its
    own, so that a file is not taken for another that was given its name.
    """

    map_id: str
    sources: list[ReadSource]
    asked: str
    problems: list[Problem]
    counted: Counted
    head: int
    buckets: list[tuple[int, int]]


class _LeftState(msgspec.Struct, frozen=True, kw_only=True):
    """What a reduce leaves; indices are into the lists here.

    `name` is that of its file. `known` are job, what is known and how often, a column each.
    `failed` are steps from one second to the next, and how many attempts failed in each.
    """

    name: str
    nodes: list[NodeName]
    jobs: list[str]
    outcomes: list[Outcome]
    known: tuple[list[int], list[int], list[int]]
    told: int
    retried: int
    requeued: int
    service_retries: int
    oldest_open: int | None
    failed: tuple[list[int], list[int]]
    runs: list[HistoryColumns]


def sealed(kind: str, body: bytes) -> bytes:
    """A file of a kind: a line with format and checksum, and the body behind it."""
    return f"{_MAGIC} {kind} {FORMAT} {zlib.crc32(body):08x}\n".encode() + body


def unsealed(text: bytes, kind: str, subject: str) -> bytes:
    """The body of a file. Raises InputError, which names `subject`, for what is no such file."""
    line, _, body = text.partition(b"\n")
    words = line.decode("ascii", "replace").split(" ")
    if len(words) != 4 or words[:2] != [_MAGIC, kind]:  # noqa: PLR2004 - the words of a head
        raise _unreadable(subject, f"it does not begin as {_MAGIC} {kind} does")
    if words[2] != str(FORMAT):
        raise InputError(
            f"Cannot read {subject}: its format is {words[2]}, not {FORMAT}.",
            hint="map and reduce with one version of batchdoctor; or all anew into another place",
        )
    if words[3] != f"{zlib.crc32(body):08x}":
        raise _unreadable(subject, "its bytes are not those that were written")
    return body


def rows_file(map_id: str, file: int) -> str:
    """The name of a file of rows."""
    return f"map-{map_id}.rows-{file:02}"


def head_file(map_id: str) -> str:
    """The name of the file with everything but attempts."""
    return f"map-{map_id}.head"


def read_file(map_id: str) -> str:
    """The name of the file that says that a map is done."""
    return f"map-{map_id}.read"


def files_of(map_id: str) -> set[str]:
    """The names of all files with what a map counted."""
    return {head_file(map_id), *(rows_file(map_id, file) for file in range(FILES))}


def plan_file(plan_id: str) -> str:
    """The name of the file that says what is to be read."""
    return f"{PLAN}{plan_id}"


def left_file(first: int, after: int, maps_id: str) -> str:
    """The name of what is left of some buckets of some maps."""
    return f"{LEFT}{first:03}-{after:03}-{maps_id}"


def buckets_of(name: str, maps_id: str) -> tuple[int, int] | None:
    """The buckets that a file says to be what is left of, if it is such a one of these maps."""
    found = _LEFT_NAME.fullmatch(name)
    return (int(found[1]), int(found[2])) if found and found[3] == maps_id else None


def is_one_of_ours(name: str) -> bool:
    """Whether a file is named as those of a map or a reduce are."""
    return _OURS.fullmatch(name) is not None


def head_of(tally: Tally) -> bytes:
    """Everything of a tally but its attempts."""
    return sealed("head", zlib.compress(msgspec.msgpack.encode(state_of(tally, b"")), 1))


def head_from(text: bytes, subject: str) -> Tally:
    """The tally without attempts. Raises InputError, which names `subject`."""
    state = _decoded(unsealed(text, "head", subject), TallyState, subject)
    try:
        return tally_of(state, portable=True)
    except (IndexError, ValueError) as error:
        raise _unreadable(subject, str(error)) from None


def plan_of(names: Sequence[str]) -> bytes:
    """The names of what is to be read, as a file."""
    return sealed("plan", zlib.compress(msgspec.msgpack.encode(names), 1))


def plan_from(text: bytes, subject: str) -> list[str]:
    """The names of what was to be read. Raises InputError, which names `subject`."""
    return _decoded(unsealed(text, "plan", subject), list[str], subject)


def read_of(read: MapRead) -> bytes:
    """What a map read, as a file."""
    return sealed("read", zlib.compress(msgspec.msgpack.encode(read), 1))


def read_from(text: bytes, subject: str, map_id: str) -> MapRead:
    """What the map of this id read. Raises InputError, which names `subject`."""
    read = _decoded(unsealed(text, "read", subject), MapRead, subject)
    if read.map_id != map_id:
        raise _unreadable(subject, f"it was written as {read_file(read.map_id)}")
    return read


def left_to_bytes(left: Left, name: str) -> bytes:
    """What is left of some buckets, as the file of that name."""
    names, count = left.names, left.count
    known = sorted((packed, job, times) for (job, packed), times in count.by_packed.items())
    seconds = sorted(count.failed_at)
    state = _LeftState(
        name=name,
        nodes=names.nodes,
        jobs=names.jobs,
        outcomes=names.outcomes,
        known=(
            [job for _, job, _ in known],
            [packed for packed, _, _ in known],
            [times for _, _, times in known],
        ),
        told=count.told,
        retried=count.retried,
        requeued=count.requeued,
        service_retries=count.service_retries,
        oldest_open=count.oldest_open,
        failed=(
            [after - before for before, after in zip([0, *seconds], seconds, strict=False)],
            [count.failed_at[second] for second in seconds],
        ),
        runs=left.runs,
    )
    return sealed("left", zlib.compress(msgspec.msgpack.encode(state), 1))


def left_from(text: bytes, subject: str, name: str) -> Left:
    """What is left of some buckets, of the file of that name. Raises InputError."""
    state = _decoded(unsealed(text, "left", subject), _LeftState, subject)
    if state.name != name:
        raise _unreadable(subject, f"it was written as {state.name}")
    try:
        names = Names(portable=True)
        fill(names, state.nodes, state.jobs, state.outcomes)
        count = AttemptCount(
            told=state.told,
            retried=state.retried,
            requeued=state.requeued,
            service_retries=state.service_retries,
            oldest_open=state.oldest_open,
            failed_at=Counter(
                dict(zip(accumulate(state.failed[0]), state.failed[1], strict=True)),
            ),
        )
        for job, packed, times in zip(*state.known, strict=True):
            _ = names.jobs[job], names.node(packed), names.outcome(packed)
            count.by_packed[job, packed] += times
        for each in state.runs:
            each.check()
    except (IndexError, ValueError) as error:
        raise _unreadable(subject, str(error)) from None
    return Left(names, count, state.runs)


def add_rows(store: AttemptStore, names: Names, rows: bytes, subject: str) -> None:
    """Add rows of a map whose indices are of its own names. Raises InputError for damaged ones."""
    try:
        store.take_over(rows, names)
    except (struct.error, IndexError, ValueError):
        raise _unreadable(subject, "its rows are damaged") from None


def _decoded(body: bytes, kind: type[S], subject: str) -> S:
    try:
        return msgspec.msgpack.decode(zlib.decompress(body), type=kind)
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _unreadable(subject, str(error)) from None


def _unreadable(subject: str, why: str) -> InputError:
    return InputError(
        f"Cannot read {subject}: {why}.",
        hint="remove it, and run that `events map` again: it writes what is missing",
    )
