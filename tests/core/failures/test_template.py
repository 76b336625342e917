"""Templates of messages: what varies is masked, what tells the error stays."""

from __future__ import annotations

import pytest

from batchdoctor.core.failures.template import template


@pytest.mark.parametrize(
    ("line", "masked"),
    [
        ("frame 12 of 1,200 took 3.5 s", "frame <n> of <n> took <n> s"),
        (
            "OSError: [Errno 30] Read-only file system: '/mnt/scratch/frame-12.exr'",
            "OSError: [Errno <n>] Read-only file system: '<path>'",
        ),
        ("cannot open C:\\batch\\tasks\\a.csv", "cannot open <path>"),
        ("cannot open input/scene-7.blend", "cannot open <path>"),
        ("cannot open scene.blend", "cannot open <path>"),
        ("Input/output error", "Input/output error"),
        ("No module named 'riskengine.curves'", "No module named 'riskengine.curves'"),
        ("java.net.ConnectException: no", "java.net.ConnectException: no"),
        ("could not resolve host: db.acme.local", "could not resolve host: <host>"),
        ("connect to 10.0.0.4:5432 failed", "connect to <host> failed"),
        ("GET https://a.example/x?sv=1&sig=abc gave 403", "GET <url> gave <n>"),
        ("request 6b1f4f0e-12ab-4cde-8f01-0123456789ab failed", "request <id> failed"),
        ("crash at 0x00007f3a", "crash at <id>"),
        ("commit 1a2b3c4d5e6f is bad", "commit <id> is bad"),
        ("lost tvm-283647310_8-20261109t212451z", "lost <node>"),
        ("since 2026-11-21T02:00:00.123Z", "since <time>"),
        ("2026-11-21 02:00:00,123 ERROR acme: no mesh", "acme: no mesh"),
        ("[1,3]<stderr>:no mesh", "no mesh"),
    ],
)
def test_what_varies_is_masked_and_what_tells_the_error_stays(line: str, masked: str) -> None:
    assert template(line) == masked


def test_a_long_line_gives_a_text_of_bounded_length() -> None:
    assert len(template("no mesh in " + "x y " * 10_000)) == 240
