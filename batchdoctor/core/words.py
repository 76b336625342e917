"""The last words of a program: its lines, the place that had them, and why nearer ones had none."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from batchdoctor.errors import BatchdoctorError


class PlaceKind(StrEnum):
    """Where words can be, the nearest first; the list may grow."""

    STDERR = "stderr"
    STDOUT = "stdout"
    COMMAND_ERR = "command-err"
    """`wd/.command.err`, where Nextflow keeps what its `2>&1` would lose."""
    OUTPUT_FILE = "output-file"
    """A blob that the task itself names in `outputFiles`."""
    LINKED_STORAGE = "linked-storage"
    """A blob of the account's storage, by the names of the file conventions."""


class Stream(StrEnum):
    """Which of a program's two streams a place keeps."""

    STDERR = "stderr"
    STDOUT = "stdout"


class Place(msgspec.Struct, frozen=True):
    """One place: `name` is a path of the node, or the URL of a blob without its signature."""

    kind: PlaceKind
    stream: Stream
    name: str
    modified: datetime | None = None
    """When the place was last written to, as far as the service says."""
    earlier: bool = False
    """Whether that was before the present attempt of the task began: a saved copy outlives it."""

    @property
    def label(self) -> str:
        """What a reader is told: `stdout`, `wd/.command.err`, `stderr, saved as https://...`."""
        if self.kind in {PlaceKind.STDERR, PlaceKind.STDOUT}:
            return self.stream.value
        if self.kind is PlaceKind.COMMAND_ERR:
            return self.name
        attempt = " by an earlier attempt" if self.earlier else ""
        return f"{self.stream}, saved{attempt} as {self.name}"

    def of(self, whose: str) -> str:
        """The same with whose it is: `stderr of JOB/TASK, saved as https://...`."""
        what, comma, saved = self.label.partition(", ")
        return f"{what} of {whose}{comma}{saved}"

    @property
    def is_copy(self) -> bool:
        """Whether it lies beside the node."""
        return self.kind in {PlaceKind.OUTPUT_FILE, PlaceKind.LINKED_STORAGE}


class Missed(msgspec.Struct, frozen=True):
    """A nearer place that did not answer, and why, in words: `stderr`, `empty`."""

    place: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.why}"


class Words(msgspec.Struct, frozen=True):
    """What a program wrote last.

    `lines` are without their ends, and none where `place` is None: then no place had a word.
    `missed` are the places before the one that answered, in their order. `error` is what kept from
    reading the nearest place where none answered; None where all of them were there, and empty.
    """

    lines: tuple[str, ...] = ()
    place: Place | None = None
    missed: tuple[Missed, ...] = ()
    error: BatchdoctorError | None = None

    @property
    def file(self) -> str | None:
        """What to ask `files get` for to read on: `stdout`, `stderr`, or a path."""
        if self.place is None:
            return None
        own = self.place.kind is PlaceKind.COMMAND_ERR
        return self.place.name if own else self.place.stream.value

    @property
    def known(self) -> tuple[str, ...] | None:
        """The lines, none for a program that wrote none; None where nothing could be read."""
        return self.lines if self.place or self.error is None else None

    def title(self, whose: str = "") -> str:
        """What stands over the lines: `stdout of JOB/TASK (stderr: empty)`, or without whose."""
        if self.place is None:
            return f"{Stream.STDERR}{f' of {whose}' if whose else ''}"
        why = f" ({self.why_not_nearer})" if self.missed else ""
        return f"{self.place.of(whose) if whose else self.place.label}{why}"

    @property
    def why_not_nearer(self) -> str | None:
        """Why nearer places did not answer, in one line; None where the nearest one did."""
        return "; ".join(map(str, self.missed)) or None
