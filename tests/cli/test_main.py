"""One place turns every failure into a sentence and an exit status."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from batchdoctor import __version__
from batchdoctor.cli.error_text import error_text
from batchdoctor.cli.words import WORDS
from batchdoctor.errors import BatchdoctorError, ExitCode, NotFoundError, UsageError, worst
from tests.box import Open, Run

WITHOUT_AZURE = [
    ["--version"],
    ["--help"],
    ["tasks", "failed", "--help"],
    ["node", "disable", "-h"],
    ["completion", "bash"],
    ["sandbox", "scenarios"],
    ["nodes", "suspect", "--since", "nonsense"],
]


def python(*code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *code], check=False, capture_output=True, text=True, timeout=60
    )


def test_the_version_is_one_line() -> None:
    told = python("-m", "batchdoctor", "--version")
    assert (told.returncode, told.stdout, told.stderr) == (0, f"batchdoctor {__version__}\n", "")


@pytest.mark.parametrize("argv", WITHOUT_AZURE, ids=" ".join)
def test_commands_that_ask_no_service_import_no_azure(argv: list[str]) -> None:
    code = (
        "import sys; from batchdoctor.__main__ import main\n"
        f"sys.argv = ['batchdoctor', *{argv!r}]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print('\\n', sorted({name.split('.')[0] for name in sys.modules}))"
    )
    told = python("-c", code)
    modules = told.stdout.splitlines()[-1]
    assert "'sys'" in modules
    assert "'azure'" not in modules
    assert "'tenacity'" not in modules


def test_reading_a_log_imports_nothing_of_what_asks_an_account() -> None:
    told = python("-X", "importtime", "-m", "batchdoctor", "events", "parse", "no-such-file")
    imported = {line.split("|")[-1].strip() for line in told.stderr.splitlines()}
    assert "batchdoctor.events.reading" in imported
    assert not {name for name in imported if name.startswith(("batchdoctor.service", "http"))}


def test_the_version_imports_neither_typer_nor_rich() -> None:
    told = python("-X", "importtime", "-m", "batchdoctor", "--version")
    imported = {line.split("|")[-1].strip() for line in told.stderr.splitlines()}
    assert "batchdoctor" in imported
    assert not imported & {"typer", "rich", "msgspec", "azure", "tenacity", "asyncio"}


@pytest.mark.parametrize(
    ("argv", "message", "hint"),
    [
        (
            ["tasks", "failed", "--nope"],
            "No such option: --nope",
            "batchdoctor tasks failed --help",
        ),
        (["taskz"], "No such command 'taskz'.", "did you mean batchdoctor task?"),
        (["node", "disable"], "Missing argument 'NODE...'.", "batchdoctor node disable --help"),
        (["tasks", "failed", "--limit", "0"], "Invalid value for '--limit'", "--help"),
        (["tasks", "failed", "-o", "yaml"], "Invalid value for '-o' / '--output'", "--help"),
        (["nodes", "suspect", "--since", "soon"], "--since does not understand 'soon'.", "30m"),
        (
            ["files", "get", "stderr"],
            "Say whose file it is: either a task's or a node's.",
            "add JOB/TASK or POOL/NODE",
        ),
    ],
)
def test_wrong_usage_is_a_sentence_a_hint_and_status_2(
    run_offline: Run, argv: list[str], message: str, hint: str
) -> None:
    result = run_offline(*argv)
    assert (result.status, result.stdout) == (2, "")
    first, second = result.stderr.splitlines()
    assert first.startswith(f"error: {message}")
    assert second.startswith("hint: ")
    assert hint in second


def test_a_noun_alone_shows_its_help_on_standard_error(run_offline: Run) -> None:
    result = run_offline("tasks")
    assert (result.status, result.stdout) == (2, "")
    assert result.stderr.startswith("Usage: batchdoctor tasks [OPTIONS] COMMAND [ARGS]...\n")


def test_without_an_account_the_missing_setting_is_named(run_offline: Run) -> None:
    result = run_offline("tasks", "failed")
    assert (result.status, result.stdout) == (2, "")
    assert "AZURE_BATCH_ENDPOINT" in result.stderr
    assert "--account-endpoint" in result.stderr


@pytest.mark.parametrize(
    "option", [["-o", "json"], ["-ojson"], ["--output=json"], ["-vo", "json"], ["-vojson"]]
)
def test_with_json_an_error_is_one_json_object_on_one_line(
    run_offline: Run, option: list[str]
) -> None:
    result = run_offline("nodes", "suspect", "--since", "soon", *option)
    assert result.stdout == ""
    assert json.loads(result.stderr) == {
        "error": {
            "code": "Usage",
            "message": "--since does not understand 'soon'.",
            "hint": "--since 30m, --since 6h, --since 2d, --since today, --since 22:30"
            " or --since 2026-11-20T22:00:00Z",
            "exitStatus": 2,
            "requestId": None,
        }
    }


def test_a_value_that_looks_like_json_is_no_wish_for_it(run_offline: Run) -> None:
    result = run_offline("tasks", "failed", "--job", "x-o json", "--since", "soon")
    assert result.stderr.startswith("error: ")


def test_a_timeout_that_is_no_number_is_refused(open_box: Open) -> None:
    result = open_box("healthy").run("tasks", "failed", "--timeout", "nan")
    assert (result.status, result.stdout) == (2, "")


def test_an_error_of_the_service_names_its_code_and_request() -> None:
    error = NotFoundError("The pool is gone.", hint="x", code="PoolNotFound", request_id="r-1")
    assert error_text(error, as_json=False) == (
        "error: The pool is gone. (PoolNotFound, request id r-1)\nhint: x"
    )
    assert json.loads(error_text(error, as_json=True))["error"]["requestId"] == "r-1"


def test_an_error_shows_no_secret_and_obeys_no_escape() -> None:
    error = UsageError("bad \x1b[2J https://x/?sv=1&sig=abc%3D&se=2\nline")
    told = error_text(error, as_json=False)
    assert told == "error: bad \\x1b[2J https://x/?sv=1&sig=***&se=2\\nline"


def test_every_error_has_an_exit_status_of_its_own_kind() -> None:
    kinds = {kind.__name__: kind.exit_code for kind in BatchdoctorError.__subclasses__()}
    documented = {
        "UsageError": 2,
        "NotFoundError": 3,
        "AccessError": 4,
        "DeclinedError": 5,
        "UnreachableError": 6,
        "InputError": 7,
        "StateError": 8,
    }
    assert kinds.items() >= documented.items()


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ([], 0),
        ([0, 10], 10),
        ([10, 6], 6),
        ([3, 6, 0], 6),
        ([6, 130], 130),
    ],
)
def test_the_status_is_the_worst_and_an_incomplete_answer_beats_findings(
    statuses: list[int], status: int
) -> None:
    assert worst([ExitCode(each) for each in statuses]) == status


@pytest.mark.parametrize("name", [name for name, word in WORDS.items() if not word.is_noun])
def test_the_list_of_words_says_of_each_what_its_own_help_says(run_offline: Run, name: str) -> None:
    told = " ".join(run_offline(name, "--help").stdout.split())
    assert WORDS[name].summary in told


def test_a_word_that_is_none_of_ours_is_told_with_those_that_are_like_it(run_offline: Run) -> None:
    result = run_offline("taks", "failed")
    assert (result.status, result.stdout) == (2, "")
    assert "No such command 'taks'" in result.stderr
