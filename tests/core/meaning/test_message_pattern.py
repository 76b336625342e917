"""The patterns of messages: what they match, and that no text can make one slow."""

from __future__ import annotations

import re
import re._constants as constants  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator
from typing import Any

import pytest

from batchdoctor.core.failures import template
from batchdoctor.core.meaning import chatter
from batchdoctor.core.meaning.message_entry import message_catalog, patterns_of
from batchdoctor.core.meaning.message_pattern import MessagePattern

REPEATS = {constants.MAX_REPEAT, constants.MIN_REPEAT}
EVERY = [
    pattern
    for entry in message_catalog()
    for patterns in patterns_of(entry)
    for pattern in patterns
]


@pytest.mark.parametrize(
    ("pattern", "line", "is_found"),
    [
        ("disk full", "error: disk full", True),
        ("disk full", "error: disk fuller", False),
        ("disk full", "wrote /out/disk full", False),
        ("disk full*", "error: disk fuller", True),
        ("exit code #", "ended with exit code 137.", True),
        ("exit code #", "ended with exit code x", False),
        ("^@Error: *", "acme.io.MeshError: none", True),
        ("^@Error: *", "so MeshError: none", False),
        ("is not defined$", "x is not defined", True),
        ("is not defined$", "x is not defined here", False),
        ("~no such file~", "cat: a: No such file", True),
        ("~no such file~", "there is no such file here", False),
        ("a lot * of * gaps", "a lot more of the gaps", True),
        ("a lot * of * gaps", "gaps of a lot", False),
        ("\\*\\*\\* error", "*** error", True),
        ("costs 5$ each", "it costs 5$ each", True),
    ],
)
def test_a_pattern_matches_plain_text_and_its_wildcards(
    pattern: str, line: str, is_found: bool
) -> None:
    case = "Error" in pattern
    made = MessagePattern(pattern, case=case)
    made.check()
    assert (made.found_in(line if case else line.lower()) is not None) == is_found


def loops(tree: Any) -> Iterator[tuple[int, int, Any]]:
    """Every loop of an expression: its bounds, and what is in it."""
    for operation, argument in tree:
        if operation in REPEATS:
            low, high, inside = argument
            yield low, high, inside
            yield from loops(inside)
        elif operation is constants.SUBPATTERN:
            yield from loops(argument[-1])
        elif operation is constants.BRANCH:
            for branch in argument[1]:
                yield from loops(branch)
        elif operation in {constants.ASSERT, constants.ASSERT_NOT}:
            yield from loops(argument[1])


def test_no_piece_of_a_pattern_has_a_loop_in_a_loop_and_every_loop_is_bounded() -> None:
    for pattern in EVERY:
        for piece in pattern.pieces:
            found = list(loops(parser.parse(piece.pattern)))
            assert all(high <= 120 for _, high, _ in found), piece.pattern
            assert not [each for _, _, inside in found for each in loops(inside)], piece.pattern


def test_a_name_is_never_looked_for_from_within_a_name() -> None:
    """So that of a long name only the front is tried, each end of it once."""
    for pattern in EVERY:
        for piece in pattern.pieces:
            before = piece.pattern.split(r"[\w.$]{1,120}")[:-1]
            assert all(part.endswith(r"(?<![\w.$])") for part in before)


def test_the_loops_around_the_patterns_are_bounded_too() -> None:
    expressions = [
        value
        for module in (chatter, template)
        for value in vars(module).values()
        if isinstance(value, re.Pattern)
    ]
    assert len(expressions) > 8
    for expression in expressions:
        for _, high, _ in loops(parser.parse(expression.pattern)):
            # One loop that is all of an expression cannot be walked in two ways.
            assert high <= 600 or expression.pattern == r"\s{1,}", expression.pattern


def test_a_line_is_looked_at_up_to_its_limit() -> None:
    assert len(chatter.read_line("x" * 10_000_000).whole) == chatter.LONGEST_LINE
