"""Lets failed programs speak for themselves: the line that names the error, in the finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.failures.advice import told_steps
from batchdoctor.core.failures.failure import never_ran as task_never_ran
from batchdoctor.core.failures.telling_line import image_trouble, passes, telling_line
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.nodes.advice import NodeCommands
from batchdoctor.core.records import same
from batchdoctor.core.remedies.start_task import never_ran
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run
from batchdoctor.prefetch import prefetched
from batchdoctor.service.source import FileSource, NodeFile, TaskFile
from batchdoctor.work.files.last_lines import STDERR, STDOUT, file_tail
from batchdoctor.work.reading.reading import Reading

# Two requests each; the first few are those that somebody reads tonight.
MOST_QUOTED = 8
# Enough to find the line that names the error among what a program writes after it.
_LINES = 30
_PASSES = " (a server was busy or did not answer in time, which passes: another try may do)"


class _Speaker(msgspec.Struct, frozen=True):
    """Whose output says more about a finding: stderr, then stdout; and the steps that read them."""

    whose: str
    stderr: FileSource
    stdout: FileSource
    look: Step | None = None
    look_instead: Step | None = None


class _Words(msgspec.Struct, frozen=True):
    """What a program said, and in which of its two files."""

    file: str
    line: str
    is_last: bool


def with_last_words(
    reading: Reading,
    findings: Sequence[Finding],
    jobs: Mapping[str, JobFacts],
    pools: Mapping[str, PoolFacts] | None = None,
) -> list[Finding]:
    """The same findings; those about programs that failed quote what one of them said.

    Where nothing can be read the finding stays as it is: the quotation is an extra.
    """
    speaking = {
        index: speakers
        for index, finding in enumerate(findings)
        if (speakers := _speakers(finding, jobs, pools or {}))
    }
    wanted = [
        (index, speaker) for index in list(speaking)[:MOST_QUOTED] for speaker in speaking[index]
    ]

    def listing(asked: tuple[int, _Speaker]) -> Iterator[_Words]:
        words = _words(reading, asked[1])
        if words:
            yield words

    said: dict[int, list[tuple[_Speaker, _Words]]] = {}
    for (index, speaker), found in prefetched(wanted, listing):
        said.setdefault(index, []).extend((speaker, words) for words in found)
    quoted = list(findings)
    for index, spoken in said.items():
        if spoken:
            quoted[index] = _quoting_most(findings[index], spoken)
    return quoted


def _quoting_most(finding: Finding, spoken: Sequence[tuple[_Speaker, _Words]]) -> Finding:
    """A finding with what most of its programs say, and how many of those that were read."""
    # Which masks what varies, and so is of use only now that there are lines.
    from batchdoctor.core.failures.template import template

    keys = [template(words.line) for _, words in spoken]
    most = max(keys, key=keys.count)
    speaker, words = spoken[keys.index(most)]
    others = len(spoken) - 1
    same_words = keys.count(most) - 1
    alike = f" ({same_words} of {others} others that were read say the same)" if others else ""
    return _quoting(finding, speaker, words, alike)


def _words(reading: Reading, speaker: _Speaker) -> _Words | None:
    for name, source in (("stderr", speaker.stderr), ("stdout", speaker.stdout)):
        lines = [line for line in file_tail(reading.client, source, _LINES).lines or () if line]
        if line := telling_line(lines):
            return _Words(name, line, is_last=lines[-1].strip() == line)
    return None


def _speakers(
    finding: Finding, jobs: Mapping[str, JobFacts], pools: Mapping[str, PoolFacts]
) -> list[_Speaker]:
    """Whose output says more about a finding, where a program ran at all."""
    subject = finding.subject
    facts = jobs.get(subject.job_ids[0]) if subject.job_ids else None
    if facts and finding.kind in {"job-failing", "tasks-failed"}:
        return _failed_tasks(facts)
    speaker = None
    if finding.kind == "start-task-failed" and subject.pool_id:
        speaker = _start_task(subject.pool_id, subject.node_ids[0], pools.get(subject.pool_id))
    elif facts and finding.kind == "preparation-failed":
        speaker = _preparation(facts)
    return [speaker] if speaker else []


def _start_task(pool_id: str, node_id: str, pool: PoolFacts | None) -> _Speaker | None:

    nodes = (pool.nodes or ()) if pool else ()
    node = next((each for each in nodes if each.id == node_id), None)
    if node and never_ran(node.start_task_info):
        return None
    commands = NodeCommands(pool_id, node_id)
    return _Speaker(
        "the first node",
        NodeFile(pool_id, node_id, f"startup/{STDERR}"),
        NodeFile(pool_id, node_id, f"startup/{STDOUT}"),
        run(commands.start_task_file("stderr")),
        run(commands.start_task_file("stdout")),
    )


def _failed_tasks(facts: JobFacts) -> list[_Speaker]:
    """Some tasks of the most frequent cause, where that is of programs that ran."""
    causes = facts.failures.by_cause() if facts.failures else {}
    most = next(iter(causes.values()), None)
    if most is None or task_never_ran(most.first) or most.first.told:
        return []
    return [_failed_task(facts.job.id, task_id) for task_id in most.sample]


def _failed_task(job_id: str, task_id: str) -> _Speaker:
    looks = [
        run(command_line("files", "tail", name, job=job_id, task=task_id))
        for name in ("stderr", "stdout")
    ]
    return _Speaker(
        task_id, TaskFile(job_id, task_id, STDERR), TaskFile(job_id, task_id, STDOUT), *looks
    )


def _preparation(facts: JobFacts) -> _Speaker | None:
    """Where the preparation task of the first node that it failed on wrote its output."""
    for status in facts.preparations or ():
        info = status.job_preparation_task_execution_info
        ran = info is not None and same(info.result, "failure") and info.exit_code is not None
        folder = info.task_root_directory if info and ran else None
        if folder and status.pool_id and status.node_id:
            paths = [f"{folder}/{name}".replace("\\", "/") for name in (STDERR, STDOUT)]
            files = [NodeFile(status.pool_id, status.node_id, path) for path in paths]
            looks = [
                run(command_line("files", "get", path, pool=status.pool_id, node=status.node_id))
                for path in paths
            ]
            return _Speaker("the first node", files[0], files[1], *looks)
    return None


def _quoting(finding: Finding, speaker: _Speaker, words: _Words, alike: str) -> Finding:
    """A finding with the words of its program, and the steps that fit them."""
    says = "ends" if words.is_last else "says"
    # Trouble that passes is told in a sentence; its steps are those of tasks.
    passing = passes(words.line)
    trouble = None if passing else image_trouble(words.line)
    advice = finding.advice
    if words.file == "stdout" and speaker.look_instead:
        advice = tuple(speaker.look_instead if step == speaker.look else step for step in advice)
    if trouble:
        sentences = [step for step in told_steps(trouble) if step.run is None]
        advice = (*sentences[:1], *advice)
    return replace(
        finding,
        message=f"{finding.message} {words.file} of {speaker.whose} {says}: {words.line}"
        f"{alike}{_PASSES if passing else ''}",
        advice=tuple(dict.fromkeys(advice)),
    )
