"""Words, settings and places that cannot be used: a sentence and the contract's status, no bug."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.box import Open, Run

JOB = "render-20261121"
# Bytes of a command line that are no UTF-8, as Python hands them over.
ODD = os.fsdecode(b"odd\xff")

WORDS = {
    "task": ["task", "show", f"{JOB}/{ODD}"],
    "job": ["job", "diagnose", ODD],
    "pool": ["pool", "diagnose", ODD],
    "node": ["node", "show", f"render-linux/{ODD}"],
    "jobs of a list": ["tasks", "failed", "--job", ODD],
    "a node to change": ["node", "disable", f"render-linux/{ODD}", "--yes"],
    "a task to run again": ["tasks", "reactivate", f"{JOB}/{ODD}", "--yes"],
    "a profile": ["tasks", "failed", "--profile", ODD],
    "an account": ["tasks", "failed", "--account-name", ODD],
    "a file of a task": ["files", "get", ODD, "--task", f"{JOB}/frame-0001"],
}


@pytest.mark.parametrize("form", ["table", "json"])
@pytest.mark.parametrize("name", WORDS)
def test_a_word_that_is_no_utf_8_is_wrong_usage(open_box: Open, name: str, form: str) -> None:
    box = open_box("bad-node")
    argv = WORDS[name]
    result = box.run(*argv, *(["-o", form] if argv[0] != "files" else []))
    # Nodes to be changed are looked for in their pool, and it is not there.
    assert (result.status, result.stdout) == (3 if name == "a node to change" else 2, "")
    assert "\\udcff" in result.stderr
    assert "itself failed" not in result.stderr
    assert box.requested("POST", "") == 0


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv", "tsv", "ids"])
def test_a_file_whose_name_is_no_utf_8_is_read_and_told(
    run_offline: Run, tmp_path: Path, form: str
) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/odd\xff.json"))
    file.write_text('{"operationName": "TaskFailEvent"\n')
    result = run_offline("events", "parse", str(file), "-o", form)
    assert result.status == 7
    assert "odd" in result.stderr
    assert "itself failed" not in result.stderr


# Settings that nobody can use -> how the sentence begins.
SETTINGS: dict[str, tuple[Mapping[str, str], str]] = {
    "an account of letters that a header cannot hold": (
        {"AZURE_BATCH_ACCOUNT": "büro漢"},
        "error: The account name 'büro漢' from environment AZURE_BATCH_ACCOUNT cannot be one",
    ),
    "an account that is no UTF-8": (
        {"AZURE_BATCH_ACCOUNT": ODD},
        "error: The account name 'odd\\udcff' from environment AZURE_BATCH_ACCOUNT cannot be one",
    ),
    "a path that is too long": (
        {"BATCHDOCTOR_CONFIG": "x" * 5000},
        "error: The configuration file xxxx",
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_nobody_can_use_is_named(open_box: Open, name: str) -> None:
    environ, begin = SETTINGS[name]
    result = open_box("bad-node").run("tasks", "failed", environ=environ)
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.startswith(begin)


def test_a_configuration_that_is_nested_too_deep_is_named(open_box: Open, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("a=" + "[" * 3000 + "]" * 3000)
    environ = {"BATCHDOCTOR_CONFIG": str(file)}
    result = open_box("bad-node").run("tasks", "failed", environ=environ)
    assert result.status == 2
    assert result.stderr.startswith(f"error: The configuration file {file} cannot be read")


def test_a_key_file_that_never_ends_is_no_key(open_box: Open) -> None:
    argv = ("tasks", "failed", "--account-key-file", "/dev/zero")
    result = open_box("bad-node").run(*argv)
    assert (result.status, result.stderr.splitlines()[0]) == (
        2,
        "error: option --account-key-file /dev/zero is too long to be an account key.",
    )


@pytest.mark.parametrize("columns", ["9" * 5000, "9" * 6, "-1", "²", "0"])
def test_a_width_that_no_terminal_has_is_not_believed(open_box: Open, columns: str) -> None:
    box = open_box("bad-node")
    plain = box.run("tasks", "failed", "--by", "code")
    assert box.run("tasks", "failed", "--by", "code", environ={"COLUMNS": columns}) == plain


@pytest.mark.parametrize("length", [300, 5000])
@pytest.mark.parametrize(
    "argv",
    [
        ["files", "get", "stdout", "--task", f"{JOB}/frame-0001", "--out", "{}"],
        ["files", "get", "stdout", "--task", f"{JOB}/frame-0001", "--out", "{}/"],
        ["files", "get", "*", "--task", f"{JOB}/frame-0001", "--out", "{}"],
        ["tasks", "failed", "--save-logs", "{}"],
        ["events", "parse", "{}"],
    ],
    ids=["out", "folder", "many", "save-logs", "parse"],
)
def test_a_path_that_is_too_long_is_told_as_such(
    open_box: Open, argv: list[str], length: int
) -> None:
    box = open_box("bad-node")
    box.sandbox.store.task(JOB, "frame-0001").files = {"stdout.txt": b"x"}
    result = box.run(*(word.format("x" * length) for word in argv))
    assert result.status in {2, 7}
    assert "File name too long" in result.stderr
    assert "itself failed" not in result.stderr


@pytest.mark.parametrize(
    "argv",
    [
        ["tasks", "failed", "--limit", "9" * 30],
        ["tasks", "failed", "--limit", "9" * 5000],
        ["tasks", "failed", "--stderr", "9" * 30],
        ["files", "tail", "stdout", "--task", f"{JOB}/frame-0001", "--lines", "9" * 30],
    ],
)
def test_a_number_that_nothing_counts_to_is_wrong_usage(open_box: Open, argv: list[str]) -> None:
    result = open_box("bad-node").run(*argv)
    assert (result.status, "itself failed" in result.stderr) == (2, False)


HTTPS = {
    "AZURE_BATCH_ENDPOINT": "https://nobody.westeurope.batch.azure.com",
    "AZURE_BATCH_ACCESS_KEY": "YWJj",
}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("garbage", "holds no certificate that can be read"),
        ("", "holds no certificate that can be read"),
        (None, "does not exist"),
    ],
)
@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_file_of_certificates_that_is_none_is_named(
    run_offline: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    text: str | None,
    told: str,
) -> None:
    file = tmp_path / "ca.pem"
    if text is not None:
        file.write_text(text)
    for each in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, str(file))
    result = run_offline("tasks", "failed", environ=HTTPS)
    assert (result.status, result.stderr) == (
        2,
        f"error: The file of trusted certificates that {name} names {told}.\n"
        f"hint: Correct or unset {name}; it names a file in PEM format, or a folder.\n",
    )


@pytest.mark.parametrize(
    "proxy",
    [
        "http://user:Very-Secret@127.0.0.1:99999",
        "http://user:Very-Secret@[bad",
        "socks9://user:Very-Secret@127.0.0.1:1",
        "http://user:Very-Secret@127.0.0.1:port",
    ],
)
def test_a_proxy_that_is_none_is_named_and_never_quoted(
    run_offline: Run, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    result = run_offline("tasks", "failed", "-v", environ=HTTPS)
    assert result.status == 2
    assert "what HTTPS_PROXY names cannot be used as a proxy." in result.stderr
    assert [word for word in ("Very-Secret", "Traceback") if word in result.stderr] == []
