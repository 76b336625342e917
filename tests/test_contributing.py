"""The pages for whoever comes next are true: every place is there, and every list can be walked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command, verb
from batchdoctor.core.findings.checks import account
from batchdoctor.core.findings.checks.facts import PoolFacts
from batchdoctor.core.findings.checks.table import OF_POOLS
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.findings.kinds import KINDS, FindingKind
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.item import Item
from batchdoctor.core.meaning.catalog import Where, parse_subject
from batchdoctor.core.records import Pool
from batchdoctor.core.text.step import run as step_run
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.machine import write_jsonl
from batchdoctor.sandbox import Sandbox, load_scenario
from tests.box import NOW, run_with

ROOT = Path(__file__).parents[1]
PAGES = ROOT / ".github"
LISTS = ("check", "code", "message", "command", "scenario", "format")


def steps_of(what: str) -> list[str]:
    text = (PAGES / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _, _, rest = text.partition(f"## Add a {what}\n")
    section, _, _ = rest.partition("\n## ")
    return re.findall(r"^\d\. (.*)$", section, re.MULTILINE)


def places_in(text: str) -> Iterator[Path]:
    """The files and folders that a text names, as seen from the top of the repository."""
    for word in re.findall(r"`([\w./-]+)`", text):
        if word.endswith((".py", ".toml", ".md", "/")) or word == ".ci/run":
            yield ROOT / word


@pytest.mark.parametrize("what", LISTS)
def test_a_list_has_five_steps_and_every_place_in_it_is_there(what: str) -> None:
    steps = steps_of(what)
    assert len(steps) == 5
    assert [str(place) for step in steps for place in places_in(step) if not place.exists()] == []


def test_every_file_that_the_picture_of_the_house_names_is_there() -> None:
    text = (PAGES / "ARCHITECTURE.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:cli|work|report|events|service|core)/[\w/]+(?:\.py|/))`", text))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / "batchdoctor" / name).exists()] == []


def test_every_room_of_the_package_is_in_the_picture() -> None:
    text = (PAGES / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rooms = [
        path
        for floor in ("core", "work")
        for path in (ROOT / "batchdoctor" / floor).iterdir()
        if path.is_dir() and not path.name.startswith("_")
    ]
    assert [room.name for room in rooms if f"    {room.name}/" not in text] == []


def test_a_check_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_small(facts: PoolFacts) -> Iterator[Finding]:
        """A pool without a target."""
        if not facts.pool.target_dedicated_nodes:
            subject = Subject(pool_id=facts.pool.id)
            yield Finding(kind="pool-too-small", subject=subject, message="Has no target.")

    kind = FindingKind("pool-too-small", Severity.INFO, "a pool has no target")
    monkeypatch.setitem(KINDS, kind.name, kind)
    monkeypatch.setattr("batchdoctor.core.findings.finding._KINDS", tuple(KINDS))
    monkeypatch.setattr(account, "OF_POOLS", (*OF_POOLS, too_small))
    pool = PoolFacts(pool=msgspec.convert({"id": "p", "allocationState": "steady"}, Pool), at=NOW)
    assert [each.kind for each in account.account_findings([pool], [])] == ["pool-too-small"]


def test_a_code_is_added() -> None:
    text = """
        where = ["task"]
        page = "https://learn.microsoft.com/azure/batch/error-handling"
        [code.MoonIsFull]
        category = "node"
        meaning = "The moon was full."
        causes = ["It is that time of the month."]
        actions = ["Wait a day.", { say = "Then", run = "batchdoctor task show --task TASK" }]
        retry = "yes"
        why = "it passes"
    """
    (entry,) = parse_subject("task", text.encode())
    assert (entry.code, entry.where) == ("MoonIsFull", (Where.TASK,))
    assert entry.actions[1] == step_run("batchdoctor task show --task TASK", "Then")


class Greeting(Item, frozen=True, kw_only=True):
    """What the command of these tests answers."""

    words: str


def greeting_of(name: str) -> Document[Greeting]:
    return Document(
        head=Head("greet", None, NOW),
        item_type=Greeting,
        items=iter([Greeting(words=f"good night, {name}")]),
        ending=lambda: Ending(summary=Greeting(words="one"), problems=(), page=(), verdict="Said."),
        name_of=lambda item: item.words,
    )


def test_a_command_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    app = verb()

    @command(app, "greet")
    def greet(call: Call, name: str) -> int:
        """Say good night."""
        call.write(greeting_of(name))
        return 0

    def only_this(*_: str) -> typer.Typer:
        root = typer.Typer()
        root.add_typer(app)
        root.callback()(lambda: None)
        return root

    monkeypatch.setattr("batchdoctor.cli.main.build_app", only_this)
    result = run_with({}, lambda: NOW)("greet", "kim", "-o", "jsonl")
    assert (result.status, result.jsonl()) == (0, [{"words": "good night, kim"}])


def test_a_scenario_is_added(tmp_path: Path) -> None:
    file = tmp_path / "quiet.toml"
    file.write_text(
        'summary = "Nothing goes on."\n[[pools]]\nid = "p"\n[[pools.nodes]]\ncount = 2\n'
    )
    with Sandbox(load_scenario(str(file)), now=lambda: NOW) as box:
        result = run_with(box.environment(), lambda: NOW)("pool", "diagnose", "p", "-o", "json")
    assert result.status == 0
    assert result.json()["summary"]["pools"] == 1


def test_a_format_is_added() -> None:
    def write_shouted(document: Document[Any], write: Any) -> Ending:
        """All of it louder."""
        return write_jsonl(document, lambda text: write(text.upper()))

    written: list[str] = []
    assert write_shouted(greeting_of("kim"), written.append).verdict == "Said."
    assert "".join(written) == '{"WORDS":"GOOD NIGHT, KIM"}\n'
