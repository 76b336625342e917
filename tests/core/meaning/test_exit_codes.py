"""Exit codes in every spelling, and how much meaning each may be given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.core.meaning.exit_codes import (
    SIGNALS,
    ExitCodeMeaning,
    explain_exit_code,
    parse_exit_code,
    signal_of,
)
from batchdoctor.core.meaning.windows_codes import NTSTATUS


@pytest.mark.parametrize(
    "text", ["0xC000013A", "0xc000013a", "-1073741510", "3221225786", " 3221225786 "]
)
def test_every_spelling_of_an_exit_code_is_the_same_number(text: str) -> None:
    assert parse_exit_code(text) == -1073741510


@pytest.mark.parametrize(
    "text",
    [
        "",
        "BlobAccessDenied",
        "0x",
        "0x1FFFFFFFF",
        "4294967296",
        "-2147483649",
        "1.0",
        "1_000",
        "1e3",
        "\u0663",
        "--1",
    ],
)
def test_what_is_no_exit_code_is_none(text: str) -> None:
    assert parse_exit_code(text) is None


@given(st.integers(-(2**31), 2**31 - 1))
def test_the_spellings_that_are_shown_read_back_as_the_same_code(code: int) -> None:
    shown = explain_exit_code(code)
    assert {
        parse_exit_code(text) for text in (str(shown.signed), str(shown.unsigned), shown.hex)
    } == {code}


def test_an_exit_code_of_windows_is_told_in_full() -> None:
    assert explain_exit_code(3221225786) == ExitCodeMeaning(
        signed=-1073741510,
        unsigned=3221225786,
        hex="0xC000013A",
        name="STATUS_CONTROL_C_EXIT",
        brief="ended by Batch (time limit or terminate)",
        meaning="STATUS_CONTROL_C_EXIT of Windows: ended by Batch (time limit or terminate).",
        evidence=None,
    )


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (-1073741510, "0xC000013A STATUS_CONTROL_C_EXIT: ended by Batch (time limit or terminate)"),
        (-1073741819, "0xC0000005 STATUS_ACCESS_VIOLATION: crashed on a bad memory address"),
        (-1073741801, "0xC0000017 STATUS_NO_MEMORY: out of memory"),
        (-1073741571, "0xC00000FD STATUS_STACK_OVERFLOW: crashed as its stack overflowed"),
        (
            -1073741515,
            "0xC0000135 STATUS_DLL_NOT_FOUND: a DLL is missing, such as that of a runtime",
        ),
        (-1073741511, "0xC0000139 STATUS_ENTRYPOINT_NOT_FOUND: a DLL has the wrong version"),
        (
            -1073741701,
            "0xC000007B STATUS_INVALID_IMAGE_FORMAT: 32-bit and 64-bit files mixed, or a bad one",
        ),
        (
            -1073741502,
            "0xC0000142 STATUS_DLL_INIT_FAILED: a DLL did not start (no desktop or heap full)",
        ),
        (-1073740940, "0xC0000374 STATUS_HEAP_CORRUPTION: crashed on a damaged heap"),
        (
            -1073740791,
            "0xC0000409 STATUS_STACK_BUFFER_OVERRUN: failed fast, by abort() or a bad stack",
        ),
        (
            1073807364,
            "0x40010004 DBG_TERMINATE_PROCESS: ended from outside, as in a forced shutdown",
        ),
        (137, "SIGKILL: killed; the code does not say by whom"),
        (-9, "SIGKILL: killed; the code does not say by whom"),
        (143, "SIGTERM: asked to end; the code does not say by whom"),
        (-15, "SIGTERM: asked to end; the code does not say by whom"),
        (139, "SIGSEGV: crashed on a bad memory address"),
        (134, "SIGABRT: ended itself with abort()"),
        (130, "SIGINT: interrupted"),
        (125, "docker could not run the container (if the task has one)"),
        (126, "shell or container: the command cannot be executed"),
        (127, "shell or container: command not found"),
    ],
)
def test_a_listing_shows_name_and_meaning_in_one_line(code: int, text: str) -> None:
    assert explain_exit_code(code).text == text


@pytest.mark.parametrize("code", [*range(1, 2), *range(3, 125)])
def test_small_positive_numbers_get_no_meaning(code: int) -> None:
    shown = explain_exit_code(code)
    assert (shown.name, shown.brief, shown.meaning, shown.text) == (None, None, None, None)


@pytest.mark.parametrize("code", [0, 2, 255, -1])
def test_numbers_of_many_meanings_are_explained_but_not_claimed_in_a_listing(code: int) -> None:
    shown = explain_exit_code(code)
    assert shown.text is None
    assert shown.meaning


@pytest.mark.parametrize("number", sorted(SIGNALS))
def test_both_conventions_name_the_same_signal(number: int) -> None:
    assert (signal_of(-number), signal_of(128 + number)) == (number, number)


@pytest.mark.parametrize("code", [0, 1, 9, 128, 160, -64, -65, 255])
def test_what_no_signal_has_is_no_signal(code: int) -> None:
    assert signal_of(code) is None


@pytest.mark.parametrize("code", [137, -9])
@pytest.mark.parametrize(
    "line",
    [
        "Memory cgroup out of memory: Killed process 4711 (python)",
        "container was OOMKilled",
        "oom-kill:constraint=CONSTRAINT_MEMCG",
        '"OOMKilled": true',
    ],
)
def test_a_kill_is_called_out_of_memory_when_other_text_says_so(code: int, line: str) -> None:
    shown = explain_exit_code(code, evidence=f"starting\n  {line}\nmore")
    assert shown.text == "SIGKILL: killed for lack of memory"
    assert shown.evidence == line
    assert shown.meaning is not None
    assert line in shown.meaning


@pytest.mark.parametrize("code", [137, -9])
@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "killed",
        "the bathroom is full",
        '"OOMKilled":false',
        "OOMKilled=false",
        "CUDA out of memory",
        "no room",
    ],
)
def test_a_kill_is_not_called_out_of_memory_without_evidence(code: int, text: str | None) -> None:
    shown = explain_exit_code(code, evidence=text)
    assert shown.text == "SIGKILL: killed; the code does not say by whom"
    assert shown.evidence is None


def test_evidence_of_memory_does_not_change_other_codes() -> None:
    assert explain_exit_code(143, evidence="out of memory") == explain_exit_code(143)


def test_an_unlisted_ntstatus_is_said_to_be_one() -> None:
    shown = explain_exit_code(parse_exit_code("0xC0000777") or 0)
    assert shown.text is None
    assert shown.meaning is not None
    assert "NTSTATUS" in shown.meaning


def test_brief_meanings_fit_a_column() -> None:
    assert max(len(brief) for _, brief in [*NTSTATUS.values(), *SIGNALS.values()]) <= 60
