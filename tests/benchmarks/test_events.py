"""Reading a large log: batchdoctor beside a bare msgspec loop and DuckDB, as ratios of one run.

Run with `python -m pytest -n0 -s tests/benchmarks/test_events.py`. DuckDB is compared with if this
Python has it, or the one named in `DUCKDB_PYTHON` does.
"""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from batchdoctor.cli.versions import COMPILED

ROUNDS = 15
SIZE = 200_000_000
# Of a log: whether it is counted with compiled code, and the bar.
CPU_BARS = {
    "compiled": ("log", True, 1.2),
    "not compiled": ("log", False, 2.2),
    "a third failed, compiled": ("incident", True, 1.6),
    "a third failed, not compiled": ("incident", False, 3.0),
}
WALL_BAR = 1.0
MEMORY_BAR_MB = 150
MEMORY_PER_ATTEMPT = 100

# The least that a program must decode to answer at all, and one count.
BARE = """
import sys
from datetime import datetime
import msgspec

class Wire(msgspec.Struct, rename="camel", gc=False): pass
class Node(Wire): pool_id: str | None = None; node_id: str | None = None
class Error(Wire): category: str | None = None; code: str | None = None
class Execution(Wire):
    exit_code: int | None = None; result: str | None = None; scheduling_error: Error | None = None
    retry_count: int | None = None; requeue_count: int | None = None
class Body(Wire):
    job_id: str | None = None; id: str | None = None; system_task_version: int | None = None
    node_info: Node | None = None; execution_info: Execution | None = None
class Record(Wire): operation_name: str; time: datetime; properties: Body

decode = msgspec.json.Decoder(Record).decode
counts = {}
with open(sys.argv[1], "rb", buffering=1 << 20) as log:
    for line in log:
        name = decode(line).operation_name
        counts[name] = counts.get(name, 0) + 1
print(counts)
"""

DUCKDB = """
import sys
import duckdb
db = duckdb.connect()
db.execute("set threads = 2")
db.execute('''create temp view log as select operationName as name, properties as p from read_json(
    ?, format = 'newline_delimited', columns = {operationName: 'varchar', time: 'timestamp',
    properties: 'struct(jobId varchar, id varchar, systemTaskVersion bigint,
    nodeInfo struct(poolId varchar, nodeId varchar), executionInfo struct(exitCode bigint,
    result varchar, retryCount int, requeueCount int, schedulingError struct(code varchar)))'})'''
    .replace("?", "'" + sys.argv[1] + "'"))
print(db.sql('''with told as materialized (select name, p.jobId as job, p.id as id,
    p.executionInfo.retryCount as retries, p.systemTaskVersion as version,
    p.nodeInfo.nodeId as node, p.executionInfo.schedulingError.code as code from log),
    attempts as materialized (select job, id, retries, version, any_value(node) as node,
    max(code) as code, bool_or(name = 'TaskStartEvent') as started,
    bool_or(name <> 'TaskStartEvent') as ended, bool_or(name = 'TaskFailEvent') as failed
    from told group by all)
    select 'events', name, count(*) from told group by all
    union all select 'attempts', '', count(*) from attempts
    union all select 'unfinished', '', count(*) from attempts where not ended
    union all select 'code', code, count(*) from attempts where failed group by all
    union all select 'node', node, count(*) from attempts where failed group by all''').fetchall())
"""


NOT_ALL_COMPILED = not all(map(importlib.util.find_spec, COMPILED))
# The program as it is where there was no compiler.
NOT_COMPILED = f"""
import sys
sys.modules.update(dict.fromkeys({COMPILED}))
from batchdoctor.__main__ import main
main()
"""


@dataclass(frozen=True)
class Cost:
    """What a whole process took, its start included: seconds of CPU and of wall, memory in MB."""

    cpu: float
    wall: float
    memory: float


@pytest.fixture(scope="module", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep compiled modules, as an installation has them, whatever this shell forbids."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        yield


def cost_of(argv: list[str]) -> Cost:
    begin = time.perf_counter()
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, argv
    wall = time.perf_counter() - begin
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def least_costs(**programs: list[str]) -> dict[str, Cost]:
    """Run the programs in turn, and give the least of each: other load can only add."""
    costs: dict[str, list[Cost]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, argv in programs.items():
            costs[name].append(cost_of(argv))
    return {
        name: Cost(
            min(each.cpu for each in found),
            min(each.wall for each in found),
            max(each.memory for each in found),
        )
        for name, found in costs.items()
    }


def write_log(
    path: Path,
    size: int = 10**12,
    attempts: int = 10**9,
    failing: float = 1 / 30,
    jobs: int = 40,
) -> None:
    """Attempts of jobs on 200 nodes of 4 pools; ends come 50 starts later, some failed."""
    rnd, waiting, second = random.Random(1), [], 0.0
    with path.open("wb") as log:
        while log.tell() < size and second < attempts:
            second += 1
            job = rnd.randrange(jobs)
            node = 50 * (job % 4) + rnd.randrange(50)
            body = (
                f'"properties":{{"jobId":"job-{job:04}","id":"task-{int(second):08}",'
                f'"taskType":"User","systemTaskVersion":{rnd.getrandbits(30)},"requiredSlots":1,'
                f'"nodeInfo":{{"poolId":"pool-{node // 50}","nodeId":"tvmps_{node:032x}_d"}},'
                '"multiInstanceSettings":{"numberOfInstances":1},'
                '"constraints":{"maxTaskRetryCount":2},"executionInfo":{"retryCount":0'
            )
            log.write(line("TaskStartEvent", second, body + "}}}"))
            waiting.append(body)
            if len(waiting) > 50:
                end(log.write, waiting.pop(0), second, failed=rnd.random() < failing)


def end(write: object, body: str, second: float, *, failed: bool) -> None:
    assert callable(write)
    category, code, exit_code, result = "", "", 0, "Success"
    if failed:
        category, code, exit_code, result = "UserError", "FailureExitCode", 3, "Failure"
    rest = (
        f',"requeueCount":0,"startTime":"{stamp(second - 50)}","endTime":"{stamp(second)}",'
        f'"exitCode":{exit_code},"result":"{result}","schedulingError":{{"category":"{category}",'
        f'"code":"{code}","message":"{code}","details":[]}}}}}}}}'
    )
    write(line("TaskCompleteEvent", second, body + rest))
    if failed:
        write(line("TaskFailEvent", second, body + rest))


def stamp(second: float) -> str:
    minutes, hours = int(second) // 60, int(second) // 3600
    day = 1 + hours // 24 % 28
    return f"2026-08-{day:02}T{hours % 24:02}:{minutes % 60:02}:{int(second) % 60:02}.1234567Z"


def line(name: str, second: float, rest: str) -> bytes:
    return (
        f'{{"Tenant":"11111111-1111-1111-1111-111111111111","time":"{stamp(second)}",'
        '"resourceId":"/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/GROUP/'
        'PROVIDERS/MICROSOFT.BATCH/BATCHACCOUNTS/ACCOUNT","category":"ServiceLog",'
        f'"operationName":"{name}","operationVersion":"2017-06-01",{rest}\n'
    ).encode()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "PT1H.json"
    write_log(path, size=SIZE)
    return path


@pytest.fixture(scope="module")
def incident(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("incident") / "PT1H.json"
    write_log(path, size=SIZE, failing=1 / 3)
    return path


def parse(path: Path, workers: int = 1, *, compiled: bool = True) -> list[str]:
    program = [sys.executable, *(["-m", "batchdoctor"] if compiled else ["-c", NOT_COMPILED])]
    return [*program, "events", "parse", str(path), "--workers", str(workers), "-o", "json"]


@pytest.mark.skipif(NOT_ALL_COMPILED, reason="not all was compiled here")
@pytest.mark.parametrize("case", CPU_BARS)
def test_the_summary_takes_little_more_cpu_than_decoding_alone(
    case: str, request: pytest.FixtureRequest
) -> None:
    name, compiled, bar = CPU_BARS[case]
    path = request.getfixturevalue(name)
    bare = [sys.executable, "-c", BARE, str(path)]
    costs = least_costs(bare=bare, summary=parse(path, compiled=compiled))
    ratio = costs["summary"].cpu / costs["bare"].cpu
    speed = SIZE / 1e6 / costs["summary"].cpu
    print(
        f"\nCPU, {case}: bare loop {costs['bare'].cpu:.2f} s,"
        f" events parse {costs['summary'].cpu:.2f} s: ratio {ratio:.2f} (bar {bar}),"
        f" {speed:.0f} MB/s, {costs['summary'].memory:.0f} MB"
    )
    assert ratio <= bar


@pytest.mark.skipif(NOT_ALL_COMPILED, reason="not all was compiled here")
def test_two_processes_take_no_more_time_than_duckdb(log: Path) -> None:
    python = os.environ.get("DUCKDB_PYTHON", sys.executable)
    if python == sys.executable and importlib.util.find_spec("duckdb") is None:
        pytest.skip("duckdb is not installed here, and DUCKDB_PYTHON names no Python that has it")
    costs = least_costs(duckdb=[python, "-c", DUCKDB, str(log)], shared=parse(log, workers=2))
    ratio = costs["shared"].wall / costs["duckdb"].wall
    print(
        f"\nwall: DuckDB {costs['duckdb'].wall:.2f} s ({costs['duckdb'].memory:.0f} MB),"
        f" events parse --workers 2 {costs['shared'].wall:.2f} s: ratio {ratio:.2f}"
        f" (bar {WALL_BAR})"
    )
    assert ratio <= WALL_BAR


def test_memory_grows_by_little_for_each_attempt(tmp_path: Path) -> None:
    peaks = []
    for millions in (1, 2):
        path = tmp_path / f"{millions}.json"
        write_log(path, attempts=millions * 1_000_000)
        peaks.append(cost_of(parse(path)).memory)
        path.unlink()
    grown = (peaks[1] - peaks[0]) * 1024 * 1024 / 1_000_000
    print(f"\nmemory: 1 million attempts {peaks[0]:.0f} MB, {grown:.0f} bytes for each further one")
    assert peaks[0] <= MEMORY_BAR_MB
    assert grown <= MEMORY_PER_ATTEMPT
