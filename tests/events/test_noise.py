"""Logs of noise: whatever the bytes and shapes, both ways of reading agree and neither fails."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.events.test_damage import BAD_LINES, GOOD, PLAIN, RECORDS, read
from tests.events.wrappings import lines

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "operationName",
                    "OperationName",
                    "time",
                    "TimeGenerated",
                    "properties",
                    "records",
                    "tables",
                    "columns",
                    "rows",
                    "jobId",
                    "id",
                    "taskName",
                    "executionInfo",
                    "nodeInfo",
                    "exitCode",
                    "schedulingError",
                    "code",
                    "name",
                    "AdditionalFields",
                    "properties_s",
                    "executionInfo_exitCode_d",
                    "executionInfo_endTime_t",
                ]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=5))
def test_json_of_any_shape_is_read_or_counted(values: list[Any]) -> None:
    content = "\n".join(json.dumps(value) for value in values).encode()
    read(content)
    read(json.dumps(values).encode())


@given(st.binary(max_size=300), st.integers(0, len(GOOD)), st.integers(0, 40))
@example(b"", 0, 0)
def test_bytes_of_any_kind_in_a_log_are_read_or_counted(noise: bytes, at: int, cut: int) -> None:
    read(GOOD[:at] + noise + GOOD[at + cut :])


@given(st.binary(max_size=200))
def test_a_log_of_nothing_but_noise_is_read_or_counted(noise: bytes) -> None:
    read(noise)


@given(st.data())
def test_good_lines_among_bad_ones_give_the_summary_of_the_good_ones(data: st.DataObject) -> None:
    bad = [line for line, kind in BAD_LINES.values() if kind and len(line) < 5000]
    mixed: list[bytes] = []
    count = 0
    for line in GOOD.splitlines():
        for extra in data.draw(st.lists(st.sampled_from(bad), max_size=1)):
            mixed.append(extra)
            count += 1
        mixed.append(line)
    summary, _ = read(b"\n".join(mixed))
    assert (summary.malformed, summary.attempts) == (count, PLAIN.attempts)
    assert {**summary.events} == {**PLAIN.events}


ODD: list[Any] = [
    *(None, True, 0, -1, 7.0, 7.5, 2**31, 2**63, -(2**63), 2**64, 1e400, [], {}, [{}], {"a": 1}),
    *("", " ", "7", "success", "FAILURE", "\u0000", "0001-01-01T00:00:00+05:00", "2026-08-01"),
    *(
        "x" * 300,
        {"code": "Odd"},
        {"message": "odd"},
        [RECORDS[0]],
        "2026-08-01T00:00:00." + "1" * 60,
    ),
    *("9999-12-31T23:59:59-05:00", "2026-08-01T00:00:00.1+02:00", "2026-08-01 00:00:00"),
]
RECORD = st.sampled_from(RECORDS)


def paths_of(value: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The path of every member of an object, and of the objects in it."""
    if not isinstance(value, dict):
        return []
    here = [(*above, name) for name in value]
    return here + [path for name in value for path in paths_of(value[name], (*above, name))]


def changed(record: dict[str, Any], path: tuple[str, ...], odd: Any) -> dict[str, Any]:
    """A record with one member replaced, or left out if it is to be `...`."""
    name, *rest = path
    if rest:
        return {**record, name: changed(record.get(name) or {}, tuple(rest), odd)}
    return {key: value for key, value in (record | {name: odd}).items() if value is not ...}


@given(RECORD, st.data())
def test_a_record_with_an_odd_value_is_read_alike_in_both_ways(
    record: dict[str, Any], data: st.DataObject
) -> None:
    extra = [("properties", "executionInfo", "failureInfo"), ("OperationName",), ("records",)]
    path = data.draw(st.sampled_from([*paths_of(record), *extra, ("tables",)]))
    odd = changed(record, path, data.draw(st.sampled_from([..., *ODD])))
    among = data.draw(st.integers(0, 6))
    read(lines([*RECORDS[:among], odd, *RECORDS[among:6]]))
