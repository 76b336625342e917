"""Lets failed programs speak for themselves: the last line of stderr, in the finding about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from batchdoctor.core.findings.checks.facts import JobFacts
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.records import same
from batchdoctor.prefetch import prefetched
from batchdoctor.work.files.last_lines import STDERR, FileEnd, file_tail
from batchdoctor.work.reading.reading import Reading

if TYPE_CHECKING:
    from batchdoctor.service.source import FileSource

# Two requests each; the first few are those that somebody reads tonight.
MOST_QUOTED = 8
# Tracebacks end with the error, other programs with an empty line or two.
_LINES = 5
_LONGEST = 200


def with_last_words(
    reading: Reading, findings: Sequence[Finding], jobs: Mapping[str, JobFacts]
) -> list[Finding]:
    """The same findings; those about programs that failed quote what one of them said last.

    Where nothing can be read the finding stays as it is: the quotation is an extra.
    """
    sources = {
        index: source
        for index, finding in enumerate(findings)
        if (source := _source(finding, jobs)) is not None
    }
    wanted = list(sources)[:MOST_QUOTED]

    def listing(index: int) -> Iterator[FileEnd]:
        yield file_tail(reading.client, sources[index], _LINES)

    quoted = list(findings)
    for index, tails in prefetched(wanted, listing):
        for tail in tails:
            quoted[index] = _quoting(findings[index], sources[index], tail)
    return quoted


def _source(finding: Finding, jobs: Mapping[str, JobFacts]) -> FileSource | None:
    """Whose stderr says more about a finding."""
    from batchdoctor.service.source import NodeFile, TaskFile

    subject = finding.subject
    if finding.kind == "start-task-failed" and subject.pool_id:
        return NodeFile(subject.pool_id, subject.node_ids[0], f"startup/{STDERR}")
    facts = jobs.get(subject.job_ids[0]) if subject.job_ids else None
    if facts and finding.kind == "preparation-failed":
        return _preparation(facts)
    if facts and finding.kind == "job-failing":
        causes = facts.failures.by_cause() if facts.failures else {}
        examples = [task_id for count in causes.values() for task_id in count.examples]
        return TaskFile(facts.job.id, examples[0], STDERR) if examples else None
    return None


def _preparation(facts: JobFacts) -> FileSource | None:
    """Where the preparation task of the first node that it failed on wrote its stderr."""
    from batchdoctor.service.source import NodeFile

    for status in facts.preparations or ():
        run = status.job_preparation_task_execution_info
        folder = run.task_root_directory if run and same(run.result, "failure") else None
        if folder and status.pool_id and status.node_id:
            path = f"{folder}/{STDERR}".replace("\\", "/")
            return NodeFile(status.pool_id, status.node_id, path)
    return None


def _quoting(finding: Finding, source: FileSource, tail: FileEnd) -> Finding:
    line = next((line.strip() for line in reversed(tail.lines or ()) if line.strip()), "")
    if not line:
        return finding
    short = line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
    whose = getattr(source, "task_id", None) or "the first node"
    return replace(finding, message=f"{finding.message} stderr of {whose} ends: {short}")
