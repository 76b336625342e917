"""What is found in texts that people paste: codes, exit codes and states, and no word of prose."""

from __future__ import annotations

import pytest

from batchdoctor.core.meaning.catalog import load_catalog
from batchdoctor.core.meaning.fixed_messages import FIXED_MESSAGES
from batchdoctor.core.meaning.mentions import mentions, without_fixed


def words(text: str) -> list[str]:
    return [mention.word for mention in mentions(text)]


@pytest.mark.parametrize(
    "text",
    [
        "JobDisabled,",
        '"JobDisabled"',
        "`JobDisabled`",
        "**JobDisabled**",
        "\x1b[31mJobDisabled\x1b[0m",
        "│ Error: adding the task: JobDisabled: the job is off.",
        "(JobDisabled) The job is off.\nCode: JobDisabled\nMessage: The job is off.",
        "HttpResponseError: (JobDisabled) {'lang': 'en-US', 'value': 'off\\nRequestId:1'}",
        '{"odata.metadata": "x", "code": "JobDisabled", "message": {"value": "off"}}',
        "{&quot;code&quot;:&quot;JobDisabled&quot;}",
        'Service returned an error. Status=409 Code="JobDisabled" Message="off"',
        "BatchException: Operation returned an invalid status code 'Conflict'\n  JobDisabled: off",
        "error: jobdisabled",
    ],
)
def test_a_code_is_found_in_whatever_it_is_wrapped_in(text: str) -> None:
    assert [word.lower() for word in words(text)] == ["jobdisabled"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The specified job is disabled.", "JobDisabled"),
        ("The specified\n│   job is\n│   disabled.", "JobDisabled"),
        ("ERROR ~ Failed to launch the specified command line", "CommandLaunchFailed"),
        ("msg='The specified pool does not exist.\\nRequestId:7'", "PoolNotFound"),
        ("Desired number of dedicated nodes could not be allocated", "AllocationFailed"),
        (
            "Desired number of spot nodes could not be allocated as the resize timeout was reached",
            "AllocationTimedOut",
        ),
        (
            "Desired number of spot nodes could not be allocated due to a stop resize operation",
            "ResizeStopped",
        ),
        ("account has reached VM series core quota for Dv3", "AccountVMSeriesCoreQuotaReached"),
        ("Mount Configuration Error | of S", "MountConfigurationError"),
    ],
)
def test_the_services_own_sentence_stands_for_its_code(text: str, code: str) -> None:
    assert words(text) == [code]


def test_every_fixed_sentence_leads_to_a_code_of_the_catalog() -> None:
    catalog = load_catalog()
    unknown = {code for code in FIXED_MESSAGES.values() if not catalog.entries(code)}
    assert unknown == set()
    assert all(message == message.lower() for message in FIXED_MESSAGES)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("render ended: exit code 139, see the log", "139"),
        ("exited (125) 3 minutes ago", "125"),
        ('{"exitCode": -1073741819, "x": 1}', "-1073741819"),
        ("Command '['run.sh']' returned non-zero exit status 126.", "126"),
        ("Command exit status:\n  143\n\nCommand output:", "143"),
        ("the host stopped: 0x80131700", "0x80131700"),
        ("Unhandled: COR_E_FAILFAST", "COR_E_FAILFAST"),
        ("error code 137", "137"),
        ("'sh -c x' returned a non-zero code: 127", "127"),
        ("the setup failed with error 1603", "1603"),
        ("terminated by signal 11", "-11"),
        ("msiexec failed with error code 1618", "1618"),
        ("Erreur : code de sortie 137", "137"),
        ("der Rückgabewert: 139", "139"),
        ("进程已结束, 退出代码\uff1a137", "137"),
        ("terminó con código de salida 127", "127"),
    ],
)
def test_an_exit_code_is_found_where_the_text_says_that_it_is_one(text: str, word: str) -> None:
    assert words(text) == [word]


def test_one_signal_in_two_spellings_is_told_once() -> None:
    assert words("exited with 137 (SIGKILL)") == ["137"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("node state: unusable", "unusable"),
        ('{"id": "n1", "state": "offline"}', "offline"),
        ("the node went into the state leavingpool", "leavingpool"),
        ("two nodes are unusable since noon", "unusable"),
        ("it stays in idle state", "idle"),
        ("nodes: 3 unusable", "unusable"),
        ("Preempted nodes!", "Preempted"),
    ],
)
def test_a_state_is_found_where_the_text_says_that_it_is_one(text: str, word: str) -> None:
    assert [(found.word, found.kind) for found in mentions(text)] == [(word, "nodeState")]


@pytest.mark.parametrize(
    "text",
    [
        "The cause is unknown; the fan was running while the room was idle.",
        "forbidden fruit, unknown origin, starting at 8080 in the year 2026",
        "unexpected status 404 (404 Not Found) on port 10250",
        "error code 404 of the web server",
        "exited with 2 warnings",
        "an error 137 lines above, after 126 were completed: 127 rows returned",
        "failed with status 404, then failed 139 times",
        "invalid status code 'BadRequest'",
        "IOError: [Errno 2] No such file or directory",
        "task state: running",
        "see https://example.org/JobDisabled?x=PoolExists and ./TaskFailed.log",
        "the pool-JobDisabled-3 is fine",
        "a strong signal 5 of hope",
        "-1234567890 or 3000000000 of them",
    ],
)
def test_prose_has_no_codes(text: str) -> None:
    assert words(text) == []


def test_where_the_service_speaks_no_program_does() -> None:
    text = "could not be\n  nodes could not be allocated as the resize timeout was reached, or so"
    assert without_fixed(text).split() == ["could", "not", "be", ",", "or", "so"]
    assert len(without_fixed(text)) == len(text)


def test_several_things_are_found_in_their_order_and_with_their_lines() -> None:
    text = "step 1: TaskEnded\nstep 2: exit code 3\nstep 3: TaskEnded again\nstep 4: DiskFull"
    assert [(found.word, found.kind, found.line) for found in mentions(text)] == [
        ("TaskEnded", "code", "step 1: TaskEnded"),
        ("3", "exitCode", "step 2: exit code 3"),
        ("DiskFull", "code", "step 4: DiskFull"),
    ]


def test_success_beside_something_else_is_nothing_to_explain() -> None:
    assert words("wanted exit code 0, got exit code 4") == ["4"]
    assert words("exit code 0") == ["0"]


def test_a_word_that_the_text_calls_a_code_is_named_though_it_is_unknown() -> None:
    assert words('{"code": "ShinyNewTrouble"}') == ["ShinyNewTrouble"]


def test_of_a_long_line_the_part_around_the_word_is_evidence() -> None:
    (found,) = mentions("a" * 500 + " DiskFull " + "b" * 500)
    assert found.line.startswith("…a")
    assert found.line.endswith("b…")
    assert "DiskFull" in found.line
    assert len(found.line) == 162
