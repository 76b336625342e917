"""The rules of classification: each wins where it should, and none hides another."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from batchdoctor.core.failures.classify import Classification, classify, decide
from batchdoctor.core.failures.rules import RULES
from batchdoctor.core.failures.signs import Evidence, Timing, evidence_of, task_entry
from batchdoctor.core.meaning.category import Category
from batchdoctor.core.records import (
    FailureInformation,
    NameValue,
    Task,
    TaskConstraints,
    TaskExecution,
)

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LIMIT = "PT1H"
NO_LIMIT = "P10675199DT2H48M5.4775807S"


def failed(
    code: str | None = None,
    exit_code: int | None = None,
    *,
    category: str | None = None,
    minutes: float | None = None,
    limit: str | None = None,
) -> Task:
    """A failed task that says this much."""
    return Task(
        id="t",
        execution_info=TaskExecution(
            result="failure",
            exit_code=exit_code,
            failure_info=FailureInformation(category=category, code=code),
            start_time=START if minutes is not None else None,
            end_time=START + timedelta(minutes=minutes) if minutes is not None else None,
        ),
        constraints=TaskConstraints(max_wall_clock_time=limit),
    )


def detailed(code: str, **details: str) -> Task:
    """A task that could not start, with what the service tells beside the code."""
    information = FailureInformation(
        category="UserError",
        code=code,
        details=[NameValue(name=name, value=value) for name, value in details.items()],
    )
    return Task(
        id="t",
        execution_info=TaskExecution(
            result="failure",
            failure_info=information,
            start_time=START,
            end_time=START + timedelta(minutes=5),
        ),
    )


# Rule -> a task that it must win, what else is known, category, reason, guessed.
WITNESSES: dict[str, tuple[Task, dict[str, str], Category, str, bool]] = {
    "not-failed": (
        Task(id="t", execution_info=TaskExecution(result="Success", exit_code=0)),
        {},
        Category.UNKNOWN,
        "The task has not failed.",
        False,
    ),
    "ended-at-limit": (
        failed("TaskEnded", -1073741510, category="ServerError", minutes=60, limit=LIMIT),
        {"job_terminate_reason": "UserTerminate"},
        Category.CONSTRAINT,
        "Batch ended it after its time limit of 1:00:00.",
        False,
    ),
    "ended-with-job": (
        failed("TaskEnded", minutes=5, limit=LIMIT),
        {"job_terminate_reason": "MaxWallClockTimeExpiry"},
        Category.CONSTRAINT,
        "Batch ended it, and its job ended for MaxWallClockTimeExpiry, which ends the tasks that "
        "still run.",
        False,
    ),
    "ended-by-request": (
        failed("taskended", minutes=5, limit=NO_LIMIT),
        {"job_terminate_reason": "AllTasksComplete"},
        Category.CONSTRAINT,
        "Batch ended it, and not for its time limit: somebody or some program asked for it.",
        False,
    ),
    "ended": (
        failed("TaskEnded", minutes=5),
        {},
        Category.CONSTRAINT,
        "Batch ended it, at its time limit or by request; the limit is not told here.",
        False,
    ),
    "told-disk-full": (
        detailed("ContainerInvalidImage", Message="write layer: no space left on device"),
        {},
        Category.NODE,
        "Read from the message: the disk of the node is full, whatever the code says"
        ' ("write layer: no space left on device").',
        False,
    ),
    "told-disk-broken": (
        detailed("ContainerInvalidImage", Message="write /opt/x: input/output error"),
        {},
        Category.NODE,
        "Read from the message: a disk of the node, or what is mounted there, does not"
        " read or write any more"
        ' ("write /opt/x: input/output error").',
        False,
    ),
    "told-daemon-gone": (
        detailed("ContainerMiscError", Message="Is the docker daemon running?"),
        {},
        Category.NODE,
        "Read from the message: the container daemon of the node does not answer"
        ' ("Is the docker daemon running?").',
        False,
    ),
    "told-timed-out": (
        detailed("ContainerInvalidSettings", Message="Read timed out. (read timeout=60)"),
        {},
        Category.NODE,
        "Read from the message: the node's container daemon or the registry did not answer in time,"
        ' which passes ("Read timed out. (read timeout=60)").',
        False,
    ),
    "told-pull-limit": (
        detailed("ContainerInvalidImage", Message="toomanyrequests: rate limit"),
        {},
        Category.PREPROCESSING,
        "Read from the message: the registry gives no more images for now"
        ' ("toomanyrequests: rate limit").',
        False,
    ),
    "told-wrong-processor": (
        detailed("ContainerInvalidImage", Message="no matching manifest for linux/amd64"),
        {},
        Category.PREPROCESSING,
        "Read from the message: the image was built for another processor or system"
        ' ("no matching manifest for linux/amd64").',
        False,
    ),
    "told-unauthorized": (
        detailed("ContainerInvalidRegistry", Message="unauthorized: authentication required"),
        {},
        Category.PREPROCESSING,
        "Read from the message: the registry did not let the node in"
        ' ("unauthorized: authentication required").',
        False,
    ),
    "told-registry-firewall": (
        detailed(
            "ContainerInvalidImage", Message="client with IP '20.1.2.3' is not allowed access."
        ),
        {},
        Category.PREPROCESSING,
        "Read from the message: the firewall of the registry keeps the node out"
        " (\"client with IP '20.1.2.3' is not allowed access.\").",
        False,
    ),
    "told-image-missing": (
        detailed("ContainerInvalidImage", Message="manifest unknown"),
        {},
        Category.PREPROCESSING,
        'Read from the message: the registry has no such image or tag ("manifest unknown").',
        False,
    ),
    "told-untrusted": (
        detailed(
            "ContainerInvalidRegistry", Message="x509: certificate signed by unknown authority"
        ),
        {},
        Category.PREPROCESSING,
        "Read from the message: the node does not trust the certificate of the registry"
        ' ("x509: certificate signed by unknown authority").',
        False,
    ),
    "told-no-gpu": (
        detailed("ContainerInvalidSettings", Message="could not select device driver"),
        {},
        Category.PREPROCESSING,
        "Read from the message: the container shall see GPUs, and the node has none,"
        " or nothing that gives them to containers"
        ' ("could not select device driver").',
        False,
    ),
    "told-command-missing": (
        detailed(
            "ContainerInvalidSettings", Message="exec: solve: executable file not found in $PATH"
        ),
        {},
        Category.PREPROCESSING,
        "Read from the message: what the container shall run is not in the image or may not be run"
        ' ("exec: solve: executable file not found in $PATH").',
        False,
    ),
    "told-unreachable": (
        detailed(
            "ContainerInvalidRegistry", Message="dial tcp: lookup acme.azurecr.io: no such host"
        ),
        {},
        Category.PREPROCESSING,
        "Read from the message: the node did not reach the registry, whose name it does"
        " not find or which does not answer it"
        ' ("dial tcp: lookup acme.azurecr.io: no such host").',
        False,
    ),
    "told-broke-off": (
        detailed("ContainerInvalidImage", Message="unexpected EOF"),
        {},
        Category.NODE,
        "Read from the message: the download of the image broke off, which passes"
        ' ("unexpected EOF").',
        False,
    ),
    "told-storage-busy": (
        detailed("BlobDownloadMiscError", Message="(503) Server Busy."),
        {},
        Category.PREPROCESSING,
        "Read from the message: storage was busy or did not answer in time, which passes"
        ' ("(503) Server Busy.").',
        False,
    ),
    "told-foreign-path": (
        detailed("ResourceDirectoryCreateFailed", FilePath=r"D:\batch\t1\wd\C:\Users\sam\in.txt"),
        {},
        Category.PREPROCESSING,
        "The file's path on the node is one of another computer, so no node can make it"
        r' ("D:\batch\t1\wd\C:\Users\sam\in.txt").',
        False,
    ),
    "told-impossible-path": (
        detailed("ResourceDirectoryCreateFailed", FilePath="/mnt/batch/tasks/t1/wd/../../in.txt"),
        {},
        Category.PREPROCESSING,
        "The file's path leads out of the task's directory, or has signs that names of files cannot"
        ' have, so no node can make it ("/mnt/batch/tasks/t1/wd/../../in.txt").',
        False,
    ),
    "told-sas-expired": (
        detailed("BlobAccessDenied", Message="The signature has expired."),
        {},
        Category.PREPROCESSING,
        'Read from the message: the SAS of the URL had expired ("The signature has expired.").',
        False,
    ),
    "told-network-rules": (
        detailed(
            "BlobAccessDenied", Message="This request is not authorized to perform this operation."
        ),
        {},
        Category.PREPROCESSING,
        "Read from the message: storage does not let the node do this, by its network rules or by a"
        ' missing role ("This request is not authorized to perform this operation.").',
        False,
    ),
    "sas-valid": (
        detailed(
            "BlobAccessDenied",
            BlobSource="https://x.blob.core.windows.net/in/a?se=2026-06-01T00:00:00Z&sp=r&sig=a",
        ),
        {},
        Category.PREPROCESSING,
        "The SAS of the URL was valid (until 2026-06-01T00:00:00Z, sp=r), so it is not the cause.",
        False,
    ),
    "sas-expired": (
        detailed(
            "BlobAccessDenied",
            BlobSource="https://x.blob.core.windows.net/in/a?se=2026-02-27&sp=r&sig=a",
        ),
        {},
        Category.PREPROCESSING,
        "The SAS of the URL ended 2026-02-27, 2 d 12 h before the failure.",
        False,
    ),
    "sas-key-expired": (
        detailed(
            "BlobAccessDenied",
            BlobSource="https://x.blob.core.windows.net/in/a?se=2026-06-01&ske=2026-02-27&sp=r&sig=a",
        ),
        {},
        Category.PREPROCESSING,
        "The key that signed the SAS of the URL ended 2026-02-27, 2 d 12 h before the failure.",
        False,
    ),
    "sas-not-yet": (
        detailed(
            "BlobAccessDenied",
            BlobSource="https://x.blob.core.windows.net/in/a?st=2026-03-01T13:00:00Z&se=2026-06-01&sp=r&sig=a",
        ),
        {},
        Category.PREPROCESSING,
        "The SAS of the URL begins 2026-03-01T13:00:00Z, 55 min after the failure.",
        False,
    ),
    "sas-no-read": (
        detailed(
            "BlobAccessDenied",
            BlobSource="https://x.blob.core.windows.net/in/a?se=2026-06-01&sp=w&sig=a",
        ),
        {},
        Category.PREPROCESSING,
        "The SAS of the URL does not allow reading (sp=w).",
        False,
    ),
    "sas-no-list": (
        detailed(
            "ResourceContainerAccessDenied",
            BlobSource="https://x.blob.core.windows.net/in/a?se=2026-06-01&sp=r&sig=a",
        ),
        {},
        Category.PREPROCESSING,
        "The SAS of the URL does not allow listing a container (sp=r).",
        False,
    ),
    "sas-scope": (
        detailed(
            "BlobAccessDenied",
            BlobSource="https://x.blob.core.windows.net/in/a?se=2026-06-01&ss=q&srt=o&sp=r&sig=a",
        ),
        {},
        Category.PREPROCESSING,
        "The SAS of the URL does not cover blobs (ss=q, srt=o).",
        False,
    ),
    "sas-address": (
        detailed(
            "BlobAccessDenied",
            BlobSource="https://x.blob.core.windows.net/in/a?se=2026-06-01&sip=10.0.0.1&sp=r&sig=a",
        ),
        {},
        Category.PREPROCESSING,
        "The SAS of the URL is for some addresses only (sip=10.0.0.1): a node with another is"
        " refused.",
        False,
    ),
    "sas-policy": (
        detailed(
            "BlobAccessDenied",
            BlobSource="https://x.blob.core.windows.net/in/a?si=nightly&sr=c&sig=a",
        ),
        {},
        Category.PREPROCESSING,
        "The SAS of the URL leaves its terms to the container's stored access policy nightly,"
        " which is not seen here.",
        False,
    ),
    "sas-escaped": (
        detailed(
            "BlobAccessDenied",
            BlobSource="https://x.blob.core.windows.net/in/a?se=2026-06-01&amp;sp=r&amp;sig=a",
        ),
        {},
        Category.PREPROCESSING,
        "The URL has &amp; where & belongs, so storage sees no signature in it.",
        False,
    ),
    "sas-missing": (
        detailed("BlobAccessDenied", BlobSource="https://x.blob.core.windows.net/in/a?"),
        {},
        Category.PREPROCESSING,
        "The URL at x.blob.core.windows.net has no SAS: an identity of the pool or public access"
        " has to open it.",
        False,
    ),
    "sas-upload-expired": (
        detailed(
            "FileUploadAccessDenied",
            ContainerUrl="https://x.blob.core.windows.net/in/a?se=2026-02-27&sp=w&sig=a",
        ),
        {},
        Category.FILE_UPLOAD,
        "The program ended, and the SAS for its output files ended 2026-02-27, 2 d 12 h before the"
        " failure.",
        False,
    ),
    "sas-upload-no-write": (
        detailed(
            "FileUploadAccessDenied",
            ContainerUrl="https://x.blob.core.windows.net/in/a?se=2026-06-01&sp=r&sig=a",
        ),
        {},
        Category.FILE_UPLOAD,
        "The program ended, and the SAS for its output files does not allow writing (sp=r).",
        False,
    ),
    "sas-upload-valid": (
        detailed(
            "FileUploadAccessDenied",
            ContainerUrl="https://x.blob.core.windows.net/in/a?se=2026-06-01&sp=w&sig=a",
        ),
        {},
        Category.FILE_UPLOAD,
        "The program ended, and the SAS for its output files was valid (until 2026-06-01, sp=w), so"
        " it is not the cause.",
        False,
    ),
    "file-upload": (
        failed("FileUploadAccessDenied", 0, minutes=70, limit=LIMIT),
        {},
        Category.FILE_UPLOAD,
        "FileUploadAccessDenied: the program ended, and its output files were not stored.",
        False,
    ),
    "file-upload-by-name": (
        failed("FileUploadQuotaReached", 0, minutes=70, limit=LIMIT),
        {},
        Category.FILE_UPLOAD,
        "FileUploadQuotaReached is not in the catalog; its name is that of a failed upload.",
        True,
    ),
    "start-on-going-node": (
        failed("CommandLaunchFailed", category="UserError"),
        {"node_state": "Preempted"},
        Category.NODE,
        "The command could not be started, and the node is preempted: it was going away.",
        True,
    ),
    "could-not-start": (
        failed("CommandProgramNotFound", category="UserError", minutes=70, limit=LIMIT),
        {"node_state": "idle"},
        Category.PREPROCESSING,
        "CommandProgramNotFound: the task could not start.",
        False,
    ),
    "node-fault": (
        failed("DISKFULL", category="ServerError"),
        {},
        Category.NODE,
        "DiskFull: the node or the service failed the task.",
        False,
    ),
    "wall-clock-by-name": (
        failed("TaskWallClockTimeExceeded", -15, category="UserError"),
        {},
        Category.CONSTRAINT,
        "TaskWallClockTimeExceeded is not in the catalog; its name is that of a time limit.",
        True,
    ),
    "ran-to-limit": (
        failed("SomethingNew", 143, category="ServerError", minutes=60, limit=LIMIT),
        {},
        Category.CONSTRAINT,
        "It ran for its whole time limit of 1:00:00, so Batch most likely ended it.",
        True,
    ),
    "control-c": (
        failed("FailureExitCode", -1073741510, category="UserError"),
        {},
        Category.CONSTRAINT,
        "It returned 0xC000013A, as processes on Windows do that Batch ends.",
        True,
    ),
    "libraries-missing": (
        failed("FailureExitCode", 0x80008096, category="UserError", minutes=5, limit=LIMIT),
        {},
        Category.APPLICATION,
        "It returned 2147516566 (0x80008096 FrameworkMissingFailure: dotnet host: the .NET the"
        " program needs is missing): the program itself was not started.",
        False,
    ),
    "not-started-by-exit-code": (
        failed("FailureExitCode", 127, category="UserError", minutes=5, limit=LIMIT),
        {},
        Category.APPLICATION,
        "It returned 127 (shell or container: command not found): the program itself was not"
        " started.",
        False,
    ),
    "exit-code": (
        failed("FailureExitCode", 137, category="UserError", minutes=5, limit=LIMIT),
        {"node_state": "preempted"},
        Category.APPLICATION,
        "The program ran and returned 137 (SIGKILL: killed; the code does not say by whom).",
        False,
    ),
    "unknown-to-service": (
        failed("Unknown", category="ServerError"),
        {},
        Category.UNKNOWN,
        "The service itself does not know why.",
        False,
    ),
    "start-by-name": (
        failed("ContainerImageTooOld", category="ServerError"),
        {},
        Category.PREPROCESSING,
        "ContainerImageTooOld is not in the catalog; its name is that of a failed start.",
        True,
    ),
    "service-fault": (
        failed("AgentLostItsWay", 1, category="servererror"),
        {},
        Category.NODE,
        "The service calls it an error of its own (ServerError) and gives no code we know.",
        True,
    ),
    "failed-after-success": (
        failed(exit_code=0),
        {},
        Category.FILE_UPLOAD,
        "The program returned 0 and the task failed: all that comes after it is the upload.",
        True,
    ),
    "killed": (
        Task(id="t", execution_info=TaskExecution(exit_code=-9)),
        {},
        Category.APPLICATION,
        "It returned -9 (SIGKILL: killed; the code does not say by whom); nothing tells who sent "
        "the signal.",
        True,
    ),
    "exit-code-alone": (
        Task(id="t", execution_info=TaskExecution(exit_code=1)),
        {},
        Category.APPLICATION,
        "The program ran and returned 1; no failure code is told.",
        False,
    ),
    "exit-code-with-new-code": (
        failed("SomethingNew", 3, category="UserError"),
        {},
        Category.APPLICATION,
        "SomethingNew is not in the catalog; the program ran and returned 3.",
        True,
    ),
    "lost-with-node": (
        failed(category="UserError"),
        {"node_state": "unusable"},
        Category.NODE,
        "Nothing tells why it failed, but its node is unusable.",
        True,
    ),
    "never-ran": (
        failed("SomethingNew", category="UserError"),
        {"node_state": "idle"},
        Category.PREPROCESSING,
        "The service blames the task (UserError), and no process ran that could have failed.",
        True,
    ),
    "nothing-known": (
        failed(),
        {},
        Category.UNKNOWN,
        "Neither a code nor an exit code tells.",
        False,
    ),
}


def test_every_rule_has_one_name_and_one_witness() -> None:
    assert [rule.name for rule in RULES] == list(WITNESSES)


@pytest.mark.parametrize("name", WITNESSES)
def test_a_rule_wins_its_witness(name: str) -> None:
    task, known, category, reason, guessed = WITNESSES[name]
    found = classify(
        task,
        job_terminate_reason=known.get("job_terminate_reason"),
        node_state=known.get("node_state"),
    )
    assert found == Classification(
        category=category, code=found.code, reason=reason, guessed=guessed, rule=name
    )


@pytest.mark.parametrize(
    ("exit_code", "rule"),
    [
        (-9, "killed"),
        (137, "killed"),
        (-15, "killed"),
        (143, "killed"),
        (-11, "exit-code-alone"),
        (139, "exit-code-alone"),
        (9, "exit-code-alone"),
        (15, "exit-code-alone"),
    ],
)
def test_only_signals_that_somebody_else_sends_are_told_as_sent(exit_code: int, rule: str) -> None:
    task = Task(id="t", execution_info=TaskExecution(exit_code=exit_code))
    assert classify(task).rule == rule


def test_no_rule_is_hidden_by_those_before_it_and_every_case_has_a_rule() -> None:
    codes = [None, "TaskEnded", "FileUploadMiscError", "FileUploadNew", "CommandLaunchFailed"]
    codes += ["DiskFull", "NewWallClock", "FailureExitCode", "Unknown", "BlobNew", "New"]
    cases = itertools.product(
        codes,
        [None, "usererror", "servererror"],
        [None, 0, 1, 127, 137, 0x80008096, -1073741510],
        Timing,
        [None, "UserTerminate"],
        [None, "preempted"],
    )
    winners = {
        decide(
            Evidence(
                failed=True,
                code=code,
                listed=entry.category if code and (entry := task_entry(code)) else None,
                service=service,
                exit_code=exit_code,
                timing=timing,
                job_end=job_end,
                node_state=node_state,
            )
        ).rule
        for code, service, exit_code, timing, job_end, node_state in cases
    }
    told = {rule.name for rule in RULES if rule.name.startswith(("told-", "sas-"))}
    assert winners == {rule.name for rule in RULES} - {"not-failed"} - told


@pytest.mark.parametrize("name", [rule.name for rule in RULES[:-1]])
def test_without_its_rule_a_witness_would_be_told_something_else(name: str) -> None:
    rules = {rule.name: rule for rule in RULES}
    task, known, *_ = WITNESSES[name]
    evidence = evidence_of(
        task,
        job_terminate_reason=known.get("job_terminate_reason"),
        node_state=known.get("node_state"),
    )
    matching = [rule.name for rule in RULES if rule.matches(evidence)]
    assert matching[0] == name
    runner_up = rules[matching[1]]
    assert (runner_up.category, runner_up.reason) != (rules[name].category, rules[name].reason)


def test_a_guess_is_always_marked_and_a_code_of_the_catalog_is_believed() -> None:
    assert {rule.name for rule in RULES if rule.guessed} == {
        "file-upload-by-name",
        "start-on-going-node",
        "wall-clock-by-name",
        "ran-to-limit",
        "control-c",
        "start-by-name",
        "service-fault",
        "failed-after-success",
        "killed",
        "exit-code-with-new-code",
        "lost-with-node",
        "never-ran",
    }
