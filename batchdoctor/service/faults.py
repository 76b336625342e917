"""What went wrong with one HTTP exchange, and which error of ours that is: decided here, once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import msgspec

from batchdoctor.errors import (
    AccessError,
    BatchdoctorError,
    InputError,
    NotFoundError,
    RefusedError,
    StateError,
    UnreachableError,
    UsageError,
)
from batchdoctor.service.hints import hint_for
from batchdoctor.service.wording import one_line, service_message, snippet

# Statuses after which the same request may succeed.
# https://learn.microsoft.com/azure/batch/best-practices
PASSING = frozenset({408, 429, 500, 502, 503, 504})
# The service refuses a signature whose date is 15 minutes off; a third of that is worth telling.
TOLERATED_SKEW = timedelta(minutes=5)
KINDS: dict[int, type[BatchdoctorError]] = {
    401: AccessError,
    403: AccessError,
    404: NotFoundError,
    407: UnreachableError,
    409: StateError,
}
# Refusals of a value that the user chose; any other 400 is a mistake of ours.
USERS_VALUES = frozenset({"invalidpropertyvalue", "outofrangeinput", "invaliduri", "invalidinput"})


class Fault(Exception):  # noqa: N818 - a fault becomes an error only when nothing helped
    """One failed attempt. `why` completes the sentence "Could not list the jobs: ...".

    `passing`: the same request may succeed later. `acted`: the service may have carried it out all
    the same. `retry_after`: seconds that the service asks to wait.
    """

    def __init__(
        self,
        why: str,
        kind: type[BatchdoctorError] = UnreachableError,
        *,
        passing: bool = False,
        acted: bool = False,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        hint: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(why)
        self.why = why
        self.kind = kind
        self.passing = passing
        self.acted = acted
        self.status = status
        self.code = code
        self.request_id = request_id
        self.hint = hint
        self.retry_after = retry_after

    @property
    def throttled(self) -> bool:
        """Whether the service said that there is too much to do, rather than that it is ill."""
        return self.status == HTTPStatus.TOO_MANY_REQUESTS or self.code == "ServerBusy"

    def has_code(self, *codes: str) -> bool:
        """Whether the service gave one of these codes, whatever their case."""
        return (self.code or "").lower() in {code.lower() for code in codes}

    def error(self, operation: str, gave_up: str = "") -> BatchdoctorError:
        """Return what to tell the user who wanted `operation` ("list the jobs")."""
        return self.kind(
            f"Could not {operation}: {self.why}{gave_up}.",
            hint=self.hint,
            code=self.code,
            request_id=self.request_id,
        )


class _Message(msgspec.Struct):
    value: str = ""


class _Detail(msgspec.Struct):
    key: str = ""
    value: str = ""


class _ErrorBody(msgspec.Struct):
    """https://learn.microsoft.com/rest/api/batchservice/batch-status-and-error-codes ."""

    code: str
    message: _Message | str | None = None
    values: list[_Detail] | None = None


# What a bundle says of what was not taken into it; the service has no such code.
NOT_RECORDED = "notrecorded"


def fault_of_answer(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: datetime,
) -> Fault:
    """Translate an answer that is not a success. `now` is this computer's time."""
    try:
        told = msgspec.json.decode(body, type=_ErrorBody)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        told = None
    code = one_line(told.code) if told else None
    why = _reason(status, told, body)
    kind = _kind(status, code)
    hint = hint_for(status, code)
    skew = clock_skew(headers, now)
    if kind is AccessError and skew is not None and abs(skew) > TOLERATED_SKEW:
        why, hint = _clock_is_off(skew)
    return Fault(
        why,
        kind,
        passing=status in PASSING,
        acted=status in PASSING and status != HTTPStatus.TOO_MANY_REQUESTS,
        status=status,
        code=code,
        request_id=headers.get("request-id"),
        hint=hint,
        retry_after=parse_retry_after(headers, now),
    )


def fault_of_body(body: bytes, why: str) -> Fault:
    """Translate an answer that claims success and cannot be understood."""
    shown = snippet(body)
    said = f"{one_line(why)}; it begins with {shown!r}" if shown else "it is empty"
    return Fault(
        f"the answer is not what the Batch service says ({said})",
        passing=True,
        acted=True,
        hint="A proxy or a sign-in page may stand between; check the endpoint and HTTPS_PROXY.",
    )


def _kind(status: int, code: str | None) -> type[BatchdoctorError]:
    if status == HTTPStatus.BAD_REQUEST and (code or "").lower() in USERS_VALUES:
        return UsageError
    if (code or "").lower() == NOT_RECORDED:
        return InputError
    if status in PASSING or status < HTTPStatus.BAD_REQUEST:
        return UnreachableError
    return KINDS.get(status, RefusedError)


def _reason(status: int, told: _ErrorBody | None, body: bytes) -> str:
    if told is None:
        if status < HTTPStatus.BAD_REQUEST:
            return f"it was redirected (HTTP {status}), which the Batch service never does"
        shown = snippet(body)
        return f"HTTP {status} without a service error" + (f" ({shown!r})" if shown else "")
    message = told.message.value if isinstance(told.message, _Message) else told.message
    why = service_message(message or "") or f"the service answered {told.code}"
    for detail in told.values or []:
        if detail.key in {"Reason", "AuthenticationErrorDetail"}:
            # What follows repeats the signed text, several lines of it.
            why += f" ({service_message(detail.value.split('Server used', maxsplit=1)[0])})"
    # It stands after a colon; an abbreviation keeps its capitals.
    return why[:1].lower() + why[1:] if why[1:2].islower() or why[1:2] == " " else why


def clock_skew(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How far the service's clock is ahead of this computer's, by the answer's Date."""
    served = parse_http_date(headers.get("Date", ""))
    return None if served is None else served - now


def _clock_is_off(skew: timedelta) -> tuple[str, str]:
    minutes = round(abs(skew).total_seconds() / 60)
    side = "behind" if skew > timedelta() else "ahead of"
    return (
        f"this computer's clock is {minutes} min {side} the service's, "
        "which accepts a request within 15 min of its date only",
        "Set the clock (on Linux: timedatectl set-ntp true), then try again.",
    )


def parse_http_date(text: str) -> datetime | None:
    """Read an HTTP date; None for anything else."""
    try:
        parsed = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed


def parse_retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the service asks to wait: whole seconds or a date, never negative.

    None for whatever is neither (`soon`, `inf`, `-1`, two headers joined by a comma). A date is
    compared with the answer's own Date, because only the difference of one clock is a duration.
    """
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return float(text)
    until = parse_http_date(text) if text else None
    if until is None:
        return None
    since = parse_http_date(headers.get("Date", "")) or now
    return max(0.0, (until - since).total_seconds())
