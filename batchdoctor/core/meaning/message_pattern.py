r"""Patterns of messages: plain text with a few wildcards, matched in time that grows with the line.

`*` is any text, `#` a number, `@` a name such as `java.lang.Error`; `^` at the front is where a
message begins (behind its time and level), `$` at the back where the line ends, and `~` at either
end where a clause does, as in `open: No such file`: text that stands so is what a program said, and
no part of a sentence. A backslash takes the meaning away. Pieces between two `*` are looked for one
after the other, each once, so that no line can make a pattern slow: no piece has a loop in a loop,
and every loop is bounded.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

LONGEST_PATTERN = 200
_FEWEST_LETTERS = 3
_NUMBER = r"\d{1,20}"
# No name begins within a name, so that a long one is tried from its front only.
_NAME = r"(?<![\w.$])[\w.$]{1,120}"
_CLAUSE_MARKS = r"[:\])(>\"'=,;|-]"
_CLAUSE_BEGINS = (
    rf"(?:^|(?<={_CLAUSE_MARKS})|(?<={_CLAUSE_MARKS} )"
    r"|(?<=due to )|(?<=error )|(?<=failed )|(?<=with )|(?<=because )|(?<=unavailable ))"
)
_CLAUSE_ENDS = r"(?=$|[:;.,)\]\"'!(\[|<]| [-:(\[|])"
_WORD_BEGINS = r"(?<![\w/\\.-])"
_WORD_ENDS = r"(?![\w/\\-]|\.\w)"
_WORDS = re.compile(r"[^\W_]\w*")
_QUOTES = frozenset("'\"`")
_UNKNOWN = re.compile(r"[*#@]")
_BLANKS = re.compile(r"\s{1,}")


class _Token(NamedTuple):
    """A character of a pattern, and whether it is a wildcard."""

    text: str
    wild: bool


class MessagePattern:
    """One pattern, ready to be looked for. Raises ValueError where it cannot mean anything.

    Its expressions are made when they are first needed: of thousands a text needs a few.
    """

    def __init__(self, text: str, *, case: bool = False, brief: bool = False) -> None:
        self.text = text
        self.case = case
        self._pieces: list[re.Pattern[str]] | None = None
        self._brief = brief
        plain = _plain_text(text).lower()
        self.words = frozenset(_whole_words(plain))
        """The words that every line has that matches, in small letters."""
        self.word = _longest(sorted(self.words))
        """The longest of them; empty if there is none."""
        self.needle = _longest(part.strip() for part in plain.split("\0"))
        """The longest plain text in it, in small letters."""
        # Quotation marks are of many kinds.
        self.mark = self.word if self.word and _QUOTES & set(self.needle) else self.needle
        """What of it stands in every line that matches, whatever the quotation marks of that."""

    def check(self) -> None:
        """Raise ValueError where the pattern is wrong."""
        _check(self.text, _tokens(self.text), brief=self._brief)

    @property
    def pieces(self) -> list[re.Pattern[str]]:
        """The regular expressions that it is made of, in their order."""
        if self._pieces is None:
            tokens = _tokens(self.text)
            self._pieces = [re.compile(piece) for piece in _pieces(tokens, case=self.case)]
        return self._pieces

    def found_in(self, line: str) -> tuple[int, int] | None:
        """Where it begins and ends in a line, in small letters unless `case` matters, or None.

        Each piece is looked for from the end of the one before.
        """
        begin, at = -1, 0
        for piece in self.pieces:
            found = piece.search(line, at)
            if found is None:
                return None
            begin = found.start() if begin < 0 else begin
            at = found.end()
        return begin, at


def _plain_text(text: str) -> str:
    r"""What every line has that matches, with a `\0` for each wildcard that may stand for text."""
    if "\\" in text:
        return "".join(map(_plain, _tokens(text)))
    front = text[1:] if text[:1] in "^~" else text
    return _UNKNOWN.sub("\0", front[:-1] if front[-1:] in "$~" else front)


def _tokens(text: str) -> list[_Token]:
    plain = _BLANKS.sub(" ", text.strip())
    found, escaped = [], False
    for place, character in enumerate(plain):
        if not escaped and character == "\\":
            escaped = True
            continue
        ends = {"^": place == 0, "$": place == len(plain) - 1}
        ends["~"] = ends["^"] or ends["$"]
        found.append(
            _Token(character, wild=not escaped and ends.get(character, character in "*#@"))
        )
        escaped = False
    if escaped:
        raise ValueError(f"{text!r} ends with a backslash that stands before nothing")
    return found


def _plain(token: _Token) -> str:
    """What of a token stands in the line: of a place nothing, of another wildcard who knows."""
    if not token.wild:
        return token.text
    return " " if token.text in "^$~" else "\0"


def _check(text: str, tokens: list[_Token], *, brief: bool) -> None:
    if len(text) > LONGEST_PATTERN:
        raise ValueError(f"a pattern has at most {LONGEST_PATTERN} characters: {text[:40]!r}...")
    plain = "".join(token.text for token in tokens if not token.wild)
    if not brief and sum(character.isalnum() for character in plain) < _FEWEST_LETTERS:
        raise ValueError(f"{text!r} has fewer than three letters or digits to look for")
    names = "".join(
        "@" if t == ("@", True) else "#" if t == ("#", True) else t.text for t in tokens
    )
    if re.search(r"[@#][\w.$]{0,200}[@#]", names):
        raise ValueError(f"in {text!r} two of # and @ stand in one word")
    if any(
        before.text in "_.$" or before.text.isalnum()
        for before, token in pairwise(tokens)
        if token == ("@", True) and not before.wild
    ):
        raise ValueError(f"in {text!r} a @ stands within a word, where no name begins")


def _pieces(tokens: list[_Token], *, case: bool) -> list[str]:
    """One regular expression for the text before, between and after each `*`."""
    parts: list[list[_Token]] = [[]]
    for token in tokens:
        if token == ("*", True):
            parts.append([])
        else:
            parts[-1].append(token)
    last = len(parts) - 1
    return [
        _piece(part, first=place == 0, last=place == last, case=case)
        for place, part in enumerate(parts)
        if part
    ]


def _piece(part: list[_Token], *, first: bool, last: bool, case: bool) -> str:
    written = "".join(
        _written(token, case=case, front=place == 0) for place, token in enumerate(part)
    )
    if first and not part[0].wild and _is_word(part[0]):
        written = _WORD_BEGINS + written
    if last and not part[-1].wild and _is_word(part[-1]):
        written += _WORD_ENDS
    return written


def _written(token: _Token, *, case: bool, front: bool) -> str:
    if not token.wild:
        return re.escape(token.text if case else token.text.lower())
    if token.text == "~":
        return _CLAUSE_BEGINS if front else _CLAUSE_ENDS
    return {"#": _NUMBER, "@": _NAME, "^": r"\A", "$": r"\Z"}[token.text]


def _is_word(token: _Token) -> bool:
    return token.text.isalnum() or token.text == "_"


def _whole_words(plain: str) -> list[str]:
    """The words of a pattern that touch no wildcard: they stand so in every line."""
    return [
        found[0]
        for found in _WORDS.finditer(plain)
        if "\0" not in plain[max(found.start() - 1, 0) : found.end() + 1]
        and plain[max(found.start() - 1, 0) : found.start()] != "_"
    ]


def _longest(texts: object) -> str:
    return max(texts, key=len, default="")  # type: ignore[call-overload, no-any-return]
