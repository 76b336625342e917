"""Where files are kept on this machine, as a document."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.kept import KeptPath, KeptSummary
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Column


def kept_document(head: Head, paths: Sequence[KeptPath]) -> Document[KeptPath]:
    """One item for each place; the format ids gives those to delete after uninstalling."""
    left = [path for path in paths if _stays(path)]
    ending = Ending(
        summary=KeptSummary(paths=len(paths), left_behind=len(left)),
        problems=(),
        page=(),
        verdict=_verdict(len(left)),
    )
    return Document(
        head=head,
        item_type=KeptPath,
        items=iter(paths),
        ending=lambda: ending,
        name_of=lambda item: item.path if _stays(item) else None,
        columns=(
            Column("NAME", lambda item: item.name),
            Column("PATH", lambda item: item.path),
            Column("THERE", lambda item: "there" if item.is_there else "not there", lead=False),
            Column("HOLDS", lambda item: item.holds, lead=False),
        ),
    )


def _stays(path: KeptPath) -> bool:
    return path.deletable and path.is_there


def _verdict(left: int) -> str:
    if not left:
        return "Uninstalling leaves nothing behind."
    return f"Uninstalling leaves {plural(left, 'place')}: batchdoctor config paths -o ids"
