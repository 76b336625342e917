"""How people write tables of events: what separates the cells, and which lines are no rows."""

from __future__ import annotations

from io import BufferedReader, BytesIO

import pytest

from batchdoctor.core.log.event import Event
from batchdoctor.events.entries import entries

NAMES = ("TimeGenerated", "OperationName", "jobId_s", "id_s", "executionInfo_exitCode_d")
CELLS = ("2026-11-20T02:10:00Z", "TaskFailEvent", "nightly", "t1", "1")
WIDE = [name.ljust(26) for name in NAMES]

TABLES = {
    "a separator that is said first": "sep=;\r\n" + ";".join(NAMES) + "\r\n" + ";".join(CELLS),
    "one in quotes": '\ufeff"sep=|"\n' + "|".join(NAMES) + "\n" + "|".join(CELLS),
    "Markdown": f"| {' | '.join(NAMES)} |\n|---|:---|---|---:|---|\n| {' | '.join(CELLS)} |\n",
    "an SQL client": f" {' | '.join(NAMES)}\n-----+----+---+--+---\n {' | '.join(CELLS)}\n",
    "names in capitals": ",".join(NAMES).upper() + "\n" + ",".join(CELLS),
    "az -o table": "  ".join(WIDE).rstrip()
    + "\n"
    + "  ".join("-" * 26 for _ in NAMES)
    + "\n"
    + "  ".join(cell.ljust(26) for cell in CELLS),
    "a number with decimals behind a comma": ";".join(NAMES)
    + "\n"
    + ";".join((*CELLS[:-1], "1,0")),
    "empty cells at the end of a row": ",".join(NAMES) + "\n" + ",".join(CELLS) + ",,\n",
}


def read(text: str) -> list[object]:
    return list(entries(BufferedReader(BytesIO(text.encode())), "log"))


@pytest.mark.parametrize("how", TABLES)
def test_the_one_event_of_a_table_is_read_however_it_is_written(how: str) -> None:
    (found,) = read(TABLES[how])
    assert isinstance(found, Event)
    execution = found.properties.execution_info
    told = (found.operation_name, found.properties.id, execution and execution.exit_code)
    assert told == ("TaskFailEvent", "t1", 1)


def test_a_row_that_is_cut_off_is_damage_in_its_own_line() -> None:
    (found,) = read(TABLES["a separator that is said first"][:-20])
    assert getattr(found, "kind", None) == "not a table row"
    assert getattr(found, "line", None) == 3
