"""The Kusto queries mean what `events parse` means, say Microsoft's reader and a counting engine.

Both need packages that are not always to be had; then these tests are skipped.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from batchdoctor.events.kql import query
from batchdoctor.events.selection import Selection
from tests.box import Run
from tests.events.test_alert_rule import query_of, rule_of

SHOWN = ["summary", "failures", "nodes", "unfinished", "timeline", "events"]
CI = Path(__file__).parents[2] / ".ci"
READER = """
require('@kusto/language-service-next/bridge.js');
require('@kusto/language-service-next/Kusto.Language.Bridge.js');
const L = Kusto.Language, S = L.Symbols;
const { queries, columns } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const table = S.TableSymbol.From('(' + columns + ')').WithName('AzureDiagnostics');
const Database = S.DatabaseSymbol.$ctor2 || S.DatabaseSymbol.$ctor1 || S.DatabaseSymbol;
const globals = L.GlobalState.Default.WithDatabase(new Database('db', null, [table]));
const said = [];
for (const text of queries) {
  const each = Bridge.getEnumerator(L.KustoCode.ParseAndAnalyze(text, globals).GetDiagnostics());
  while (each.moveNext()) said.push(each.Current.Code + ': ' + each.Current.Message);
}
console.log(JSON.stringify(said));
"""
ALWAYS = "TimeGenerated:datetime, ResourceProvider:string, Category:string, OperationName:string"
ALWAYS += ", ResourceId:string, Type:string, AdditionalFields:string"
SOMETIMES = ", jobId_s:string, jobId_g:guid, id_s:string, id_g:guid, taskName_s:string"
SOMETIMES += ", nodeInfo_poolId_s:string, nodeInfo_nodeId_s:string, executionInfo_exitCode_d:real"
SOMETIMES += ", executionInfo_requeueCount_d:real, systemTaskVersion_d:real"

BEGIN = datetime(2026, 8, 1, tzinfo=UTC)
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.mark.parametrize("columns", [ALWAYS, ALWAYS + SOMETIMES], ids=["few", "many"])
def test_microsofts_own_reader_takes_every_query(columns: str) -> None:
    if not shutil.which("node") or not (CI / "node_modules" / "@kusto").exists():
        pytest.skip("needs node and the npm package @kusto/language-service-next in .ci")
    chosen = Selection(
        since=BEGIN, jobs=frozenset({"a"}), pools=frozenset({"p"}), nodes=frozenset({"n"})
    )
    queries = [query(each, show) for each in (Selection(), chosen) for show in SHOWN]
    # What a rule has of them, with a name that would end the text that it stands in.
    odd = replace(chosen, jobs=frozenset({"it's ''' \\ \" ${x}"}), since=None)
    queries += [query_of(rule_of(odd, show)) for show in ("failures", "nodes", "unfinished")]
    told = subprocess.run(
        ["node", "-e", READER],
        input=json.dumps({"queries": queries, "columns": columns}),
        capture_output=True,
        text=True,
        cwd=CI,
        check=True,
        timeout=100,
    )
    assert json.loads(told.stdout) == []


def event(kind: str, second: float, task: tuple[str, str], node: str, **execution: Any) -> Any:
    time = BEGIN + timedelta(seconds=second)
    job, name = task
    known = {key: value for key, value in execution.items() if value is not None}
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "resourceId": "/SUBSCRIPTIONS/S/PROVIDERS/MICROSOFT.BATCH/BATCHACCOUNTS/A",
        "category": "ServiceLog",
        "operationName": f"Task{kind}Event",
        "properties": {
            "jobId": job,
            "id": name,
            "systemTaskVersion": 1,
            "nodeInfo": {"poolId": "pool", "nodeId": node},
            "executionInfo": known,
        },
    }


def run_of_task(dice: random.Random, task: tuple[str, str], begin: float) -> Iterator[Any]:
    """One task, which may be requeued, told of it or not, and may never end."""
    named, told = dice.random() < 0.5, dice.random() < 0.5
    nodes = dice.sample(["n1", "n2", "n3"], 3)
    requeues = dice.choice([0, 0, 0, 1, 2])
    counts = [{"retryCount": 0, "requeueCount": at} for at in range(requeues + 1)]
    starts = counts if named else [{"retryCount": 0}] * (requeues + 1)
    for at in range(requeues):
        yield event("Start", begin + 20 * at, task, nodes[at], **starts[at])
        if told:
            yield event("Requeue", begin + 20 * at + 9, task, nodes[at], **counts[at + 1])
    if requeues and dice.random() < 0.2:
        return
    last, begin = nodes[requeues], begin + 20 * requeues
    yield event("Start", begin, task, last, **starts[requeues])
    if dice.random() < 0.15:
        return
    # Where the end is told of nothing or another node, too.
    place = dice.choice([last] * 8 + [" ", "n4"])
    code = dice.choice([0, 0, 1, 139])
    result = "Failure" if code else "Success"
    end = {**counts[requeues], "exitCode": code, "result": result}
    yield event("Complete", begin + 30, task, place, **end)
    if code:
        yield event("Fail", begin + 31, task, place, **end)


def row_of(record: Any, *, squeezed: bool) -> dict[str, Any]:
    """A record as Log Analytics keeps it: members joined, a suffix for the type.

    `squeezed`: its columns did not fit into the table any more.
    """
    row = {
        "TimeGenerated": record["time"],
        "ResourceProvider": "MICROSOFT.BATCH",
        "Category": record["category"],
        "OperationName": record["operationName"],
        "ResourceId": record["resourceId"],
    }

    def place(members: dict[str, Any], before: str) -> None:
        for name, value in members.items():
            if isinstance(value, dict):
                place(value, f"{before}{name}_")
            elif isinstance(value, str):
                row[f"{before}{name}_{'g' if GUID.fullmatch(value) else 's'}"] = value
            else:
                row[f"{before}{name}_d"] = float(value)

    place(record["properties"], "")
    if not squeezed:
        return row
    own = {name: value for name, value in row.items() if "_" not in name}
    more = {name: value for name, value in row.items() if "_" in name}
    return own | {"AdditionalFields": json.dumps(more)}


def asked(records: list[Any], show: str) -> list[dict[str, Any]]:
    duckdb = pytest.importorskip("duckdb", reason="needs duckdb and duckdb-kql")
    kusto = pytest.importorskip("duckdb_kql", reason="needs duckdb and duckdb-kql")
    rows = [row_of(each, squeezed=at % 5 == 0) for at, each in enumerate(records)]
    columns = sorted({name for row in rows for name in row})
    types = {name: "DOUBLE" if name.endswith("_d") else "VARCHAR" for name in columns}
    types["TimeGenerated"] = "TIMESTAMP"
    connection = kusto.connect()
    defined = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
    connection.execute(f"CREATE TABLE AzureDiagnostics ({defined})")
    marks = ", ".join("?" for _ in columns)
    connection.executemany(
        f"INSERT INTO AzureDiagnostics VALUES ({marks})",
        [[row.get(name) for name in columns] for row in rows],
    )
    text = re.sub(
        r'column_ifexists\("(\w+)", ([^\n]*?)\)(?=[,\n])',
        lambda found: found[1] if found[1] in columns else found[2],
        query(Selection(), show),
    )
    # What the translation does not know, in words that it does.
    text = re.sub(
        r"take_anyif\((\w+), ([^\n]+\))\)(?=[,\n])",
        lambda f: f"max(iff({f[2]}, {f[1]}, {'int(null)' if f[1] == 'exitCode' else chr(34) * 2}))",
        text,
    )
    assert duckdb is not None
    told = kusto.kql(connection, text)
    return [dict(zip(told.columns, row, strict=True)) for row in told.fetchall()]


@pytest.mark.parametrize("seed", range(3))
def test_every_number_of_the_summary_is_the_one_that_parse_counts(
    seed: int, tmp_path: Path, run_offline: Run
) -> None:
    dice = random.Random(seed)
    jobs = ["nightly", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"]
    tasks = [f"t{number}" for number in range(40)] + [
        f"3f2504e0-4f89-11d3-9a0c-0305e82c33{number:02}" for number in range(10, 30)
    ]
    records = [
        record
        for index, task in enumerate((job, task) for job in jobs for task in tasks)
        for record in run_of_task(dice, task, index * 60)
    ]
    dice.shuffle(records)
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    (row,) = asked(records, "summary")
    told = run_offline("events", "parse", str(log), "-o", "json").json()["summary"]
    names = ("attempts", "failures", "unfinished", "retried", "requeued", "jobs", "nodes")
    assert {name: row[name] for name in names} == {name: told[name] for name in names}
    parsed = run_offline("events", "parse", str(log), "--show", "timeline", "-o", "jsonl").jsonl()
    buckets = [item["failures"] for item in parsed if item["failures"]]
    assert [int(each["failures"]) for each in asked(records, "timeline")] == buckets
    listed = run_offline("events", "parse", str(log), "--show", "unfinished", "-o", "jsonl").jsonl()
    assert {
        (each["jobId"], each["taskId"], each["nodeId"], each["overtaken"])
        for each in asked(records, "unfinished")
    } == {(each["jobId"], each["taskId"], each["nodeId"], each["overtaken"]) for each in listed}


def test_the_nodes_asked_for_are_those_that_fail_more_often_than_the_rest_of_their_pool() -> None:
    records = [
        event("Complete", at, ("nightly", f"t{at}"), node, exitCode=code, retryCount=0)
        for at, (node, code) in enumerate(
            [("n1", 0)] * 9 + [("n1", 1)] + [("n2", 1)] * 6 + [("n2", 0)] * 4 + [("n3", 0)] * 10
        )
    ]
    (row,) = asked(records, "nodes")
    assert (row["nodeId"], row["runs"], row["failures"]) == ("n2", 10, 6)
    assert (row["otherRuns"], row["otherFailures"], row["expectedFailures"]) == (20, 1, 0.5)


@pytest.mark.parametrize("nodes", [1, 3], ids=["one node", "three nodes"])
def test_nodes_of_a_pool_that_all_fail_alike_are_not_asked_for(nodes: int) -> None:
    records = [
        event("Complete", at, ("nightly", f"t{at}"), f"n{at % nodes}", exitCode=1, retryCount=0)
        for at in range(9)
    ]
    assert asked(records, "nodes") == []
