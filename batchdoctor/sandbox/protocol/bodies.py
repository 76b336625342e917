"""Request bodies of changes: which members an operation takes, and of what type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from batchdoctor.sandbox.protocol.refusals import ServiceError, bad_body, bad_property
from batchdoctor.sandbox.wire.messages import Request


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a body: its JSON type, and the only values it may have."""

    type: type
    required: bool = False
    values: tuple[str, ...] = ()


def read_body(request: Request, members: Mapping[str, Member]) -> dict[str, Any]:
    """Return the checked members of a request's body; an empty body is an empty object.

    Raises ServiceError: UnsupportedMediaType, InvalidRequestBody, MissingRequiredProperty or
    InvalidPropertyValue.
    """
    return checked(_document(request), members)


def checked(document: Any, members: Mapping[str, Member]) -> dict[str, Any]:
    """Return an object whose members are as they have to be. Raises as `read_body` does."""
    if not isinstance(document, dict):
        raise bad_body("An object was expected.")
    for name, value in document.items():
        if name not in members:
            raise bad_body(f"There is no property '{name}' in this request.")
        _check(name, value, members[name])
    for name, member in members.items():
        if member.required and document.get(name) is None:
            raise ServiceError("MissingRequiredProperty", PropertyName=name)
    return document


def _document(request: Request) -> dict[str, Any]:
    if not request.body:
        return {}
    content_type = request.headers.get("content-type", "").replace(" ", "").lower()
    if not content_type.startswith("application/json"):
        raise ServiceError("UnsupportedMediaType")
    try:
        document = json.loads(request.body)
    except ValueError as error:
        raise bad_body(f"The body is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise bad_body("The body is not an object.")
    return document


def _check(name: str, value: Any, member: Member) -> None:
    if value is None:
        return
    if type(value) is not member.type:
        raise bad_body(f"The property '{name}' has a value of the wrong type.")
    if member.values and str(value).lower() not in member.values:
        raise bad_property(name, value, f"The value is not one of {', '.join(member.values)}.")
