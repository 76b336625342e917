"""A job that counts logs on a pool, made for a program."""

from __future__ import annotations

from contextlib import closing

from batchdoctor.core.answer import Answer
from batchdoctor.core.log.submitted import SubmittedTask
from batchdoctor.work.answers.asking import Asking
from batchdoctor.work.changes.read_only import refuse_when_read_only
from batchdoctor.work.submission.plan import SubmitWanted, make_submit_plan
from batchdoctor.work.submission.submit import ACTION, Submission


def submitted(asking: Asking, wanted: SubmitWanted, *, dry_run: bool) -> Answer[SubmittedTask]:
    """Make the job, or only plan it; what it will do is among the notes."""
    if not dry_run:
        refuse_when_read_only(asking.environ, f"{ACTION} to {wanted.pool_id}")
    reading, book = asking.reading(), asking.journal(to_write=not dry_run)
    plan = make_submit_plan(asking.client, wanted, asking.environ, asking.outside.now())
    asking.outside.notes.extend(plan.lines)
    submission = Submission(asking.outside, asking.client, plan)
    if not dry_run:
        with closing(book) as journal:
            submission.make(journal)
    return asking.answer(reading, submission.items(), submission.summary())
