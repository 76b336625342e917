"""Makes a bundle: what an account says now, event logs, the journal, and what was found."""

from __future__ import annotations

import os

from batchdoctor.core.findings.item import finding_item
from batchdoctor.core.item import plain
from batchdoctor.core.text.gate import json_line
from batchdoctor.errors import InputError, UsageError
from batchdoctor.work.bundle.archive import Archive, FullError, new_archive
from batchdoctor.work.bundle.manifest import UNREAD, Manifest
from batchdoctor.work.bundle.opened import Bundle
from batchdoctor.work.bundle.taken_logs import check_places, take_logs
from batchdoctor.work.bundle.taking import Taking
from batchdoctor.work.bundle.wanted import Wanted
from batchdoctor.work.changes.journal import Journal, entries
from batchdoctor.work.diagnosis.judged import judge_account
from batchdoctor.work.files.replaceable import refuse_what_is_no_file
from batchdoctor.work.reading.reading import Reading

_HINT = "what was there before is as it was; choose another place for --out"
_MADE_ANEW = {"findings", "journal"}


def make_bundle(reading: Reading, journal: Journal, wanted: Wanted) -> Manifest:
    """Write a bundle under `wanted.out`.

    One that is there already and was not finished is gone on with. Interrupted, or full, it is
    whole and says what it lacks. Raises UsageError for a file that is in the way or a place that
    cannot be written to, and InputError for a log that is not there.
    """
    check_places(wanted.logs)
    account = reading.client.account
    manifest = Manifest(
        version=wanted.version,
        account=account.name if wanted.keep_ids else "account-1",
        endpoint=account.endpoint if wanted.keep_ids else "https://account-1.invalid",
        taken_at=reading.outside.now(),
        since=wanted.since,
        jobs=tuple(wanted.jobs) if wanted.keep_ids else (),
        pools=tuple(wanted.pools) if wanted.keep_ids else (),
        made_up_ids=not wanted.keep_ids,
        settings=dict(account.origins),
    )
    earlier = _earlier(wanted, manifest)
    try:
        wanted.out.parent.mkdir(parents=True, exist_ok=True)
        with new_archive(wanted.out, manifest, wanted.max_size) as archive:
            if archive.ids is not None:
                archive.ids.learn("account", account.name)
            _fill(archive, reading, journal, wanted, earlier)
    except OSError as error:
        why = f"{wanted.out} could not be written: {error.strerror}."
        raise UsageError(why, hint=_HINT) from error
    finally:
        if earlier is not None:
            earlier.close()
    return manifest


def _earlier(wanted: Wanted, manifest: Manifest) -> Bundle | None:
    """A bundle of the same that was not finished. Raises UsageError for anything else there."""
    refuse_what_is_no_file(wanted.out)
    if not os.path.lexists(wanted.out) or wanted.force:
        return None
    try:
        found = Bundle(wanted.out)
    except InputError:
        found = None
    if found is not None:
        told = found.manifest
        same = (told.endpoint, told.jobs, told.pools, told.made_up_ids) == (
            (manifest.endpoint, manifest.jobs, manifest.pools, False)
        )
        if same and not told.complete:
            return found
        found.close()
    raise UsageError(
        f"{wanted.out} is there already and was left as it is.",
        hint="add --force to replace it, or choose another --out",
    )


def _fill(
    archive: Archive,
    reading: Reading,
    journal: Journal,
    wanted: Wanted,
    earlier: Bundle | None,
) -> None:
    findings: str | None = None
    try:
        if not wanted.jobs and not wanted.pools:
            findings = _findings(reading, journal, wanted)
        Taking(reading, archive, wanted, earlier).take()
        for path in wanted.logs:
            take_logs(archive, reading, path, wanted.since, earlier)
    except FullError:
        archive.manifest.complete = False
        largest = f"{wanted.max_size:,} bytes"
        archive.leave_out("the rest", f"the bundle may be no larger than {largest} (--max-size)")
    except KeyboardInterrupt:
        reading.interrupt("the rest")
    if reading.stopped and earlier is not None:
        _keep(archive, earlier)
    _add_journal(archive, journal)
    if findings is not None:
        archive.add_text("findings", findings)
    for problem in reading.problems:
        archive.manifest.complete = False
        archive.leave_out(problem.subject, problem.message)


def _keep(archive: Archive, earlier: Bundle) -> None:
    """Keep of an earlier bundle what this one was stopped before it came to."""
    taken = {part.key for part in archive.manifest.parts if UNREAD not in part.missing}
    for part in earlier.manifest.parts:
        if part.kind not in _MADE_ANEW and part.key not in taken and UNREAD not in part.missing:
            archive.copy(part, earlier.data(part), bounded=False)


def _findings(reading: Reading, journal: Journal, wanted: Wanted) -> str:
    """What triage finds, a line of JSON for each."""
    judged = judge_account(reading, journal, wanted.since)
    return "".join(json_line(plain(finding_item(each))) + "\n" for each in judged.findings)


def _add_journal(archive: Archive, journal: Journal) -> None:
    try:
        found = entries(journal.folder, journal.account)
    except OSError as error:
        archive.leave_out("the journal of changes", error.strerror or "it cannot be read")
        return
    if found:
        archive.add_text("journal", "".join(json_line(entry) + "\n" for entry in found))
