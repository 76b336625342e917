"""How a wait is told where no line can be redrawn: a line now and then, if there is news."""

from __future__ import annotations

from datetime import datetime, timedelta

from batchdoctor.cli.world import World
from batchdoctor.core.text.times import span_text

# A log that is read in the morning wants some lines an hour, not thousands.
_APART = timedelta(minutes=1)
_LONGEST_APART = timedelta(minutes=10)
_TICK = 1.0


class WaitLines:
    """The surroundings of a wait: the world, whose progress becomes notes if nobody watches it.

    Before it stands how long the wait has taken, which goes on while it sleeps.
    """

    def __init__(self, world: World) -> None:
        self.now = world.now
        self.deliver = world.deliver
        self.note = world.note
        self.stop_if_asked = world.stop_if_asked
        self._world = world
        self._began = world.now()
        self._last = ""
        self._told: datetime | None = None
        self._apart = _APART

    def progress(self, text: str) -> None:
        """Replace the line on a terminal; elsewhere tell it, seldom, if it says something new."""
        if self._world.progress_line.seen:
            self._last = text
            self._world.progress(self._line)
            return
        now = self._world.now()
        if text == self._last or (self._told and now - self._told < self._apart):
            return
        if self._told:
            self._apart = min(self._apart * 2, _LONGEST_APART)
        self._last, self._told = text, now
        self._world.note(self._line)

    @property
    def _line(self) -> str:
        return f"{span_text(self._world.now() - self._began)}: {self._last}"

    def sleep(self, seconds: float) -> None:
        """Wait, a second at a time where the line is watched."""
        if not (self._world.progress_line.seen and self._last):
            self._world.sleep(seconds)
            return
        while seconds > 0:
            self._world.sleep(min(seconds, _TICK))
            seconds -= _TICK
            self._world.progress(self._line)
