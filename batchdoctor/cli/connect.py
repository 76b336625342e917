"""Opens the account that a call is about, and tells of the retries on the way."""

from __future__ import annotations

from math import isfinite

from batchdoctor.cli.call import Call
from batchdoctor.errors import UsageError
from batchdoctor.service.account import Account, AccountOptions, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.service.retry import RetryEvent, RetryPolicy


def find_account(call: Call) -> Account:
    """The account that options, environment and az's own configuration name. Raises UsageError."""
    shared = call.shared
    account = resolve_account(
        AccountOptions(
            endpoint=shared.account_endpoint,
            name=shared.account_name,
            key_file=shared.account_key_file,
            auth=shared.auth,
        ),
        call.world.environ,
        read_stdin=call.world.stdin.read,
    )
    if shared.verbose:
        for setting, origin in account.origins.items():
            call.world.tell(f"{setting}: from {origin}")
    return account


def connect(call: Call) -> Client:
    """A client of the account; it connects at its first request."""

    def tell(event: RetryEvent) -> None:
        if call.shared.verbose:
            call.world.tell(
                f"retry: {event.operation}: attempt {event.attempt} failed: {event.cause}; "
                f"waiting {event.wait_seconds:.1f} s"
            )

    if not isfinite(call.shared.timeout):
        raise UsageError("--timeout takes a number of seconds.", hint="--timeout 60")
    retry = RetryPolicy(call.shared.timeout, hook=tell, sleep=call.world.sleep)
    return Client(find_account(call), retry=retry)
