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
        (
            "https://a/b?sv=1\\u0026sig=abc%3D\\u0026se=2",
            "https://a/b?sv=1\\u0026sig=***\\u0026se=2",
        ),
        ("sv=1\\\\u0026sig\\\\u003dab\\\\u002Bc\\\\u003d end", "sv=1\\\\u0026sig\\\\u003d*** end"),
        ("a?sv=1&amp;sig=abc%3D&amp;se=2", "a?sv=1&amp;sig=***&amp;se=2"),
        ("f%253Fsv%253D1%2526sig%253Dabc%2526se", "f%253Fsv%253D1%2526sig%253D***%2526se"),
        ("line\\nsig=abc", "line\\nsig=***"),
        ('{"sig":"abc","accountKey":"def=="}', '{"sig":"***","accountKey":"***"}'),
        ('{"accountKey":null,"sig":1}', '{"accountKey":null,"sig":1}'),
        ("AccountKey%3Dabc%3D%3D%3BEndpoint", "AccountKey%3D***%3BEndpoint"),
        ("{'sharedAccessKey': 'abc'}", "{'sharedAccessKey': '***'}"),
        (ACCOUNT_KEY.replace("=", r"\u003d"), "***"),
        (ACCOUNT_KEY.replace("/", "\\/"), "***"),
        (rf"\n{ACCOUNT_KEY}", r"\n***"),
        (rf"\u0026{ACCOUNT_KEY}", r"\u0026***"),
        (rf"C:\x{ACCOUNT_KEY}", r"C:\x***"),
        ("Bearer%20abcdefghijklmnopqrstuvwxyz", "Bearer%20***"),
        (
            "proxy http://user:pass-word@10.0.0.1:3128 refused",
            "proxy http://user:***@10.0.0.1:3128 refused",
        ),
        ("http://registry:4873/@scope/package", "http://registry:4873/@scope/package"),
        ("Basic authentication is off", "Basic authentication is off"),
        ("sha512 checks out, design=good", "sha512 checks out, design=good"),
    ],
)
def test_signatures_keys_and_tokens_are_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
