"""Follows a container of logs: each line once, also when it is begun again, and new suspects."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from batchdoctor.core.failures.failure import Failure, failure_of
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.findings.suspect import suspect_finding
from batchdoctor.core.log.conclusion import Conclusion, conclusion_of
from batchdoctor.core.log.event import Event
from batchdoctor.core.log.failed_task import failed_task_of
from batchdoctor.core.log.followed import Followed, OutputMark
from batchdoctor.core.notices.known import Known, news_of
from batchdoctor.core.suspicion.suspect_node import SuspectNode
from batchdoctor.core.text.wording import span
from batchdoctor.errors import UnreachableError
from batchdoctor.events.archive_hours import hour_of
from batchdoctor.events.entries import counted
from batchdoctor.events.hour_walk import LATE, HourWalk
from batchdoctor.events.hourly_blobs import HourlyBlobs
from batchdoctor.events.reading import EventLog
from batchdoctor.events.selection import Selection
from batchdoctor.work.logs.follow_state import FollowState
from batchdoctor.work.logs.window import LENGTH, Window
from batchdoctor.work.surroundings import Surroundings

# Azure Monitor appends every few minutes.
POLL = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=5)
# Of the time, judging takes no more than this share.
_JUDGING = 0.1

Judge = Callable[[Sequence[Finding], datetime], None]


class ContainerFollowing:
    """The hours of one container, followed until the user wants to stop; to be read once.

    Without a state it begins with what is written from now on, or since the time asked for. What
    was told of the last day is read to judge nodes by. `mark` says how far the output is once it is
    delivered; `judged` is given the suspects whenever they were judged.

    Raises UsageError for a state that is of something else, or that another program uses.
    """

    def __init__(
        self,
        outside: Surroundings,
        blobs: HourlyBlobs,
        selection: Selection,
        state: FollowState,
        *,
        mark: Callable[[], OutputMark | None] = lambda: None,
        judged: Judge = lambda _findings, _at: None,
        min_failures: int = 2,
    ) -> None:
        self._outside = outside
        self._selection = selection
        self._state = state
        self._mark = mark
        self._judged = judged
        self._min_failures = min_failures
        self._container = blobs.name
        self._window = Window()
        self.kept = state.read(blobs.name)
        """How far it was followed before."""
        # Rounds to let by before nodes are judged again, and whether there is anything to judge.
        self._rest, self._unjudged = 0, True
        self._known: Sequence[Known] = self.kept.known if self.kept else ()
        since = selection.since or outside.now() - LATE
        self._walk = HourWalk(
            blobs,
            outside.now,
            self.kept.hour if self.kept else hour_of(since),
            self.kept.reached if self.kept else {},
        )

    def events(self) -> Iterator[Event]:
        """Yield each event that is written from now on."""
        return (found for found, _ in self._told_events())

    def failures(self) -> Iterator[Failure]:
        """Yield each failure, when the first event tells of it."""
        for event, hour in self._told_events():
            task = failed_task_of(event)
            if task is not None and self._window.is_new(task, hour):
                yield failure_of(task)

    def suspects(self) -> Iterator[SuspectNode]:
        """Yield each node when it becomes suspect."""
        return (found for found, _ in self._follow() if isinstance(found, SuspectNode))

    def conclusion(self) -> Conclusion:
        """What was told of the last day adds up to."""
        return conclusion_of(
            self._window.whole(),
            self._outside.now(),
            filters=self._selection.filters,
            min_failures=self._min_failures,
        )

    def _told_events(self) -> Iterator[tuple[Event, datetime]]:
        """Each new event with its hour; who becomes suspect is a note beside them."""
        for found, hour in self._follow():
            if isinstance(found, Event):
                yield found, hour
            else:
                why = found.reasons[0].message
                self._outside.note(f"note: {found.pool_id}/{found.node_id} is suspect now: {why}")

    def _follow(self) -> Iterator[tuple[Event | SuspectNode, datetime]]:
        with self._state.held():
            try:
                self._read_window()
                yield from self._newly_suspect()
                self._keep()
                yield from self._rounds()
            except KeyboardInterrupt:
                # Between two lines, all of which were written.
                self._keep()
                raise
            except GeneratorExit:
                # Nobody asked for more after the last one, so it may not have been written.
                with suppress(Exception):
                    self._keep()
                raise

    def _rounds(self) -> Iterator[tuple[Event | SuspectNode, datetime]]:
        pause = POLL
        while True:
            try:
                yield from self._round()
                pause = POLL
            except UnreachableError as error:
                pause = min(2 * pause, _LONGEST_PAUSE)
                self._outside.note(f"warning: {error} It is asked again in {span(pause)}.")
            if not self._wait(pause):
                return

    def _round(self) -> Iterator[tuple[Event | SuspectNode, datetime]]:
        """All that is new since the last one, hour by hour, then who has become suspect."""
        before = self._walk.reached
        for blob, entries in self._walk.new():
            tally = self._window.tally(blob.hour)
            for event in counted(entries, self._selection, tally):
                yield event, blob.hour
            if self._walk.reached.get(blob.name) != before.get(blob.name):
                self._keep()
                self._unjudged = True
        self._walk.close()
        self._window.forget(hour_of(self._outside.now() - LENGTH))
        if self._rest > 0:
            self._rest -= 1
        elif self._unjudged:
            yield from self._newly_suspect()
            self._keep()

    def _read_window(self) -> None:
        if self.kept is None and self._selection.since is None:
            self._walk.skip()
        for blob, source in self._walk.given(hour_of(self._outside.now() - LENGTH)):
            self._outside.progress(f"reading {blob.name}")
            log = EventLog(sources=[source], selection=self._selection)
            for task in log.failures(self._window.tally(blob.hour)):
                self._window.is_new(task, blob.hour)

    def _newly_suspect(self) -> Iterator[tuple[SuspectNode, datetime]]:
        at, begun = self._outside.now(), time.process_time()
        suspects = [node for node in self.conclusion().suspects if node.verdict == "suspect"]
        self._rest = int((time.process_time() - begun) / (_JUDGING * POLL.total_seconds()))
        self._unjudged = False
        findings = [suspect_finding(node) for node in suspects]
        self._judged(findings, at)
        news = news_of(findings, self._known, at, complete=True, unwanted=lambda _: False)
        new = [finding for finding, _ in news.new]
        for node, finding in zip(suspects, findings, strict=True):
            if finding in new:
                yield node, at
        self._known = news.known

    def _keep(self) -> None:
        """Hand over what was told, and remember that it was."""
        self._outside.deliver()
        followed = Followed(
            container=self._container,
            hour=self._walk.hour,
            reached=self._walk.reached,
            known=tuple(self._known),
            output=self._mark(),
        )
        self._state.write(followed)

    def _wait(self, pause: timedelta) -> bool:
        """Wait for more; false when the user wants to stop."""
        try:
            self._outside.sleep(pause.total_seconds())
        except KeyboardInterrupt:
            return False
        return True
