"""Names the category of a task's failure, and says why and whether that is a guess."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from batchdoctor.core.failures.rules import RULES
from batchdoctor.core.failures.signs import Evidence, evidence_of, has_failed
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.meaning.exit_codes import explain_exit_code
from batchdoctor.core.records import Task

__all__ = ["Category", "Classification", "classify", "decide", "has_failed"]


class Classification(msgspec.Struct, frozen=True):
    """The category of one failure, and why it was chosen."""

    category: Category
    code: str | None
    """The service's code: in the catalog's spelling if it is known, else as it was sent."""
    reason: str
    guessed: bool
    """Whether the category rests on signs rather than on what the service says."""
    rule: str
    """The name of the rule that won."""


def classify(
    task: Task, *, job_terminate_reason: str | None = None, node_state: str | None = None
) -> Classification:
    """The category of a task's failure; `unknown` for a task that has not failed.

    What is known of the task's job and node sharpens the answer and may be left out. Never raises.
    """
    return decide(
        evidence_of(task, job_terminate_reason=job_terminate_reason, node_state=node_state)
    )


# Failures of a listing are much alike: a few kinds of evidence cover thousands of them.
@lru_cache(maxsize=4096)
def decide(evidence: Evidence) -> Classification:
    """The answer of the first rule that matches."""
    rule = next(rule for rule in RULES if rule.matches(evidence))
    return Classification(
        category=rule.category,
        code=evidence.code,
        reason=rule.reason.format(
            code=evidence.code,
            exit=_named(evidence.exit_code),
            limit=evidence.limit,
            job_end=evidence.job_end,
            node=evidence.node_state,
            quote=evidence.quote,
        ),
        guessed=rule.guessed,
        rule=rule.name,
    )


def _named(exit_code: int | None) -> str:
    if exit_code is None:
        return "a nonzero exit code"
    text = explain_exit_code(exit_code).text
    return f"{exit_code} ({text})" if text else str(exit_code)
