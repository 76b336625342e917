"""Options that several nouns take, and the words of the command line parsed into values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from batchdoctor.cli.world import World
from batchdoctor.core.names import NodeName, folded, same_id
from batchdoctor.core.text.command_line import command_line
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import UsageError

# More of anything than there is; Python counts no further.
MOST = 10**9
_SPAN = re.compile(r"(?P<count>\d+(?:\.\d+)?)\s*(?P<unit>[smhdw])")
_TIME_OF_DAY = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})")
_DAYS_AGO = {"today": 0, "yesterday": 1}
# `20261121` is a date, anything shorter a number without its unit.
_DIGITS_OF_A_DATE = 8
# Options that take ids, and so `-` for those of standard input.
_OF_IDS = frozenset({"job", "pool", "node", "task"})
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class FailOn(StrEnum):
    """Values of `--fail-on`; where things have no severity they all mean the same."""

    ANY = "any"
    WARNING = "warning"
    ERROR = "error"


JobOption = Annotated[
    str | None, typer.Option("--job", "--job-id", help="Job of the task.", metavar="JOB")
]
TaskOption = Annotated[
    str | None, typer.Option("--task", "--task-id", help="The task, or JOB/TASK.", metavar="TASK")
]
JobWord = Annotated[str | None, typer.Argument(help="The job, instead of --job.", metavar="[JOB]")]
OneJob = Annotated[str | None, typer.Option("--job", "--job-id", help="The job.", metavar="JOB")]
PoolWord = Annotated[
    str | None, typer.Argument(help="The pool, instead of --pool.", metavar="[POOL]")
]
OnePool = Annotated[
    str | None, typer.Option("--pool", "--pool-id", help="The pool.", metavar="POOL")
]
FailOnAny = Annotated[
    FailOn | None,
    typer.Option(
        "--fail-on",
        help="Status 10 if found: any, warning, error alike.",
        metavar="LEVEL",
    ),
]
FailOnSeverity = Annotated[
    FailOn | None,
    typer.Option(
        "--fail-on",
        help="Status 10 from here on: any, warning, error.",
        metavar="LEVEL",
    ),
]
Jobs = Annotated[
    list[str] | None,
    typer.Option("--job", "--job-id", help="Only this job; again for more.", metavar="JOB"),
]
Pools = Annotated[
    list[str] | None,
    typer.Option("--pool", "--pool-id", help="Only this pool; again for more.", metavar="POOL"),
]
MessagesFile = Annotated[
    Path | None,
    typer.Option(
        "--messages", help="[[message]] tables that come first.", metavar="FILE", hidden=True
    ),
]
Since = Annotated[
    str | None,
    typer.Option(help="Only ended since: 6h, today, 22:30, a time.", metavar="WHEN"),
]
Until = Annotated[
    str | None,
    typer.Option(help="Only ended until: 6h, today, 22:30, a time.", metavar="WHEN"),
]


def one_name(kind: str, word: str | None, option: str | None, world: World) -> str:
    """The one job or pool that is named, by an argument or by its option. Raises UsageError."""
    given = expanded_words([each for each in (word, option) if each], world)
    names = list({folded(each): each for each in given}.values())
    if len(names) > 1:
        both = f"Two {kind}s are named: {names[0]} and {names[1]}."
        raise UsageError(both, hint="name one of them")
    if not names:
        raise UsageError(f"The {kind} is not named.", hint=f"give {kind.upper()}, or --{kind}")
    return names[0]


def is_span(text: str) -> bool:
    """Whether a text is a span of time, such as `8h`, and no moment."""
    return bool(_SPAN.fullmatch(text.strip().lower()))


def named(words: Sequence[str] | None, options: Sequence[str] | None, world: World) -> list[str]:
    """What is named by arguments and by options, `-` for the lines of standard input."""
    return expanded_words([*(words or ()), *(options or ())], world)


def names_in_short(names: Sequence[NodeName]) -> str:
    """Which nodes a command is about, to be put behind its name."""
    return str(names[0]) if len(names) == 1 else f"of {len(names)} nodes"


def parse_when(text: str | None, option: str, now: datetime) -> datetime | None:
    """A moment: a span before `now`, a day's beginning, a time of day that was last, or a time.

    All in UTC, unless an ISO 8601 time names a zone. Raises UsageError.
    """
    if text is None:
        return None
    word = text.strip().lower()
    if span := _SPAN.fullmatch(word):
        return _moment_before(now, span, option)
    if word in _DAYS_AGO:
        return midnight(now) - timedelta(days=_DAYS_AGO[word])
    if of_day := _TIME_OF_DAY.fullmatch(word):
        return _last_time_of_day(now, of_day, option)
    if word.isdecimal() and len(word) < _DIGITS_OF_A_DATE:
        raise UsageError(
            f"{option} {text}: {text} of what?",
            hint=f"{option} {word}m, {option} {word}h or {option} {word}d",
        )
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(
            f"{option} does not understand {text!r}.",
            hint=f"{option} 30m, {option} 6h, {option} 2d, {option} today, {option} 22:30"
            f" or {option} 2026-11-20T22:00:00Z",
        ) from None
    try:
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except OverflowError:
        raise UsageError(f"{option} {text} lies outside of all time in UTC.") from None


def midnight(now: datetime) -> datetime:
    """The beginning of a day, in UTC."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _last_time_of_day(now: datetime, told: re.Match[str], option: str) -> datetime:
    try:
        when = midnight(now).replace(hour=int(told["hour"]), minute=int(told["minute"]))
    except ValueError:
        raise UsageError(
            f"{option} {told[0]} is no time of a day.", hint=f"{option} 22:30, in UTC"
        ) from None
    return when if when <= now else when - timedelta(days=1)


def parse_span(text: str | None, option: str) -> float | None:
    """Seconds: a number of them, or a span such as `30m`. Raises UsageError."""
    if text is None:
        return None
    told = text.strip().lower()
    span = _SPAN.fullmatch(told if not told.replace(".", "", 1).isdigit() else f"{told}s")
    if span is None:
        raise UsageError(
            f"{option} does not understand {text!r}.",
            hint=f"{option} 90, {option} 30m or {option} 6h",
        )
    try:
        return timedelta(**{_UNITS[span["unit"]]: float(span["count"])}).total_seconds()
    except OverflowError:
        raise UsageError(f"{option} {text} is longer than all time.") from None


def _moment_before(now: datetime, span: re.Match[str], option: str) -> datetime:
    try:
        return now - timedelta(**{_UNITS[span["unit"]]: float(span["count"])})
    except OverflowError:
        raise UsageError(f"{option} {span[0]} lies before the beginning of time.") from None


def node_names(
    words: Sequence[str], pool_id: str | None, world: World, *, anywhere: bool = False
) -> list[NodeName]:
    """Nodes written as `NODE` with `--pool`, as `POOL/NODE`, or as `-` for lines of those.

    The order is kept and each node is named once; `anywhere` lets a pool be unknown, and empty.
    Raises UsageError.
    """
    found: dict[tuple[str, str], NodeName] = {}
    for word in expanded_words(words, world):
        pool, slash, node = word.rpartition("/")
        if slash and pool_id and not same_id(pool, pool_id):
            raise UsageError(
                f"{word} is not a node of the pool {pool_id}.",
                hint="leave out --pool, or name nodes of that pool only",
            )
        if not (pool or pool_id or anywhere) or not node or (slash and not pool):
            raise UsageError(
                f"The pool of the node {word!r} is not known.",
                hint=f"write POOL/{node or 'NODE'}, or add --pool POOL; "
                f"{command_line('node', 'show', node or 'NODE')} names the pool",
            )
        name = NodeName(pool or pool_id or "", node)
        found.setdefault(name.key, name)
    if not found:
        raise UsageError("No node was named.", hint="name nodes, or pipe `-o ids` into `-`")
    return list(found.values())


def names_read(values: Mapping[str, Any], world: World) -> dict[str, Any]:
    """The options that take ids and were given `-`, with what standard input names.

    Raises UsageError where one id is taken and none or several are named.
    """
    read: dict[str, Any] = {}
    for option in _OF_IDS & values.keys():
        value = values[option]
        if value == "-":
            read[option] = _only_one(option, expanded_words(["-"], world))
        elif isinstance(value, list) and "-" in value:
            read[option] = expanded_words(value, world)
    return read


def _only_one(option: str, ids: Sequence[str]) -> str:
    if len(ids) != 1:
        raise UsageError(
            f"Standard input names {plural(len(ids), option)}, and one is taken.",
            hint=f"give --{option} {option.upper()}",
        )
    return ids[0]


def expanded_words(words: Sequence[str], world: World) -> list[str]:
    """Words of the command line, `-` replaced by the lines of standard input. UsageError."""
    expanded: list[str] = []
    for word in words:
        if word != "-":
            expanded.append(word)
        elif world.stdin.isatty():
            raise UsageError("`-` reads standard input, which is a terminal here.")
        else:
            # Which brings in the reading of logs, with its encodings.
            from batchdoctor.cli.piped import piped_ids

            expanded += piped_ids(world)
    return expanded


def refuse_empty(paths: Sequence[str]) -> None:
    """Raise UsageError for a path without a letter, as a variable that is not set leaves it."""
    if "" in paths:
        raise UsageError("A path is empty.", hint="a variable of the shell may not be set")
