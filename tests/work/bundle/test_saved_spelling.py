"""What az and shells change in the service's answers, undone."""

from __future__ import annotations

import codecs

import pytest

from batchdoctor.work.bundle.saved_spelling import as_sent, as_utf8, values


def test_the_names_and_times_of_az_become_those_of_the_service() -> None:
    saved = {
        "resizeErrors": [{"code": "x", "valuesProperty": [{"name": "Reason", "value": "0:15:00"}]}],
        "resizeTimeout": "0:15:00",
        "constraints": {"maxWallClockTime": "10675199 days, 2:48:05.477581"},
        "autoScaleEvaluationInterval": "PT5M",
    }
    assert as_sent(saved) == {
        "resizeErrors": [{"code": "x", "values": [{"name": "Reason", "value": "0:15:00"}]}],
        "resizeTimeout": "P0DT0H15M00S",
        "constraints": {"maxWallClockTime": "P10675199DT2H48M05.477581S"},
        "autoScaleEvaluationInterval": "PT5M",
    }


@pytest.mark.parametrize(
    "data",
    [
        '{"é": 1}'.encode(),
        codecs.BOM_UTF8 + '{"é": 1}'.encode(),
        '{"é": 1}'.encode("utf-16"),
        codecs.BOM_UTF16_BE + '{"é": 1}'.encode("utf-16-be"),
    ],
)
def test_what_a_shell_saved_is_read_in_its_encoding(data: bytes) -> None:
    assert list(values(as_utf8(data))) == [{"é": 1}]


def test_answers_that_follow_each_other_are_told_apart() -> None:
    assert list(values(b'{"a": 1}\n[2, 3]\r\n{"b": 4},\n')) == [{"a": 1}, [2, 3], {"b": 4}]
    assert list(values(b" ")) == []
    with pytest.raises(ValueError, match="Expecting value"):
        list(values(b'{"a": 1} and'))
