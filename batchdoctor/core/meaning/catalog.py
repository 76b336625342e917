"""The catalog of the service's error codes: what each means, why it happens, what to do.

The data are the files in `codes/`, one a subject, read and checked when first needed: a command
that meets task failures only does not pay for the codes of the REST interface.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal

import msgspec

from batchdoctor.core.meaning.category import Category
from batchdoctor.core.meaning.once import READING
from batchdoctor.core.text.step import Step, say
from batchdoctor.errors import BatchdoctorError


class Where(StrEnum):
    """Where the service says a code; the same word may mean another thing elsewhere."""

    TASK = "task"
    START_TASK = "startTask"
    PREPARATION = "preparation"
    JOB = "job"
    NODE = "node"
    RESIZE = "resize"
    AUTOSCALE = "autoscale"
    REST = "rest"


class Retry(StrEnum):
    """Whether doing the same again, unchanged, can help."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


# File in codes/ -> where its codes occur.
SUBJECTS: dict[str, frozenset[Where]] = {
    "task": frozenset({Where.TASK, Where.START_TASK, Where.PREPARATION}),
    "job": frozenset({Where.JOB}),
    "node": frozenset({Where.NODE}),
    "resize": frozenset({Where.RESIZE}),
    "autoscale": frozenset({Where.AUTOSCALE, Where.REST}),
    "rest": frozenset({Where.REST}),
}

# What an entry may own up to: drawn from the code's meaning, not stated by a source.
Inferable = Literal["name", "meaning", "category", "service", "status", "causes", "retry"]
# Shorter parts of a code are in too many of them to suggest anything.
_SHORTEST_PART = 4

Text = Annotated[str, msgspec.Meta(min_length=2, pattern=r"\S")]
Texts = Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
Page = Annotated[str, msgspec.Meta(pattern=r"^https://learn\.microsoft\.com/\S+$")]
Status = Annotated[int, msgspec.Meta(ge=300, le=599)]


class CatalogEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of one code in one kind of place."""

    code: Text
    where: Annotated[tuple[Where, ...], msgspec.Meta(min_length=1)]
    meaning: Text
    causes: Texts
    """Likely causes, the likeliest first."""
    actions: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]
    """What to do, first things first. In a command line JOB, TASK, POOL and NODE stand for ids."""
    retry: Retry
    why: Text
    """A word on `retry`."""
    page: Page
    category: Category | None = None
    """For codes of tasks only."""
    service: Literal["UserError", "ServerError"] | None = None
    """The service's own category."""
    status: tuple[Status, ...] = ()
    """HTTP status codes, for codes of the REST interface."""
    aliases: tuple[Text, ...] = ()
    inferred: tuple[Inferable, ...] = ()
    note: Text | None = None
    """A doubt about the entry."""
    known: bool = True


class _Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of the catalog: what its entries share, then the entries."""

    where: list[Where]
    page: Page
    code: dict[str, dict[str, Any]]
    group: dict[str, dict[str, Any]] = {}
    inferred: list[Inferable] = []


def parse_subject(subject: str, data: bytes) -> tuple[CatalogEntry, ...]:
    """The entries of one file of the catalog, checked.

    Raises BatchdoctorError, naming file and code, when anything in it is missing, unknown or wrong.
    """
    import tomllib

    name = "the file itself"
    try:
        entries = []
        with READING:
            shared = msgspec.convert(tomllib.loads(data.decode()), _Subject)
            for name, fields in shared.code.items():
                entries.append(_entry(name, fields, shared))
                _check(entries[-1], SUBJECTS[subject])
    except (msgspec.MsgspecError, ValueError, LookupError, TypeError) as error:
        raise BatchdoctorError(
            f"The catalog of error codes is broken: {subject}.toml, {name}: {error}",
            hint="Install batchdoctor again.",
        ) from error
    return tuple(entries)


def _entry(name: str, fields: dict[str, Any], shared: _Subject) -> CatalogEntry:
    """One entry: its own fields over those of its group, over those of the file."""
    own = dict(fields)
    group = shared.group[own.pop("group")] if "group" in own else {}
    defaults = {"where": shared.where, "page": shared.page, "inferred": shared.inferred}
    fields = {**defaults, **group, **own, "code": name}
    fields["actions"] = [
        {"say": each} if isinstance(each, str) else each for each in fields["actions"]
    ]
    return msgspec.convert(fields, CatalogEntry)


def _check(entry: CatalogEntry, places: frozenset[Where]) -> None:
    """What the types alone cannot say."""
    if not places.issuperset(entry.where):
        raise ValueError(f"`where` has a place that belongs to another file: {entry.where}")
    if (Where.TASK in entry.where) != (entry.category is not None):
        raise ValueError("`category` is for the codes of tasks, and all of them need one")
    if any("batchdoctor " in (action.say or "") for action in entry.actions):
        raise ValueError("a command line belongs into the `run` of an action")
    if entry.status and Where.REST not in entry.where:
        raise ValueError("`status` is for codes of the REST interface")


def _packaged(subject: str) -> bytes:
    """A file of the catalog, wherever the package was installed, a zip file included."""
    # importlib.resources does the same, and costs 9 ms more to import.
    import pkgutil

    data = pkgutil.get_data("batchdoctor.core.meaning", f"codes/{subject}.toml")
    if data is None:
        raise BatchdoctorError(
            f"The catalog of error codes is broken: {subject}.toml cannot be read.",
            hint="Install batchdoctor again.",
        )
    return data


class Catalog:
    """All entries, found by code in any case and, where one code has two meanings, by place."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._loaded: dict[str, dict[str, CatalogEntry]] = {}

    def find(self, code: str, where: str) -> CatalogEntry | None:
        """The entry of a code in one kind of place, or None; raises ValueError on a wrong place."""
        place = _place(where)
        for subject, places in SUBJECTS.items():
            if place in places:
                entry = self._subject(subject).get(code.lower())
                if entry is not None and place in entry.where:
                    return entry
        return None

    def entries(self, code: str) -> tuple[CatalogEntry, ...]:
        """Every meaning that a code has, codes of tasks first; empty for an unknown code."""
        found = (self._subject(subject).get(code.lower()) for subject in SUBJECTS)
        return tuple(entry for entry in found if entry is not None)

    def lookup(self, code: str, where: str | None = None) -> CatalogEntry:
        """The entry of a code: in that place, else anywhere, else one that says it is unknown."""
        if where is not None and (entry := self.find(code, where)) is not None:
            return entry
        return next(iter(self.entries(code)), None) or _unknown(code, where)

    def near(self, code: str, limit: int = 3) -> tuple[str, ...]:
        """Codes whose spelling resembles this one, the likeliest first."""
        from difflib import get_close_matches

        wanted = code.strip().lower()
        names = {entry.code.lower(): entry.code for entry in self}
        close = get_close_matches(wanted, names, n=limit, cutoff=0.7)
        # Half a code is often all that one remembers: "accessdenied".
        partial = [name for name in names if len(wanted) >= _SHORTEST_PART and wanted in name]
        return tuple(names[name] for name in dict.fromkeys([*close, *partial]))[:limit]

    def __iter__(self) -> Iterator[CatalogEntry]:
        for subject in SUBJECTS:
            # An alias is a second key of the same entry.
            yield from dict.fromkeys(self._subject(subject).values())

    def _subject(self, subject: str) -> dict[str, CatalogEntry]:
        if subject not in self._loaded:
            entries = parse_subject(subject, self._read(subject))
            self._loaded[subject] = {
                name.lower(): entry for entry in entries for name in (entry.code, *entry.aliases)
            }
        return self._loaded[subject]


def _place(where: str) -> Where:
    for place in Where:
        if place.lower() == where.lower():
            return place
    raise ValueError(f"{where!r} is no place of error codes; one of {', '.join(Where)}")


def _unknown(code: str, where: str | None) -> CatalogEntry:
    return CatalogEntry(
        code=code,
        where=(_place(where),) if where is not None else (),
        meaning="This code is not in batchdoctor's catalog.",
        causes=(),
        actions=(say("The service's own message and details are all there is to go by."),),
        retry=Retry.MAYBE,
        why="nothing is known of this code",
        page="https://learn.microsoft.com/rest/api/batchservice/batch-status-and-error-codes",
        known=False,
    )


@cache
def load_catalog() -> Catalog:
    """The catalog that comes with batchdoctor; its files are read as they are needed."""
    return Catalog(_packaged)
