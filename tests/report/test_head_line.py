"""The first line of every page: where one is, when, how far one looks, what is left out."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from batchdoctor.core.checked import Span
from batchdoctor.core.item import Item
from batchdoctor.core.names import AccountName
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head, at_most, only
from batchdoctor.report.head_line import head_lines
from batchdoctor.report.page import Column
from batchdoctor.report.paint import Painter
from batchdoctor.report.table import write_table
from batchdoctor.report.terminal import Terminal
from tests.box import NOW

HOST = "prod.westeurope.batch.azure.com"
PROD = AccountName(HOST, "prod")
HEAD = Head("triage", HOST, NOW, where=PROD, span=Span(NOW - timedelta(hours=6), NOW))


def lines(head: Head, width: int = 80) -> list[str]:
    return list(head_lines(head, Painter(Terminal(width))))


def test_it_names_the_host_the_time_in_utc_and_the_span() -> None:
    assert lines(HEAD) == [f"{HOST}  2026-11-21 03:00 UTC  last 6 h"]


def test_it_names_the_profile_and_that_it_is_protected() -> None:
    head = replace(HEAD, where=AccountName(HOST, "prod", "night"))
    assert lines(head) == [f"{HOST} (profile night)  2026-11-21 03:00 UTC  last 6 h"]
    head = replace(HEAD, where=AccountName(HOST, "prod", "night", protected=True), span=None)
    assert lines(head) == [f"{HOST} (profile night, protected)  2026-11-21 03:00 UTC"]


def test_the_name_stands_before_a_host_that_does_not_tell_it() -> None:
    head = replace(HEAD, where=AccountName("127.0.0.1:8443", "sandbox"))
    assert lines(head) == ["sandbox at 127.0.0.1:8443  2026-11-21 03:00 UTC  last 6 h"]


def test_a_host_loses_what_all_of_them_end_with_before_the_line_gets_a_second() -> None:
    head = replace(HEAD, left_out=only("pool", "render-linux"))
    assert lines(head, 90)[0].startswith(f"{HOST}  ")
    assert lines(head) == [
        "prod.westeurope  2026-11-21 03:00 UTC  last 6 h  only pool render-linux"
    ]


def test_a_host_of_another_cloud_is_told_whole() -> None:
    host = "prod.chinaeast2.batch.chinacloudapi.cn"
    head = replace(HEAD, where=AccountName(host, "prod"), left_out=only("pool", "render-linux"))
    assert lines(head) == [
        f"{host}  2026-11-21 03:00 UTC  last 6 h",
        "only pool render-linux",
    ]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_many_ids_are_folded_between_them_and_none_is_cut(width: int) -> None:
    jobs = [f"nightly-{n:02}-of-the-render-farm" for n in range(6)]
    shown = lines(replace(HEAD, left_out=only("job", jobs)), width)
    assert max(map(len, shown)) <= max(width, len(f"{HOST} "))
    assert [job for job in jobs if job not in " ".join(shown)] == []


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(), "all time"),
        (Span(None, NOW), "all time"),
        (Span(NOW - timedelta(days=1), NOW), "last 1 d"),
        (Span(NOW - timedelta(hours=3), NOW - timedelta(hours=1)), "2026-11-21 00:00 to 02:00 UTC"),
        (
            Span(NOW - timedelta(hours=6), NOW - timedelta(hours=1)),
            "2026-11-20 21:00 to 2026-11-21 02:00 UTC",
        ),
        (Span(None, NOW - timedelta(hours=1)), "until 2026-11-21 02:00 UTC"),
    ],
)
def test_the_span_is_told_as_people_say_it(span: Span, words: str) -> None:
    head = Head("events parse", None, NOW, source="event logs", span=span)
    assert lines(head) == [f"event logs  2026-11-21 03:00 UTC  {words}"]


def test_filters_and_limits_are_what_was_left_out() -> None:
    assert (*only("job", ["b", "a"]), *only("pool", None), *at_most(1200), *at_most(None)) == (
        "only job a, b",
        "first 1,200",
    )


def test_it_is_dim_and_coloured_for_a_protected_account() -> None:
    painter = Painter(Terminal(colour=True))
    (dim,) = head_lines(HEAD, painter)
    protected = replace(HEAD, where=AccountName(HOST, "prod", "night", protected=True))
    (coloured,) = head_lines(protected, painter)
    assert (dim[:4], coloured[:5]) == ("\x1b[2m", "\x1b[33m")


def test_what_an_id_holds_cannot_reach_the_terminal() -> None:
    (line,) = lines(replace(HEAD, left_out=only("job", "\x1b[2Jgone")))
    assert "\x1b" not in line


class Row(Item, frozen=True):
    """One word."""

    word: str


def page_of(rows: Iterator[Row]) -> str:
    out = io.StringIO()
    columns: Any = (Column[Row]("WORD", lambda row: row.word),)
    document = Document(
        head=HEAD,
        item_type=Row,
        items=rows,
        ending=lambda: Ending(Item(), (), (), "Done."),
        name_of=lambda _: None,
        columns=columns,
    )
    with suppress(LookupError):
        write_table(document, out.write, Terminal())
    return out.getvalue()


def test_it_stands_once_above_rows_and_above_a_page_without_any() -> None:
    (head,) = lines(HEAD)
    assert page_of(iter([Row("a"), Row("b")])) == f"{head}\nWORD\na\nb\n\nDone.\n"
    assert page_of(iter(())) == f"{head}\nDone.\n"


def test_nothing_stands_where_the_question_failed() -> None:
    def failing() -> Iterator[Row]:
        raise LookupError
        yield

    assert page_of(failing()) == ""
