"""Grouping 2,000 failed tasks by what they said, beside downloading the same and nothing more.

Run with `python -m pytest -n0 -s tests/benchmarks/test_messages.py`.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from batchdoctor.core.meaning.message_entry import message_catalog, patterns_of
from batchdoctor.core.meaning.messages import known_messages
from tests.benchmarks.serving import median_cost, served

TASKS = 2_000
# 200 KiB of output each, and what it fails with.
SCENARIO = f"""
[recipes.no-disk]
code = "FailureExitCode"
category = "UserError"
message = "The task exited with an exit code representing a failure"
exit_code = 1
stderr = "{{LOG}}OSError: [Errno 28] No space left on device: '/mnt/{{task}}'\\n"

[[pools]]
id = "farm"
slots = 4
[[pools.nodes]]
count = 50
[[jobs]]
id = "sweep"
pool = "farm"
[[jobs.tasks]]
count = {TASKS}
id = "point-{{n:06}}"
fails = {{ share = 1.0, recipes = ["no-disk"] }}
"""
# The same requests, and nothing made of what they bring.
DOWNLOAD = """
import batchdoctor
from batchdoctor.core.failures.failure import Failure
from batchdoctor.prefetch import prefetched
from batchdoctor.work.files.words import task_words
from batchdoctor.work.reading.failures import Narrowed, failures_of
with batchdoctor.connect() as account:
    reading = account._asking.reading()
    client = reading.client
    def listing(failure):
        yield task_words(client, failure.job_id, failure.task_id, 100)
    for _, found in prefetched(failures_of(reading, None, Narrowed()), listing):
        for _ in found:
            pass
    print(client.transport.sent)
"""
ROUNDS = 1


@pytest.mark.timeout(1200)
def test_grouping_by_message_beside_downloading_alone(tmp_path: Path) -> None:
    file = tmp_path / "full-disks.toml"
    log = "".join(
        f"{n:05} loading tile {n} of the mosaic, all is well so far\\n" for n in range(3700)
    )
    file.write_text(SCENARIO.replace("{LOG}", log))
    argv = ["-m", "batchdoctor", "tasks", "failed", "--by", "message", "-o", "jsonl"]
    with served("--scenario", str(file)) as settings:
        ours = median_cost(argv, settings, ROUNDS)
        alone = median_cost(["-c", DOWNLOAD], settings, ROUNDS)
        small = median_cost([*argv, "--limit", "200"], settings, ROUNDS)
    print(
        f"\n{TASKS:,} failed tasks of 200 KiB by message: {ours.cpu:.2f} s CPU, {ours.wall:.2f} s,"
        f" {ours.memory:.0f} MB; downloading alone {alone.cpu:.2f} s, {alone.wall:.2f} s,"
        f" {alone.memory:.0f} MB; ratio CPU {ours.cpu / alone.cpu:.2f}, memory of 200 of them"
        f" {small.memory:.0f} MB"
    )
    assert ours.lines == 1
    assert ours.memory < 1.5 * small.memory


def test_hostile_text_beside_a_log_of_the_same_size() -> None:
    """What is made to look almost like each pattern costs its length, as any other text does."""
    catalog = known_messages()
    almost = [
        f"{pattern.text.replace('*', ' ')} {pattern.needle[:-1]} " * 40
        for entry in message_catalog()
        for pattern in patterns_of(entry)[0][:2]
    ]
    hostile = [*almost, *("a" * 2000 for _ in range(50)), *("1." * 1000 for _ in range(50))]
    took = {}
    for name, lines in (("hostile", hostile), ("twice as much", hostile * 2)):
        begin = time.process_time()
        for line in lines:
            catalog.cause_in([line[:2000]], None)
        took[name] = time.process_time() - begin
    print(
        f"\nhostile text, {len(hostile)} lines of 2,000 characters: {took['hostile']:.2f} s CPU;"
        f" twice as much: ratio {took['twice as much'] / took['hostile']:.2f}"
    )
