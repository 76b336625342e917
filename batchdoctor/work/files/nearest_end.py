"""Shows the end of a file, or of the next place that has its program's words, and says which."""

from __future__ import annotations

from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.words import PlaceKind
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.service.client import Client
from batchdoctor.service.source import FileSource, NodeFile, TaskFile
from batchdoctor.work.files.owner import STANDARD_NAMES
from batchdoctor.work.files.saved import copy_of
from batchdoctor.work.files.tail import Follower, Sink
from batchdoctor.work.files.why_missing import with_reason
from batchdoctor.work.files.words import Located, located_in_folder, located_words
from batchdoctor.work.surroundings import Surroundings

_STDERR = STANDARD_NAMES["stderr"]
# What a program calls so in its own working folder is a file like any other.
_WORKING_FOLDER = "/wd/"


def show_end(
    outside: Surroundings, client: Client, source: FileSource, shown: Sink, lines: int
) -> None:
    """Show the last lines of a file, or of its copy where the node no longer has it.

    Where it is the stderr of a task, or of a program of a node (start and preparation tasks), and
    has nothing, the next place is shown that has words. Raises the errors of the service, in words.
    """
    try:
        size = Follower(outside, client, source, shown).last_lines(lines, patient=False)
    except (NotFoundError, StateError) as error:
        _show_copy(outside, client, source, shown, lines, error)
        return
    if size == 0 and (located := _located(client, source)):
        if located.source is None:
            outside.note(f"note: {located.words.why_not_nearer}")
        else:
            _show_instead(outside, client, located, shown, lines)


def tell_if_empty(outside: Surroundings, client: Client, source: FileSource, size: int) -> None:
    """Say where the words of a program are whose stderr was asked for, and is empty."""
    located = None if size else _located(client, source)
    if located is None:
        return
    words = located.words
    where = f"; there are words in {words.place.label}" if words.place else ""
    outside.note(f"note: {words.why_not_nearer}{where}")


def _show_copy(
    outside: Surroundings,
    client: Client,
    source: FileSource,
    shown: Sink,
    lines: int,
    error: BatchdoctorError,
) -> None:
    located = _located(client, source)
    if located and located.source is not None:
        _show_instead(outside, client, located, shown, lines)
        return
    found = copy_of(client, source, error)
    if found.copy is None:
        raise with_reason(error, client, source, outside.now(), found.missed) from error
    outside.note(found.told(source, error))
    Follower(outside, client, found.copy.blob, shown).last_lines(lines, patient=False)


def _show_instead(
    outside: Surroundings, client: Client, located: Located, shown: Sink, lines: int
) -> None:
    place = located.words.place
    if place is None or located.source is None:
        return
    if place.kind is not PlaceKind.STDERR:
        outside.note(f"note: {located.words.why_not_nearer}; this is {place.label}")
    Follower(outside, client, located.source, shown).last_lines(lines, patient=False)


def _located(client: Client, source: FileSource) -> Located | None:
    """The words of the program whose stderr a file is, one line of them; None for another file."""
    folder, _, file = source.path.replace("\\", "/").rpartition("/")
    if file != _STDERR or f"/{folder}/".endswith(_WORKING_FOLDER):
        return None
    if isinstance(source, TaskFile) and not folder:
        return located_words(client, TaskName(source.job_id, source.task_id), 1)
    if isinstance(source, NodeFile) and folder:
        return located_in_folder(client, NodeName(source.pool_id, source.node_id), folder, 1)
    return None
