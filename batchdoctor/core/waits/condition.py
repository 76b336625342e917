"""What can be waited for, as it is written behind `--until`: `done`, `failed>5%`, `nodes>=8`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction

import msgspec

from batchdoctor.core.nodes.states import STATES
from batchdoctor.errors import UsageError


class Noun(StrEnum):
    """What can be waited for."""

    JOB = "job"
    POOL = "pool"
    NODE = "node"
    TASK = "task"


class Threshold(msgspec.Struct, frozen=True):
    """A number to be exceeded, or with `reached` to be reached; with `percent` a share of all."""

    number: Fraction
    reached: bool
    percent: bool

    def met(self, count: int, total: int) -> bool:
        """Whether a count meets it; a share of nothing meets none."""
        if self.percent and not total:
            return False
        value = Fraction(count * 100, total) if self.percent else Fraction(count)
        return value >= self.number if self.reached else value > self.number


class Condition(msgspec.Struct, frozen=True):
    """What is waited for: `text` as it was written, `goal` its first word in lower case."""

    text: str
    goal: str
    threshold: Threshold | None = None

    @property
    def _is_had(self) -> bool:
        return self.threshold is not None or self.goal in {"succeeded", "failed"}

    @property
    def words(self) -> str:
        """What is said of the thing once it is so: `is done`, `has nodes>=8`."""
        return f"has {self.text}" if self._is_had else f"is {self.text}"

    @property
    def hope(self) -> str:
        """What is said that it can do: `be done`, `have nodes>=8`."""
        return f"have {self.text}" if self._is_had else f"be {self.text}"


# The words of each noun that are no state of it; the first is what is waited for if none is given.
WORDS: Mapping[Noun, tuple[str, ...]] = {
    Noun.JOB: ("done", "idle"),
    Noun.POOL: ("steady",),
    Noun.NODE: ("ready", "gone"),
    Noun.TASK: ("done", "succeeded", "failed"),
}
# https://learn.microsoft.com/rest/api/batchservice/tasks/get-task ; `completed` is `done`.
_TASK_STATES = ("active", "preparing", "running")
_STATES: Mapping[Noun, tuple[str, ...]] = {
    Noun.JOB: (),
    Noun.POOL: (),
    Noun.NODE: tuple(STATES),
    Noun.TASK: _TASK_STATES,
}
_MEASURES: Mapping[Noun, str] = {Noun.JOB: "failed", Noun.POOL: "nodes"}
_FORMS: Mapping[Noun, str] = {
    Noun.JOB: "done, idle, failed>N or failed>P%",
    Noun.POOL: "steady or nodes>=N",
    Noun.NODE: "ready, gone or a state such as idle, running or offline",
    Noun.TASK: "done, succeeded, failed, active, preparing or running",
}
_THRESHOLD = re.compile(
    r"(?P<word>[a-z]+)\s*(?P<sign>>=?)\s*(?P<number>\d{1,9}(\.\d{1,9})?)(?P<percent>%?)"
)


def conditions_of(noun: Noun, texts: Sequence[str]) -> tuple[Condition, ...]:
    """What was written behind `--until`, several of which may be; the usual one if none was.

    Raises UsageError for what this noun cannot be waited for.
    """
    return tuple(_condition_of(noun, text) for text in texts or WORDS[noun][:1])


def _condition_of(noun: Noun, text: str) -> Condition:
    told = text.strip()
    word = told.replace("_", "").lower()
    if word in WORDS[noun] or word in _STATES[noun]:
        return Condition(told, word)
    if match := _THRESHOLD.fullmatch(word):
        return _measured(noun, told, match)
    raise _unknown(noun, text)


def _measured(noun: Noun, text: str, match: re.Match[str]) -> Condition:
    if match["word"] != _MEASURES.get(noun) or (noun is Noun.POOL and match["percent"]):
        raise _unknown(noun, text)
    number, percent = Fraction(match["number"]), bool(match["percent"])
    reached = match["sign"] == ">="
    hundred = 100
    if percent and (number > hundred or (number == hundred and not reached)):
        raise UsageError(f"--until {text} can never be so: a share is 100 % at most.")
    return Condition(text, match["word"], Threshold(number, reached, percent))


def _unknown(noun: Noun, text: str) -> UsageError:
    return UsageError(
        f"--until {text!r} is nothing that a {noun.value} can be waited for.",
        hint=f"--until takes {_FORMS[noun]}",
    )
