"""Follows a log that is being written: shows each new failure as soon as it is told."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.cli.call import Call
from batchdoctor.core.failures.failure import failure_of
from batchdoctor.core.log.summary import conclude
from batchdoctor.core.log.tally import Tally
from batchdoctor.core.suspicion.judge import judge
from batchdoctor.core.suspicion.suspect_node import suspect_nodes
from batchdoctor.errors import ExitCode, UsageError
from batchdoctor.events.following import Following
from batchdoctor.events.selection import Selection
from batchdoctor.report.event_log import Conclusion, LogAnswer
from batchdoctor.report.formats import Format
from batchdoctor.report.head import Head

# A log in a storage account grows every few minutes, one on disk at any time.
_LOOK_AGAIN = 1.0


def follow(call: Call, paths: Sequence[str], show: str, selection: Selection) -> ExitCode:
    """Show new failures, or new events, until interrupted; then what they add up to.

    Raises UsageError for anything but one path and a format that has no end.
    """
    if len(paths) != 1 or paths[0] == "-":
        raise UsageError("--follow watches one file or one blob.", hint="name just one")
    if call.shared.output is Format.JSON:
        raise UsageError("A json document has an end, a followed log has none.", hint="-o jsonl")
    tally = Tally()
    following = Following(paths[0], lambda: _wait(call), selection)
    answer = LogAnswer(
        Head(call.command, None, call.world.now()), lambda: _conclusion(call, tally), live=True
    )
    if show == "events":
        call.write(answer.of_events(following.events(tally)))
    else:
        failures = (failure_of(task) for task in following.failures(tally))
        call.write(answer.of_failures(failures))
    return ExitCode.INTERRUPTED


def _wait(call: Call) -> bool:
    """Hand over what is new and wait for more; false when the user wants to stop."""
    try:
        call.world.output.flush()
        call.world.sleep(_LOOK_AGAIN)
    except KeyboardInterrupt:
        return False
    return True


def _conclusion(call: Call, tally: Tally) -> Conclusion:
    summary, runs = conclude(tally)
    return Conclusion(summary, suspect_nodes((), judge(runs), call.world.now()), ())
