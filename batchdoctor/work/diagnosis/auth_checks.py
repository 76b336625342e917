"""The checks of `auth check`: the token, the clock, the way, and one small read of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

import msgspec
from msgspec.structs import replace

from batchdoctor.core.sign_in import Check, CheckOutcome, SignInSummary
from batchdoctor.core.text.times import utc_text
from batchdoctor.errors import AccessError, BatchdoctorError, ClockError, ExitCode
from batchdoctor.service.account import EntraIdentity
from batchdoctor.service.claims import read_claims
from batchdoctor.service.client import Client

# The service refuses a request that is signed 15 minutes before or after its own time.
_SKEW_WORTH_TELLING = 60.0
# https://learn.microsoft.com/azure/batch/batch-role-based-access-control
_POOLS, _JOBS = (
    "Microsoft.Batch/batchAccounts/pools/read",
    "Microsoft.Batch/batchAccounts/jobs/read",
)
_OF_ROLE = frozenset({"insufficientaccountpermissions", "forbidden"})


def _is_of_role(error: BatchdoctorError) -> bool:
    """Whether the identity is known, and may not do this."""
    return isinstance(error, AccessError) and (error.code or "").lower() in _OF_ROLE


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
        identity = self.client.account.credential
        steps = [self._way_in]
        if isinstance(identity, EntraIdentity):
            steps.insert(0, partial(self._token, identity))
        for step in steps:
            done = step()
            yield from done
            if any(check.outcome is CheckOutcome.FAILED for check in done):
                return
        for name, needs, read in self._reads():
            yield from self._read_or_told(f"read {name}", needs, read)

    def _failed(self, name: str, error: BatchdoctorError, hint: str | None = None) -> Check:
        self.statuses.append(error.exit_code)
        code = f" ({error.code})" if error.code else ""
        return Check(
            name, CheckOutcome.FAILED, error.message.removesuffix(".") + code, hint or error.hint
        )

    def _read_or_told(self, name: str, needs: str, read: Callable[[], list[Check]]) -> list[Check]:
        """The checks of one kind of read; what a role lacks for it is told by its name there."""
        try:
            return read()
        except BatchdoctorError as error:
            if not (self._has_token and _is_of_role(error)):
                return [self._failed(name, error)]
            self.statuses.append(error.exit_code)
            told = f"not allowed: the role lacks {needs} ({error.code})"
            return [Check(name, CheckOutcome.FAILED, told, error.hint)]

    @property
    def _has_token(self) -> bool:
        return isinstance(self.client.account.credential, EntraIdentity)

    def _way_in(self) -> list[Check]:
        """Whether the service answers, whether it takes the credential, and its clock."""
        try:
            return [*self._key_taken(), *self._connection()]
        except ClockError as error:
            return [self._failed("clock", error)]
        except AccessError as error:
            if self._has_token and _is_of_role(error):
                return [Check("connection", CheckOutcome.OK, "answered")]
            return [self._failed("credential", error, self._about_key())]
        except BatchdoctorError as error:
            untried = Check("credential", CheckOutcome.SKIPPED, "a shared key, not tried")
            failed = self._failed("connection", error)
            return [failed] if self._has_token else [untried, failed]

    def _key_taken(self) -> list[Check]:
        self.client.probe()  # opens the connection, which is not part of a round trip
        if self._has_token:
            return []
        return [Check("credential", CheckOutcome.OK, "a shared key, which never expires by itself")]

    def _about_key(self) -> str | None:
        origin = self.client.account.origins.get("key")
        return origin and (
            f"The key is from {origin}; copy it again from the Keys page of "
            f"{self.facts.account_name}, where it may have been renewed."
        )

    def _token(self, identity: EntraIdentity) -> list[Check]:
        try:
            return self._token_read(identity)
        except BatchdoctorError as error:
            return [self._failed("token", error)]

    def _token_read(self, identity: EntraIdentity) -> list[Check]:

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

    def _reads(self) -> Iterator[tuple[str, str, Callable[[], list[Check]]]]:
        """Each kind of read, the right that it needs, and the read."""
        client = self.client
        pools, jobs = lambda: (p.id for p in client.pools()), lambda: (j.id for j in client.jobs())
        yield "pools", _POOLS, lambda: self._read("pools", pools)
        yield "node counts", _POOLS, lambda: self._read("node counts", client.node_counts)
        yield "nodes", _POOLS, lambda: self._below("nodes", "pools", client.nodes)
        yield "jobs", _JOBS, lambda: self._read("jobs", jobs)
        yield "tasks", _JOBS, lambda: self._below("tasks", "jobs", client.tasks)

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
