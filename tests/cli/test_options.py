"""Words of the command line that become moments and nodes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from batchdoctor.cli.options import node_names, parse_when
from batchdoctor.cli.world import World
from batchdoctor.core.names import NodeName
from batchdoctor.errors import UsageError
from tests.box import NOW, Stream


def world(stdin: bytes = b"", *, terminal: bool = False) -> World:
    return World(Stream(stdin, terminal=terminal), Stream(), Stream(), {}, lambda: NOW)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (None, None),
        ("30m", NOW - timedelta(minutes=30)),
        ("6h", NOW - timedelta(hours=6)),
        ("2d", NOW - timedelta(days=2)),
        ("1w", NOW - timedelta(weeks=1)),
        ("90s", NOW - timedelta(seconds=90)),
        ("1.5h", NOW - timedelta(minutes=90)),
        (" 6H ", NOW - timedelta(hours=6)),
        ("today", datetime(2026, 11, 21, tzinfo=UTC)),
        ("Yesterday", datetime(2026, 11, 20, tzinfo=UTC)),
        ("02:59", datetime(2026, 11, 21, 2, 59, tzinfo=UTC)),
        ("3:01", datetime(2026, 11, 20, 3, 1, tzinfo=UTC)),
        ("20261120", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T22:00:00Z", datetime(2026, 11, 20, 22, tzinfo=UTC)),
        ("2026-11-20T22:00:00", datetime(2026, 11, 20, 22, tzinfo=UTC)),
        (
            "2026-11-20T22:00:00+01:00",
            datetime(2026, 11, 20, 22, tzinfo=timezone(timedelta(hours=1))),
        ),
    ],
)
def test_a_moment_is_a_span_before_now_or_a_time_that_is_utc_without_a_zone(
    text: str | None, moment: datetime | None
) -> None:
    assert parse_when(text, "--since", NOW) == moment


@pytest.mark.parametrize("text", ["tomorrow", "6y", "-6h", "", "2026-13-01", "1e9d"])
def test_a_moment_that_is_none_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_when(text, "--since", NOW)
    assert refusal.value.hint == (
        "--since 30m, --since 6h, --since 2d, --since today, --since 22:30"
        " or --since 2026-11-20T22:00:00Z"
    )


@pytest.mark.parametrize("text", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-10:00"])
def test_a_time_that_utc_cannot_tell_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="outside of all time"):
        parse_when(text, "--since", NOW)


def test_a_span_longer_than_all_time_is_refused() -> None:
    with pytest.raises(UsageError, match="beginning of time"):
        parse_when("99999999d", "--since", NOW)


@pytest.mark.parametrize(
    ("words", "pool", "names"),
    [
        (["n1"], "p", ["p/n1"]),
        (["p/n1", "q/n2"], None, ["p/n1", "q/n2"]),
        (["p/n1", "n2"], "p", ["p/n1", "p/n2"]),
        (["n2", "n1", "n2"], "p", ["p/n2", "p/n1"]),
    ],
)
def test_nodes_are_named_with_their_pool_or_below_an_option_each_once_in_order(
    words: list[str], pool: str | None, names: list[str]
) -> None:
    assert [str(name) for name in node_names(words, pool, world())] == names


def test_a_dash_reads_nodes_from_standard_input_one_a_line() -> None:
    piped = world(b"p/n1\n\n  q/n2  \n")
    assert node_names(["-"], None, piped) == [NodeName("p", "n1"), NodeName("q", "n2")]


@pytest.mark.parametrize(
    ("words", "pool", "message"),
    [
        (["n1"], None, "The pool of the node 'n1' is not known."),
        (["q/n1"], "p", "q/n1 is not a node of the pool p."),
        (["p/"], None, "The pool of the node 'p/' is not known."),
        (["-"], "p", "No node was named."),
    ],
)
def test_nodes_that_cannot_be_told_are_refused(
    words: list[str], pool: str | None, message: str
) -> None:
    with pytest.raises(UsageError) as refusal:
        node_names(words, pool, world())
    assert refusal.value.message == message


def test_a_dash_on_a_terminal_is_refused_instead_of_waiting() -> None:
    with pytest.raises(UsageError, match="terminal"):
        node_names(["-"], "p", world(terminal=True))
