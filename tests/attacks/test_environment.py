"""Attacks by surroundings: settings, words and places that nobody can use are told as such."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from batchdoctor.errors import BatchdoctorError
from batchdoctor.service.endpoint import parse_endpoint
from tests.attacks.raw import answer, raw
from tests.box import NOW, Open, run_with

JOB = "render-20261121"
NO_UTF8 = os.fsdecode(b"odd\xff")
SECRET = "Very-Secret-Word"


def bug(text: str) -> bool:
    return "itself failed" in text or "Traceback" in text


VALUES = (
    "",
    " ",
    NO_UTF8,
    "é漢",
    "x" * 5000,
    "a\nb",
    "\x1b[2J",
    "/dev/null",
    "/nonexistent/x",
    "-1",
)
VARIABLES = (
    "AZURE_BATCH_ENDPOINT",
    "AZURE_BATCH_ACCOUNT",
    "AZURE_BATCH_ACCESS_KEY",
    "AZURE_BATCH_AUTH_MODE",
    "AZURE_CONFIG_DIR",
    "BATCHDOCTOR_CONFIG",
    "BATCHDOCTOR_PROFILE",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "HOME",
    "USER",
    "COLUMNS",
    "TERM",
    "LANG",
)


def test_140_settings_that_nobody_can_use_are_no_bug(open_box: Open) -> None:
    cases = list(itertools.product(VARIABLES, VALUES))
    assert len(cases) == 140
    box, told = open_box("bad-node"), []
    for name, value in cases:
        result = box.run("tasks", "failed", "-o", "json", environ={name: value})
        if result.status not in {0, 2, 4, 6} or bug(result.stderr):
            told.append(f"{name}={value[:20]!r}: {result.status} {result.stderr[:200]}")
    assert told == []


OPTIONS: dict[str, list[str]] = {
    "job": ["tasks", "failed", "--job", "{}"],
    "limit": ["tasks", "failed", "--limit", "{}"],
    "since": ["tasks", "failed", "--since", "{}"],
    "timeout": ["tasks", "failed", "--timeout", "{}"],
    "endpoint": ["tasks", "failed", "--account-endpoint", "{}"],
    "key file": ["tasks", "failed", "--account-key-file", "{}"],
    "save-logs": ["tasks", "failed", "--save-logs", "{}"],
    "output": ["tasks", "failed", "-o", "{}"],
    "task": ["task", "show", f"{JOB}/{{}}"],
    "node": ["node", "disable", "render-linux/{}", "--yes"],
    "file": ["files", "get", "{}", "--task", f"{JOB}/frame-0001"],
    "out": ["files", "get", "stdout", "--task", f"{JOB}/frame-0001", "--out", "{}"],
    "lines": ["files", "tail", "stdout", "--task", f"{JOB}/frame-0001", "--lines", "{}"],
    "log": ["events", "parse", "{}"],
    "tally": ["events", "parse", __file__, "--tally-out", "{}"],
    "merge": ["events", "parse", "--merge", "{}"],
    "code": ["explain", "{}"],
}
WORDS = (
    *VALUES,
    "9" * 30,
    "nan",
    "inf",
    "1e308",
    "../..",
    "?x#y",
    "%00",
    "{x}",
    "-",
    "--",
    "99999999w",
)


def test_357_words_that_nobody_can_use_are_no_bug(
    open_box: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = list(itertools.product(OPTIONS, WORDS))
    assert len(cases) == 357
    monkeypatch.chdir(tmp_path)
    box, told = open_box("bad-node"), []
    box.sandbox.store.task(JOB, "frame-0001").files = {"stdout.txt": b"x"}
    for option, word in cases:
        result = box.run(*(part.replace("{}", word) for part in OPTIONS[option]))
        if result.status == 1 or bug(result.stderr):
            told.append(f"{option} {word[:20]!r}: {result.status} {result.stderr[:200]}")
    assert told == []


ENDPOINTS = (
    "https://acct\n.evil.example",
    "https://acct\t.evil.example",
    "https://acct\r\n@evil.example",
    "http://127.0.0.1\t:1",
    "https://acct\u3002evil.example",
    "https://acct\u2100.example",
    "https://acct.example\\@evil.example",
    "https://acct.example@evil.example",
    "https://acct.example:pass@evil.example",
    "https://acct.example#@evil.example",
    "https://acct.example?@evil.example",
    "https://acct.example/../x",
    "https://acct%2eevil.example",
    "https://acct.example:80:90",
    "https://acct.example:99999",
    "https://[::1",
    "https://[acct.example]",
    "https://a..b",
    "https://.",
    "https://" + "a" * 64 + ".example",
    "https://" + "a." * 200 + "example",
    "https://",
    "//acct.example",
    "ftp://acct.example",
    "javascript:alert(1)",
    "file:///etc/passwd",
    "http://acct.example",
    "http://2130706433",
    "http://0x7f.1",
    "http://127.1",
    "http://localhost.evil.example",
    "https://b\u00fccher.example",
    "https://a b",
    "https://a\u00a0b",
    "https://*.example",
    "https://'.example",
)


def test_36_endpoints_that_may_be_read_in_two_ways_are_refused() -> None:
    assert len(ENDPOINTS) == 36
    taken = []
    for text in ENDPOINTS:
        try:
            taken.append(parse_endpoint(text, "here").geturl())
        except BatchdoctorError:
            continue
    assert taken == []


PROXIES = (
    f"http://user:{SECRET}@127.0.0.1:99999",
    f"http://user:{SECRET}@127.0.0.1:port",
    f"http://user:{SECRET}@[::1",
    f"http://user:{SECRET}@127.0.0.1:1",
    f"http://{SECRET}@127.0.0.1:1",
    f"socks9://user:{SECRET}@127.0.0.1:1",
    f"user:{SECRET}@127.0.0.1:1",
    f"//user:{SECRET}@127.0.0.1:1",
    f"http://user:{SECRET} @127.0.0.1:1",
    f"{SECRET}",
)
HTTPS = {
    "AZURE_BATCH_ENDPOINT": "https://nobody.westeurope.batch.azure.example",
    "AZURE_BATCH_ACCESS_KEY": "YWJj",
}


def test_30_proxies_are_never_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = list(itertools.product(("HTTPS_PROXY", "https_proxy", "ALL_PROXY"), PROXIES))
    assert len(cases) == 30
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    told = []
    for name, proxy in cases:
        monkeypatch.setenv(name, proxy)
        result = run_with(HTTPS, lambda: NOW, lambda _seconds: None)("tasks", "failed", "-v")
        monkeypatch.delenv(name)
        said = result.stdout + result.stderr
        if SECRET in said or bug(said) or result.status not in {2, 6}:
            told.append(f"{name}={proxy}: {result.status} {said[:300]}")
    assert told == []


def test_6_proxies_for_everybody_get_no_request_to_this_computer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = answer(200, {"value": []})
    with raw(lambda _: page) as proxy, raw(lambda _: page) as account:
        for name in (
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
            "HTTPS_PROXY",
            "https_proxy",
        ):
            monkeypatch.setenv(name, f"http://{proxy.host}")
            result = run_with(account.environ, lambda: NOW)("tasks", "failed")
            monkeypatch.delenv(name)
            assert (result.status, len(proxy.asked)) == (0, 0)
    assert len(account.asked) == 6


def test_threads_that_cannot_start_cost_time_and_no_answer(
    open_box: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    box, start, count = open_box("bad-job"), Thread.start, [0]
    whole = box.run("tasks", "failed", "-o", "ids").stdout

    def scarce(self: Thread) -> Any:
        if self.name.endswith("(_fetch)"):
            count[0] += 1
            if count[0] > 1:
                raise RuntimeError("can't start new thread")
        return start(self)

    monkeypatch.setattr(Thread, "start", scarce)
    result = box.run("tasks", "failed", "-o", "ids")
    assert (result.status, result.stdout, count[0] > 1) == (0, whole, True)


@pytest.mark.parametrize("folder", [{"TMPDIR": "/nonexistent"}, {"TMPDIR": "/dev/null"}])
def test_2_temporary_folders_that_are_none_cost_no_answer(
    open_box: Open, folder: Mapping[str, str]
) -> None:
    assert open_box("bad-job").run("tasks", "failed", "-o", "json", environ=folder).status == 0
