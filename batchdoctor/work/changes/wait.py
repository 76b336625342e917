"""Watches nodes until a change to them has come true: it asks the nodes themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from batchdoctor.core.changes import NodeChange, Outcome
from batchdoctor.core.nodes.goal import Arrival, start_task_words
from batchdoctor.core.records import Node
from batchdoctor.core.text.times import span_text
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import BatchdoctorError, ExitCode, NotFoundError
from batchdoctor.service.client import Client
from batchdoctor.work.changes.actions import Action
from batchdoctor.work.surroundings import Surroundings

# Between two looks at the same node; a reboot takes minutes.
POLL_SECONDS = 5.0


class _Watched(msgspec.Struct):
    """A node on its way: the change that was asked for, the node before, and as last seen."""

    change: NodeChange
    before: Node
    last: Node | None = None

    @property
    def name(self) -> str:
        return str(self.change.name)

    @property
    def state(self) -> str:
        return (self.last.state or "unknown") if self.last else "gone"


class Watch(msgspec.Struct):
    """Waits for the nodes of one action, all at once, `limit_seconds` at most."""

    outside: Surroundings
    client: Client
    action: Action
    limit_seconds: float

    def results(self, asked: Sequence[tuple[NodeChange, Node]]) -> Iterator[NodeChange]:
        """Yield each change as soon as its node has arrived, or when the waiting is over."""
        waiting = [_Watched(change, before, before) for change, before in asked]
        began = self.outside.now()
        try:
            while waiting:
                for watched in list(waiting):
                    if (result := self._look(watched)) is not None:
                        waiting.remove(watched)
                        yield result
                        self.outside.stop_if_asked()
                if waiting and self._is_over(began):
                    break
                if waiting:
                    self._show(waiting, began)
                    self.outside.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            for watched in waiting:
                yield _unfinished(watched, "the watching was interrupted", ExitCode.INTERRUPTED)
            return
        for watched in waiting:
            told = f"still {watched.state} after {self.limit_seconds:g} s (--wait-timeout)"
            yield _unfinished(watched, told, ExitCode.WRONG_STATE)

    def _is_over(self, began: datetime) -> bool:
        return self.outside.now() - began >= timedelta(seconds=self.limit_seconds)

    def _look(self, watched: _Watched) -> NodeChange | None:
        """Read a node once; its result if the waiting for it is over."""
        try:
            now: Node | None = self.client.node(
                watched.change.name.pool_id, watched.change.name.node_id
            )
        except NotFoundError:
            now = None
        except BatchdoctorError as error:
            return _unfinished(watched, f"watching it failed: {error.message}", error.exit_code)
        before, watched.last = watched.state, now
        if watched.state != before:
            self.outside.note(f"{watched.name}: {before} -> {watched.state}")
        arrival = self.action.goal(now, watched.before)
        if arrival is Arrival.WAITING:
            return None
        return self._arrived(watched, arrival)

    def _arrived(self, watched: _Watched, arrival: Arrival) -> NodeChange:
        words = f"{watched.change.message}; now {watched.state}"
        start_task = start_task_words(watched.last) if watched.last else None
        if self.action.restarts and start_task:
            words += f", {start_task}"
        if arrival is Arrival.THERE:
            return replace(watched.change, message=words, state=_state_of(watched))
        return replace(
            watched.change,
            outcome=Outcome.UNFINISHED,
            message=words,
            state=_state_of(watched),
            status=ExitCode.WRONG_STATE,
        )

    def _show(self, waiting: Sequence[_Watched], began: datetime) -> None:
        first = waiting[0]
        others = f", {plural(len(waiting), 'node')} to come" if len(waiting) > 1 else ""
        spent = span_text(self.outside.now() - began)
        self.outside.progress(f"{spent}: {first.state}{others}: {first.name}")


def _unfinished(watched: _Watched, why: str, status: ExitCode) -> NodeChange:
    return replace(
        watched.change,
        outcome=Outcome.UNFINISHED,
        message=f"{watched.change.message}; {why}",
        state=_state_of(watched),
        status=status,
    )


def _state_of(watched: _Watched) -> str | None:
    return watched.last.state if watched.last else None
