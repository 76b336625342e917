"""What an error of a node means and what helps, from its code and, before that, its message."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.failures.tellings import message_told
from batchdoctor.core.failures.told_steps import told_steps
from batchdoctor.core.meaning.catalog import Where, load_catalog
from batchdoctor.core.records import NodeError
from batchdoctor.core.text.step import Step, filled, run, say

_REBOOT = run(
    "batchdoctor node reboot NODE --pool POOL",
    "Batch does not heal such a node: once that is corrected",
)
_REIMAGE = run("batchdoctor node reimage NODE --pool POOL", "If it comes back unusable")

_TOLD: dict[str, tuple[str, tuple[Step, ...]]] = {
    "told-disk-full": (
        "Read from the message: the disk of the node is full, whatever the code says.",
        (
            say("Use fewer or smaller images, or a size with a larger disk."),
            run(
                "batchdoctor node reimage NODE --pool POOL",
                "To free the disk, which a reboot may not",
            ),
        ),
    ),
    "told-disk-broken": (
        "Read from the message: a disk of the node does not read or write any more.",
        (
            run("batchdoctor node reimage NODE --pool POOL", "To put the disk in order"),
            run("batchdoctor node remove NODE --pool POOL", "If it comes back unusable"),
        ),
    ),
    "told-daemon-gone": (
        "Read from the message: the container daemon of the node does not answer.",
        (
            run("batchdoctor node reboot NODE --pool POOL"),
            run("batchdoctor node reimage NODE --pool POOL", "If it comes back unusable"),
            say(
                "If all nodes of the pool are like this, the pool's image has no container engine"
                " that starts: use one that supports containers."
            ),
        ),
    ),
    "told-broke-off": (
        "Read from the message: the download of the image broke off, which passes.",
        (run("batchdoctor node reboot NODE --pool POOL", "Such trouble passes"), _REIMAGE),
    ),
    "told-image-missing": (
        "Read from the message: the registry has no image of the pool's containerConfiguration by"
        " that name and tag.",
        (
            say("Check each name and tag in the pool's containerImageNames."),
            _REBOOT,
            _REIMAGE,
        ),
    ),
    "told-registry-firewall": (
        "Read from the message: the firewall of the registry keeps the node out.",
        (
            *told_steps("told-registry-firewall")[:1],
            _REBOOT,
            _REIMAGE,
        ),
    ),
    "told-untrusted": (
        "Read from the message: the node does not trust the certificate of the registry.",
        (
            say("Install the registry's certificate authority in the image of the nodes."),
            _REBOOT,
            _REIMAGE,
        ),
    ),
    "told-unreachable": (
        "Read from the message: the node did not reach the registry, whose name it does not find"
        " or which does not answer it.",
        (
            *told_steps("told-unreachable")[:1],
            _REBOOT,
            _REIMAGE,
        ),
    ),
    "told-timed-out": (
        "Read from the message: the registry or the node's container daemon did not answer in"
        " time, which passes.",
        (
            run("batchdoctor node reboot NODE --pool POOL", "Such time-outs pass"),
            say("If it repeats, grow the pool in smaller steps: all new nodes pull at once."),
        ),
    ),
    "told-pull-limit": (
        "Read from the message: the registry gives no more images for now.",
        (
            say("Log in to the registry in containerRegistries, or use a registry of your own."),
            _REBOOT,
        ),
    ),
    "told-wrong-processor": (
        "Read from the message: the image was built for another processor or system than the"
        " nodes have.",
        (
            say(
                "Build the image for the nodes: docker build --platform linux/amd64, or windows"
                " for Windows pools."
            ),
            _REBOOT,
            _REIMAGE,
        ),
    ),
    "told-unauthorized": (
        "Read from the message: the registry did not let the node in.",
        (
            say(
                "Check the login in the pool's containerRegistries, or give the pool an identity"
                " with AcrPull."
            ),
            _REBOOT,
            _REIMAGE,
        ),
    ),
}


def meaning_of(error: NodeError) -> str | None:
    """What an error of a node means; None for a code that is in no list of nodes' errors."""
    told = _told(error)
    if told:
        return _TOLD[told][0]
    entry = load_catalog().find(error.code, Where.NODE) if error.code else None
    return entry.meaning if entry else None


def causes_of(errors: Sequence[NodeError]) -> tuple[str, ...]:
    """What makes the errors of two nodes the same: codes, and what their messages tell."""
    return tuple(f"{(error.code or '').lower()} {_told(error) or ''}" for error in errors)


def steps_for(errors: Sequence[NodeError], pool_id: str, node_id: str) -> tuple[Step, ...]:
    """What helps with each of a node's errors; keeping tasks off it is no step."""
    steps = dict.fromkeys(step for error in errors for step in _steps(error))
    return filled(steps, {"POOL": pool_id, "NODE": node_id})


def _steps(error: NodeError) -> tuple[Step, ...]:
    told = _told(error)
    entry = load_catalog().find(error.code, Where.NODE) if error.code else None
    return _TOLD[told][1] if told else entry.actions if entry else _UNKNOWN


_UNKNOWN = (
    say("The service's own message and details are all there is to go by."),
    run("batchdoctor node logs NODE --pool POOL --container-file URL.txt"),
    run(
        "batchdoctor node reboot NODE --pool POOL",
        "Unless the service refuses it in this state",
    ),
    run("batchdoctor node remove NODE --pool POOL"),
)


def _told(error: NodeError) -> str | None:
    texts = [error.message or "", *(each.value or "" for each in error.error_details or ())]
    for text in texts:
        if found := message_told(error.code or "", text):
            return found.name if found.name in _TOLD else None
    return None
