"""A step that somebody can take: a sentence, a command line, or both."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

# What stands in a command line of the catalog where an id belongs.
PLACES = ("JOB", "TASK", "POOL", "NODE")
_PLACE = re.compile(rf"\b(?:{'|'.join(PLACES)})\b")


class Step(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to do: `say` is a sentence, or the words before the command line in `run`.

    `run` is a whole line, quoted for a POSIX shell. A step that is `for_retries` advises more
    retries, which is no advice where they were tried.
    """

    say: str | None = None
    run: str | None = None
    for_retries: bool = False

    def __post_init__(self) -> None:
        if not self.say and not self.run:
            raise ValueError("a step says something, or runs something")

    def __str__(self) -> str:
        if self.run is None:
            return str(self.say)
        return f"{self.say}: {self.run}" if self.say else self.run


def say(sentence: str) -> Step:
    """A step that is a sentence."""
    return Step(sentence)


def run(command: str, when: str | None = None) -> Step:
    """A step that is a command line; `when` says what it is for, or when it is of use."""
    return Step(when, command)


def commands_of(steps: Iterable[Step]) -> tuple[str, ...]:
    """The command lines of some steps, in their order."""
    return tuple([step.run for step in steps if step.run])


def of_jobs(steps: Iterable[Step], jobs: Iterable[str]) -> tuple[Step, ...]:
    """The same steps, those that ask for failed tasks about these jobs only."""
    options = "".join(f" --job {shlex.quote(job)}" for job in jobs)
    return tuple(
        msgspec.structs.replace(step, run=f"{step.run}{options}")
        if step.run and step.run.startswith("batchdoctor tasks failed ")
        else step
        for step in steps
    )


def places_in(step: Step) -> frozenset[str]:
    """The places for ids in the command line of a step of the catalog."""
    return frozenset(_PLACE.findall(step.run)) if step.run else frozenset()


def filled(steps: Iterable[Step], ids: Mapping[str, str | None]) -> tuple[Step, ...]:
    """Steps of the catalog with ids in place of JOB, TASK, POOL and NODE.

    A command line that needs an id that is not given is left out.
    """
    missing = {place for place in PLACES if not ids.get(place)}
    return tuple(_with_ids(step, ids) for step in steps if missing.isdisjoint(places_in(step)))


def template_of(step: Step) -> str | None:
    """The command line of a step as a format string that takes the ids by the names of places."""
    return _PLACE.sub(r"%(\g<0>)s", step.run.replace("%", "%%")) if step.run else None


def _with_ids(step: Step, ids: Mapping[str, str | None]) -> Step:
    template = template_of(step)
    if template is None:
        return step
    return Step(step.say, template % {place: quoted(ids.get(place) or "") for place in PLACES})


# Jobs, pools and nodes come again and again.
quoted = lru_cache(maxsize=4096)(shlex.quote)
