"""Text that came from elsewhere, made short and harmless enough to stand in an error message."""

from __future__ import annotations

import re

from batchdoctor.core.text.secrets import masked

SHOWN_CHARACTERS = 80

# The service ends its messages with two lines that are told elsewhere.
_TRAILER = re.compile(r"\s*(RequestId|Time)\s*:\s*\S+", re.IGNORECASE)
_TAGS = re.compile(r"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)


def one_line(text: str) -> str:
    """Put text on one line, without control characters or secrets."""
    visible = "".join(character if character.isprintable() else " " for character in text)
    return masked(" ".join(visible.split()))


def service_message(text: str) -> str:
    """Return the sentence of a service error, without its RequestId and Time lines."""
    return one_line(_TRAILER.sub("", text)).rstrip(".")


def snippet(body: bytes) -> str:
    """Return the first characters of an answer that is not what it should be, tags removed."""
    text = one_line(_TAGS.sub(" ", body[:4096].decode("utf-8", "replace")))
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
