"""A document as one page of HTML for somebody without access: no script, no network, printable.

The markup is in `templates/`, where everything is escaped by jinja2; pictures are drawn by `svg`.
"""

from __future__ import annotations

from typing import Any

import jinja2
from markupsafe import Markup, escape

from batchdoctor.core.checked import Checked
from batchdoctor.core.pictures.picture import Picture
from batchdoctor.core.text.gate import shown
from batchdoctor.report.document import Document
from batchdoctor.report.head_words import head_words
from batchdoctor.report.page import Chart, Count, Counts
from batchdoctor.report.svg import draw
from batchdoctor.report.svg_lanes import lanes_picture

# Tells a page of ours from any other file that may be in the way.
MARKER = "<!-- batchdoctor report -->"
_PICTURED = (
    "Runs are first attempts of tasks on nodes, of the jobs in which something failed; what ended"
    " by request is left out."
)


def html_page(document: Document[Any], picture: Picture | None = None) -> str:
    """The whole page as text; the items of the document are its rows where it has columns."""
    environment = _environment()
    rows = [[column.text_of(item) for column in document.columns] for item in document.items]
    ending = document.ending()
    head = head_words(document.head)
    template = environment.get_template("page.html")
    return template.render(
        marker=_safe(MARKER),
        style=_safe(environment.get_template("page.css").render()),
        title=f"{document.head.command}: {head[0]}",
        heading=document.heading,
        head=head,
        verdict=ending.verdict,
        problems=ending.problems,
        blocks=ending.page,
        columns=[column.title for column in document.columns],
        rows=rows if document.columns else [],
        caption=_PICTURED,
        picture=picture and _drawn(picture),
        checked=ending.checked,
        own=f"batchdoctor {document.head.command}",
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("batchdoctor.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters |= {"shown": shown, "kind": _kind, "part": _part}
    environment.filters |= {"looked": _looked, "chart": _chart}
    return environment


def _safe(markup: str) -> Markup:
    """Markup of ours, which is not escaped."""
    return Markup(markup)  # noqa: S704 - nothing foreign is in it that was not escaped


def _drawn(picture: Picture) -> dict[str, object]:
    drawn = draw(picture, lambda words: str(escape(words)))
    return {name: _safe(markup) for name, markup in drawn._asdict().items()}


def _chart(block: Chart) -> Markup:
    return _safe(lanes_picture(block.lanes, lambda words: str(escape(shown(words)))))


def _kind(block: object) -> str:
    return type(block).__name__


def _part(row: Count, block: Counts) -> float:
    """The length of a bar, of 100."""
    whole = max((each.count for each in block.rows), default=0) if block.of_peak else block.total
    return round(100 * row.count / whole, 1) if whole else 0


def _looked(check: Checked) -> str:
    return f"{check.objects:,} {check.of}" if check.objects is not None else "not known"
