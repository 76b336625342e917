"""What people reported of failures: the message decides, the words are found, nobody is blamed."""

from __future__ import annotations

import pytest

from tests.box import Open, Result
from tests.scenarios import scenario


def finding(result: Result, kind: str, **subject: str) -> dict[str, object]:
    """The one finding of a kind about something."""
    (found,) = [
        item
        for item in result.jsonl()
        if item["kind"] == kind and subject.items() <= item["subject"].items()
    ]
    return dict(found)


def triaged(open_box: Open, name: str, kind: str, job: str) -> dict[str, object]:
    return finding(open_box(scenario(name)).run("triage", "-o", "jsonl"), kind, jobId=job)


TOLD = {
    "slow": (
        "tasks-failed",
        "4 of 44 tasks failed: 4 node (ContainerInvalidSettings). Read from the message: the node's"
        " container daemon or the registry did not answer in time, which passes"
        ' ("UnixHTTPConnectionPool: Read timed out. (read timeout=60)").',
        "Run it again: such time-outs pass: batchdoctor tasks reactivate slow/first-1",
    ),
    "full": (
        "tasks-failed",
        "6 of 26 tasks failed: 6 node (ContainerInvalidImage). Read from the message: the disk of"
        ' the node is full, whatever the code says ("write /var/lib/docker/tmp/layer: no space left'
        ' on device").',
        "batchdoctor node show tvm-944337896_1-20261102t145702z --pool maps",
    ),
    "limited": (
        "tasks-failed",
        "6 of 26 tasks failed: 6 preprocessing (ContainerInvalidImage). Read from the message: the"
        ' registry gives no more images for now ("toomanyrequests: You have reached your pull rate'
        ' limit").',
        "Log in to the registry, or name the image in the pool's containerConfiguration, so that"
        " each node pulls it once.",
    ),
    "arm": (
        "job-failing",
        "6 of 6 tasks failed (100%) on 2 nodes, so it is the job: ContainerInvalidImage. Read from"
        ' the message: the image was built for another processor or system ("no matching manifest'
        ' for linux/amd64 in the manifest list entries").',
        "Build the image for the nodes: docker build --platform linux/amd64, or windows for Windows"
        " pools.",
    ),
    "private": (
        "job-failing",
        "6 of 6 tasks failed (100%) on 2 nodes, so it is the job: ContainerInvalidImage. Read from"
        ' the message: the registry did not let the node in ("Head'
        ' https://fabrikam.azurecr.io/v2/private: unauthorized: authentication required").',
        "Check the registry's login in containerRegistries: server, user name and password, or an"
        " identity of the pool with AcrPull.",
    ),
}


@pytest.mark.parametrize("job", TOLD)
def test_the_message_of_an_image_error_decides_category_and_advice(
    open_box: Open, job: str
) -> None:
    kind, message, first_step = TOLD[job]
    found = triaged(open_box, "messages", kind, job)
    advice = found["advice"]
    assert isinstance(advice, list)
    assert (found["message"], advice[0]) == (message, first_step)


def test_settings_that_ran_elsewhere_are_not_to_be_changed(open_box: Open) -> None:
    page = open_box(scenario("messages")).run("task", "show", "slow/first-1").stdout
    assert "containerRunOptions" not in page
    assert "category           node: the node or service failed it" in page
    assert "because            Read from the message" in page


def test_a_full_disk_is_freed_by_a_reimage_of_the_node_that_is_named(open_box: Open) -> None:
    item = (
        open_box(scenario("messages")).run("task", "show", "full/new-1", "-o", "jsonl").jsonl()[0]
    )
    node = item["nodeId"]
    assert (item["category"], item["code"]) == ("node", "ContainerInvalidImage")
    assert item["advice"][1] == (
        "To free its disk of images and old files, which a reboot may not:"
        f" batchdoctor node reimage {node} --pool maps"
    )


SIGNED = {
    "signed": (
        "4 of 4 tasks failed: 4 preprocessing (BlobAccessDenied). The SAS of the URL was valid"
        " (until 2041-05-01T00:00:00Z, sp=r), so it is not the cause.",
        "Check the storage account's firewall and network rules against the pool's subnet and"
        " address.",
    ),
    "late": (
        "4 of 4 tasks failed: 4 preprocessing (BlobAccessDenied). The SAS of the URL ended"
        " 2026-11-01T00:00:00Z, 19 d 19 h before the failure.",
        "Make a SAS that outlives the job and allows reading (sp=r); a managed identity on the pool"
        " does not expire.",
    ),
    "bare": (
        "4 of 4 tasks failed: 4 preprocessing (BlobAccessDenied). The URL at"
        " fabrikam.blob.core.windows.net has no SAS: an identity of the pool or public access has"
        " to open it.",
        "Add a SAS to the URL, or name an identity in the resource file: one that is on the pool"
        " and has Storage Blob Data Reader.",
    ),
}


@pytest.mark.parametrize("job", SIGNED)
def test_the_terms_of_a_signature_are_read_and_not_left_to_the_reader(
    open_box: Open, job: str
) -> None:
    found = triaged(open_box, "files", "tasks-failed", job)
    advice = found["advice"]
    assert isinstance(advice, list)
    assert (found["message"], advice[0]) == SIGNED[job]


@pytest.mark.parametrize(
    "words", [["triage"], ["task", "show", "signed/s-1"], ["pool", "diagnose", "boot"]]
)
def test_no_signature_is_printed(open_box: Open, words: list[str]) -> None:
    box = open_box(scenario("files"))
    for output in ("table", "json"):
        assert "Zm9v" not in box.run(*words, "-o", output).stdout


def test_a_path_of_another_computer_is_the_submitters_and_no_nodes_fault(open_box: Open) -> None:
    found = triaged(open_box, "files", "job-failing", "draft")
    assert found["message"] == (
        "6 of 6 tasks failed (100%) on 2 nodes, so it is the job: ResourceDirectoryCreateFailed."
        " The file's path on the node is one of another computer, so no node can make it"
        r' ("D:\batch\tasks\workitems\draft\job-1\t1\wd\C:\Users\sam\in.txt").'
    )
    assert "node disable" not in str(found["advice"])


def test_a_node_on_which_others_ran_well_is_compared_before_it_is_blamed(open_box: Open) -> None:
    found = triaged(open_box, "files", "job-failing", "odd")
    assert found["evidence"] == [
        "6 with ResourceDirectoryCreateFailed: o1, o3, o2."
        " The node or the service failed the task.",
        "On the same 3 nodes 60 other tasks succeeded, so what the job asks for is likelier than"
        " the nodes.",
    ]
    assert "node disable" not in str(found["advice"])


def test_what_a_program_never_wrote_is_not_to_be_read(open_box: Open) -> None:
    box = open_box(scenario("files"))
    found = finding(box.run("pool", "diagnose", "boot", "-o", "jsonl"), "start-task-failed")
    assert found["message"] == (
        "The start task failed on 2 nodes: BlobNotFound"
        " (https://fabrikam.blob.core.windows.net/boot/driver.run)."
    )
    node = box.run("nodes", "suspect", "-o", "jsonl").jsonl()[0]["nodeId"]
    pages = [
        box.run("pool", "diagnose", "boot").stdout,
        box.run("node", "show", f"boot/{node}").stdout,
        box.run("nodes", "suspect").stdout,
        box.run("triage").stdout,
    ]
    for page in pages:
        assert "files get" not in page
    assert "driver.run" in pages[1]
    told = box.run("task", "show", "signed/s-1").stdout
    assert "stderr  none: the program was never started" in told


def test_words_in_stdout_are_found_and_the_step_names_that_file(open_box: Open) -> None:
    box = open_box(scenario("words"))
    found = finding(box.run("triage", "-o", "jsonl"), "start-task-failed")
    node = "tvm-725881266_4-20261105t233711z"
    assert found["message"] == (
        "The start task failed on 1 node: exit code 1. stdout of the first node ends: ERROR:"
        " received HTTP status 503: The server is busy (a server was busy or did not answer in"
        " time, which passes: another try may do)"
    )
    assert found["advice"] == [
        f"batchdoctor files get stdout --pool spread --node {node} --start-task",
        f"batchdoctor node reboot {node} --pool spread",
    ]


def test_a_job_of_one_task_is_quoted_like_a_large_one(open_box: Open) -> None:
    assert triaged(open_box, "words", "tasks-failed", "single")["message"] == (
        "1 of 1 task failed: 1 application. stderr of only ends: ImportError: No module named"
        " ledger"
    )


def test_the_line_that_names_the_error_is_quoted_and_not_the_last(open_box: Open) -> None:
    found = triaged(open_box, "words", "job-failing", "flow")
    assert found["message"] == (
        "6 of 6 tasks failed (100%) on 3 nodes, so it is the job: exit code 125 (docker could not"
        " run the container (if the task has one)). stderr of f-1 says: docker: Error response from"
        " daemon: Head fabrikam.azurecr.io: unauthorized: authentication required."
        " (5 of 5 others that were read say the same)"
    )
    advice = found["advice"]
    assert isinstance(advice, list)
    assert advice[0].startswith("Check the registry's login in containerRegistries")
    assert not any("runtime" in step for step in advice)


def test_a_program_that_was_not_started_is_not_said_to_have_run(open_box: Open) -> None:
    page = open_box(scenario("words")).run("task", "show", "flow/f-1").stdout
    assert "The program ran" not in page
    assert "the program ran" not in page
    assert "the program itself was not started" in " ".join(page.split())


def test_the_message_is_told_of_a_job_that_was_well_until_lately_too(open_box: Open) -> None:
    message = str(triaged(open_box, "lately", "job-failing", "model")["message"])
    assert message.startswith("Since 2026-11-21 ")
    assert message.endswith(
        " all 12 tasks failed (100%), before that 0 of 60: ContainerMiscError. Read from the"
        " message: the disk of the node is full, whatever the code says"
        ' ("mkdir /mnt/docker/overlay2: no space left on device").'
    )


def test_small_jobs_that_are_told_as_one_are_each_heard(open_box: Open) -> None:
    items = open_box(scenario("activities")).run("triage", "-o", "jsonl").jsonl()
    (found,) = [item for item in items if len(item["subject"]["jobIds"]) == 3]
    assert found["message"] == (
        "3 of 3 tasks of 3 small jobs failed, 3 of them application (exit code 1). stdout of"
        " merge/b says: error: no such table sales (1 of 2 others that were read say the same)"
    )
    assert found["evidence"][-1] == (
        "stderr of load/a ends: java.lang.OutOfMemoryError: Java heap space"
    )


def test_a_program_that_wrote_nothing_is_said_to_and_nobody_is_sent_to_read_it(
    open_box: Open,
) -> None:
    found = triaged(open_box, "activities", "tasks-failed", "mute")
    assert found["message"] == (
        "1 of 1 task failed: 1 application. Nothing was written by d (stderr: empty; stdout: empty;"
        " wd/.command.err: not there)."
    )
    assert found["advice"] == [
        "batchdoctor task show --job mute --task d",
        "batchdoctor tasks failed --by code --job mute",
    ]


def test_who_asks_for_the_output_of_a_program_that_never_ran_is_told_so(open_box: Open) -> None:
    box = open_box(scenario("files"))
    result = box.run("files", "get", "wd/out.csv", "--job", "signed", "--task", "s-1")
    assert result.status == 3
    assert "its program was never started (BlobAccessDenied), so it wrote nothing" in result.stderr
    assert "hint: batchdoctor task show --job signed --task s-1" in result.stderr
