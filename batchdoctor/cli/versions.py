"""What a report of a bug needs to know: the versions of everything, and what is missing."""

from __future__ import annotations

import platform
import re
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec

from batchdoctor import __version__
from batchdoctor.service.query import API_VERSION

# What setup.py compiles, where it can.
COMPILED = (
    "batchdoctor.events.compiled._pairs",
    "batchdoctor.core.log.compiled._rows",
    "batchdoctor.core.suspicion.compiled._runs",
    "batchdoctor.core.text.compiled._hints",
)
# Extras that serve nobody who only runs commands, or that stand for others.
_OTHER_EXTRAS = {"all", "mutation", "test"}
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+).*?(?:;(?P<marker>.*))?")
_EXTRA = re.compile(r"""extra\s*==\s*['"](?P<name>[\w-]+)['"]""")
_BEFORE = re.compile(r"""python_version\s*<\s*['"]3\.(?P<minor>\d+)['"]""")


def versions() -> str:
    """Versions, a line each: of this program, Python, the system, and every package it uses."""
    lock = "without" if sysconfig.get_config_var("Py_GIL_DISABLED") else "with"
    lines = [
        ("batchdoctor", __version__),
        ("python", f"{platform.python_version()}, {platform.python_implementation()}, {lock} GIL"),
        ("platform", platform.platform()),
        ("Batch API", API_VERSION),
        ("compiled", _compiled([name for name in COMPILED if find_spec(name) is None])),
        *_packages(),
    ]
    width = max(len(name) for name, _ in lines)
    return "".join(f"{name:<{width}}  {told}\n" for name, told in lines)


def _compiled(missing: list[str]) -> str:
    """How much of it is there; a broken module is told of where it is needed."""
    if not missing:
        return "yes"
    how_much = "no" if len(missing) == len(COMPILED) else f"not {', '.join(missing)}"
    return f"{how_much}: large event logs and answers take longer"


def _packages() -> Iterator[tuple[str, str]]:
    try:
        requirements = metadata.requires("batchdoctor") or []
    except metadata.PackageNotFoundError:
        yield "packages", "not known: batchdoctor runs without having been installed"
        return
    for requirement in requirements:
        found = _REQUIREMENT.fullmatch(requirement)
        if found is None or found["name"] == "batchdoctor":
            continue
        extra = _EXTRA.search(found["marker"] or "")
        if extra is None:
            yield found["name"], _version(found["name"], None)
        elif extra["name"] not in _OTHER_EXTRAS:
            told = _version(found["name"], found["marker"])
            yield found["name"], f"{told} (extra {extra['name']})"


def _version(name: str, marker: str | None) -> str:
    before = _BEFORE.search(marker or "")
    if before and sys.version_info >= (3, int(before["minor"])):
        return "part of Python"
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
