"""Logging in to nodes and their agents' logs: what is sent, printed, hidden, undone."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from batchdoctor.sandbox import Fault
from tests.box import Box, Open

SIGNATURE = "SIGNATURESIGNATURE%3D"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB kim@desk"


@pytest.fixture
def box(open_box: Open) -> Box:
    return open_box()


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_ed25519.pub").write_text(KEY + "\n")
    return {"HOME": str(tmp_path), "USER": "kim"}


def node(box: Box, pool: str) -> str:
    return next(f"{pool}/{n.id}" for n in box.sandbox.store.pool(pool).nodes if n.state == "idle")


def sent(box: Box) -> list[tuple[str, str, Any]]:
    return [
        (r.method, r.path.rpartition("/nodes/")[2].partition("/")[2], json.loads(r.body or "null"))
        for r in box.sandbox.requests
        if r.method != "GET"
    ]


def test_a_user_with_a_key_is_created_and_the_ssh_line_printed(
    box: Box, home: dict[str, str]
) -> None:
    name = node(box, "render-linux")
    argv = ("node", "login", name, "--yes", "--expires", "8h", "-o", "json")
    result = box.run(*argv, environ=home)
    item = result.json()["items"][0]
    body = {
        "name": "kim",
        "isAdmin": False,
        "expiryTime": "2026-11-21T11:00:00Z",
        "sshPublicKey": KEY,
    }
    assert sent(box) == [("POST", "users", body)]
    assert item["command"] == (
        f"ssh -i {home['HOME']}/.ssh/id_ed25519 -p {item['remoteLoginPort']} "
        f"kim@{item['remoteLoginIPAddress']}"
    )
    assert "warning: the pool opens no port 22" in result.stderr


def test_a_user_that_is_there_is_given_the_new_key_and_end(box: Box, home: dict[str, str]) -> None:
    name = node(box, "render-linux")
    box.run("node", "login", name, "--yes", environ=home)
    assert box.run("node", "login", name, "--yes", "--expires", "2d", environ=home).status == 0
    method, path, body = sent(box)[-1]
    assert (method, path, body["expiryTime"]) == ("PUT", "users/kim", "2026-11-23T03:00:00Z")


def test_that_a_user_who_is_there_becomes_no_administrator_is_said(
    box: Box, home: dict[str, str]
) -> None:
    name = node(box, "render-linux")
    first = box.run("node", "login", name, "--yes", environ=home)
    second = box.run("node", "login", name, "--yes", "--admin", environ=home)
    told = (
        f"warning: a user kim was found on {name}; whether it is an administrator stays as it was"
    )
    remove = f"batchdoctor node login {name} --user kim --remove"
    assert told not in first.stderr
    assert told in second.stderr
    assert remove in second.stderr


def test_logs_whose_answer_is_lost_are_asked_for_once(box: Box) -> None:
    box.order(Fault("lost-answer", "POST /pools/{p}/nodes/{n}/uploadbatchservicelogs"))
    url = f"https://logs.blob.core.windows.net/c?sig={SIGNATURE}"
    argv = ("node", "logs", node(box, "render-linux"), "--yes", "-o", "json")
    result = box.run(*argv, environ={"BATCHDOCTOR_LOGS_CONTAINER": url})
    item = result.json()["items"][0]
    assert (result.status, item["outcome"], len(sent(box))) == (6, "unknown", 1)
    assert "It may send them all the same." in item["message"]


def test_the_user_can_be_deleted_twice(box: Box, home: dict[str, str]) -> None:
    name = node(box, "render-linux")
    box.run("node", "login", name, "--yes", environ=home)
    argv = ("node", "login", name, "--remove", "--yes", "-o", "json")
    outcomes = [box.run(*argv, environ=home).json()["items"][0]["outcome"] for _ in range(2)]
    assert outcomes == ["deleted", "gone"]
    assert sent(box)[-1][:2] == ("DELETE", "users/kim")


def test_a_dry_run_creates_deletes_and_asks_nothing(
    box: Box, home: dict[str, str], tmp_path: Path
) -> None:
    name = node(box, "render-linux")
    url = tmp_path / "url"
    url.write_text(f"https://logs.blob.core.windows.net/c?sig={SIGNATURE}")
    environ = {**home, "BATCHDOCTOR_READ_ONLY": "1"}
    for argv in (("login",), ("login", "--remove"), ("logs", "--container-file", str(url))):
        result = box.run("node", *argv, name, "--dry-run", "-o", "json", environ=environ)
        assert (result.status, result.json()["items"][0]["outcome"]) == (0, "planned")
        assert "will " in result.stderr
    assert sent(box) == []
    assert not (tmp_path / ".local").exists()


def test_a_node_that_is_not_there_needs_no_question(box: Box, home: dict[str, str]) -> None:
    for more in ([], ["--remove"], ["--yes"], ["--dry-run"]):
        result = box.run("node", "login", "render-linux/gone", *more, environ=home)
        assert (result.status, "NodeNotFound" in result.stderr) == (3, True)
        assert "will " not in result.stderr
    assert sent(box) == []


def test_windows_takes_a_prompted_password_and_gets_an_rdp_file(
    box: Box, home: dict[str, str], tmp_path: Path
) -> None:
    name, out = node(box, "etl-windows"), tmp_path / "node.rdp"
    argv = ("node", "login", name, "--yes", "--out", str(out))
    result = box.run(*argv, stdin=b"Very-Secret-1\n", terminal=True, environ=home)
    assert result.status == 0
    assert sent(box)[0][2]["password"] == "Very-Secret-1"
    lines = out.read_bytes().decode().split("\r\n")
    assert lines[0].startswith("full address:s:20.")
    assert lines[1:] == ["username:s:.\\kim", "prompt for credentials:i:1", ""]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    journal = (tmp_path / ".local/state/batchdoctor/journal.jsonl").read_text()
    assert "Very-Secret" not in result.stdout + result.stderr + journal


def test_a_password_needs_a_terminal(box: Box, home: dict[str, str]) -> None:
    result = box.run("node", "login", node(box, "etl-windows"), "--yes", environ=home)
    assert (result.status, sent(box)) == (5, [])


def test_a_private_key_is_not_sent(box: Box, home: dict[str, str], tmp_path: Path) -> None:
    private = tmp_path / "id"
    private.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n")
    argv = ("node", "login", node(box, "render-linux"), "--yes", "--ssh-key", str(private))
    assert (box.run(*argv, environ=home).status, sent(box)) == (2, [])


def test_logs_go_to_a_signed_container_whose_signature_is_not_shown(
    box: Box, tmp_path: Path
) -> None:
    url = f"https://logs.blob.core.windows.net/c?sv=1&sp=w&sig={SIGNATURE}"
    file = tmp_path / "sas"
    file.write_text(url)
    name = node(box, "render-linux")
    record = box.sandbox.store.node(*name.split("/"))
    argv = ("node", "logs", name, "--container-file", str(file), "--since-boot", "--yes")
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    result = box.run(*argv, "-o", "json", environ=environ)
    body = sent(box)[0][2]
    assert (result.status, body["containerUrl"]) == (0, url)
    assert record.booted is not None
    assert result.json()["items"][0]["virtualDirectoryName"].startswith(name)
    told = result.stdout + result.stderr + (tmp_path / "batchdoctor/journal.jsonl").read_text()
    assert "SIGNATURE" not in told


def test_an_identity_needs_no_signature(box: Box) -> None:
    container = "https://logs.blob.core.windows.net/c"
    argv = ("--container", container, "--identity", "/subscriptions/x", "--since", "6h", "--yes")
    assert box.run("node", "logs", node(box, "render-linux"), *argv).status == 0
    assert sent(box)[0][2] == {
        "containerUrl": container,
        "startTime": "2026-11-20T21:00:00Z",
        "identityReference": {"resourceId": "/subscriptions/x"},
    }


@pytest.mark.parametrize(
    "argv",
    [
        [],
        ["--container", "https://x/c"],
        ["--container", f"https://x/c?sig={SIGNATURE}"],
        ["--container", "ftp://x/c", "--identity", "i"],
    ],
)
def test_a_container_that_cannot_be_used_is_wrong_usage(box: Box, argv: list[str]) -> None:
    result = box.run("node", "logs", node(box, "render-linux"), *argv, "--yes")
    assert (result.status, sent(box)) == (2, [])
    assert "SIGNATURE" not in result.stderr


@pytest.fixture
def container() -> Iterator[tuple[str, list[int]]]:
    """A blob container that shows one more file each time it is listed, or refuses."""
    seen = [0]

    class Listing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen[0] += 3
            refused = "refuse" in self.path
            body = b"<Blobs>" + b"<Blob></Blob>" * seen[0] + b"</Blobs>"
            self.send_response(403 if refused else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Listing)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", seen
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(("path", "outcome"), [("c", "done"), ("refuse", "asked")])
def test_waiting_counts_the_files_in_the_container(
    box: Box, container: tuple[str, list[int]], path: str, outcome: str
) -> None:
    url = f"{container[0]}/{path}?sp=wl&sig={SIGNATURE}"
    argv = ("node", "logs", node(box, "render-linux"), "--container-file", "-", "--wait", "--yes")
    result = box.run(*argv, "-o", "json", stdin=url.encode())
    item = result.json()["items"][0]
    assert (result.status, item["outcome"]) == (0, outcome)
    assert "SIGNATURE" not in result.stdout + result.stderr
