"""Events as they come out of mails, collectors and exports: one wrapping deeper, or marked."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from batchdoctor.core.log.event import Event
from batchdoctor.events.entries import entries
from batchdoctor.events.source import readable

RECORD = {
    "time": "2026-11-20T02:10:00Z",
    "category": "ServiceLog",
    "operationName": "TaskFailEvent",
    "properties": {"jobId": "nightly", "id": "t1", "executionInfo": {"exitCode": 1}},
}
ONE = json.dumps(RECORD)
PRETTY = json.dumps(RECORD, indent=2)
QUOTED = "\n".join(f"> {line}" for line in PRETTY.splitlines())
IN_A_CELL = '"' + ONE.replace('"', '""') + '"'

TEXTS = {
    "a mail that quotes": QUOTED,
    "a mail with who wrote it, and an answer": f"On Friday, Sam wrote:\n{QUOTED}\n\nRegards\n",
    "a line of fluentd": f"2026-11-20T02:10:00+00:00\tazure.batch\t{ONE}\n",
    "a line of syslog": f"Nov 20 02:10:00 relay forwarder: {ONE}\n",
    "text in JSON": json.dumps(ONE),
    "Elastic, as it came": json.dumps(
        {"hits": {"hits": [{"_source": {"event": {"original": ONE}}}]}}
    ),
    "attributes of attributes": json.dumps({"data": [{"attributes": {"attributes": RECORD}}]}),
    "a table with whole records": f"_time,_raw\n2026-11-20T02:10:00Z,{IN_A_CELL}\n",
}


@pytest.mark.parametrize("where", TEXTS)
def test_the_event_in_it_is_read_and_nothing_else_is_made_of_it(where: str) -> None:
    (found,) = entries(readable(BytesIO(TEXTS[where].encode())), "log")
    assert isinstance(found, Event)
    assert (found.operation_name, found.properties.id) == ("TaskFailEvent", "t1")


def test_the_times_beside_the_lines_of_loki_are_no_events() -> None:
    streams = [{"stream": {}, "values": [["1763604600000000000", ONE]]}]
    text = json.dumps({"status": "success", "data": {"resultType": "streams", "result": streams}})
    found = list(entries(readable(BytesIO(text.encode())), "log"))
    assert [each.operation_name for each in found if isinstance(each, Event)] == ["TaskFailEvent"]


def test_what_is_only_spoken_of_behind_words_is_no_event() -> None:
    (found,) = entries(readable(BytesIO(b'posting {"jobId": "nightly"} to the hook\n')), "log")
    assert not isinstance(found, Event)
