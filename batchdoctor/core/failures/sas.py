"""Reads a shared access signature: from when until when it was good, and for what.

https://learn.microsoft.com/rest/api/storageservices/create-service-sas
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from batchdoctor.core.text.wording import span

_READ = "r"


def sas_told(url: str, when: datetime | None) -> tuple[str, str] | None:
    """Whether the signature of a URL explains that access was denied at a moment.

    Gives the name of a rule and the words it rests on, never the signature itself; None for what
    is no URL, and where the signature leaves its terms to a stored access policy.
    """
    if not url.lower().startswith(("http://", "https://")):
        return None
    try:
        terms = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    except ValueError:
        return None
    if "sig" not in terms:
        return "sas-missing", urlsplit(url).hostname or "storage"
    if when is None or "si" in terms:
        return None
    return _compared(terms, when if when.tzinfo else when.replace(tzinfo=UTC))


def _compared(terms: Mapping[str, str], when: datetime) -> tuple[str, str] | None:
    """How the terms of a signature stand to a moment."""
    start, end, allowed = _moment(terms.get("st")), _moment(terms.get("se")), terms.get("sp", "")
    if end is None:
        return None
    if end <= when:
        return "sas-expired", f"{terms['se']}, {span(when - end)} before the failure"
    if start and start > when:
        return "sas-not-yet", f"{terms['st']}, {span(start - when)} after the failure"
    if allowed and _READ not in allowed:
        return "sas-no-read", f"sp={allowed}"
    return "sas-valid", f"until {terms['se']}" + (f", sp={allowed}" if allowed else "")


def _moment(text: str | None) -> datetime | None:
    """A time as signatures write it: with seconds, with minutes, or a day alone."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
