"""Reads the error that Azure's resource provider gave the Batch service, JSON inside of text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

# The service cuts long errors off (`Provider Error Json Truncated`), which breaks the JSON.
_PAIR = re.compile(
    r'"(?P<name>code|message)"\s*:\s*"(?P<value>(?:[^"\\]|\\.)*)(?:"|$)', re.IGNORECASE
)
_LONGEST = 400
_DEEPEST = 6


class ProviderError(NamedTuple):
    """One error of a provider; empty where it says none."""

    code: str
    message: str

    @property
    def line(self) -> str:
        """`Code: message`, cut to a readable length."""
        return _short(": ".join(filter(None, self)))


def provider_errors(text: str) -> tuple[ProviderError, ...]:
    """The errors in a provider's JSON, the outermost first.

    Errors inside errors, and JSON inside messages, are followed. What is no JSON at all comes back
    as the message of an error without a code.
    """
    try:
        found = list(_errors(msgspec.json.decode(text), _DEEPEST))
    except msgspec.DecodeError:
        found = list(_errors_of_pieces(text))
    told = dict.fromkeys(error for error in found if error.line)
    return tuple(told) or (ProviderError("", text),)


def _errors(value: object, depth: int) -> Iterator[ProviderError]:
    if depth == 0:
        return
    if isinstance(value, list):
        for entry in value:
            yield from _errors(entry, depth - 1)
    if not isinstance(value, dict):
        return
    fields = {str(name).lower(): entry for name, entry in value.items()}
    code, message = fields.get("code"), fields.get("message")
    inner = _json_in(message)
    if isinstance(code, str) or isinstance(message, str):
        yield _error(code, None if inner is not None else message)
    for entry in (inner, *(fields.get(name) for name in ("error", "details", "innererror"))):
        yield from _errors(entry, depth - 1)


def _json_in(message: object) -> object:
    if not isinstance(message, str) or not message.lstrip().startswith(("{", "[")):
        return None
    try:
        return msgspec.json.decode(message)
    except msgspec.DecodeError:
        return None


def _errors_of_pieces(text: str) -> Iterator[ProviderError]:
    code: str | None = None
    for pair in _PAIR.finditer(text):
        value = pair["value"].replace('\\"', '"').replace("\\n", " ").replace("\\r", " ")
        if pair["name"].lower() == "code":
            code = value
        else:
            yield _error(code, value)
            code = None
    if code:
        yield _error(code, None)


def _error(code: object, message: object) -> ProviderError:
    return ProviderError(
        code if isinstance(code, str) else "", message if isinstance(message, str) else ""
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
