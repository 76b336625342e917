"""Counts logs in several processes; each sends its tally back, and the tallies are merged."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import BinaryIO

from batchdoctor.core.log.damage import Damage
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.log.tally_state import from_message, to_message
from batchdoctor.events.counting import Counted, count_pieces, number_lines
from batchdoctor.events.position import Position
from batchdoctor.events.selection import Selection
from batchdoctor.events.shares import Piece
from batchdoctor.machine import can_fork, end_when_asked


def count_shares(
    shares: Sequence[Sequence[Piece]],
    selection: Selection,
    stdin: BinaryIO | None,
    tally: Tally,
    position: Position | None = None,
) -> Counted:
    """Count every share in a process of its own, the first in this one; all of it into `tally`.

    A share whose process ended without an answer is counted here.
    """
    # What other logs had is in its place already.
    before, tally.damage = tally.damage, Damage()
    # A forked process has everything loaded already; where there is no fork, it starts anew.
    context = get_context("fork") if can_fork() else get_context("spawn")
    running: list[tuple[BaseProcess, Connection, Sequence[Piece]]] = []
    try:
        for share in shares[1:]:
            receiver, sender = context.Pipe(duplex=False)
            inherited = [receiver, *(each[1] for each in running)] if can_fork() else []
            work = (sender, inherited, share, selection, _another(tally))
            process = context.Process(target=_work, args=work, daemon=True)
            process.start()
            sender.close()
            running.append((process, receiver, share))
        counted = count_pieces(shares[0], selection, tally, stdin, position)
        for _, receiver, share in running:
            other = _received(receiver)
            _include(counted, other or count_pieces(share, selection, _another(tally)))
    finally:
        for worker, _, _ in running:
            worker.terminate()
            worker.join()
    number_lines(tally.damage, counted.lines)
    tally.damage.merge(before)
    return counted


def _work(
    sender: Connection,
    inherited: Sequence[Connection],
    share: Sequence[Piece],
    selection: Selection,
    tally: Tally,
) -> None:
    # With the other ends open here, too, it would never be seen that the first process is gone.
    for receiver in inherited:
        receiver.close()
    # An interrupt goes to all processes; the first one ends the others, and by SIGTERM, which it
    # may have a way of its own to meet.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    end_when_asked()
    counted = count_pieces(share, selection, tally)
    # The first process may be gone, and this one must not wait for it: nothing is left to be done.
    with suppress(BrokenPipeError):
        sender.send((to_message(counted.tally), counted.problems, counted.lines))
        sender.close()


def _another(tally: Tally) -> Tally:
    """An empty tally that can be merged with this one."""
    return Tally(portable=tally.names.portable)


def _received(receiver: Connection) -> Counted | None:
    try:
        message, problems, lines = receiver.recv()
    except (EOFError, OSError):
        return None
    return Counted(from_message(message), problems, lines)


def _include(counted: Counted, other: Counted) -> None:
    counted.tally.merge(other.tally)
    counted.problems += other.problems
    counted.lines |= other.lines
