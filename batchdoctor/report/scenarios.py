"""The scenarios of the sandbox as a document."""

from __future__ import annotations

from collections.abc import Mapping

from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Card, Cards, Tone


def scenarios_document(head: Head, described: Mapping[str, str]) -> Document:
    """One item for each scenario: its name and what it shows."""
    ending = Ending(
        summary={"scenarios": len(described)},
        problems=(),
        page=(Cards([Card(name, Tone.HEADING, "", [text]) for name, text in described.items()]),),
        verdict=f"{plural(len(described), 'scenario')}: batchdoctor sandbox serve --scenario NAME",
    )
    return Document(
        head=head,
        keys=("name", "description"),
        items=iter([{"name": name, "description": text} for name, text in described.items()]),
        ending=lambda: ending,
        name_of=lambda item: str(item["name"]),
    )
