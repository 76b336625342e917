"""What a word means: codes, exit codes and states, in any case and any spelling."""

from __future__ import annotations

import pytest

from batchdoctor.core.meaning.explanation import (
    explain,
    explain_arguments,
    explain_text,
)
from batchdoctor.core.meaning.kinds import ListedKind
from batchdoctor.core.meaning.listed import every_explanation, place_of
from batchdoctor.core.meaning.messages import known_messages
from batchdoctor.core.meaning.node_states import NODE_STATES


@pytest.mark.parametrize(
    ("word", "kind", "name"),
    [
        ("BlobAccessDenied", "code", "BlobAccessDenied"),
        ("blobaccessdenied", "code", "BlobAccessDenied"),
        ("AllocationFailed", "code", "AllocationFailed"),
        ("NodeNotReady", "code", "NodeNotReady"),
        ("MaxWallClockTimeExpiry", "code", "MaxWallClockTimeExpiry"),
        ("InsufficientSampleData", "code", "InsufficientSampleData"),
        ("0xC000013A", "exitCode", "STATUS_CONTROL_C_EXIT"),
        ("-1073741510", "exitCode", "STATUS_CONTROL_C_EXIT"),
        ("3221225786", "exitCode", "STATUS_CONTROL_C_EXIT"),
        ("status_control_c_exit", "exitCode", "STATUS_CONTROL_C_EXIT"),
        ("control_c_exit", "exitCode", "STATUS_CONTROL_C_EXIT"),
        ("137", "exitCode", "SIGKILL"),
        ("-9", "exitCode", "SIGKILL"),
        ("sigkill", "exitCode", "SIGKILL"),
        ("1", "exitCode", "1"),
        ("starttaskfailed", "nodeState", "startTaskFailed"),
        ("Unusable", "nodeState", "unusable"),
    ],
)
def test_a_word_is_found_in_any_spelling(word: str, kind: str, name: str) -> None:
    (found,) = explain(word)
    assert (found.kind, found.name, found.word) == (kind, name, word)


def test_a_word_with_several_meanings_has_them_all() -> None:
    kinds = [(found.kind, found.where) for found in explain("unknown")]
    assert kinds == [
        ("code", ("task", "startTask", "preparation")),
        ("code", ("job",)),
        ("code", ("resize",)),
        ("nodeState", ("node",)),
    ]


def test_no_cause_is_claimed_for_a_small_positive_number() -> None:
    (found,) = explain("3")
    assert found.meaning.startswith("Every program has its own meaning")


def test_what_is_not_known_comes_with_near_misses() -> None:
    (code,) = explain("AlocationFailed")
    (state,) = explain("unuseable")
    (nonsense,) = explain("xyzzy")
    assert (code.known, code.suggestions[0]) == (False, "AllocationFailed")
    assert (state.known, state.suggestions) == (False, ("unusable",))
    assert (nonsense.known, nonsense.suggestions) == (False, ())


def test_a_number_beyond_32_bits_is_no_exit_code() -> None:
    (found,) = explain("99999999999")
    assert not found.known


def test_everything_that_is_listed_can_be_asked_for() -> None:
    for listed in every_explanation(known_messages):
        found = explain_arguments([listed.word])
        assert listed.name in {each.name for each in found}


def test_a_kind_is_listed_under_its_own_places_only() -> None:
    every = list(every_explanation(known_messages))
    for kind in ListedKind:
        names = [found.word for found in every_explanation(known_messages, [kind])]
        assert names
        assert names == [found.word for found in every if place_of(found, [kind])]
    node = {found.name for found in every_explanation(known_messages, [ListedKind.NODE])}
    assert {"DiskFull", "unusable"} <= node
    assert "BlobNotFound" not in node
    covered = [found for kind in ListedKind for found in every_explanation(known_messages, [kind])]
    assert {found.word for found in covered} == {found.word for found in every}


def test_a_message_is_known_by_the_name_that_a_cause_bears() -> None:
    (found,) = explain_arguments(["Disk-Read-Only"])
    assert (found.kind, found.name, found.evidence) == ("message", "disk-read-only", None)


def test_all_states_of_nodes_are_there() -> None:
    wire = {
        *("idle", "rebooting", "reimaging", "running", "unusable", "creating", "starting"),
        *("waitingforstarttask", "starttaskfailed", "unknown", "leavingpool", "offline"),
        *("preempted", "upgradingos", "deallocated", "deallocating"),
    }
    assert {state.state.lower() for state in NODE_STATES} == wire


def test_words_of_one_sentence_need_no_quotes() -> None:
    (found,) = explain_arguments(["exit", "code", "137"])
    assert (found.word, found.name, found.evidence) == ("137", "SIGKILL", "exit code 137")


def test_several_words_are_explained_one_by_one_and_without_what_stands_around_them() -> None:
    found = explain_arguments(["TaskEnded,", "(-9)", "unuseable"])
    assert [(each.name, each.known) for each in found] == [
        ("TaskEnded", True),
        ("SIGKILL", True),
        ("unuseable", False),
    ]


def test_a_word_in_a_text_is_explained_as_what_the_text_says_it_is() -> None:
    (state,) = explain_text("node state: unknown")
    codes = explain_text("the task failed, code: Unknown")
    assert (state.kind, state.name) == ("nodeState", "unknown")
    assert {each.kind for each in codes} == {"code"}


def test_a_text_without_anything_known_is_told_once_and_shortly() -> None:
    (found,) = explain_text("all is quiet " * 50)
    assert not found.known
    assert found.word == f"{'all is quiet ' * 4}all is …"
    assert found.suggestions == ()


def test_a_signature_in_a_pasted_text_is_masked() -> None:
    (found,) = explain_text("BlobNotFound at https://a.example/x?sv=1&sig=abcDEF123%2B&se=2 now")
    assert found.evidence == "BlobNotFound at https://a.example/x?sv=1&sig=***&se=2 now"


@pytest.mark.parametrize(
    ("word", "name", "meaning"),
    [
        (
            "-2146232576",
            "CLR_E_SHIM_RUNTIMELOAD",
            "CLR_E_SHIM_RUNTIMELOAD, an HRESULT: the .NET Framework that it asks for is not there.",
        ),
        (
            "0xffffffff80070020",
            "ERROR_SHARING_VIOLATION",
            "ERROR_SHARING_VIOLATION, an HRESULT: a file is in use by another process.",
        ),
        (
            "0x80070BB8",
            "Windows error 3000",
            "Windows error 3000, an HRESULT: `net helpmsg 3000` on any Windows says what it is.",
        ),
        (
            "0x800080FF",
            "-2147450625",
            "An HRESULT of the dotnet host that is not in the table: the program did not start.",
        ),
        (
            "3010",
            "3010",
            "The Windows Installer (msiexec) means by it: success, and a restart is needed for it"
            " to take effect. Other programs mean other things by it.",
        ),
        (
            "3011",
            "3011",
            "Every program has its own meaning for this number: its stderr and its manual know it.",
        ),
    ],
)
def test_values_of_windows_and_dotnet_are_told_as_what_they_are(
    word: str, name: str, meaning: str
) -> None:
    (found,) = explain(word)
    assert (found.name, found.meaning) == (name, meaning)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "Desired number of dedicated nodes could not be allocated (Code: AllocationFailed)\n"
            "- Allocation failed as subnet has delegation to external resources. (Code: Reason)",
            ["AllocationFailed", "SubnetWithExternalResourcesCannotBeUsedByOtherResources"],
        ),
        # What any refused request looks like adds nothing to the code.
        ("Operation returned an invalid status code 'Conflict'\nCode: JobExists", ["JobExists"]),
        # The service's own sentence is no program that waits for a server.
        (
            "could not be allocated as the resize timeout: AllocationTimedOut",
            ["AllocationTimedOut"],
        ),
        ("ExitCode : -1073741510", ["STATUS_CONTROL_C_EXIT"]),
        ("RestError: code: 'JobNotFound',\n statusCode: 404", ["JobNotFound"]),
        ("Error: (UserError) it failed: FailureExitCode", ["FailureExitCode"]),
        ("Code: InternalServerError", ["InternalError"]),
    ],
)
def test_a_pasted_text_is_told_by_its_cause_and_by_nothing_beside_it(
    text: str, names: list[str]
) -> None:
    assert [each.name for each in explain_text(text)] == names
