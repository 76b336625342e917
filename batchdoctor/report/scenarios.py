"""The scenarios of the sandbox as a document."""

from __future__ import annotations

from collections.abc import Mapping

from batchdoctor.core.item import Item
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Card, Cards, Tone


class Scenario(Item, frozen=True, kw_only=True):
    """A sick account that the sandbox can play."""

    name: str
    description: str


class ScenarioSummary(Item, frozen=True, kw_only=True):
    """How many there are."""

    scenarios: int


def scenarios_document(head: Head, described: Mapping[str, str]) -> Document[Scenario]:
    """One item for each scenario: its name and what it shows."""
    ending = Ending(
        summary=ScenarioSummary(scenarios=len(described)),
        problems=(),
        page=(Cards([Card(name, Tone.HEADING, "", [text]) for name, text in described.items()]),),
        verdict=f"{plural(len(described), 'scenario')}: batchdoctor sandbox serve --scenario NAME",
    )
    return Document(
        head=head,
        item_type=Scenario,
        items=iter([Scenario(name=name, description=text) for name, text in described.items()]),
        ending=lambda: ending,
        name_of=lambda item: item.name,
    )
