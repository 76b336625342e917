"""The checks of `auth check`: the token, the clock, the way, and one small read of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import msgspec
from msgspec.structs import replace

from batchdoctor.core.sign_in import Check, CheckOutcome, SignInSummary
from batchdoctor.core.text.times import utc_text
from batchdoctor.errors import BatchdoctorError, ExitCode
from batchdoctor.service.account import EntraIdentity
from batchdoctor.service.claims import read_claims
from batchdoctor.service.client import Client

# The service refuses a request that is signed 15 minutes before or after its own time.
_SKEW_WORTH_TELLING = 60.0


class AuthChecks(msgspec.Struct):
    """Checks of one account; `facts` and `statuses` are complete when the results have run out."""

    client: Client
    statuses: list[ExitCode] = msgspec.field(default_factory=list)
    _facts: SignInSummary | None = None
    _found: dict[str, str | None] = msgspec.field(default_factory=dict)

    @property
    def credential(self) -> str:
        """The kind of credential, without any of it."""
        is_token = isinstance(self.client.account.credential, EntraIdentity)
        return "Microsoft Entra token" if is_token else "shared key"

    @property
    def facts(self) -> SignInSummary:
        """What is known of the account and its credential by now."""
        if self._facts is None:
            account = self.client.account
            self._facts = SignInSummary(
                endpoint=account.endpoint,
                account_name=account.name,
                credential=self.credential,
                origins=dict(account.origins),
            )
        return self._facts

    def results(self) -> Iterator[Check]:
        """Yield each check as it is done; when the account cannot be reached, the rest is left."""
        for name, run in (("token", self._token), ("connection", self._connection)):
            done = self._tried(name, run)
            yield from done
            if any(check.outcome is CheckOutcome.FAILED for check in done):
                return
        for name, read in self._reads():
            yield from self._tried(f"read {name}", read)

    def _tried(self, name: str, run: Callable[[], list[Check]]) -> list[Check]:
        try:
            return run()
        except BatchdoctorError as error:
            self.statuses.append(error.exit_code)
            code = f" ({error.code})" if error.code else ""
            return [Check(name, CheckOutcome.FAILED, error.message + code, error.hint)]

    def _token(self) -> list[Check]:
        identity = self.client.account.credential
        if not isinstance(identity, EntraIdentity):
            return [
                Check("credential", CheckOutcome.OK, "a shared key, which never expires by itself")
            ]

        claims = read_claims(identity)
        self._facts = replace(
            self.facts,
            token_from=claims.source,
            tenant=claims.tenant,
            token_expires=claims.expires,
        )
        who = claims.user or (f"application {claims.application}" if claims.application else None)
        parts = [
            f"tenant {claims.tenant or 'not named in the token'}",
            f"valid until {utc_text(claims.expires)}",
            *([f"as {who}"] if who else []),
            f"scope {identity.scope}",
            *([f"from {claims.source}"] if claims.source else []),
        ]
        return [Check("token", CheckOutcome.OK, ", ".join(parts))]

    def _connection(self) -> list[Check]:
        self.client.probe()  # opens the connection, which is not part of a round trip
        probe = self.client.probe()
        skew, taken = probe.skew_seconds, probe.round_trip_seconds
        self._facts = replace(
            self.facts,
            clock_skew_seconds=None if skew is None else round(skew, 1),
            round_trip_seconds=round(taken, 3),
        )
        connection = Check("connection", CheckOutcome.OK, f"answered after {taken * 1000:.0f} ms")
        if skew is None:
            return [
                connection,
                Check("clock", CheckOutcome.SKIPPED, "the service did not tell its time"),
            ]
        side = "behind" if skew > 0 else "ahead of"
        told = f"this computer is {abs(skew):.0f} s {side} the service"
        if abs(skew) < _SKEW_WORTH_TELLING:
            return [connection, Check("clock", CheckOutcome.OK, told)]
        hint = "Set the clock; beyond 15 minutes every request is refused."
        return [connection, Check("clock", CheckOutcome.WARNING, told, hint)]

    def _reads(self) -> Iterator[tuple[str, Callable[[], list[Check]]]]:
        client = self.client
        yield "pools", lambda: self._read("pools", lambda: (p.id for p in client.pools()))
        yield "node counts", lambda: self._read("node counts", client.node_counts)
        yield "nodes", lambda: self._below("nodes", "pools", client.nodes)
        yield "jobs", lambda: self._read("jobs", lambda: (job.id for job in client.jobs()))
        yield "tasks", lambda: self._below("tasks", "jobs", client.tasks)

    def _read(self, kind: str, listing: Callable[[], Iterator[object]]) -> list[Check]:
        first = next(islice(listing(), 1), None)
        self._found[kind] = first if isinstance(first, str) else None
        told = "allowed" if first is not None else "allowed; there are none"
        return [Check(f"read {kind}", CheckOutcome.OK, told)]

    def _below(
        self, kind: str, parents: str, listing: Callable[[str], Iterator[object]]
    ) -> list[Check]:
        parent = self._found.get(parents)
        if parent is None:
            return [
                Check(f"read {kind}", CheckOutcome.SKIPPED, f"there are no {parents} to look into")
            ]
        return self._read(kind, lambda: listing(parent))
