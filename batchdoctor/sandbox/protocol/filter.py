"""The `$filter` language: text to a predicate, with the properties of each list as a table.

Grammar: https://learn.microsoft.com/rest/api/batchservice/odata-filters-in-batch
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from batchdoctor.sandbox.clock import parse_wire_time
from batchdoctor.sandbox.protocol.refusals import bad_query

Predicate = Callable[[Any], bool]


class Kind(Enum):
    """What a property holds, and so which literals it may be compared with."""

    TEXT = auto()
    NUMBER = auto()
    TIME = auto()
    FLAG = auto()


@dataclass(frozen=True, slots=True)
class Filterable:
    """One property of a list that a filter may name."""

    kind: Kind
    operators: frozenset[str]
    value: Callable[[Any], Any]


SIX = frozenset({"eq", "ne", "lt", "le", "gt", "ge"})
EQUAL = frozenset({"eq"})
EQUAL_OR_NOT = frozenset({"eq", "ne"})
STARTS = frozenset({"startswith"})

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<time>[Dd]ate[Tt]ime'(?:[^']|'')*')
    | (?P<text>'(?:[^']|'')*')
    | (?P<number>-?\d+(?![\w/]))
    | (?P<word>[A-Za-z_][\w/]*)
    | (?P<mark>[(),])
    )""",
    re.VERBOSE,
)


class _Parser:
    """Recursive descent over one filter: or, and, brackets, comparisons, startswith."""

    def __init__(self, text: str, table: Mapping[str, Filterable]) -> None:
        self.text, self.table = text, table
        self.tokens = list(self._split())
        self.position = 0

    def fail(self, reason: str) -> Exception:
        return bad_query("$filter", self.text, reason)

    def _split(self) -> list[tuple[str, str]]:
        tokens, position = [], 0
        while self.text[position:].strip():
            match = _TOKEN.match(self.text, position)
            if not match or match.lastgroup is None:
                raise self.fail(f"Syntax error at position {position}.")
            tokens.append((match.lastgroup, match.group(match.lastgroup)))
            position = match.end()
        return tokens

    def peek(self) -> tuple[str, str]:
        if self.position < len(self.tokens):
            return self.tokens[self.position]
        return ("end", "")

    def take(self, *wanted: str) -> str:
        token = self.peek()
        if token[0] not in wanted and token[1] not in wanted:
            raise self.fail(f"Syntax error: '{token[1] or 'end of text'}' was not expected.")
        self.position += 1
        return token[1]

    def whole(self) -> Predicate:
        predicate = self.either()
        self.take("end")
        return predicate

    def either(self) -> Predicate:
        found = self.both()
        while self.peek()[1].lower() == "or":
            self.take("word")
            found = _either(found, self.both())
        return found

    def both(self) -> Predicate:
        found = self.primary()
        while self.peek()[1].lower() == "and":
            self.take("word")
            found = _both(found, self.primary())
        return found

    def primary(self) -> Predicate:
        if self.peek()[1] == "(":
            self.take("(")
            inner = self.either()
            self.take(")")
            return inner
        if self.peek()[1].lower() == "startswith":
            return self.prefix()
        name = self.take("word")
        if self.peek()[1] == "(":
            raise self.fail(f"The function '{name}' is not supported.")
        verb = self.take("word").lower()
        if verb not in _COMPARE:
            raise self.fail(f"The operator '{verb}' is not supported.")
        prop = self.property_for(name, verb)
        return _comparison(prop.value, _COMPARE[verb], self.literal(name, prop), verb)

    def prefix(self) -> Predicate:
        self.take("word")
        self.take("(")
        name = self.take("word")
        prop = self.property_for(name, "startswith")
        self.take(",")
        start = self.literal(name, prop)
        self.take(")")
        value = prop.value
        return lambda item: (value(item) or "").lower().startswith(start)

    def property_for(self, name: str, verb: str) -> Filterable:
        prop = self.table.get(name)
        if prop is None:
            raise self.fail(f"The property '{name}' cannot be used in a filter of this list.")
        if verb not in prop.operators:
            raise self.fail(f"The operator '{verb}' cannot be used with the property '{name}'.")
        return prop

    def literal(self, name: str, prop: Filterable) -> Any:
        sort, text = self.peek()
        value = _LITERALS[prop.kind](sort, text)
        if value is None:
            raise self.fail(f"The value {text or 'at the end'} does not fit property '{name}'.")
        self.position += 1
        return value


def _either(left: Predicate, right: Predicate) -> Predicate:
    return lambda item: left(item) or right(item)


def _both(left: Predicate, right: Predicate) -> Predicate:
    return lambda item: left(item) and right(item)


def _unquote(text: str) -> str:
    return text[text.index("'") + 1 : -1].replace("''", "'")


def _text(sort: str, text: str) -> str | None:
    return _unquote(text).lower() if sort == "text" else None


def _number(sort: str, text: str) -> int | None:
    return int(text) if sort == "number" else None


def _time(sort: str, text: str) -> int | None:
    return parse_wire_time(_unquote(text)) if sort == "time" else None


def _flag(sort: str, text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower()) if sort == "word" else None


_LITERALS: dict[Kind, Callable[[str, str], Any]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.TIME: _time,
    Kind.FLAG: _flag,
}


def _comparison(
    value: Callable[[Any], Any], compare: Callable[[Any, Any], bool], wanted: Any, verb: str
) -> Predicate:
    """Compare a property; one that is absent differs from everything and orders with nothing."""
    absent = verb == "ne"

    def holds(item: Any) -> bool:
        found = value(item)
        return absent if found is None else compare(found, wanted)

    def holds_for_text(item: Any) -> bool:
        found = value(item)
        return absent if found is None else compare(found.lower(), wanted)

    return holds_for_text if isinstance(wanted, str) else holds


def parse_filter(text: str, table: Mapping[str, Filterable]) -> Predicate:
    """Return the predicate that a filter describes.

    Raises ServiceError (InvalidQueryParameterValue) for what the list cannot be filtered by, and
    for text that is no filter.
    """
    return _Parser(text, table).whole()
