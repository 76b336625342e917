"""`sandbox serve` from another process, and `sandbox scenarios`."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from azure.batch import BatchClient, models
from azure.core.credentials import AzureNamedKeyCredential

from tests.box import Run


@contextmanager
def served(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """A sandbox in a process of its own, and the settings that it prints."""
    with subprocess.Popen(
        [sys.executable, "-m", "batchdoctor", "sandbox", "serve", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert process.stdout is not None
        process.stderr.readline()  # written when it serves, after all settings
        os.set_blocking(process.stdout.fileno(), False)
        lines = process.stdout.read().splitlines()
        pairs = [line.removeprefix("export ").partition("=") for line in lines]
        settings = {name: shlex.split(value)[0] for name, _, value in pairs}
        try:
            yield process, settings
        finally:
            process.terminate()
            process.wait(timeout=30)


def batchdoctor(*argv: str, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "batchdoctor", *argv],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "options", [[], ["--tls"], ["--tls", "--token"]], ids=["key", "key over TLS", "token over TLS"]
)
def test_what_it_prints_is_all_that_another_terminal_needs(options: list[str]) -> None:
    with served("--scenario", "bad-node", *options) as (_, settings):
        told = batchdoctor("nodes", "suspect", "-o", "ids", settings=settings)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == "render-linux/tvm-283647310_10-20261111t202534z\n"


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_silence_when_asked_to(end: signal.Signals) -> None:
    with served("--scenario", "healthy") as (process, _):
        process.send_signal(end)
        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_token_without_tls_is_refused(run_offline: Run) -> None:
    result = run_offline("sandbox", "serve", "--token")
    assert (result.status, result.stdout) == (2, "")
    assert "batchdoctor sandbox serve --token --tls" in result.stderr


def test_the_scenarios_are_listed_with_what_they_show(run_offline: Run) -> None:
    told = run_offline("sandbox", "scenarios", "-o", "jsonl").jsonl()
    assert {item["name"] for item in told} == {
        "healthy",
        "bad-node",
        "bad-job",
        "night-shift",
        "big",
    }
    assert all(item["description"] for item in told)
    table = run_offline("sandbox", "scenarios").stdout
    assert all(item["name"] in table for item in told)


def test_a_job_that_is_created_really_runs_where_that_is_asked_for() -> None:
    with served("--scenario", "healthy", "--run-jobs") as (_, settings):
        client = BatchClient(
            settings["AZURE_BATCH_ENDPOINT"],
            AzureNamedKeyCredential(
                settings["AZURE_BATCH_ACCOUNT"], settings["AZURE_BATCH_ACCESS_KEY"]
            ),
        )
        pool = models.BatchPoolInfo(pool_id="render-linux")
        client.create_job(models.BatchJobCreateOptions(id="mine", pool_info=pool))
        command = "/bin/sh -c 'echo $((6 * 7))'"
        client.create_task("mine", models.BatchTaskCreateOptions(id="one", command_line=command))
        waited = batchdoctor("wait", "task", "mine/one", settings=settings)
        told = batchdoctor("files", "get", "stdout", "mine/one", settings=settings)
        client.close()
    assert (waited.returncode, told.stdout) == (0, "42\n")


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--mishap", "node-lost"], "add --run-jobs"),
        (["--run-jobs", "--mishap", "flood"], "node-lost, node-cut-off, end-unheard"),
    ],
)
def test_a_mishap_that_can_befall_nothing_is_refused(
    run_offline: Run, options: list[str], hint: str
) -> None:
    result = run_offline("sandbox", "serve", *options)
    assert (result.status, result.stdout) == (2, "")
    assert hint in result.stderr
