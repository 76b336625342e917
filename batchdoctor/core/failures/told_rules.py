"""The rules for what the details of a failure tell, whatever its code."""

from __future__ import annotations

from batchdoctor.core.failures.rule import Rule
from batchdoctor.core.failures.tellings import Telling
from batchdoctor.core.meaning.category import Category


def _told(name: str, category: Category, reason: str) -> Rule:
    return Rule(name, lambda e: e.told == name, category, reason)


# What the details tell, whatever the code.
TOLD: tuple[Rule, ...] = (
    _told(
        "told-disk-full",
        Category.NODE,
        'Read from the message: the disk of the node is full, whatever the code says ("{quote}").',
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
        "told-foreign-path",
        Category.PREPROCESSING,
        "The file's path on the node is one of another computer, so no node can make it"
        ' ("{quote}").',
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
    _told(
        "sas-valid",
        Category.PREPROCESSING,
        "The SAS of the URL was valid ({quote}), so it is not the cause.",
    ),
    _told("sas-expired", Category.PREPROCESSING, "The SAS of the URL ended {quote}."),
    _told("sas-not-yet", Category.PREPROCESSING, "The SAS of the URL begins {quote}."),
    _told(
        "sas-no-read",
        Category.PREPROCESSING,
        "The SAS of the URL does not allow reading ({quote}).",
    ),
    _told(
        "sas-missing",
        Category.PREPROCESSING,
        "The URL at {quote} has no SAS: an identity of the pool or public access has to open it.",
    ),
)


def told_reason(telling: Telling) -> str:
    """The sentence about what the details of a failure tell."""
    rule = next(rule for rule in TOLD if rule.name == telling.name)
    return rule.reason.format(quote=telling.quote)
