"""Signatures, keys and tokens are taken out of text, and nothing else is."""

from __future__ import annotations

import base64

import pytest

from batchdoctor.core.text.secrets import masked

ACCOUNT_KEY = base64.b64encode(bytes(range(64))).decode()


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
        ("(https://a/b?sig=ab%2Fc=)", "(https://a/b?sig=***)"),
        ("AccountKey: abc", "AccountKey: ***"),
        ('sig=abc\\" (403)', 'sig=***\\" (403)'),
        ("Basic authentication is off", "Basic authentication is off"),
        ("sha512 checks out, design=good", "sha512 checks out, design=good"),
    ],
)
def test_signatures_keys_and_tokens_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
