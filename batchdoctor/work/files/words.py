"""The last words of a task or start task, from the first place that has any.

The one order: stderr; stdout, which holds both streams where they were merged; `wd/.command.err`;
what the task saved through `outputFiles`; the account's linked storage.
"""

from __future__ import annotations

from collections.abc import Callable
from string import whitespace

import msgspec
from msgspec.structs import replace

from batchdoctor.core.failures.telling_line import is_quiet, names_error
from batchdoctor.core.names import NodeName, TaskName
from batchdoctor.core.words import Missed, Place, PlaceKind, Stream, Words
from batchdoctor.errors import BatchdoctorError, NotFoundError, StateError
from batchdoctor.service.client import Client
from batchdoctor.service.files import sized
from batchdoctor.service.source import FileInfo, FileSource, NodeFile, TaskFile
from batchdoctor.work.files.ending import last_lines_of
from batchdoctor.work.files.saved import SAVED, Copy, SavedFiles, never_saved, why_not

# The end of a log that a person reads; lines may be long, so bytes are what bounds it.
LONGEST_TAIL = 64 * 1024
# The places on the node, the nearest first: their kind, their stream, their path in the task's
# folder (https://learn.microsoft.com/azure/batch/files-and-directories).
COMMAND_ERR = "wd/.command.err"
NODE_PLACES = (
    (PlaceKind.STDERR, Stream.STDERR, "stderr.txt"),
    (PlaceKind.STDOUT, Stream.STDOUT, "stdout.txt"),
    (PlaceKind.COMMAND_ERR, Stream.STDERR, COMMAND_ERR),
)
START_TASK_FOLDER = "startup"
# Some programs on Windows begin a file with a mark, and write nothing after it.
_BLANKS = f"{whitespace}\ufeff"
# After these no file of the task is worth asking its node for.
_ALL_GONE = frozenset({"taskfilescleanedup", "taskfilesunavailable", "nodenotfound"})


class Located(msgspec.Struct, frozen=True):
    """Last words, and the file that has them, to read on in."""

    words: Words
    source: FileSource | None = None


def task_words(client: Client, job_id: str, task_id: str, count: int) -> Words:
    """The last `count` lines of what a task said, at least one; raises nothing.

    At most 64 KiB of one place are read. A word costs two requests; a task whose files are gone
    costs two for its node, one for the task, and two for each copy that is there.
    """
    return located_words(client, TaskName(job_id, task_id), count).words


def folder_words(client: Client, pool_id: str, node_id: str, folder: str, count: int) -> Words:
    """The same of a program whose folder on a node is known, and which saves nothing elsewhere.

    `folder` is `START_TASK_FOLDER` for the start task, and what a preparation task's status calls
    its root directory.
    """
    return located_in_folder(client, NodeName(pool_id, node_id), folder, count).words


def located_words(client: Client, name: TaskName, count: int) -> Located:
    """What `task_words` gives, with the file that has them."""
    search = _Search(client, count)
    found = search.on_node(lambda path: TaskFile(name.job_id, name.task_id, path))
    # A copy of what is empty has no words either.
    if found is None and not search.ended and not search.empty:
        found = search.in_copies(name)
    return Located(found or search.nothing(), search.source)


def located_in_folder(client: Client, name: NodeName, folder: str, count: int) -> Located:
    """What `folder_words` gives, with the file that has them."""
    search = _Search(client, count)
    found = search.on_node(lambda path: NodeFile(name.pool_id, name.node_id, f"{folder}/{path}"))
    if found is None and not search.ended and not search.empty:
        search.missed += never_saved(folder)
    return Located(found or search.nothing(), search.source)


class _Search(msgspec.Struct):
    """One walk through the places, up to the first that has words."""

    client: Client
    count: int
    missed: list[Missed] = msgspec.field(default_factory=list)
    first: BatchdoctorError | None = None
    source: FileSource | None = None
    """The file that had words."""
    ended: bool = False
    """Whether the service cannot be asked for more."""
    empty: bool = False
    """Whether a place was there, and had nothing."""

    def nothing(self) -> Words:
        """What is told when no place had a word."""
        error = self.first if self.ended or not self.empty else None
        return Words(missed=tuple(self.missed), error=error)

    def on_node(self, source_of: Callable[[str], FileSource]) -> Words | None:
        """The words of the first file on the node that has some."""
        for kind, stream, path in NODE_PLACES:
            place, source = Place(kind, stream, path), source_of(path)
            try:
                info = sized(self.client, source)
                if found := self._end_of(source, info, place):
                    return self._louder(found, source_of) if path == "stderr.txt" else found
            except BatchdoctorError as error:
                self.first = self.first or error
                self.missed.append(Missed(place.label, why_not(error)))
                self.ended = not isinstance(error, NotFoundError | StateError)
                if self.ended or (error.code or "").lower() in _ALL_GONE:
                    return None
        return None

    def _louder(self, words: Words, source_of: Callable[[str], FileSource]) -> Words:
        """The words of stderr, or of stdout where that names an error and stderr only warns."""
        if not is_quiet(words.lines):
            return words
        kept, (kind, stream, path) = self.source, NODE_PLACES[1]
        place, source = Place(kind, stream, path), source_of(path)
        try:
            louder = self._end_of(source, sized(self.client, source), place)
        except BatchdoctorError:
            louder = None
        if louder is None or not names_error(louder.lines):
            self.source = kept
            return words
        return replace(louder, missed=(Missed(Stream.STDERR.value, "names no error"),))

    def in_copies(self, name: TaskName) -> Words | None:
        """The words of the first saved copy that has some."""
        saved = SavedFiles(self.client, name)
        for kind in SAVED:
            for _, stream, path in NODE_PLACES:
                for copy in saved.copies(path, (kind,)):
                    place = Place(kind, stream, copy.blob.url, earlier=copy.earlier)
                    if found := self._end_of_copy(saved, copy, place):
                        return found
        self.missed += saved.missed
        return None

    def _end_of_copy(self, saved: SavedFiles, copy: Copy, place: Place) -> Words | None:
        try:
            found = self._end_of(copy.blob, copy.info, place)
        except BatchdoctorError as error:
            self.missed.append(Missed(copy.blob.url, why_not(error)))
            return None
        return found and replace(found, missed=(*self.missed, *saved.missed))

    def _end_of(self, source: FileSource, info: FileInfo, place: Place) -> Words | None:
        """The last lines of a place; None where nothing but blanks is in what may be read."""
        for count in (self.count, LONGEST_TAIL):
            data = last_lines_of(self.client, source, info, count, longest=LONGEST_TAIL)
            lines = _lines(data, info)[-count:]
            if any(line.strip(_BLANKS) for line in lines):
                self.source = source
                found = replace(place, modified=info.last_modified)
                return Words(tuple(lines), found, tuple(self.missed))
            if len(data) >= min(info.size or 0, LONGEST_TAIL):
                break
        self.empty = True
        self.missed.append(Missed(place.label, "empty"))
        return None


def _lines(data: bytes, info: FileInfo) -> list[str]:
    lines = data.decode("utf-8", "backslashreplace").splitlines()
    # A cut through the middle leaves half a line in front.
    cut = LONGEST_TAIL <= len(data) < (info.size or 0) and len(lines) > 1
    return lines[1:] if cut else lines
