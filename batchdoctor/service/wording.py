"""Text that came from elsewhere, made short and harmless enough to stand in an error message."""

from __future__ import annotations

import re

SHOWN_CHARACTERS = 80

# A SAS signature, a shared key and a signature of one: what gives access must not be repeated.
_SECRETS = (
    (re.compile(r"(?i)\b(sig|sv?c?key|accountkey|access_key)=[^&\s\"'<>]+"), r"\1=***"),
    (re.compile(r"(?i)\b(sharedkey(?:lite)?\s+[^\s:]+:)\S+"), r"\1***"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 ***"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w.-]+"), "***"),
    (re.compile(r"[A-Za-z0-9+/]{40,}={1,2}"), "***"),
)
# The service ends its messages with two lines that are told elsewhere.
_TRAILER = re.compile(r"\s*(RequestId|Time)\s*:\s*\S+", re.IGNORECASE)
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)


def without_secrets(text: str) -> str:
    """Mask signatures, keys and tokens."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def one_line(text: str) -> str:
    """Put text on one line, without control characters or secrets."""
    visible = "".join(character if character.isprintable() else " " for character in text)
    return without_secrets(" ".join(visible.split()))


def service_message(text: str) -> str:
    """Return the sentence of a service error, without its RequestId and Time lines."""
    return one_line(_TRAILER.sub("", text)).rstrip(".")


def snippet(body: bytes) -> str:
    """Return the first characters of an answer that is not what it should be, tags removed."""
    text = one_line(_TAGS.sub(" ", body[:4096].decode("utf-8", "replace")))
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
