"""Every command that is printed runs, says something, and leads on: four levels deep."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.box import Box, Open, Result
from tests.scenarios import NAMES, scenario

PRINTED = re.compile(r"^\s*(?:.*: )?(?:\$ )?(batchdoctor .*)$", re.MULTILINE)
DEPTH = 4
CHANGES = ("disable", "enable", "reboot", "reimage", "remove", "reactivate")
PACKAGED = ("healthy", "bad-node", "bad-job", "night-shift")


def commands_of(page: str) -> Iterator[tuple[str, ...]]:
    """The command lines of a page, without those that wait for a file of the reader's."""
    for line in PRINTED.findall(page):
        if "|" not in line and "URL.txt" not in line:
            yield tuple(shlex.split(line)[1:])


def pasted(box: Box, words: tuple[str, ...], folder: Path) -> Result:
    """What a command comes to; a change is planned only, a file goes into a folder."""
    if words[:2] == ("files", "get"):
        return box.run(*words, "--out", str(folder), "--force")
    if words[1:2] and words[1] in CHANGES:
        return box.run(*words, "--dry-run")
    return box.run(*words)


def is_said(words: tuple[str, ...], result: Result, folder: Path) -> bool:
    """Whether a command gave its reader anything."""
    if words[:2] != ("files", "get"):
        return bool(result.stdout.strip())
    written = [path for path in folder.rglob("*") if path.is_file()]
    said = any(path.stat().st_size for path in written)
    for path in written:
        path.unlink()
    return said


@pytest.mark.parametrize("name", [*PACKAGED, *NAMES])
def test_every_printed_command_runs_and_leads_on(open_box: Open, name: str, tmp_path: Path) -> None:
    box = open_box(name if name in PACKAGED else scenario(name))
    starts = [("triage",), ("nodes", "suspect"), ("tasks", "failed")]
    pages = {words: box.run(*words).stdout for words in starts}
    seen = set(starts)
    wrong = []
    for _ in range(DEPTH):
        further: dict[tuple[str, ...], str] = {}
        for origin, page in pages.items():
            for words in dict.fromkeys(commands_of(page)):
                if words == origin:
                    wrong.append((origin, words, "leads to itself"))
                if words in seen:
                    continue
                seen.add(words)
                result = pasted(box, words, tmp_path)
                if result.status or not is_said(words, result, tmp_path):
                    wrong.append((origin, words, result.stderr or "nothing is said"))
                elif result.stdout == page:
                    wrong.append((origin, words, "the same page"))
                further[words] = result.stdout
        pages = further
    assert wrong == []
