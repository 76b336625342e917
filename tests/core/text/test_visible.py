"""Text from elsewhere: what a terminal must not obey."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.text.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("frame-0007", "frame-0007"),
        ("Größe 日本語", "Größe 日本語"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]8;;http://x\x07link", "\\x1b]8;;http://x\\x07link"),
        ("two\nlines\r\n\tand a tab", "two\\nlines\\r\\n\\tand a tab"),
        ("abc\u202edef", "abc\\u202edef"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("c1 \x9b31m", "c1 \\x9b31m"),
        ("\U000e0001tag", "\\U000e0001tag"),
        ("no\u00a0break", "no\u00a0break"),
        ("lone \ud800 surrogate", "lone \\ud800 surrogate"),
    ],
)
def test_what_a_terminal_would_obey_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_visible_text_is_one_line_without_control_characters(text: str) -> None:
    shown = visible(text)
    assert all(char.isprintable() or char.isspace() for char in shown)
    assert not set(shown) & {"\n", "\r", "\t", "\x0b", "\x0c", "\x1b", "\x85", "\u2028", "\u2029"}
