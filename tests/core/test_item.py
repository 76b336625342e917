"""Items: their keys are a promise to scripts, and their times are written as they always were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.failures.item import FailedTask
from batchdoctor.core.findings.item import FindingItem
from batchdoctor.core.item import Item, Moment, encodable, plain
from batchdoctor.core.suspicion.item import SuspectItem
from batchdoctor.core.text.times import utc_text


class Happening(Item, frozen=True):
    """An item with a time."""

    when: Moment | None
    word: str = "w"


class Nested(Item, frozen=True):
    """An item with times further down."""

    moments: tuple[Happening, ...]


PROMISED = {
    FailedTask: "jobId taskId poolId nodeId category code message exitCode exitCodeMeaning "
    "startTime endTime durationSeconds retryCount maxTaskRetryCount requeueCount cause advice "
    "nextCommands",
    SuspectItem: "poolId nodeId state schedulingState minutesInState verdict reasons runs failures "
    "failureRate expectedFailures pValue jobs codes lastFailureTime onset trend advice "
    "nextCommands",
    FindingItem: "kind severity subject message evidence advice nextCommands",
}


@pytest.mark.parametrize("item", PROMISED)
def test_the_keys_are_those_that_scripts_were_promised(item: type[Item]) -> None:
    assert " ".join(item.__struct_encode_fields__) == PROMISED[item]


TIMES = st.builds(
    lambda when, zone: when.replace(tzinfo=zone),
    st.datetimes(min_value=datetime(1990, 1, 1))  # noqa: DTZ001
    | st.sampled_from([0, 1, 10, 120_000, 999_990]).map(
        lambda micros: datetime(2026, 11, 21, 3, microsecond=micros)  # noqa: DTZ001
    ),
    st.sampled_from([None, UTC, timezone(timedelta(hours=2))]),
)


@given(TIMES)
def test_a_time_is_encoded_as_it_is_written_everywhere(when: datetime) -> None:
    told = {"when": utc_text(when), "word": "w"}
    item = Happening(when)
    assert msgspec.json.decode(msgspec.json.encode(encodable(item))) == told
    nested = msgspec.json.encode(encodable(Nested((item,))))
    assert msgspec.json.decode(nested) == {"moments": [told]}


def test_what_is_not_known_is_null() -> None:
    assert plain(Happening(None)) == {"when": None, "word": "w"}


@pytest.mark.parametrize("micros", [0, 1, 123_456])
def test_an_item_whose_times_need_no_rewriting_is_encoded_as_it_is(micros: int) -> None:
    item = Happening(datetime(2026, 11, 21, 3, microsecond=micros, tzinfo=UTC))
    assert encodable(item) is item
    assert encodable(Happening(None)) == Happening(None)
