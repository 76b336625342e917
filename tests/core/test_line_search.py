"""Lines of a file that match, with the lines around them, however its bytes are cut."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.line_search import LONGEST_LINE, LineSearch

TEXT = b"one\ntwo error\nthree\nfour\nfive error\nsix error\nseven\n"


def found(
    pattern: str, blocks: Iterable[bytes], context: int = 0, flags: int = 0
) -> list[tuple[int, str, list[str], list[str]]]:
    search = LineSearch(re.compile(pattern, flags), context)
    return [(f.number, f.line, list(f.before), list(f.after)) for f in search.found(blocks)]


def test_lines_are_numbered_from_one() -> None:
    assert [(number, line) for number, line, *_ in found("error", [TEXT])] == [
        (2, "two error"),
        (5, "five error"),
        (6, "six error"),
    ]


def test_a_line_around_matches_is_told_once() -> None:
    assert found("error", [TEXT], context=1) == [
        (2, "two error", ["one"], ["three"]),
        (5, "five error", ["four"], []),
        (6, "six error", [], ["seven"]),
    ]


@given(cuts=st.lists(st.integers(0, len(TEXT)), max_size=6), context=st.integers(0, 3))
@pytest.mark.parametrize("pattern", ["error", "err.r", "^t", "seven$"])
def test_where_the_bytes_are_cut_changes_nothing(
    pattern: str, cuts: list[int], context: int
) -> None:
    at = [0, *sorted(cuts), len(TEXT)]
    blocks = [TEXT[start:end] for start, end in pairwise(at)]
    assert found(pattern, blocks, context) == found(pattern, [TEXT], context)


def test_a_last_line_without_an_end_and_ends_of_windows_are_lines() -> None:
    assert found("$", [b"a\r\nb"]) == [(1, "a", [], []), (2, "b", [], [])]


def test_a_line_without_end_is_searched_in_pieces_of_one_number() -> None:
    blocks = [b"x" * 50_000] * 4 + [b"error\nerror\n"]
    lines = found("error", blocks)
    assert [number for number, *_ in lines] == [1, 2]
    assert all(len(line) <= LONGEST_LINE + 50_000 for _, line, *_ in lines)


def test_what_is_not_text_is_searched_all_the_same() -> None:
    assert found("end", [b"\xff\xfe end\n"]) == [(1, r"\xff\xfe end", [], [])]


def test_case_may_be_passed_over() -> None:
    assert [f[0] for f in found("ERROR", [TEXT], flags=re.IGNORECASE)] == [2, 5, 6]


@pytest.mark.parametrize("line", [b"nothing to see here\n", b"x" * 1000])
def test_memory_does_not_grow_with_the_file(line: bytes) -> None:
    blocks = (line * (256 * 1024 // len(line)) for _ in range(40))
    search = LineSearch(re.compile("err.r"), 2)
    tracemalloc.start()
    assert list(search.found(blocks)) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024


@given(
    text=st.text(alphabet="abx \n\r.01", max_size=60),
    pattern=st.sampled_from(
        [
            "a",
            "a.b",
            "^a",
            "b$",
            "a|0",
            "(?i)A+b",
            r"\bab\b",
            r"\w+\.",
            "[ab]+x",
            "(?:a|b)*1",
            "x*$",
            "[^a]b",
            r"a\sb",
            r"\Aa",
            r"b\Z",
            "(?<!a)b",
            "(?=b)",
            r"a\n",
            "a*+b",
            "(?m)^b$",
            r"\D1",
        ]
    ),
)
def test_many_lines_at_once_are_searched_as_one_by_one(text: str, pattern: str) -> None:
    lines = text.split("\n")
    lines = lines if lines[-1] else lines[:-1]
    wanted = [
        (number, line.removesuffix("\r"))
        for number, line in enumerate(lines, 1)
        if re.search(pattern, line.removesuffix("\r"))
    ]
    assert [(number, line) for number, line, *_ in found(pattern, [text.encode()])] == wanted


@pytest.mark.parametrize(
    ("pattern", "at_once"),
    [("tile (97|98) ok", True), ("(?i)panic|fatal: ", True), ("[^a]*b", False), (r"a\s*b", False)],
)
def test_what_may_run_over_ends_of_lines_is_searched_line_by_line(
    pattern: str, at_once: bool
) -> None:
    assert (LineSearch(re.compile(pattern))._absence() is not None) is at_once
