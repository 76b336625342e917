"""`--watch`: asks again and again, and shows the answer in place, or in a pipe what has changed.

Any command that asks and writes one document can be watched.
"""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from batchdoctor.cli.call import Call
from batchdoctor.cli.interruption import around_a_stop, before_the_end
from batchdoctor.cli.piped import PipedAgain
from batchdoctor.cli.screen import Screen
from batchdoctor.cli.world import ReaderGoneError
from batchdoctor.core.problem import ProblemKind
from batchdoctor.core.text.gate import shown
from batchdoctor.errors import ExitCode, UnreachableError, UsageError
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.formats import Format
from batchdoctor.report.watched import Change, Kept, change_line, changes, marked

# The gutter in which a line says that it is new or has ended.
_GUTTER = {Change.NEW: "+ ", Change.ENDED: "- ", Change.CHANGED: "~ ", None: "  "}
_WIDTH_OF_GUTTER = 2
_STRUCK_OUT, _PLAIN = "\x1b[9m", "\x1b[0m"
# How soon a terminal that was made larger or smaller is drawn anew.
_TICK = 0.2
# Who asks a large account often would do little else than ask: so long is not asked, by the time
# that the last answer took.
_REST = 2.0


def watch(call: Call, seconds: float, ask: Callable[[Call], object]) -> ExitCode:
    """Have `ask` answer every so many seconds, until interrupted. Raises UsageError."""
    if call.replay is not None:
        raise UsageError(f"{call.replay.path} stands still, so there is nothing to watch.")
    if call.shared.output not in {Format.TABLE, Format.JSONL}:
        raise UsageError(
            f"A {call.shared.output.value} document has an end, what is watched has none.",
            hint="-o jsonl tells each change on a line of its own",
        )
    is_page = call.shared.output is Format.TABLE
    on_screen = is_page and call.world.stdout.isatty() and call.world.environ.get("TERM") != "dumb"
    rounds = Rounds(call, ask)
    if on_screen:
        return _on_screen(call, rounds, seconds)
    return _in_a_pipe(call, rounds, seconds, as_page=is_page)


class Rounds:
    """Asks once a round; after the first one, an account out of reach is waited for."""

    def __init__(self, call: Call, ask: Callable[[Call], object]) -> None:
        self._call = call
        self._ask = ask
        self._piped = PipedAgain(call.world)
        self._before: Kept | None = None
        self.trouble = ""
        self.notes: list[str] = []
        self.took = 0.0

    def pause(self, seconds: float) -> float:
        """How long to wait for the next round: what was asked for, longer after a dear one."""
        return max(seconds, self.took * _REST)

    def next(self) -> Kept | None:
        """The answer of this round; None if there is none, and `trouble` says why.

        Raises KeyboardInterrupt, and what keeps the command from ever answering.
        """
        held: list[Kept] = []

        def hold(document: Document[Any]) -> Ending:
            held.append(Kept.of(document))
            return held[-1].ending

        aside = io.StringIO()
        world = dataclasses.replace(self._call.world, stdin=self._piped.stream(), stderr=aside)
        began = world.now()
        self.trouble = ""
        try:
            self._ask(replace(self._call, world=world, hold=hold))
        except UnreachableError as error:
            if self._before is None:
                raise
            self.trouble = error.message
            return None
        finally:
            self.notes = aside.getvalue().splitlines()
            self.took = (world.now() - began).total_seconds()
        kept = held[-1] if held else None
        if kept and any(each.kind is ProblemKind.INTERRUPTED for each in kept.ending.problems):
            raise KeyboardInterrupt
        self._before = kept or self._before
        return kept


def _on_screen(call: Call, rounds: Rounds, seconds: float) -> ExitCode:
    """Redraw in place; the terminal is as it was afterwards, with the last verdict below."""
    world, screen = call.world, Screen(call.world.stdout)
    kept: Kept | None = None
    try:
        stopped = around_a_stop(screen.leave, lambda: screen.enter() if kept else None)
        with before_the_end(screen.leave), stopped:
            try:
                while True:
                    if kept is None:
                        world.progress("asking for the first time")
                    answer = rounds.next()
                    if kept is None:
                        world.progress_line.clear()
                        screen.enter()
                    now = world.now()
                    before = _page(call, screen, kept) if answer and kept else ()
                    kept = answer or kept
                    pause = rounds.pause(seconds)
                    _draw(call, screen, kept, before, _status(rounds, pause, now))
                    _pause(call, screen, kept, pause, _status(rounds, pause, now))
            finally:
                screen.leave()
    except KeyboardInterrupt:
        if kept:
            world.output.write(shown(kept.ending.verdict) + "\n")
        return ExitCode.INTERRUPTED
    except OSError as error:
        raise ReaderGoneError from error


def _pause(call: Call, screen: Screen, kept: Kept | None, seconds: float, status: str) -> None:
    """Wait for the next round; a terminal of another size is drawn anew meanwhile."""
    until = call.world.now() + timedelta(seconds=seconds)
    while (left := (until - call.world.now()).total_seconds()) > 0:
        call.world.sleep(min(left, _TICK))
        if screen.resized or screen.is_empty:
            _draw(call, screen, kept, (), status)


def _page(call: Call, screen: Screen, kept: Kept) -> list[str]:
    terminal = call.world.terminal()
    width = screen.size[0] - _WIDTH_OF_GUTTER
    return kept.lines(replace(terminal, width=width))


def _draw(
    call: Call, screen: Screen, kept: Kept | None, before: Sequence[str], status: str
) -> None:
    """Draw the page; beside the page of `before` new lines are marked, and gone ones struck out."""
    if kept is None:
        return
    page = _page(call, screen, kept)
    told = marked(before, page) if before else ((None, line) for line in page)
    colour = call.world.terminal().colour
    lines = []
    for change, line in told:
        strike = change is Change.ENDED and colour
        words = f"{_STRUCK_OUT}{line}{_PLAIN}" if strike else line
        lines.append(f"{_GUTTER[change]}{words}".rstrip())
    screen.draw(lines, status)


def _status(rounds: Rounds, seconds: float, at: datetime) -> str:
    told = f"{at:%H:%M:%S} UTC, every {seconds:.0f} s; Ctrl-C ends"
    return shown(f"{told}; {rounds.trouble}") if rounds.trouble else told


def _in_a_pipe(call: Call, rounds: Rounds, seconds: float, *, as_page: bool) -> ExitCode:
    """Write the first answer, then what has changed, and nothing while nothing has."""
    world, before, noted = call.world, None, set[str]()
    try:
        while True:
            kept = rounds.next()
            news = [*rounds.notes, *([f"warning: {rounds.trouble}"] if rounds.trouble else [])]
            for line in news:
                if line not in noted:
                    world.note(line)
            noted = set(news)
            if kept:
                for line in _lines(call, before, kept, as_page=as_page):
                    world.output.write(line)
                before = kept
            world.deliver()
            world.sleep(rounds.pause(seconds))
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED


def _lines(call: Call, before: Kept | None, kept: Kept, *, as_page: bool) -> list[str]:
    at = kept.document.head.generated_at
    if not as_page:
        items = before.items if before else ()
        complete = not kept.ending.problems
        told = changes(items, kept.items, complete=complete)
        return [change_line(change, item, at) for change, item in told]
    terminal = call.world.terminal()
    page = kept.lines(terminal)
    if before is None:
        return [f"{line}\n" for line in page]
    told_lines = marked(before.lines(terminal), page)
    lines = [f"{_GUTTER[change]}{line}\n" for change, line in told_lines if change]
    return [f"\n{at:%Y-%m-%d %H:%M:%S} UTC\n", *lines] if lines else []
