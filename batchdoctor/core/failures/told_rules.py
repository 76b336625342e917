"""The rules for what the details of a failure tell, whatever its code."""

from __future__ import annotations

from batchdoctor.core.failures.rule import Rule
from batchdoctor.core.failures.tellings import Telling
from batchdoctor.core.meaning.category import Category


def _told(name: str, category: Category, reason: str) -> Rule:
    return Rule(name, lambda e: e.told == name, category, reason)


def _of_sas(name: str, reason: str) -> Rule:
    return _told(name, Category.PREPROCESSING, reason)


# What the details tell, whatever the code.
TOLD: tuple[Rule, ...] = (
    _told(
        "told-disk-full",
        Category.NODE,
        'Read from the message: the disk of the node is full, whatever the code says ("{quote}").',
    ),
    _told(
        "told-disk-broken",
        Category.NODE,
        "Read from the message: a disk of the node, or what is mounted there, does not read or"
        ' write any more ("{quote}").',
    ),
    _told(
        "told-daemon-gone",
        Category.NODE,
        'Read from the message: the container daemon of the node does not answer ("{quote}").',
    ),
    _told(
        "told-timed-out",
        Category.NODE,
        "Read from the message: the node's container daemon or the registry did not answer in"
        ' time, which passes ("{quote}").',
    ),
    _told(
        "told-pull-limit",
        Category.PREPROCESSING,
        'Read from the message: the registry gives no more images for now ("{quote}").',
    ),
    _told(
        "told-wrong-processor",
        Category.PREPROCESSING,
        'Read from the message: the image was built for another processor or system ("{quote}").',
    ),
    _told(
        "told-unauthorized",
        Category.PREPROCESSING,
        'Read from the message: the registry did not let the node in ("{quote}").',
    ),
    _told(
        "told-registry-firewall",
        Category.PREPROCESSING,
        'Read from the message: the firewall of the registry keeps the node out ("{quote}").',
    ),
    _told(
        "told-image-missing",
        Category.PREPROCESSING,
        'Read from the message: the registry has no such image or tag ("{quote}").',
    ),
    _told(
        "told-untrusted",
        Category.PREPROCESSING,
        "Read from the message: the node does not trust the certificate of the registry"
        ' ("{quote}").',
    ),
    _told(
        "told-no-gpu",
        Category.PREPROCESSING,
        "Read from the message: the container shall see GPUs, and the node has none, or nothing"
        ' that gives them to containers ("{quote}").',
    ),
    _told(
        "told-command-missing",
        Category.PREPROCESSING,
        "Read from the message: what the container shall run is not in the image or may not be"
        ' run ("{quote}").',
    ),
    _told(
        "told-unreachable",
        Category.PREPROCESSING,
        "Read from the message: the node did not reach the registry, whose name it does not find"
        ' or which does not answer it ("{quote}").',
    ),
    _told(
        "told-broke-off",
        Category.NODE,
        'Read from the message: the download of the image broke off, which passes ("{quote}").',
    ),
    _told(
        "told-storage-busy",
        Category.PREPROCESSING,
        "Read from the message: storage was busy or did not answer in time, which passes"
        ' ("{quote}").',
    ),
    _told(
        "told-foreign-path",
        Category.PREPROCESSING,
        "The file's path on the node is one of another computer, so no node can make it"
        ' ("{quote}").',
    ),
    _told(
        "told-impossible-path",
        Category.PREPROCESSING,
        "The file's path leads out of the task's directory, or has signs that names of files cannot"
        ' have, so no node can make it ("{quote}").',
    ),
    _told(
        "told-sas-expired",
        Category.PREPROCESSING,
        'Read from the message: the SAS of the URL had expired ("{quote}").',
    ),
    _told(
        "told-network-rules",
        Category.PREPROCESSING,
        "Read from the message: storage does not let the node do this, by its network rules or by"
        ' a missing role ("{quote}").',
    ),
    _of_sas("sas-valid", "The SAS of the URL was valid ({quote}), so it is not the cause."),
    _of_sas("sas-expired", "The SAS of the URL ended {quote}."),
    _of_sas("sas-key-expired", "The key that signed the SAS of the URL ended {quote}."),
    _of_sas("sas-not-yet", "The SAS of the URL begins {quote}."),
    _of_sas("sas-no-read", "The SAS of the URL does not allow reading ({quote})."),
    _of_sas("sas-no-list", "The SAS of the URL does not allow listing a container ({quote})."),
    _of_sas("sas-scope", "The SAS of the URL does not cover blobs ({quote})."),
    _of_sas(
        "sas-address",
        "The SAS of the URL is for some addresses only ({quote}): a node with another is refused.",
    ),
    _of_sas(
        "sas-policy",
        "The SAS of the URL leaves its terms to the container's stored access policy {quote},"
        " which is not seen here.",
    ),
    _of_sas(
        "sas-escaped",
        "The URL has {quote} where & belongs, so storage sees no signature in it.",
    ),
    _of_sas(
        "sas-missing",
        "The URL at {quote} has no SAS: an identity of the pool or public access has to open it.",
    ),
    # Of an upload: the program ran before.
    _told(
        "sas-upload-expired",
        Category.FILE_UPLOAD,
        "The program ended, and the SAS for its output files ended {quote}.",
    ),
    _told(
        "sas-upload-no-write",
        Category.FILE_UPLOAD,
        "The program ended, and the SAS for its output files does not allow writing ({quote}).",
    ),
    _told(
        "sas-upload-valid",
        Category.FILE_UPLOAD,
        "The program ended, and the SAS for its output files was valid ({quote}), so it is not the"
        " cause.",
    ),
)


# What passes by itself, so that nobody has to correct the task.
PASSING = frozenset(
    {"told-timed-out", "told-broke-off", "told-storage-busy", "told-daemon-gone", "told-pull-limit"}
)
# What is wrong with the node.
OF_NODES = frozenset({"told-disk-full", "told-disk-broken"})
# What no service outside of the pool is at fault for: it is on the node or in the task.
INSIDE = OF_NODES | {
    *("told-daemon-gone", "told-wrong-processor", "told-image-missing", "told-no-gpu"),
    *("told-command-missing", "told-foreign-path"),
}


def told_reason(telling: Telling) -> str:
    """The sentence about what the details of a failure tell."""
    rule = next(rule for rule in TOLD if rule.name == telling.name)
    return rule.reason.format(quote=telling.quote)
