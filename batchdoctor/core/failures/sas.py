"""Reads a shared access signature: from when until when it was good, for what, and from where.

https://learn.microsoft.com/rest/api/storageservices/create-service-sas
https://learn.microsoft.com/rest/api/storageservices/create-account-sas
https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from urllib.parse import parse_qs, urlsplit

from batchdoctor.core.text.wording import span

# What a URL has between its terms once it was taken out of XML or HTML.
_ESCAPED = "&amp;"


class Wanted(Enum):
    """What a node does with a URL: letters of `sp=` that allow it, and the rule if none does."""

    READ = ("r", "sas-no-read")
    LIST = ("l", "sas-no-list")
    WRITE = ("cw", "sas-no-write")


def sas_told(
    url: str, when: datetime | None, wants: tuple[Wanted, ...] = (Wanted.READ,)
) -> tuple[str, str] | None:
    """Whether the signature of a URL explains that access was denied at a moment.

    Gives the name of a rule and the words it rests on, never the signature itself; None for what
    is no URL.
    """
    if not url.lower().startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(url)
        terms = {name: values[0] for name, values in parse_qs(parts.query).items()}
    except ValueError:
        return None
    if "sig" not in terms:
        if _ESCAPED in parts.query.lower():
            return "sas-escaped", _ESCAPED
        return "sas-missing", parts.hostname or "storage"
    return _compared(terms, when and (when if when.tzinfo else when.replace(tzinfo=UTC)), wants)


def _compared(
    terms: Mapping[str, str], when: datetime | None, wants: tuple[Wanted, ...]
) -> tuple[str, str] | None:
    """How the terms of a signature stand to a moment and to what was wanted."""
    if when and (late := _out_of_time(terms, when)):
        return late
    if narrow := _too_narrow(terms, wants):
        return narrow
    if "si" in terms:
        return "sas-policy", terms["si"]
    if when is None or _moment(terms.get("se")) is None:
        return None
    if "sip" in terms:
        return "sas-address", f"sip={terms['sip']}"
    allowed = terms.get("sp")
    return "sas-valid", f"until {terms['se']}" + (f", sp={allowed}" if allowed else "")


def _out_of_time(terms: Mapping[str, str], when: datetime) -> tuple[str, str] | None:
    """That a moment lies outside of the span of a signature, or of the key that signed it."""
    for rule, name in (("sas-expired", "se"), ("sas-key-expired", "ske")):
        end = _moment(terms.get(name))
        if end and end <= when:
            return rule, f"{terms[name]}, {span(when - end)} before the failure"
    start = _moment(terms.get("st"))
    if start and start > when:
        return "sas-not-yet", f"{terms['st']}, {span(start - when)} after the failure"
    return None


def _too_narrow(terms: Mapping[str, str], wants: tuple[Wanted, ...]) -> tuple[str, str] | None:
    """That a signature does not cover blobs, or not what was to be done with them."""
    services, kinds, allowed = (terms.get(name, "") for name in ("ss", "srt", "sp"))
    # An account SAS names services and kinds of resources: b for blobs, o for objects in them.
    if (services and "b" not in services) or (kinds and "o" not in kinds):
        return "sas-scope", f"ss={services}, srt={kinds}"
    for want in wants:
        letters, rule = want.value
        if allowed and not set(letters) & set(allowed):
            return rule, f"sp={allowed}"
    if Wanted.LIST in wants and terms.get("sr") == "b":
        return "sas-no-list", "sr=b, which is one blob"
    return None


def _moment(text: str | None) -> datetime | None:
    """A time as signatures write it: with seconds, with minutes, or a day alone."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
