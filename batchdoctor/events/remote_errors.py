"""What goes wrong between us and an Azure service that keeps logs, as our own errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from batchdoctor.errors import AccessError, NotFoundError, UnreachableError

_NOT_ALLOWED = {401, 403}
_MISSING = 404


@contextmanager
def translated(subject: str, hint: str, deed: str = "read") -> Iterator[None]:
    """Raise what the Azure libraries raise as errors about `subject`; `hint` is for refusals.

    `deed` is what could not be done to it.
    """
    from azure.core.exceptions import (
        AzureError,
        ClientAuthenticationError,
        HttpResponseError,
    )

    try:
        yield
    except HttpResponseError as error:
        if error.status_code == _MISSING:
            raise NotFoundError(f"Cannot {deed} {subject}: it does not exist.") from error
        refused = isinstance(error, ClientAuthenticationError) or error.status_code in _NOT_ALLOWED
        code = getattr(error, "error_code", None) or getattr(error.error, "code", None)
        why = code or error.reason or error.status_code or "not signed in"
        if refused:
            message = f"Cannot {deed} {subject}: access was refused ({why})."
            raise AccessError(message, hint=hint, code=code) from error
        raise UnreachableError(f"Cannot {deed} {subject}: {why}.", code=code) from error
    except AzureError as error:
        raise UnreachableError(f"Cannot {deed} {subject}: {error.message}.") from error
