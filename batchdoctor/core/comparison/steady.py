"""Takes out of names and settings what is another one in each run: ids, dates, signatures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from batchdoctor.core.names import folded

# Words stand between what is neither letter nor digit; `_` joins as `-` does.
_BEGINS, _ENDS = r"(?<![A-Za-z0-9])", r"(?![A-Za-z0-9])"
_HEX = "[0-9a-fA-F]"
_MONTH, _DAY = "(?:0[1-9]|1[0-2])", "(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"[0-2][0-9][:_-]?[0-5][0-9](?:[:_-]?[0-5][0-9](?:[.,][0-9]{1,9})?)?"
_VARIES = re.compile(
    rf"(?P<id>{_BEGINS}{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}{_ENDS}"
    # Without hyphens, or a work folder's; 40 and 64 digits are of a revision and of content.
    rf"|{_BEGINS}(?=[a-fA-F]*[0-9])(?:{_HEX}{{41,63}}|{_HEX}{{24,39}}){_ENDS})"
    rf"|(?P<date>{_BEGINS}(?:19|20)[0-9]{{2}}(?:[-/_]?{_MONTH}[-/_]?{_DAY}|[-/]{_MONTH})"
    rf"(?:[T _.-]?{_TIME})?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})?{_ENDS}"
    # Seconds or milliseconds since 1970, from 2017 to 2033: no power of two is among them.
    rf"|{_BEGINS}1[5-9][0-9]{{8}}(?:[0-9]{{3}})?{_ENDS})"
)
# Hexadecimal words that hold a digit, as hashes and parts of a UUID do.
_HASH = re.compile(rf"{_BEGINS}(?=[a-fA-F]*[0-9]){_HEX}{{6,64}}{_ENDS}")
_NUMBER = re.compile(r"[0-9]+")
_QUERY = re.compile(r"(?<=[^\s?'\"])\?[^\s'\"]*(?:sig|se|st|sv)=[^\s'\"]*", re.IGNORECASE)
# Shorter parts of an id are too likely to be something else in a text.
_SHORTEST = 4
_SHORTEST_ID = 3


@lru_cache(maxsize=4096)
def shape_of(an_id: str) -> str:
    """An id but for its dates and hashes: what runs of one kind have in common."""
    return _HASH.sub("#", _VARIES.sub("#", folded(an_id)))


@lru_cache(maxsize=4096)
def looser_shape_of(an_id: str) -> str:
    """The same but for all numbers too, such as `run-17`."""
    return _NUMBER.sub("#", shape_of(an_id))


@lru_cache(maxsize=65_536)
def kind_name(task_id: str) -> str:
    """What kind of task an id stands for, in a word: `frame-#` for `frame-0017`."""
    return _NUMBER.sub("#", _HASH.sub("#", _VARIES.sub("#", task_id)))


class Steadying:
    """Texts of one run, but for what is another one in each run.

    `ids` are the run's own: its job and, if it is about one, its task; `own_words` are, too,
    however short.
    """

    def __init__(self, ids: Iterable[str | None], own_words: Iterable[str] = ()) -> None:
        words = {folded(word): "<id>" for word in own_words}
        for an_id in filter(None, ids):
            if len(an_id) >= _SHORTEST_ID:
                words[folded(an_id)] = "<id>"
            for found in (*_VARIES.finditer(an_id), *_HASH.finditer(an_id)):
                if len(found.group()) >= _SHORTEST:
                    words[folded(found.group())] = "<id>"
        ordered = sorted(words, key=len, reverse=True)
        pattern = "|".join(map(re.escape, ordered))
        self._ids = re.compile(rf"{_BEGINS}(?:{pattern}){_ENDS}", re.IGNORECASE) if words else None

    def text(self, text: str) -> str:
        """The text; a query that gives access is left out, and so is what may be a date."""
        text = without_access(text)
        if self._ids is not None:
            text = self._ids.sub("<id>", text)
        return _VARIES.sub(lambda found: f"<{found.lastgroup}>", text)


def without_access(text: str) -> str:
    """A text whose addresses have lost the queries that give access."""
    return _QUERY.sub("", text) if "?" in text else text


def without_numbers(text: str) -> str:
    """A text in which numbers are all the same."""
    return _NUMBER.sub("#", text)
