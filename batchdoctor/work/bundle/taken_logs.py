"""Takes event logs into a bundle: files, folders, and containers of a storage account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from batchdoctor.errors import BatchdoctorError, InputError
from batchdoctor.events.places import sources_of
from batchdoctor.events.source import Source, opened
from batchdoctor.work.bundle.archive import Archive
from batchdoctor.work.bundle.opened import Bundle
from batchdoctor.work.reading.reading import Reading

# What is read of one log, unpacked; an hour of a busy account takes a tenth of it.
_LONGEST = 64 << 20
_URLS = ("https://", "http://")


def take_logs(
    archive: Archive,
    reading: Reading,
    place: str,
    since: datetime | None,
    earlier: Bundle | None,
) -> None:
    """Take the logs below a path or a URL, unpacked and masked; remember what cannot be taken.

    A blob that an earlier bundle has is copied from there. Raises FullError.
    """
    if archive.ids is not None:
        archive.leave_out(_told(place), "event logs have the ids of the account in them")
        return
    try:
        for source in sources_of([place], since):
            reading.outside.stop_if_asked()
            reading.outside.progress(f"log {source.name}")
            _take(archive, reading, source, _name(source, place), earlier)
    except BatchdoctorError as error:
        reading.remember(_told(place), error)


def _take(
    archive: Archive, reading: Reading, source: Source, name: str, earlier: Bundle | None
) -> None:
    had = earlier.part("log", name) if earlier and source.path is None else None
    if had and earlier:
        archive.copy(had, earlier.data(had))
        return
    try:
        with opened(source, None) as stream:
            data = stream.read(_LONGEST + 1)
    except (OSError, EOFError) as error:
        why = getattr(error, "strerror", None) or "it is not whole"
        reading.remember(name, InputError(f"Could not read {name}: {why}."))
        return
    except BatchdoctorError as error:
        reading.remember(name, error)
        return
    if len(data) > _LONGEST:
        archive.leave_out(_told(name), f"it is larger than {_LONGEST >> 20} MiB, unpacked")
        return
    archive.add_log(name, data)


def _told(place: str) -> str:
    """A path or URL for people: what is behind the question mark of a URL is its signature."""
    return place.partition("?")[0] if place.startswith(_URLS) else place


def _name(source: Source, place: str) -> str:
    """What a log is called in the bundle: from the folder on that was named, or its URL."""
    if source.path is None:
        return _told(source.name)
    below, root = source.path.relative_to(place), Path(place).absolute().name
    return f"{root}/{below.as_posix()}" if below.parts else source.path.name


def check_places(places: Sequence[str]) -> None:
    """Raise InputError for a path of logs that is not there, before anything else is taken."""
    for place in places:
        if not place.startswith(_URLS) and not Path(place).exists():
            raise InputError(f"Cannot read {place}: there is no such file or folder.")
