"""What lets the tasks of a job into storage, and what is refused before any of them runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from batchdoctor.core.records.pool import PoolIdentity, UserIdentity
from batchdoctor.errors import UsageError
from batchdoctor.events.blobs import address_of
from batchdoctor.work.submission.access import READ, WRITE, access_to

NOW = datetime(2026, 11, 28, 10, 0, tzinfo=UTC)
LOGS = "https://a.blob.core.windows.net/logs"
OUT = "https://a.blob.core.windows.net/out"
FIRST = UserIdentity("/subscriptions/s/userAssignedIdentities/reader", "11-22")
SECOND = UserIdentity("/subscriptions/s/userAssignedIdentities/writer", "33-44")


def signed(url: str, rights: str, end: str = "2026-11-29T00:00:00Z") -> str:
    return f"{url}?sp={rights}&se={end}&sig=secret"


def pool(*identities: UserIdentity) -> PoolIdentity:
    return PoolIdentity(list(identities))


def test_signatures_are_enough_and_travel_as_whole_urls() -> None:
    logs, out = address_of(signed(LOGS, "rl")), address_of(signed(OUT, "rwl"))
    access = access_to([(logs, READ), (out, WRITE)], None, None, NOW)
    assert access.secrets == f"{signed(LOGS, 'rl')} {signed(OUT, 'rwl')}"
    assert access.told == ("by its signature, good until 2026-11-29T00:00:00Z",) * 2
    assert access.identity is None


def test_without_a_signature_it_is_the_identity_of_the_pool() -> None:
    logs, out = address_of(LOGS), address_of(signed(OUT, "rwl"))
    access = access_to([(logs, READ), (out, WRITE)], pool(FIRST), None, NOW)
    assert access.identity == FIRST
    assert access.told[0] == "as the pool's identity reader"
    assert access.secrets == signed(OUT, "rwl")


@pytest.mark.parametrize("chosen", ["writer", "33-44", SECOND.resource_id.upper()])
def test_one_of_several_identities_is_chosen_by_any_of_its_names(chosen: str) -> None:
    access = access_to([(address_of(LOGS), READ)], pool(FIRST, SECOND), chosen, NOW)
    assert access.identity == SECOND


@pytest.mark.parametrize(
    ("url", "rights", "identities", "chosen", "message"),
    [
        (signed(LOGS, "r"), READ, [], None, "does not allow to list"),
        (signed(LOGS, "rl"), WRITE, [], None, "does not allow to write"),
        (signed(LOGS, "rl", "2026-11-28T09:59:59Z"), READ, [], None, "ended at 2026-11-28"),
        (LOGS, READ, [], None, "Nothing would let the tasks into"),
        (LOGS, READ, [FIRST, SECOND], None, "several identities"),
        (LOGS, READ, [FIRST], "writer", "has no identity writer"),
    ],
)
def test_what_would_let_no_task_in_is_refused(
    url: str, rights: str, identities: list[UserIdentity], chosen: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        access_to([(address_of(url), rights)], pool(*identities), chosen, NOW)
    assert "secret" not in f"{caught.value.message} {caught.value.hint}"


def test_a_policy_or_an_end_that_is_not_told_is_left_to_the_storage() -> None:
    stored = address_of(f"{LOGS}?si=policy&sig=secret")
    assert access_to([(stored, READ)], None, None, NOW).told == ("by its signature",)
