"""The words by which docker, registries and storage tell why, whatever the service's code is."""

from __future__ import annotations

import pytest

from batchdoctor.core.failures.tellings import message_told
from batchdoctor.core.failures.told_rules import TOLD
from batchdoctor.core.failures.told_steps import TOLD_STEPS

IMAGE, SETTINGS, REGISTRY = (
    "ContainerInvalidImage",
    "ContainerInvalidSettings",
    "ContainerInvalidRegistry",
)


@pytest.mark.parametrize(
    ("code", "message", "told"),
    [
        (IMAGE, "hcsshim: There is not enough space on the disk. (0x70)", "told-disk-full"),
        (SETTINGS, "mkdir /var/lib/docker/overlay2/a: no space left on device", "told-disk-full"),
        ("CommandLaunchFailed", "[Errno 28] ENOSPC", "told-disk-full"),
        ("FileUploadMiscError", "No space left on device", "told-disk-full"),
        ("ResourceFileWriteFailed", "The volume is full", "told-disk-full"),
        (
            SETTINGS,
            "Error while fetching server API version: ('Connection aborted.',"
            " ConnectionRefusedError(111, 'Connection refused'))",
            "told-daemon-gone",
        ),
        (IMAGE, "open //./pipe/docker_engine: file not found", "told-daemon-gone"),
        (REGISTRY, "lookup acme.azurecr.io on 168.63.129.16:53: no such host", "told-unreachable"),
        (REGISTRY, "dial tcp 10.0.0.4:443: connect: connection refused", "told-unreachable"),
        (IMAGE, "dial tcp 20.1.2.3:443: connect: no route to host", "told-unreachable"),
        (IMAGE, "net/http: TLS handshake timeout", "told-timed-out"),
        (IMAGE, "received unexpected HTTP status: 503 Service Unavailable", "told-timed-out"),
        (IMAGE, "error pulling image: download failed after attempts=6: EOF", "told-broke-off"),
        (IMAGE, "failed commit on ref: unexpected commit digest sha256:aa", "told-broke-off"),
        (IMAGE, "manifest for acme/solver:4 not found: manifest unknown", "told-image-missing"),
        (
            REGISTRY,
            'error getting credentials: exec: "docker-credential-x": executable file not found',
            "told-unauthorized",
        ),
        (SETTINGS, "nvidia-container-cli: initialization error", "told-no-gpu"),
        (
            SETTINGS,
            'exec: "/bin/s": stat /bin/s: no such file or directory',
            "told-command-missing",
        ),
        ("ApplicationPackageError", "Resource download failed: timed out", "told-storage-busy"),
        ("ResourceContainerListMiscError", "(503) Server Busy.", "told-storage-busy"),
    ],
)
def test_the_message_tells_the_cause(code: str, message: str, told: str) -> None:
    found = message_told(code, message)
    assert found is not None
    assert found.name == told


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (SETTINGS, "unknown flag: --gpu"),
        (SETTINGS, "mkdir /data: read-only file system"),
        (SETTINGS, 'The container name "/solver" is already in use by container'),
        ("BlobNotFound", "The specified blob does not exist."),
        ("DiskFull", "The VM disk is full. Delete job, tasks, or file on the node."),
        ("MountConfigurationError", "mount error(110): Connection timed out"),
    ],
)
def test_what_the_code_says_already_is_left_to_the_code(code: str, message: str) -> None:
    assert message_told(code, message) is None


def test_each_telling_has_steps_that_help() -> None:
    assert set(TOLD_STEPS) == {rule.name for rule in TOLD}
