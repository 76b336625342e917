"""The page for people: whole pages at given widths, in colour and without."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.item import Item
from batchdoctor.core.problem import Problem
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import (
    Block,
    Card,
    Cards,
    Column,
    Commands,
    Count,
    Counts,
    Note,
    Pairs,
    Tone,
)
from batchdoctor.report.table import write_table
from batchdoctor.report.terminal import Terminal

LONG_NODE = "tvmps_d60153fb260c911cd921ac8003a07aad582b51c4024f09657a154ab6b1578235_d"


class Row(Item, frozen=True):
    """A failed task as a table shows it."""

    task: str
    node: str
    exit_code: int = 1
    category: str = "application"


COLUMNS: tuple[Column[Row], ...] = (
    Column("CATEGORY", lambda item: item.category, tone_of=lambda _: Tone.BAD),
    Column("TASK", lambda item: item.task),
    Column("EXIT", lambda item: str(item.exit_code), right=True),
    Column("NODE", lambda item: item.node, lead=False),
)


def page(
    items: Sequence[Row] = (),
    blocks: Sequence[Block] = (),
    *,
    terminal: Terminal = Terminal(),  # noqa: B008 - frozen
    problems: tuple[Problem, ...] = (),
    heading: str | None = None,
    verdict: str = "2 failed tasks.",
) -> str:
    out = io.StringIO()
    document = Document(
        head=Head("tasks failed", None, datetime(2026, 11, 21, tzinfo=UTC)),
        item_type=Row,
        items=iter(items),
        ending=lambda: Ending(Item(), problems, blocks, verdict),
        name_of=lambda _: None,
        columns=COLUMNS if items else (),
        heading=heading,
    )
    write_table(document, out.write, terminal)
    return out.getvalue()


def test_rows_that_fit_stand_on_one_line_each_and_the_verdict_is_last() -> None:
    assert page([Row("j/a", "p/n1"), Row("j/long-name", "p/n2", 137)], heading="failed") == (
        "offline  2026-11-21 00:00 UTC\n"
        "failed\n"
        "\n"
        "CATEGORY     TASK         EXIT  NODE\n"
        "application  j/a             1  p/n1\n"
        "application  j/long-name   137  p/n2\n"
        "\n"
        "2 failed tasks.\n"
    )


def test_rows_that_do_not_fit_take_two_lines_and_no_id_is_cut() -> None:
    shown = page([Row("j/a", LONG_NODE)])
    assert shown == (
        "offline  2026-11-21 00:00 UTC\n"
        "CATEGORY     TASK  EXIT\n"
        "    NODE\n"
        "application  j/a      1\n"
        f"    {LONG_NODE}\n"
        "\n"
        "2 failed tasks.\n"
    )
    assert max(map(len, shown.splitlines())) <= 80


def test_widths_are_measured_on_the_first_rows_and_a_later_longer_cell_is_still_whole() -> None:
    items = [Row(f"j/{n}", "p/n") for n in range(250)] + [Row("j/" + "x" * 30, "p/n")]
    assert f"application  j/{'x' * 30}     1  p/n\n" in page(items)


def test_rows_are_written_before_all_of_them_are_known() -> None:
    out = io.StringIO()
    seen: list[int] = []

    def stream() -> Iterator[Row]:
        for n in range(1000):
            seen.append(out.getvalue().count("\n"))
            yield Row(f"j/{n}", "p/n")

    document = Document(
        head=Head("c", None, datetime(2026, 11, 21, tzinfo=UTC)),
        item_type=Row,
        items=stream(),
        ending=lambda: Ending(Item(), (), (), "v"),
        name_of=lambda _: None,
        columns=COLUMNS,
    )
    write_table(document, out.write, Terminal())
    assert seen[999] > 900


def test_every_kind_of_block_is_drawn_without_colour_and_without_losing_a_word() -> None:
    blocks: list[Block] = [
        Pairs([("events", "12"), ("malformed", "1")], "Log"),
        Counts("By category", [Count("node", 3, "the node's fault", Tone.BAD)], 4),
        Cards(
            [
                Card(
                    "BROKEN",
                    Tone.BAD,
                    "p/n1  unusable",
                    ["The disk is full." + " It is full." * 9],
                    ["cmd a"],
                ),
                Card("WATCH", Tone.WARN, "p/n2"),
            ],
            "Nodes",
        ),
        Commands("Next", [("look at its output", "batchdoctor files get stderr"), ("", "x")]),
        Note("A last word.", Tone.WARN),
    ]
    assert page(blocks=blocks, problems=(Problem("job x", "it is gone"),)) == (
        "offline  2026-11-21 00:00 UTC\n"
        "not read: job x: it is gone\n"
        "\n"
        "Log\n"
        "events     12\n"
        "malformed  1\n"
        "\n"
        "By category\n"
        "node  3  ███████████████·····  75%  the node's fault\n"
        "\n"
        "Nodes\n"
        "BROKEN  p/n1  unusable\n"
        "        The disk is full. It is full. It is full. It is full. It is full. It is\n"
        "        full. It is full. It is full. It is full. It is full.\n"
        "        $ cmd a\n"
        "\n"
        "WATCH   p/n2\n"
        "\n"
        "Next\n"
        "  look at its output\n"
        "    $ batchdoctor files get stderr\n"
        "  $ x\n"
        "\n"
        "A last word.\n"
        "\n"
        "2 failed tasks.\n"
    )


def test_a_terminal_that_knows_ascii_only_gets_ascii_bars() -> None:
    shown = page(
        blocks=[Counts("By", [Count("a", 1)], 2)], terminal=Terminal(width=80, unicode=False)
    )
    assert shown.isascii()
    assert "##########.........." in shown


def test_a_command_line_is_never_folded_however_long() -> None:
    command = f"batchdoctor node disable {LONG_NODE} --pool {LONG_NODE} --requeue"
    assert f"$ {command}\n" in page(blocks=[Commands("Next", [("", command)])])


def test_a_verdict_is_folded_on_a_screen_and_one_line_for_whoever_takes_the_last_one() -> None:
    verdict = "1 error, 1 note in pool render (now, and failures of the last 24 h)."
    assert page(verdict=verdict).splitlines()[-1] == verdict
    folded = page(verdict=verdict, terminal=Terminal(width=60, screen=True)).splitlines()[-2:]
    assert " ".join(folded) == verdict
    assert max(map(len, folded)) <= 60


@pytest.mark.parametrize("blocks", [[], [Counts("By", [Count("a", 1, tone=Tone.BAD)], 2)]])
def test_colour_adds_nothing_but_colour(blocks: list[Block]) -> None:
    items = [Row("j/a", "p/n1")]
    plain = page(items, blocks)
    coloured = page(items, blocks, terminal=Terminal(width=80, colour=True))
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@given(st.text(), st.text())
def test_nothing_in_an_item_reaches_the_terminal_as_a_control_character(
    task: str, node: str
) -> None:
    shown = page([Row(task, node)], [Pairs([(task, node)]), Note(node)])
    assert not set(shown) & set("\x00\x07\x08\x0b\x0c\r\x1b\x7f\x9b\u202e\u2028")


def test_a_line_that_is_a_little_too_wide_is_aligned_less_before_an_id_is_broken() -> None:
    longest = f"j/{'x' * 23}"
    items = [Row("j/1", "n", category="ok"), Row(longest, "n", category="ok"), Row("j/2", "n")]
    at_40 = page(items, terminal=Terminal(width=40)).splitlines()[1:9:2]
    assert at_40 == [
        "CATEGORY     TASK                   EXIT",
        "ok           j/1                       1",
        "ok       j/xxxxxxxxxxxxxxxxxxxxxxx     1",
        "application  j/2                       1",
    ]
    # One that would stick out all the same moves nothing.
    at_20 = page(items, terminal=Terminal(width=20)).splitlines()
    assert f"ok           {longest}     1" in at_20
