"""A tally as plain data: to keep it in a file, or to hand it from one process to another.

In a file all attempts are rows of 38 bytes (see `attempt_store`), so tallies of different machines
can be merged. Between processes of one run, recent attempts travel as they are.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Annotated

import msgspec

from batchdoctor.core.log.assumed import Untimed
from batchdoctor.core.log.attempt import Names, NodeName, Outcome
from batchdoctor.core.log.attempt_key import Key, Recent
from batchdoctor.core.log.damage import Damage
from batchdoctor.core.log.event import Moment
from batchdoctor.core.log.tally import ALWAYS, NEVER, Tally
from batchdoctor.core.log.trouble import Trouble, TroubleName
from batchdoctor.errors import InputError

FORMAT = 6

Index = Annotated[int, msgspec.Meta(ge=0)]
# Since 1970, in four bytes.
Second = Annotated[int, msgspec.Meta(ge=1, le=2**32 - 1)]


class TallyState(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Everything that a tally holds. Indices in `rows` are into the lists here."""

    tally_format: int
    events: dict[str, int]
    damage: Damage
    pools: list[str]
    resizes: dict[Second, int]
    troubles: list[tuple[TroubleName, Trouble]]
    untimed: Untimed
    assumed: list[str]
    audit_records: int
    left_out: bool
    first_time: Moment | None
    last_time: Moment | None
    nodes: list[NodeName]
    jobs: list[str]
    outcomes: list[Outcome]
    last_failures: list[tuple[Index, Moment]]
    rows: bytes
    parts: list[str] = []


def to_json(tally: Tally) -> bytes:
    """Write a tally. Raises ValueError for one that is not portable."""
    if not tally.names.portable:
        raise ValueError("only a portable tally can be written")
    return msgspec.json.encode(state_of(tally, tally.attempts.rows()))


def from_json(text: bytes, subject: str) -> Tally:
    """Read what `to_json` wrote. Raises InputError, which names `subject`, for anything else."""
    try:
        state = msgspec.json.decode(text, type=TallyState)
        if state.tally_format == FORMAT:
            return tally_of(state, portable=True)
        why = f"its format is {state.tally_format}, not {FORMAT}"
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        why = str(error)
    except (struct.error, IndexError, ValueError):
        why = "its rows are damaged"
    raise InputError(
        f"Cannot read {subject} as a tally: {why}.",
        hint="write tallies with `batchdoctor events parse --tally-out FILE`",
    )


class _Message(msgspec.Struct, frozen=True):
    """A tally with its recent attempts, by job; `closed` and `ended` are bytes of arrays."""

    portable: bool
    state: TallyState
    closed: dict[str, bytes]
    ended: dict[str, bytes]
    others: dict[str, dict[Key, Recent]]


def to_message(tally: Tally) -> bytes:
    """Write a tally for another process of the same run."""
    attempts = tally.attempts
    for job in attempts.jobs.values():
        job.settle(tally.names)
    rows = attempts.cold_rows() if attempts.spilled else b""
    message = _Message(
        tally.names.portable,
        state_of(tally, rows),
        closed={job_id: job.closed.tobytes() for job_id, job in attempts.jobs.items()},
        ended={job_id: job.ended.tobytes() for job_id, job in attempts.jobs.items()},
        others={job_id: job.others for job_id, job in attempts.jobs.items()},
    )
    return msgspec.msgpack.encode(message)


def from_message(message: bytes) -> Tally:
    """Read what `to_message` wrote."""
    found = msgspec.msgpack.decode(message, type=_Message)
    tally = tally_of(found.state, portable=found.portable)
    for job_id, closed in found.closed.items():
        tally.attempts.of_job(job_id).closed.frombytes(closed)
    for job_id, ended in found.ended.items():
        tally.attempts.of_job(job_id).ended.frombytes(ended)
    for job_id, others in found.others.items():
        tally.attempts.of_job(job_id).others = others
    return tally


def state_of(tally: Tally, rows: bytes) -> TallyState:
    """Gather a tally's state around the attempts given."""
    return TallyState(
        tally_format=FORMAT,
        events=tally.events,
        damage=tally.damage,
        pools=sorted(tally.pools),
        resizes=tally.resizes,
        troubles=list(tally.troubles.items()),
        untimed=tally.untimed,
        assumed=sorted(tally.assumed),
        audit_records=tally.audit_records,
        left_out=tally.left_out,
        first_time=None if tally.first_time is ALWAYS else tally.first_time,
        last_time=None if tally.last_time is NEVER else tally.last_time,
        nodes=tally.names.nodes,
        jobs=tally.names.jobs,
        outcomes=tally.names.outcomes,
        last_failures=list(tally.last_failures.items()),
        rows=rows,
        parts=sorted(tally.parts),
    )


def tally_of(state: TallyState, *, portable: bool) -> Tally:
    """Make a tally of its state."""
    tally = Tally(portable=portable)
    tally.damage = state.damage
    tally.pools = set(state.pools)
    tally.resizes = dict(state.resizes)
    tally.troubles = dict(state.troubles)
    tally.untimed = state.untimed
    tally.assumed = set(state.assumed)
    tally.parts = set(state.parts)
    tally.audit_records = state.audit_records
    tally.left_out = state.left_out
    tally.first_time = state.first_time or ALWAYS
    tally.last_time = state.last_time or NEVER
    tally.met.update(state.events)
    names = tally.names
    fill(names, state.nodes, state.jobs, state.outcomes)
    if any(index >= len(names.nodes) for index, _ in state.last_failures):
        raise IndexError("a node that is not there")
    tally.last_failures.update(state.last_failures)
    tally.attempts.load(state.rows)
    return tally


def fill(
    names: Names, nodes: Sequence[NodeName], jobs: Sequence[str], outcomes: Sequence[Outcome]
) -> None:
    """Number names as the lists do. Raises ValueError if that cannot be."""
    for node in nodes:
        names.node_bits(node)
    for job_id in jobs:
        names.job_index(job_id)
    for outcome in outcomes:
        names.outcome_bits(outcome)
    if (names.nodes, names.jobs, names.outcomes) != (nodes, jobs, outcomes):
        raise ValueError("a name that is there twice, or none for success")
