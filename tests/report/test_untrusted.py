"""Text from elsewhere: what a terminal must not see, and what nobody must see."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.report.untrusted import masked, visible

ACCOUNT_KEY = base64.b64encode(bytes(range(64))).decode()


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


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("exit code 1", "exit code 1"),
        (
            "https://a.blob.core.windows.net/c/f?sv=2024&sig=a%2Fb%3D&se=2026",
            "https://a.blob.core.windows.net/c/f?sv=2024&sig=***&se=2026",
        ),
        ("f%3Fsv%3D1%26sig%3Dabc%2F%26se", "f%3Fsv%3D1%26sig%3D***%26se"),
        ("AccountName=a;AccountKey=abc==;x=1", "AccountName=a;AccountKey=***;x=1"),
        ("Authorization: SharedKey acct:c2lnbmF0dXJl", "Authorization: SharedKey acct:***"),
        ("Bearer abcdefghijklmnopqrstuvwxyz", "Bearer ***"),
        ("token eyJhbGciOiJSUzI1NiJ9.eyJzdWIi.c2ln here", "token eyJ*** here"),
        (f"the key {ACCOUNT_KEY} leaked", "the key *** leaked"),
        ("sha512 checks out, design=good", "sha512 checks out, design=good"),
    ],
)
def test_signatures_keys_and_tokens_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
