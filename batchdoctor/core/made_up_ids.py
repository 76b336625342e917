"""Replaces ids by made-up ones: the same id by the same one, wherever it stands.

Tasks of one kind keep names of one kind, since a verdict compares tasks of one kind with each
other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from batchdoctor.core.names import folded
from batchdoctor.core.suspicion.kind import kind_of

_WORD = re.compile(r"[A-Za-z0-9_-]+")
# Addresses name the noun before the id.
_IN_ADDRESS = re.compile(r"/(pools|nodes|jobs|tasks)/([A-Za-z0-9_-]+)")
# Members of documents that hold ids, and what they are ids of.
_OF_MEMBER = {"poolid": "pool", "nodeid": "node", "jobid": "job", "taskid": "task"}
_OF_MEMBER |= {"taskids": "task", "nodeids": "node", "jobids": "job"}
# A word shorter than this, or of letters or digits alone, is likelier to be something else in a
# text: a state, a number, what a program is called.
_SHORTEST_IN_TEXT = 4


class MadeUpIds:
    """Made-up ids of one bundle."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._in_texts: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._kinds: dict[int, str] = {}

    def learn(self, noun: str, name: str) -> str:
        """The made-up id of a `pool`, `node`, `job`, `task` or `account`."""
        found = self._known.get(folded(name))
        if found is None:
            stem = noun if noun != "task" else f"task{self._kind(name)}"
            number = self._counts[stem] = self._counts.get(stem, 0) + 1
            found = self._known[folded(name)] = f"{stem}-{number}"
            if len(name) >= _SHORTEST_IN_TEXT and not name.isdigit() and not name.isalpha():
                self._in_texts[folded(name)] = found
        return found

    def document(self, value: Any, noun: str | None = None) -> Any:
        """The same with made-up ids, also within its texts; its own `id` is that of a `noun`."""
        if noun and isinstance(value, Mapping) and isinstance(value.get("id"), str):
            return {**self.document(value), "id": self.learn(noun, value["id"])}
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.document(each) for each in value]
        if isinstance(value, Mapping):
            return {name: self._member(name, each) for name, each in value.items()}
        return value

    def meet(self, value: Any) -> None:
        """Make up ids for all that the members of a document hold, before its texts are passed."""
        if isinstance(value, list):
            for each in value:
                self.meet(each)
        elif isinstance(value, Mapping):
            for name, each in value.items():
                if name.lower() in _OF_MEMBER:
                    self._member(name, each)
                else:
                    self.meet(each)

    def text(self, text: str) -> str:
        """Text in which the ids that are known are made up."""
        text = _IN_ADDRESS.sub(self._segment, text)
        return _WORD.sub(lambda found: self._word(found.group()), text)

    def _segment(self, found: re.Match[str]) -> str:
        noun, name = found.groups()
        return f"/{noun}/{self.learn(noun.removesuffix('s'), name)}"

    def _word(self, word: str) -> str:
        return self._in_texts.get(folded(word), word)

    def _member(self, name: str, value: Any) -> Any:
        noun = _OF_MEMBER.get(name.lower())
        if noun and isinstance(value, str) and value:
            return self.learn(noun, value)
        if noun and isinstance(value, list):
            return [self.learn(noun, each) if isinstance(each, str) else each for each in value]
        return self.document(value)

    def _kind(self, task_id: str) -> str:
        """Letters for the kind of a task: none for the first, then a, b, c and so on."""
        kind = kind_of(task_id)
        if kind not in self._kinds:
            number, letters = len(self._kinds), ""
            while number:
                number, digit = divmod(number - 1, 26)
                letters = chr(ord("a") + digit) + letters
            self._kinds[kind] = letters
        return self._kinds[kind]
