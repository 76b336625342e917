"""Lets failed programs speak for themselves: the line that names the error, in the finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from batchdoctor.core.failures.failure import never_ran as task_never_ran
from batchdoctor.core.failures.telling_line import image_trouble, passes, telling_line
from batchdoctor.core.failures.told_steps import told_steps
from batchdoctor.core.findings.checks.facts import JobFacts, PoolFacts
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.nodes.advice import NodeCommands
from batchdoctor.core.records import same
from batchdoctor.core.remedies.start_task import never_ran
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.step import Step, run
from batchdoctor.core.words import Words
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.prefetch import prefetched
from batchdoctor.service.client import Client
from batchdoctor.work.files.owner import STANDARD_NAMES
from batchdoctor.work.files.words import START_TASK_FOLDER, folder_words, task_words
from batchdoctor.work.reading.reading import Reading

# Two requests each; the first few are those that somebody reads tonight.
MOST_QUOTED = 8
# Of what the others say, where that is something else.
_MOST_OTHERS = 3
# As many jobs of a finding are asked for what a task of theirs said.
MOST_JOBS = 4
# Enough to find the line that names the error among what a program writes after it.
_LINES = 30
_PASSES = " (a server was busy or did not answer in time, which passes: another try may do)"


class _Speaker(msgspec.Struct, frozen=True):
    """Whose output says more about a finding, how its last lines are read, and shown by a step."""

    whose: str
    words: Callable[[Client, int], Words]
    look_at: Callable[[str], Step]


class _Gone(msgspec.Struct, frozen=True):
    """That nothing of what a program said is left, or that it said nothing; where was looked."""

    why: str
    is_silent: bool = False


class _Words(msgspec.Struct, frozen=True):
    """What a program said, where, and the step that shows more of it."""

    source: str
    line: str
    is_last: bool
    look: Step | None

    @property
    def told(self) -> str:
        """The line with whose it is."""
        return f"{self.source} {'ends' if self.is_last else 'says'}: {self.line}"


class _Unread(msgspec.Struct, frozen=True):
    """Why what a program said could not be read, although it may be there."""

    error: BatchdoctorError


def with_last_words(
    reading: Reading,
    findings: Sequence[Finding],
    jobs: Mapping[str, JobFacts],
    pools: Mapping[str, PoolFacts] | None = None,
) -> list[Finding]:
    """The same findings; those about programs that failed quote what one of them said.

    Where nothing is left to be read the finding stays as it is. That words could not be read is a
    problem of the answer.
    """
    speaking = {
        index: speakers
        for index, finding in enumerate(findings)
        if (speakers := _speakers(finding, jobs, pools or {}))
    }
    wanted = [
        (index, speaker) for index in list(speaking)[:MOST_QUOTED] for speaker in speaking[index]
    ]

    def listing(asked: tuple[int, _Speaker]) -> Iterator[_Words | _Gone | _Unread]:
        words = _words(reading, asked[1])
        if words:
            yield words

    said: dict[int, list[tuple[_Speaker, _Words | _Gone | _Unread]]] = {}
    for (index, speaker), found in prefetched(wanted, listing):
        said.setdefault(index, []).extend((speaker, words) for words in found)
    every = [each for spoken in said.values() for each in spoken]
    reading.remember_words(
        [(each.whose, words.error) for each, words in every if isinstance(words, _Unread)]
    )
    quoted = list(findings)
    for index, spoken in said.items():
        gone = [(speaker, words) for speaker, words in spoken if isinstance(words, _Gone)]
        left = [(speaker, words) for speaker, words in spoken if isinstance(words, _Words)]
        if left:
            quoted[index] = _quoting_most(_without_looks(findings[index], left, gone), left)
        elif gone:
            quoted[index] = _without_words(findings[index], *gone[0])
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
    different = {key: said for key, (_, said) in zip(keys, spoken, strict=True) if key != most}
    also = tuple(said.told for said in list(different.values())[:_MOST_OTHERS])
    quoted = _quoting(finding, speaker, words, alike)
    return replace(quoted, evidence=(*quoted.evidence, *also))


def _without_looks(
    finding: Finding,
    left: Sequence[tuple[_Speaker, _Words]],
    gone: Sequence[tuple[_Speaker, _Gone]],
) -> Finding:
    """A finding whose steps look at what is left, in the place of what is gone."""
    looks = {speaker.look_at(file) for speaker, _ in gone for file in STANDARD_NAMES}
    instead = left[0][0].look_at("stderr")
    steps = (instead if step in looks else step for step in finding.advice)
    return replace(finding, advice=tuple(dict.fromkeys(steps)))


def _words(reading: Reading, speaker: _Speaker) -> _Words | _Gone | _Unread | None:
    words = speaker.words(reading.client, _LINES)
    if isinstance(words.error, NotFoundError | StateError):
        return _Gone(words.why_not_nearer or words.error.message)
    if words.error is not None:
        return _Unread(words.error)
    lines = [line for line in words.lines if line]
    line = telling_line(lines)
    if not line or words.place is None:
        return _Gone(words.why_not_nearer, is_silent=True) if words.why_not_nearer else None
    look = speaker.look_at(words.file) if words.file else None
    why = f" ({words.why_not_nearer})" if words.place.is_copy else ""
    source = f"{words.place.of(speaker.whose)}{why}"
    return _Words(source, line, is_last=lines[-1].strip() == line, look=look)


def _speakers(
    finding: Finding, jobs: Mapping[str, JobFacts], pools: Mapping[str, PoolFacts]
) -> list[_Speaker]:
    """Whose output says more about a finding, where a program ran at all."""
    subject = finding.subject
    facts = jobs.get(subject.job_ids[0]) if subject.job_ids else None
    if facts and finding.kind in {"job-failing", "tasks-failed"}:
        if len(subject.job_ids) == 1:
            return _failed_tasks(facts)
        of_each = [
            _failed_tasks(jobs[job], named=True)
            for job in subject.job_ids[:MOST_JOBS]
            if job in jobs
        ]
        return [tasks[0] for tasks in of_each if tasks]
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
        lambda client, count: folder_words(client, pool_id, node_id, START_TASK_FOLDER, count),
        lambda file: run(commands.start_task_file(file)),
    )


def _failed_tasks(facts: JobFacts, *, named: bool = False) -> list[_Speaker]:
    """Some tasks of the most frequent cause, where that is of programs that ran.

    `named`: with their job, where the finding is of several.
    """
    causes = facts.failures.by_cause() if facts.failures else {}
    most = next(iter(causes.values()), None)
    if most is None or task_never_ran(most.first) or most.first.told:
        return []
    return [_failed_task(facts.job.id, task_id, named=named) for task_id in most.sample]


def _failed_task(job_id: str, task_id: str, *, named: bool) -> _Speaker:
    return _Speaker(
        f"{job_id}/{task_id}" if named else task_id,
        lambda client, count: task_words(client, job_id, task_id, count),
        lambda file: run(command_line("files", "tail", file, job=job_id, task=task_id)),
    )


def _preparation(facts: JobFacts) -> _Speaker | None:
    """Where the preparation task of the first node that it failed on wrote its output."""
    for status in facts.preparations or ():
        info = status.job_preparation_task_execution_info
        ran = info is not None and same(info.result, "failure") and info.exit_code is not None
        folder = info.task_root_directory if info and ran else None
        if folder and status.pool_id and status.node_id:
            return _of_folder(status.pool_id, status.node_id, folder.replace("\\", "/"))
    return None


def _of_folder(pool_id: str, node_id: str, folder: str) -> _Speaker:
    def look_at(file: str) -> Step:
        path = f"{folder}/{STANDARD_NAMES.get(file, file)}"
        return run(command_line("files", "get", path, pool=pool_id, node=node_id))

    return _Speaker(
        "the first node",
        lambda client, count: folder_words(client, pool_id, node_id, folder, count),
        look_at,
    )


def _without_words(finding: Finding, speaker: _Speaker, gone: _Gone) -> Finding:
    """A finding that says so, without the steps that would look for them."""
    looks = {speaker.look_at(file) for file in STANDARD_NAMES}
    silent = f"Nothing was written by {speaker.whose}"
    told = silent if gone.is_silent else f"What {speaker.whose} said is gone"
    return replace(
        finding,
        message=f"{finding.message} {told} ({gone.why}).",
        advice=tuple(step for step in finding.advice if step not in looks),
    )


def _quoting(finding: Finding, speaker: _Speaker, words: _Words, alike: str) -> Finding:
    """A finding with the words of its program, and the steps that fit them."""
    # Trouble that passes is told in a sentence; its steps are those of tasks.
    passing = passes(words.line)
    trouble = None if passing else image_trouble(words.line)
    advice = finding.advice
    stderr = speaker.look_at("stderr")
    if words.look and words.look != stderr:
        advice = tuple(words.look if step == stderr else step for step in advice)
    if trouble:
        sentences = [step for step in told_steps(trouble) if step.run is None]
        # What helps with an exit code in general is no help where the words tell the cause.
        advice = (*sentences[:1], *(step for step in advice if step.run))
    return replace(
        finding,
        message=f"{finding.message} {words.told}{alike}{_PASSES if passing else ''}",
        advice=tuple(dict.fromkeys(advice)),
    )
