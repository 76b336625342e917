"""A stranger talks to the sandbox: curl, with a signature made outside of it."""

from __future__ import annotations

import json
import shutil
import subprocess
from email.utils import formatdate

import pytest

from batchdoctor.sandbox import Sandbox
from tests.sandbox.wire import VERSION, Wire

curl = shutil.which("curl")
pytestmark = pytest.mark.skipif(curl is None, reason="curl is not installed")


def run(sandbox: Sandbox, target: str, *options: str, method: str = "GET") -> str:
    date = formatdate(usegmt=True)
    headers = {"ocp-date": date}
    if method != "GET":
        headers |= {"Content-Length": "0"}
    headers["Authorization"] = Wire(sandbox).sign(method, target, headers)
    arguments = [part for n, v in headers.items() for part in ("-H", f"{n}: {v}")]
    command = [
        curl or "curl",
        "-sS",
        "-q",
        "-X",
        method,
        *arguments,
        *options,
        sandbox.url + target,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.stderr == ""
    return done.stdout


def test_curl_reads_a_list(sandbox: Sandbox) -> None:
    document = json.loads(run(sandbox, f"/jobs?{VERSION}"))
    assert len(document["value"]) == 10


def test_curl_sees_the_status_and_headers_of_a_change(sandbox: Sandbox) -> None:
    target = f"/jobs/ingest-20261121/tasks/feed-031/reactivate?{VERSION}"
    head = run(sandbox, target, "-i", method="POST").splitlines()
    assert head[0] == "HTTP/1.1 204 No Content"
    assert "DataServiceVersion: 3.0" in head


def test_curl_resumes_a_download(sandbox: Sandbox) -> None:
    target = f"/jobs/render-20261120/tasks/frame-0001/files/wd/render.log?{VERSION}"
    whole = run(sandbox, target)
    date = formatdate(usegmt=True)
    headers = {"ocp-date": date, "ocp-range": "bytes=399980-"}
    headers["Authorization"] = Wire(sandbox).sign("GET", target, headers)
    arguments = [part for n, v in headers.items() for part in ("-H", f"{n}: {v}")]
    command = [curl or "curl", "-sS", "-q", *arguments, sandbox.url + target]
    rest = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
    assert rest == whole[399_980:]
    assert rest == "00019999 tile 17 ok\n"
