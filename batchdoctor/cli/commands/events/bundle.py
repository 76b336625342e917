"""`events parse --from`: the event logs that a bundle carries, at the moment it was taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from batchdoctor.cli.answers import VARIABLE
from batchdoctor.cli.call import Call
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.wording import plural, verb
from batchdoctor.errors import InputError, UsageError
from batchdoctor.events.reading import EventLog
from batchdoctor.events.source import Source
from batchdoctor.report.formats import Format
from batchdoctor.report.page import Block, Note, Tone
from batchdoctor.work.bundle.carried_logs import carried_logs
from batchdoctor.work.bundle.opened import Bundle
from batchdoctor.work.logs.reading import LogReading

_FOR_PEOPLE = {Format.TABLE, Format.MARKDOWN}

FromBundle = Annotated[
    str | None,
    typer.Option("--from", help="The logs that a bundle carries.", metavar="FILE", hidden=True),
]


@contextmanager
def logs_of(
    call: Call, paths: Sequence[str] | None, file: str | None
) -> Iterator[tuple[Call, Sequence[Source]]]:
    """The call at the time of a bundle, and the bundle's logs; the same call and none without one.

    Raises UsageError where logs are named by a path too, InputError for a bundle without any.
    """
    named = file or (None if paths else call.world.environ.get(VARIABLE))
    if not named:
        yield call, ()
        return
    if paths:
        raise UsageError("Logs are named twice, by --from and by a path.", hint="give one of them")

    bundle = Bundle(Path(named))
    try:
        sources = carried_logs(bundle)
        if not sources:
            raise InputError(
                f"{named} carries no event logs.",
                hint="batchdoctor bundle --events PATH takes some along",
            )
        at = bundle.manifest.taken_at
        call.world.note(f"note: answers come from {named}, as of {at:%Y-%m-%d %H:%M} UTC")
        yield replace(call, world=call.world.at(at, call.world.environ)), sources
    finally:
        bundle.close()


def logs_told(call: Call) -> Sequence[Block]:
    """What the logs come to that are in the bundle which answers; nothing where there are none."""
    bundle = call.replay.bundle if call.replay else None
    if bundle is None or call.shared.output not in _FOR_PEOPLE or not bundle.parts("log"):
        return ()

    log = EventLog(sources=carried_logs(bundle))
    reading = LogReading(call.world, log, "the bundle's logs", min_failures=2)
    try:
        reading.count()
        found = reading.conclusion
    except InputError:  # no event is in them
        return ()
    failed = f"{found.summary.failures:,} of {plural(found.summary.attempts, 'attempt')} failed"
    nodes = [f"{node.pool_id}/{node.node_id}" for node in found.suspects]
    told = f", and {plural(len(nodes), 'node')} {verb(len(nodes), 'stands', 'stand')} out"
    parse = command_line("batchdoctor", "events", "parse", "--from", str(bundle.path))
    return [Note(f"The bundle's event logs: {failed}{told if nodes else ''}: {parse}", Tone.QUIET)]
