"""`events parse --follow`: a file, a blob, or the hours of a container, until interrupted."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from batchdoctor.cli.call import Call
from batchdoctor.cli.commands.events.answers import head_of
from batchdoctor.cli.commands.events.options import Followed
from batchdoctor.cli.commands.notify import destination_of
from batchdoctor.cli.output_mark import mark_of, pass_over
from batchdoctor.core.log.show import Show
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.events.hourly_blobs import HourlyBlobs
from batchdoctor.report.event_log import LogAnswer
from batchdoctor.report.formats import Format, NotifyFormat
from batchdoctor.report.head import Head
from batchdoctor.report.notices import notice_body
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.work.folders import state_folder
from batchdoctor.work.logs.container_following import ContainerFollowing
from batchdoctor.work.logs.follow_state import FollowState
from batchdoctor.work.logs.following import LogFollowing
from batchdoctor.work.notices.memory import Memory
from batchdoctor.work.notices.notify import Teller

if TYPE_CHECKING:
    from batchdoctor.core.findings.finding import Finding
    from batchdoctor.events.selection import Selection


class Following(NamedTuple):
    """What is to be followed, where it is remembered, and who is told of suspect nodes."""

    show: Show
    selection: Selection
    min_failures: int
    options: Followed


def follow_logs(call: Call, paths: Sequence[str], wanted: Following) -> int:
    """Show what is new until interrupted; then what it adds up to. Raises UsageError."""
    if not wanted.options.follow:
        option = "--state" if wanted.options.state else "--notify"
        raise UsageError(f"{option} needs --follow.", hint="add --follow, and name a container")
    if call.shared.output is Format.JSON:
        raise UsageError("A json document has an end, a followed log has none.", hint="-o jsonl")
    blobs = _hours(paths)
    if blobs is not None:
        return _follow_container(call, blobs, wanted)
    if wanted.options.state or wanted.options.notify:
        raise UsageError("Only a container is followed with --state and --notify.")
    if wanted.show is Show.NODES:
        raise UsageError("--follow cannot show nodes.", hint="--show failures or events")

    following = LogFollowing(call.world, paths, wanted.selection)
    answer = LogAnswer(head_of(call, wanted.selection), following.conclusion, live=True)
    if wanted.show is Show.EVENTS:
        call.write(answer.of_events(following.events()))
    else:
        call.write(answer.of_failures(following.failures()))
    return ExitCode.INTERRUPTED


def _hours(paths: Sequence[str]) -> HourlyBlobs | None:
    """The container that a URL names, unless it names one blob of it."""
    if len(paths) != 1 or not paths[0].startswith(("https://", "http://")):
        return None

    blobs = HourlyBlobs(paths[0], os.environ)
    return None if blobs.is_one_blob() else blobs


def _follow_container(call: Call, blobs: HourlyBlobs, wanted: Following) -> int:
    following = ContainerFollowing(
        call.world,
        blobs,
        wanted.selection,
        FollowState(wanted.options.state),
        mark=lambda: mark_of(call.world),
        judged=_teller(call, blobs.name, wanted),
        min_failures=wanted.min_failures,
    )
    if following.kept and following.kept.output:
        pass_over(call.world, following.kept.output)
    answer = LogAnswer(head_of(call, wanted.selection), following.conclusion, live=True)
    match wanted.show:
        case Show.EVENTS:
            call.write(answer.of_events(following.events()))
        case Show.NODES:
            call.write(answer.of_new_nodes(following.suspects()))
        case _:
            call.write(answer.of_failures(following.failures()))
    return ExitCode.INTERRUPTED


def _teller(
    call: Call, container: str, wanted: Following
) -> Callable[[Sequence[Finding], datetime], None]:
    """What tells somebody of suspect nodes, as triage tells of findings."""
    destination = destination_of(wanted.options.notify, wanted.options.notify_format)
    if destination is None:
        return lambda _findings, _at: None

    memory = Memory(state_folder(call.world.environ), container, None)

    def tell(findings: Sequence[Finding], at: datetime) -> None:
        head = Head(f"{call.command} --notify", container, at)
        teller = Teller(
            call.world,
            RetryPolicy(call.shared.timeout, sleep=call.world.sleep),
            memory,
            destination,
            notice_body(wanted.options.notify_format or NotifyFormat.JSON, head, ()),
        )
        problem = teller.tell(findings, at, complete=True, unwanted=lambda _: False)
        if problem:
            call.world.note(f"warning: {problem.subject}: {problem.message}")

    return tell
