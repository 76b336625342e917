"""How width, colour and characters are decided from the environment and the stream."""

from __future__ import annotations

import pytest

from batchdoctor.report.terminal import Terminal, describe_terminal


@pytest.mark.parametrize(
    ("environ", "is_terminal", "colour"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"CLICOLOR_FORCE": "1"}, False, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"CLICOLOR": "0"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
    ],
)
def test_colour_is_off_when_refused_on_when_forced_and_else_follows_the_terminal(
    environ: dict[str, str], is_terminal: bool, colour: bool
) -> None:
    described = describe_terminal(environ, is_terminal=is_terminal, columns=100, encoding="utf-8")
    assert described.colour is colour


@pytest.mark.parametrize(
    ("environ", "is_terminal", "columns", "width"),
    [
        ({}, True, 132, 132),
        ({}, False, None, 80),
        ({"COLUMNS": "100"}, False, None, 100),
        ({"COLUMNS": "100"}, True, 132, 100),
        ({"COLUMNS": "0"}, True, 132, 132),
        ({"COLUMNS": "wide"}, False, None, 80),
        ({"COLUMNS": "5"}, False, None, 40),
        ({}, True, 0, 80),
    ],
)
def test_width_comes_from_columns_then_the_terminal_then_80(
    environ: dict[str, str], is_terminal: bool, columns: int | None, width: int
) -> None:
    described = describe_terminal(
        environ, is_terminal=is_terminal, columns=columns, encoding="utf-8"
    )
    assert described.width == width


@pytest.mark.parametrize(
    ("encoding", "arrives"),
    [("utf-8", True), ("UTF8", True), ("ascii", False), ("iso8859-1", False), (None, False)],
)
def test_characters_beyond_ascii_are_drawn_only_where_they_arrive(
    encoding: str | None, arrives: bool
) -> None:
    described = describe_terminal({}, is_terminal=True, columns=80, encoding=encoding)
    assert described == Terminal(width=80, colour=True, unicode=arrives, screen=True)
