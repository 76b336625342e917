"""Where a command's answers come from: the account, or a file that was taken of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from batchdoctor.cli.world import World

if TYPE_CHECKING:
    from batchdoctor.replay import Replay

VARIABLE = "BATCHDOCTOR_FROM"


@contextmanager
def answers_for(
    world: World, option: str | None, *, live: bool
) -> Iterator[tuple[World, Replay | None]]:
    """The world of a command, and what was recorded if its answers come from there.

    With a bundle the time is that of the bundle. Raises InputError for a file that is none.
    """
    named = option or world.environ.get(VARIABLE)
    if not live or not named:
        yield world, None
        return
    from batchdoctor.replay import Replay

    replay = Replay(Path(named))
    since = f", without jobs that ended before {_told(replay.since)}" if replay.since else ""
    world.note(f"note: answers come from {named}, as of {_told(replay.at)}{since}")
    try:
        yield world.at(replay.at, replay.environment(world.environ)), replay
    finally:
        replay.close()


def _told(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
