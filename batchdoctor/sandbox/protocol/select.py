"""The `$select` option: which members of an item are wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from batchdoctor.sandbox.protocol.refusals import bad_query

Selection = dict[str, list[str]]


def member_order(text: str) -> list[str]:
    """Return the members that an item can have, in the order in which they are written."""
    return text.split()


def member_names(text: str) -> frozenset[str]:
    """Return the members that an item can have."""
    return frozenset(member_order(text))


def parse_select(text: str | None, known: Collection[str]) -> Selection | None:
    """Return the wanted members, each with the nested ones asked for; None for everything.

    A member without nested names is wanted whole. Raises ServiceError for names the item has not.
    """
    if text is None:
        return None
    selection: Selection = {}
    whole: set[str] = set()
    for path in (part.strip() for part in text.split(",")):
        name, _, nested = path.partition("/")
        if name not in known:
            raise bad_query("$select", text, f"There is no property '{path}'.")
        selection.setdefault(name, [])
        if nested:
            selection[name].append(nested)
        else:
            whole.add(name)
    return {name: [] if name in whole else nested for name, nested in selection.items()}


def prune(document: Mapping[str, Any], selection: Selection | None) -> Mapping[str, Any]:
    """Return the wanted members of a document."""
    if selection is None:
        return document
    return {
        name: _nested(document[name], nested)
        for name, nested in selection.items()
        if name in document
    }


def _nested(value: Any, names: list[str]) -> Any:
    if not names or not isinstance(value, Mapping):
        return value
    tops: Selection = {}
    for name in names:
        top, _, rest = name.partition("/")
        tops.setdefault(top, []).extend([rest] if rest else [])
    return prune(value, tops)
