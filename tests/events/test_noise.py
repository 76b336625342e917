"""Logs of noise: whatever the bytes and shapes, both ways of reading agree and neither fails."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.events.test_damage import BAD_LINES, GOOD, PLAIN, read

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
