"""Runs checks; one that crashes becomes a finding, and the others go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeVar

from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.text.step import say

Facts = TypeVar("Facts")


def run_checks(
    checks: Iterable[Callable[[Facts], Iterable[Finding]]], facts: Facts, subject: Subject
) -> Iterator[Finding]:
    """Findings of all checks about one thing; `subject` is what a crashed check was about."""
    for check in checks:
        yield from guarded(partial(check, facts), check.__name__, subject)


def guarded(check: Callable[[], Iterable[Finding]], name: str, subject: Subject) -> list[Finding]:
    """Findings of one check, or the one that tells of its crash."""
    try:
        return list(check())
    except Exception as error:  # whatever is wrong with one check must not cost the others
        return [
            Finding(
                kind="check-failed",
                subject=subject,
                message=f"The check {name} failed: {type(error).__name__}: {error}.",
                advice=(say("This is a bug in batchdoctor; the other checks went on."),),
            )
        ]
