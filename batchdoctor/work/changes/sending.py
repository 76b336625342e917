"""Sends changes, each written down before it leaves and again when its end is known."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import msgspec

from batchdoctor.core.changes import Change, Outcome
from batchdoctor.core.problem import Problem, ProblemKind
from batchdoctor.errors import BatchdoctorError, ExitCode
from batchdoctor.prefetch import WIDTH, prefetched
from batchdoctor.service.actions import ActionResult, Effect
from batchdoctor.work.changes.journal import Journal
from batchdoctor.work.surroundings import Surroundings

Name = TypeVar("Name", bound=Hashable)


class Request(msgspec.Struct, Generic[Name], frozen=True):
    """The objects that one request changes, and how it is sent.

    `send` may raise a BatchdoctorError; `erased` is what the service forgets through it.
    """

    names: Sequence[Name]
    send: Callable[[], Change]
    erased: Mapping[str, object] | None = None


def told(result: ActionResult, done: str = "", already: str = "") -> Change:
    """What became of a change that the service answered, in the words for either case."""
    was_so = result.outcome is Effect.ALREADY
    return Change(
        outcome=Outcome.ALREADY if was_so else Outcome.DONE,
        message=already if was_so else done,
        request_id=result.request_id,
    )


class Sending(msgspec.Struct):
    """Changes of one kind under way; `action` is what the journal calls them."""

    outside: Surroundings
    journal: Journal
    action: str
    problems: list[Problem]
    options: Mapping[str, object] = {}

    def each(
        self, requests: Iterable[Request[Name]], names: Sequence[Name], *, at_once: int = WIDTH
    ) -> Iterator[tuple[Name, Change]]:
        """Yield what became of each of `names`, while up to `at_once` requests are under way.

        A refusal is a result too, and the others go on. Interrupted, those that are left are told:
        what was begun may have been done, what was not was not.
        """
        left = dict.fromkeys(names)
        try:
            for request, changes in self._answered(requests, at_once):
                for change in changes:
                    for name in request.names:
                        left.pop(name, None)
                        yield name, change
                        self.outside.stop_if_asked()
        except KeyboardInterrupt:
            self.interrupted()
            for name in left:
                yield name, self._cut_off(name)

    def _answered(
        self, requests: Iterable[Request[Name]], at_once: int
    ) -> Iterator[tuple[Request[Name], Iterator[Change]]]:
        """Requests that go out one by one need no thread, which an interruption would not end."""
        if at_once > 1:
            return prefetched(requests, self._make, width=at_once)
        return ((request, self._make(request)) for request in requests)

    def interrupted(self) -> None:
        """Say, once, that not all was done or seen."""
        if not any(problem.kind is ProblemKind.INTERRUPTED for problem in self.problems):
            self.problems.append(Problem(self.action, "interrupted", ProblemKind.INTERRUPTED))

    def _cut_off(self, name: Name) -> Change:
        if self.journal.was_begun(str(name)):
            outcome, message = Outcome.UNKNOWN, "interrupted: it may have been done or not"
        else:
            outcome, message = Outcome.FAILED, "interrupted before it was sent"
        return Change(outcome=outcome, message=message, status=ExitCode.INTERRUPTED)

    def _make(self, request: Request[Name]) -> Iterator[Change]:
        """Begin at once, in the caller's thread; what is given back sends."""
        try:
            for name in request.names:
                self.journal.begin(
                    str(name), self.action, options=self.options, erased=request.erased
                )
        except BatchdoctorError as error:
            # What cannot be written down is not sent; the others of its request are not, either.
            change = Change.refused(error)
            self._note(request, change)
            return iter([change])

        def making() -> Iterator[Change]:
            try:
                change = request.send()
            except BatchdoctorError as error:
                change = Change.refused(error)
            self._note(request, change)
            yield change

        return making()

    def _note(self, request: Request[Name], change: Change) -> None:
        for name in request.names:
            self.journal.note(
                str(name),
                self.action,
                change.outcome.value,
                options=self.options,
                request_id=change.request_id,
                code=change.code,
                erased=request.erased,
            )
