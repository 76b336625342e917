"""How far an answer is that goes into a file, so that a later run goes on behind it."""

from __future__ import annotations

import os
import stat

from batchdoctor.cli.world import World
from batchdoctor.core.log.followed import OutputMark
from batchdoctor.machine import written_behind


def mark_of(world: World) -> OutputMark | None:
    """The file that standard output goes to, and how much of it is told; None for all else."""
    try:
        status = os.fstat(world.stdout.fileno())
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return OutputMark(status.st_dev, status.st_ino, status.st_size - world.output.ahead)


def pass_over(world: World, mark: OutputMark) -> None:
    """Do not write again what a run that was killed wrote behind its last mark."""
    now = mark_of(world)
    if now is not None and (now.device, now.inode) == (mark.device, mark.inode):
        world.output.pass_over(written_behind(world.stdout.fileno(), mark.size))
