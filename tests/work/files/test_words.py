"""Where the words are: files of the node in their order, then what was saved, in a real Azurite."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.core.saved import conventional_container
from batchdoctor.core.words import Words
from batchdoctor.sandbox import Fault
from batchdoctor.service.account import AccountOptions, resolve_account
from batchdoctor.service.blobs import Blobs
from batchdoctor.service.client import Client
from batchdoctor.work.files import saved
from batchdoctor.work.files.words import task_words
from tests.azurite import ACCOUNT, KEY, emulated_storage
from tests.box import Box, Clock, Open

trustme = pytest.importorskip("trustme")
storage = pytest.importorskip("azure.storage.blob", reason="the extra `blob` is not installed")
SCENARIO = Path(__file__).parents[2] / "scenarios" / "places.toml"
LICENCE = "error: {}: the licence server does not answer"
Signed = Callable[..., str]


@pytest.fixture(scope="module")
def account() -> Iterator[str]:
    with emulated_storage() as address:
        yield address


@pytest.fixture
def container(account: str) -> Iterator[Any]:
    client = storage.ContainerClient(account, "saved", credential=KEY)
    client.create_container()
    yield client
    client.delete_container()


@pytest.fixture
def signed(container: Any) -> Signed:
    """The URL of the container with a signature; `rl` reads and lists, `w` writes."""

    def sign(permission: str = "rwl", *, hours: int = 1) -> str:
        signature = storage.generate_container_sas(
            ACCOUNT,
            container.container_name,
            account_key=KEY,
            permission=permission,
            expiry=datetime.now(UTC) + timedelta(hours=hours),
        )
        return f"{container.url}?{signature}"

    return sign


@pytest.fixture
def saved_box(open_box: Open, signed: Signed, tmp_path: Path) -> Callable[[str], Box]:
    """An account whose tasks name the container by this URL; they save with one that may write."""

    def opens(url: str) -> Box:
        writing, reading = tmp_path / "writing.toml", tmp_path / "reading.toml"
        writing.write_text(SCENARIO.read_text().replace("SAVED", signed("rwl")))
        assert open_box(str(writing)).sandbox.save_output_files() == 4
        reading.write_text(SCENARIO.read_text().replace("SAVED", url))
        return open_box(str(reading))

    return opens


def words_of(box: Box, name: str, environ: Mapping[str, str] | None = None) -> Words:
    job_id, task_id = name.split("/")
    known = {**box.sandbox.environment(), **(environ or {})}
    with Client(resolve_account(AccountOptions(), known)) as client:
        return task_words(client, job_id, task_id, 5)


def told(words: Words) -> tuple[tuple[str, ...], str | None, list[str]]:
    label = words.place.label if words.place else None
    return words.lines, label, [str(each) for each in words.missed]


def test_stderr_comes_first(open_box: Open) -> None:
    box = open_box(str(SCENARIO))
    words = words_of(box, "flow/spoke")
    assert told(words) == ((LICENCE.format("spoke"),), "stderr", [])
    assert box.requested("HEAD", "/files/") + box.requested("GET", "/files/") == 2


def test_merged_streams_are_found_in_stdout(open_box: Open) -> None:
    lines = ("N E X T F L O W", "fatal: merged: index 'chr7.bai' not found")
    box = open_box(str(SCENARIO))
    assert told(words_of(box, "flow/merged")) == (lines, "stdout", ["stderr: empty"])


def test_blanks_are_no_words_and_nextflow_keeps_its_own(open_box: Open) -> None:
    assert told(words_of(open_box(str(SCENARIO)), "flow/own-file")) == (
        ("samtools: error: own-file: truncated file",),
        "wd/.command.err",
        ["stderr: empty", "stdout: empty"],
    )


def test_a_program_that_said_nothing_says_where_was_looked(open_box: Open) -> None:
    words = words_of(open_box(str(SCENARIO)), "flow/silent")
    assert told(words) == (
        (),
        None,
        ["stderr: empty", "stdout: empty", "wd/.command.err: not there"],
    )


def test_what_a_task_saved_is_read_by_its_own_signature_once_the_node_is_gone(
    saved_box: Callable[[str], Box], signed: Signed, container: Any
) -> None:
    words = words_of(saved_box(signed("r")), "saved/gone")
    assert told(words) == (
        (LICENCE.format("gone"),),
        f"stderr, saved as {container.url}/saved/gone/stderr.txt",
        ["stderr: the node no longer has the task's files"],
    )
    assert words.place is not None
    assert "sig=" not in words.place.name


def test_files_that_were_cleaned_up_are_read_where_they_were_saved(
    saved_box: Callable[[str], Box], signed: Signed, container: Any
) -> None:
    lines, place, missed = told(words_of(saved_box(signed("r")), "saved/cleaned"))
    assert lines[-1] == "fatal: cleaned: index 'chr7.bai' not found"
    assert place == f"stdout, saved as {container.url}/cleaned.out"
    assert missed == [
        "stderr: the node has cleaned up the task's files",
        f"stderr, saved as {container.url}/cleaned.err: empty",
    ]


def test_a_signature_that_may_only_write_is_told_and_the_key_is_tried(
    saved_box: Callable[[str], Box], signed: Signed, container: Any, account: str
) -> None:
    box = saved_box(signed("w"))
    refused = words_of(box, "saved/gone")
    assert [str(each) for each in refused.missed] == [
        "stderr: the node no longer has the task's files",
        f"{container.url}: the signature of its URL does not give access "
        "(AuthorizationPermissionMismatch)",
        "linked storage: no storage account is named (AZURE_STORAGE_ACCOUNT)",
    ]
    named = {"AZURE_STORAGE_SERVICE_ENDPOINT": account, "AZURE_STORAGE_KEY": KEY}
    assert words_of(box, "saved/gone", named).lines == (LICENCE.format("gone"),)


def test_linked_storage_is_asked_last_by_the_names_of_the_conventions(
    open_box: Open, account: str
) -> None:
    service = storage.BlobServiceClient(account, credential=KEY)
    linked = service.create_container(conventional_container("saved"))
    linked.upload_blob("nowhere/$TaskLog/stdout.txt", b"from linked storage\n")
    named = {"AZURE_STORAGE_SERVICE_ENDPOINT": account, "AZURE_STORAGE_KEY": KEY}
    words = words_of(open_box(str(SCENARIO)), "saved/nowhere", named)
    linked.delete_container()
    assert told(words) == (
        ("from linked storage",),
        f"stdout, saved as {account}/job-saved/nowhere/%24TaskLog/stdout.txt",
        [
            "stderr: the node no longer has the task's files",
            "outputFiles: none",
            f"{account}/job-saved/nowhere/%24TaskLog/stderr.txt: there is no such blob",
        ],
    )


def test_words_of_one_place_come_within_64_kib(open_box: Open, signed: Signed) -> None:
    box = open_box(str(SCENARIO))
    box.sandbox.put_task_file("flow", "spoke", "stderr.txt", b"\n" * 10 + b"x" * 200_000)
    words = words_of(box, "flow/spoke")
    assert [len(line) for line in words.lines] == [64 * 1024]


def test_get_fetches_the_copy_byte_for_byte_and_says_so(
    saved_box: Callable[[str], Box], signed: Signed, container: Any
) -> None:
    result = saved_box(signed("r")).run("files", "get", "stderr", "--task", "saved/gone")
    assert (result.status, result.stdout) == (0, f"{LICENCE.format('gone')}\n")
    assert result.stderr == (
        "note: stderr.txt of task saved/gone: the node no longer has the task's files; "
        f"this is the copy that was saved as {container.url}/saved/gone/stderr.txt\n"
    )


def test_get_saves_copies_of_several_files(
    saved_box: Callable[[str], Box], signed: Signed, tmp_path: Path
) -> None:
    argv = ("files", "get", "std*.txt", "--task", "saved/gone", "--out", str(tmp_path / "out"))
    result = saved_box(signed("rl")).run(*argv)
    assert result.status == 0
    assert {each.name: each.read_text() for each in (tmp_path / "out").iterdir()} == {
        "stdout.txt": "gone: begins\n",
        "stderr.txt": f"{LICENCE.format('gone')}\n",
    }


def test_a_file_that_nobody_saved_says_where_was_looked(open_box: Open) -> None:
    result = open_box(str(SCENARIO)).run("files", "get", "stderr", "--task", "saved/nowhere")
    assert result.status == 8
    assert (
        " has left the pool, and its files with it. No copy was found: outputFiles: none; "
        "linked storage: no storage account is named (AZURE_STORAGE_ACCOUNT). "
    ) in result.stderr.splitlines()[0]


def test_list_shows_copies_with_the_names_that_they_had(
    saved_box: Callable[[str], Box], signed: Signed, container: Any
) -> None:
    box = saved_box(signed("rl"))
    result = box.run("files", "list", "--task", "saved/gone", "-o", "json")
    assert [(item["name"], item["savedAs"]) for item in result.json()["items"]] == [
        (name, f"{container.url}/saved/gone/{name}") for name in ("stderr.txt", "stdout.txt")
    ]
    cleaned = box.run("files", "list", "--task", "saved/cleaned")
    assert cleaned.stdout.splitlines()[-1] == "2 files, 59 B, copies that were saved."


def test_tail_of_stderr_goes_on_to_the_next_place_with_words(open_box: Open) -> None:
    box = open_box(str(SCENARIO))
    merged = box.run("files", "tail", "stderr", "--task", "flow/merged", "-n", "1")
    assert merged.stdout == "fatal: merged: index 'chr7.bai' not found\n"
    assert merged.stderr == "note: stderr: empty; this is stdout\n"
    silent = box.run("files", "tail", "stderr", "--task", "flow/silent")
    told = "note: stderr: empty; stdout: empty; wd/.command.err: not there\n"
    assert (silent.status, silent.stdout, silent.stderr) == (0, "", told)


def test_tail_of_a_gone_task_shows_what_was_saved(
    saved_box: Callable[[str], Box], signed: Signed, container: Any
) -> None:
    result = saved_box(signed("r")).run("files", "tail", "stderr", "--task", "saved/cleaned")
    assert result.stdout.endswith("fatal: cleaned: index 'chr7.bai' not found\n")
    assert result.stderr.endswith(f"; this is stdout, saved as {container.url}/cleaned.out\n")


def test_logs_are_saved_from_where_they_are(
    saved_box: Callable[[str], Box], signed: Signed, container: Any, tmp_path: Path
) -> None:
    out = tmp_path / "logs"
    result = saved_box(signed("r")).run("tasks", "failed", "--save-logs", str(out))
    assert result.status == 0
    entries = [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]
    copies = {each["savedAs"] for each in entries if each["savedAs"]}
    assert copies == {
        f"{container.url}/{name}"
        for name in (
            "saved/gone/stderr.txt",
            "saved/gone/stdout.txt",
            "cleaned.err",
            "cleaned.out",
        )
    }
    assert (out / "saved" / "gone" / "stderr.txt").read_text() == f"{LICENCE.format('gone')}\n"
    own = out / "flow" / "own-file" / "wd" / ".command.err"
    assert not own.exists()  # its stderr has a byte
    assert "sig=" not in (out / "manifest.jsonl").read_text()


def test_triage_and_lists_quote_what_was_saved(
    saved_box: Callable[[str], Box], signed: Signed, container: Any
) -> None:
    box = saved_box(signed("r"))
    told = box.run("tasks", "failed", "--job", "saved", "--stderr", "1", "-o", "json").json()
    assert {item["taskId"]: (item["stderr"], item["stderrPlace"]) for item in told["items"]} == {
        "gone": ([LICENCE.format("gone")], "output-file"),
        "cleaned": (["fatal: cleaned: index 'chr7.bai' not found"], "output-file"),
        "success-only": (None, None),
        "nowhere": (None, None),
    }
    shown = box.run("task", "show", "saved/gone").stdout
    assert (
        f"Last lines of stderr, saved as {container.url}/saved/gone/stderr.txt "
        "(stderr: the node no longer has the task's files)\n"
    ) in shown


def token() -> str:
    """A token as Azurite wants it: it looks at everything but the signature."""
    issuer = "https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/"
    begin = int(time.time()) - 60
    claims = {"aud": "https://storage.azure.com", "iss": issuer, "iat": begin, "nbf": begin}
    parts = ({"typ": "JWT", "alg": "RS256"}, claims | {"exp": begin + 3600})
    head, body = (base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts)
    return f"{head.decode()}.{body.decode()}.c2ln"


def test_an_identity_that_opens_the_batch_account_opens_the_storage_that_is_named(
    open_box: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(b"".join(each.bytes() for each in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    box = open_box(str(SCENARIO), auth="token", tls=True, token=token())
    bundle = tmp_path / "bundle.pem"
    assert box.sandbox.certificate_file is not None
    own = box.sandbox.certificate_file.read_bytes()
    bundle.write_bytes(own + authority.cert_pem.bytes())
    options = ("--oauth", "basic", "--cert", str(chain), "--key", str(key))
    with emulated_storage(*options) as address:
        named = {"REQUESTS_CA_BUNDLE": str(bundle), "AZURE_STORAGE_SERVICE_ENDPOINT": address}
        for name, value in {**box.sandbox.environment(), **named}.items():
            monkeypatch.setenv(name, value)
        service = storage.BlobServiceClient(address, credential=KEY)
        linked = service.create_container("job-saved")
        linked.upload_blob("nowhere/$TaskLog/stderr.txt", b"opened by a token\n")
        words = words_of(box, "saved/nowhere", named)
    assert words.lines == ("opened by a token",)


def test_gone_files_cost_two_requests_of_the_node_one_of_the_task_and_two_of_a_copy(
    saved_box: Callable[[str], Box], signed: Signed
) -> None:
    box = saved_box(signed("r"))
    with Client(resolve_account(AccountOptions(), box.sandbox.environment())) as client:
        task_words(client, "saved", "gone", 5)
        sent = client.blobs.sent
    paths = [(request.method, request.path) for request in box.sandbox.requests]
    assert paths == [
        ("HEAD", "/jobs/saved/tasks/gone/files/stderr.txt"),
        ("GET", "/jobs/saved/tasks/gone/files/stderr.txt"),
        ("GET", "/jobs/saved/tasks/gone"),
    ]
    assert sent == 2


def test_a_long_copy_is_read_from_its_end_alone(
    saved_box: Callable[[str], Box], signed: Signed, container: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranges: list[str] = []
    box = saved_box(signed("r"))
    whole = b"".join(b"%08d\n" % number for number in range(200_000))
    container.upload_blob("saved/gone/stderr.txt", whole, overwrite=True)
    exchange = Blobs._exchange

    def noted(self: Blobs, method: str, url: str, headers: dict[str, str], *rest: Any) -> Any:
        ranges.append(headers.get("Range", method))
        return exchange(self, method, url, headers, *rest)

    monkeypatch.setattr(Blobs, "_exchange", noted)
    assert words_of(box, "saved/gone").lines[-1] == "00199999"
    assert ranges == ["HEAD", f"bytes={len(whole) - 16 * 1024}-{len(whole) - 1}"]


def test_what_is_gone_is_said_and_no_step_looks_for_it(open_box: Open) -> None:
    box = open_box(str(SCENARIO))
    (found,) = box.run("job", "diagnose", "saved", "-o", "json").json()["items"]
    assert found["message"] == (
        "4 of 4 tasks failed: 4 application. What gone said is gone (stderr: the node no longer "
        "has the task's files; outputFiles: none that saves it; linked storage: no storage account "
        "is named (AZURE_STORAGE_ACCOUNT))."
    )
    assert not [step for step in found["nextCommands"] if "files tail" in step]
    (shown,) = box.run("task", "show", "saved/gone", "-o", "json").json()["items"]
    assert (shown["stderr"], shown["stderrPlace"]) == (None, None)
    assert not [step for step in shown["nextCommands"] if "files tail" in step]


def test_get_of_an_empty_stderr_gives_nothing_and_says_where_the_words_are(open_box: Open) -> None:
    box = open_box(str(SCENARIO))
    merged = box.run("files", "get", "stderr", "--task", "flow/merged")
    assert (merged.status, merged.stdout) == (0, "")
    assert merged.stderr == "note: stderr: empty; there are words in stdout\n"
    assert box.run("files", "get", "stdout", "--task", "flow/silent").stderr == ""


def test_of_many_copies_the_first_are_listed_and_the_rest_is_told(
    saved_box: Callable[[str], Box],
    signed: Signed,
    container: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(saved, "MOST_LISTED", 3)
    box = saved_box(signed("rl"))
    for number in range(5):
        container.upload_blob(f"saved/gone/std{number}.txt", b"x")
    result = box.run("files", "list", "--task", "saved/gone")
    assert result.stdout.splitlines()[-1] == "3 files, 3 B, copies that were saved."
    assert "note: of each pattern no more than " in result.stderr


def test_bytes_that_were_shown_are_not_followed_by_those_of_a_copy(
    saved_box: Callable[[str], Box],
    signed: Signed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ends: list[Callable[[], None]] = []
    monkeypatch.setattr(Clock, "sleep", lambda *_: ends[0]())
    box = saved_box(signed("r"))
    task = box.sandbox.store.task("saved", "cleaned")
    long, ended, task.ended = b"x" * 900_000, task.ended, None
    ends.append(lambda: setattr(task, "ended", ended))
    box.sandbox.put_task_file("saved", "cleaned", "stdout.txt", long)
    box.order(Fault("close-in-body", "GET /jobs/saved/tasks/cleaned/files/stdout.txt"))
    result = box.run("files", "get", "stdout", "--task", "saved/cleaned")
    assert result.status == 8
    assert long.startswith(result.output)
    assert 0 < len(result.output) < len(long)
    assert "this is the copy" not in result.stderr


def test_what_nextflow_keeps_is_saved_where_both_streams_are_empty(
    open_box: Open, tmp_path: Path
) -> None:
    box = open_box(str(SCENARIO))
    box.sandbox.put_task_file("flow", "silent", "wd/.command.err", b"fatal: no such tool\n")
    box.run("tasks", "failed", "--job", "flow", "--save-logs", str(tmp_path))
    own = sorted(str(each.relative_to(tmp_path)) for each in tmp_path.rglob(".command.err"))
    assert own == ["flow/silent/wd/.command.err"]
    assert (tmp_path / own[0]).read_bytes() == b"fatal: no such tool\n"
