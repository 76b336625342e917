"""Which facts are other ones: of two things, or of many tasks of two runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from batchdoctor.core.comparison.changed_words import change_of
from batchdoctor.core.comparison.difference import Found, What
from batchdoctor.core.comparison.facts import Fact, Key
from batchdoctor.core.comparison.steady import without_numbers
from batchdoctor.core.text.wording import plural

Facts = Mapping[Key, Fact]
ABSENT = Fact("", None)
# A change that each task has one of its own of is no change between runs, from so many tasks on.
_FEWEST_VARYING = 4
_MOST_OWN = 2
# So many changes of one sort are told apart.
_MOST_OF_A_SORT = 12

# Of these only the words are told that are other ones.
_IN_WORDS = {What.COMMAND_LINE, What.OUTPUT_FILE, What.RESOURCE_FILE}

NOUNS = {
    What.COMMAND_LINE: "command line",
    What.CONTAINER: "container",
    What.IMAGE: "image",
    What.AGENT: "node agent",
    What.PACKAGE: "application package",
    What.ENVIRONMENT: "environment variable",
    What.RESOURCE_FILE: "resource file",
    What.OUTPUT_FILE: "output file",
    What.VM_SIZE: "VM size",
    What.CONSTRAINT: "constraint",
    What.SPOT: "kind of node",
    What.SETTING: "setting",
}


class _Change(msgspec.Struct):
    """A change that some pairs have in common."""

    key: Key
    before: str | None
    after: str | None
    count: int = 0
    names: list[str] = msgspec.field(default_factory=list)


class Settings(msgspec.Struct, frozen=True):
    """What came of comparing settings: what differs, and nouns for what is the same or differs."""

    found: Sequence[Found]
    same: Sequence[str]
    differing: Sequence[str] = ()
    not_told: Sequence[str] = ()


def compared_facts(
    then: Facts, now: Facts, whose: str = "", *, side_by_side: bool = False
) -> Settings:
    """Compare the facts of two things; `whose` says in words what they are of.

    Of two that are there `side_by_side` nothing was, is new or is gone.
    """
    return compared_tasks([(then, now, "")], whose, side_by_side=side_by_side)


def compared_tasks(
    pairs: Sequence[tuple[Facts, Facts, str]], whose: str = "", *, side_by_side: bool = False
) -> Settings:
    """Compare the facts of tasks, each then and now with its name; what many share is told once."""
    changes: dict[tuple[object, ...], _Change] = {}
    met: Counter[tuple[What, str]] = Counter()
    masked: set[str] = set()
    for then, now, name in pairs:
        whole = _of_one_alone(then, now)
        for key in {**then, **now}:
            what, of, label = key
            if of in whole and what is not What.COMMAND_LINE:
                continue
            met[what, of] += 0
            before, after = then.get(key, ABSENT), now.get(key, ABSENT)
            if None in {before.value, after.value} and ABSENT not in {before, after}:
                # Masked where it was taken from: only that it is there is known.
                masked.add(label)
                continue
            if before.value == after.value:
                continue
            met[what, of] += 1
            _note(changes, key, before, after, name)
    told, varying = _split(_merged(changes.values()), len(pairs))
    differing = {(each.key[0], each.key[1]) for each in told}
    return Settings(
        found=[_found(each, len(pairs), whose, side_by_side=side_by_side) for each in told],
        same=[_noun(what, of) for what, of in met if (what, of) not in differing],
        differing=[_noun(what, of) for what, of in differing],
        not_told=(*_varying(varying), *_masked(masked)),
    )


def _of_one_alone(then: Facts, now: Facts) -> set[str]:
    """The tasks within, such as the start task, that one has alone: their command line says so."""
    return {of for what, of, _ in then.keys() ^ now.keys() if of and what is What.COMMAND_LINE}


def _note(
    changes: dict[tuple[object, ...], _Change], key: Key, before: Fact, after: Fact, name: str
) -> None:
    """Count a change with those that are like it, but for the number of the task."""
    what, of, label = key
    told = (before.shown, after.shown)
    alike: tuple[object, ...] = ("gone" if after is ABSENT else "come",)
    if before is not ABSENT and after is not ABSENT:
        texts = (before.value or "", after.value or "")
        change = change_of(*texts)
        alike = change.key
        if what in _IN_WORDS:
            told = (change.before, change.after)
    found = changes.setdefault(
        (what, of, without_numbers(label), *alike), _Change(key, told[0], told[1])
    )
    found.count += 1
    if name:
        found.names.append(name)


def _merged(changes: Iterable[_Change]) -> list[_Change]:
    """The same, with those as one that read the same, though other parts of their texts moved."""
    merged: dict[tuple[Key, str | None, str | None], _Change] = {}
    for each in changes:
        known = merged.setdefault((each.key, each.before, each.after), each)
        if known is not each:
            known.count += each.count
            known.names += each.names
    return list(merged.values())


def _split(changes: Sequence[_Change], pairs: int) -> tuple[Sequence[_Change], Sequence[_Change]]:
    """Apart: changes of the run, and those of which each task has one of its own."""
    sorts: dict[tuple[What, str, str], list[_Change]] = {}
    for each in changes:
        what, of, label = each.key
        sorts.setdefault((what, of, without_numbers(label)), []).append(each)
    told: list[_Change] = []
    varying: list[_Change] = []
    for alike in sorts.values():
        own = [each for each in alike if each.count <= _MOST_OWN]
        many = pairs >= _FEWEST_VARYING and len(own) >= max(_FEWEST_VARYING, pairs // 2)
        varying += own[:1] if many else []
        kept = [each for each in alike if not many or each not in own]
        told += sorted(kept, key=lambda each: -each.count)[:_MOST_OF_A_SORT]
    return told, varying


def _found(change: _Change, pairs: int, whose: str, *, side_by_side: bool) -> Found:
    what, of, label = change.key
    noun = _noun(what, of)
    name = f" {label}" if label else ""
    how = _on_each(change) if side_by_side else _how(change)
    share = "all" if change.count == pairs else f"{change.count:,} of"
    where = f", in {share} {plural(pairs, 'task')}" if pairs > 1 else ""
    return Found(
        what=what,
        subject=" ".join(part for part in (of, label) if part) or None,
        before=change.before,
        after=change.after,
        message=f"{whose}{noun}{name} {how}{where}",
        names=change.names,
        weight=change.count / max(pairs, 1),
    )


def _how(change: _Change) -> str:
    before, after = change.before, change.after
    hidden = change.key[0] is What.ENVIRONMENT
    if before is None:
        return "is new" if hidden else f"is new: {after}"
    if after is None:
        return "is gone" if hidden else f"is gone; it was {before}"
    if hidden:
        return "has another value"
    return f"was {before or '(nothing)'}, is {after or '(nothing)'}"


def _on_each(change: _Change) -> str:
    before, after = change.before, change.after
    hidden = change.key[0] is What.ENVIRONMENT
    if before is None or after is None:
        one = "second" if before is None else "first"
        return f"is on the {one} alone" + ("" if hidden else f": {after or before}")
    if hidden:
        return "has another value on each"
    return f"is {before or '(nothing)'} on the first, {after or '(nothing)'} on the second"


def _noun(what: What, of: str) -> str:
    noun = NOUNS.get(what, what.value)
    return f"{noun} of the {of}" if of else noun


def _varying(changes: Sequence[_Change]) -> Sequence[str]:
    """What each task has one of its own of, with an example; of the environment only the name."""
    told = []
    for change in changes:
        what, of, label = change.key
        example = f", such as {change.before} and {change.after}"
        name = f" {label}" if label else ""
        hidden = what is What.ENVIRONMENT
        told.append(f"{_noun(what, of)}{name}: another one in each task{'' if hidden else example}")
    return told


def _masked(names: set[str]) -> Sequence[str]:
    if not names:
        return ()
    return (f"values of {plural(len(names), 'environment variable')}: masked where they were kept",)
