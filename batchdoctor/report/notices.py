"""A notice as what is posted: one JSON document, or a message as Teams or Slack take it.

Nothing in a message is read as markup: ids and messages come from elsewhere.
https://learn.microsoft.com/power-automate/teams/send-a-message-in-teams
https://api.slack.com/messaging/webhooks
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from batchdoctor.core.notices.item import Change, NoticeItem, notice_items, notice_summary
from batchdoctor.core.notices.known import News
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.gate import json_line, shown
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.formats import NotifyFormat
from batchdoctor.report.head import Head
from batchdoctor.report.machine import write_json

# Teams takes 28 KB, Slack 50 blocks of 3000 characters.
_MOST_ITEMS = 10
_LONGEST_TEXT = 1200
_LONGEST_TITLE = 140


def notice_body(
    form: NotifyFormat, head: Head, problems: Sequence[Problem]
) -> Callable[[News], bytes]:
    """How news become what is posted."""
    if form is NotifyFormat.JSON:
        return lambda news: _document(head, problems, news)
    shape = _teams if form is NotifyFormat.TEAMS else _slack
    return lambda news: json_line(shape(head, news)).encode()


def _document(head: Head, problems: Sequence[Problem], news: News) -> bytes:
    parts: list[str] = []
    ending = Ending(summary=notice_summary(news), problems=problems, page=(), verdict="")
    document = Document(
        head=head,
        item_type=NoticeItem,
        items=notice_items(news),
        ending=lambda: ending,
        name_of=lambda _: None,
    )
    write_json(document, parts.append)
    return "".join(parts).encode()


def _title(head: Head, news: News) -> str:
    counts = ((len(news.new), "new"), (len(news.ended), "ended"), (news.ongoing, "ongoing"))
    told = ", ".join(f"{count:,} {word}" for count, word in counts if count)
    return _cut(f"{head.account}: findings: {told}", _LONGEST_TITLE)


def _words(item: NoticeItem) -> tuple[str, str, str]:
    """How bad and what, where and why, and what to type."""
    ids = item.subject
    places = (("job", ids.job_id), ("pool", ids.pool_id), ("node", ids.node_id))
    where = ", ".join(f"{noun} {name}" for noun, name in places if name)
    flag = "ENDED" if item.change is Change.ENDED else item.severity.value.upper()
    title = f"{flag} {item.kind}" + (f" ({where})" if where else "")
    return (
        _cut(title, _LONGEST_TITLE),
        _cut(item.message, _LONGEST_TEXT),
        next(iter(item.next_commands), ""),
    )


def _cut(text: str, length: int) -> str:
    told = shown(text)
    return told if len(told) <= length else f"{told[: length - 3]}..."


def _shortened(news: News) -> tuple[list[NoticeItem], str]:
    """The first items, and what says that there are more."""
    items = list(notice_items(news))
    more = len(items) - _MOST_ITEMS
    return items[:_MOST_ITEMS], f"and {plural(more, 'more finding')}" if more > 0 else ""


def _teams(head: Head, news: News) -> Mapping[str, Any]:
    """An adaptive card, of runs of text, which no markdown is read in."""
    items, more = _shortened(news)
    body = [_runs((_title(head, news), {"weight": "Bolder", "size": "Medium"}))]
    for item in items:
        title, message, command = _words(item)
        colour = _COLOURS[item.severity.value] if item.change is Change.NEW else "Good"
        told: list[tuple[str, Mapping[str, str]]] = [
            (title, {"weight": "Bolder", "color": colour}),
            (f" {message}", {}),
        ]
        body.append(_runs(*told))
        if command:
            body.append(_runs((command, {"fontType": "Monospace"})))
    if more:
        body.append(_runs((more, {})))
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


_COLOURS = {"error": "Attention", "warning": "Warning", "info": "Default"}


def _runs(*told: tuple[str, Mapping[str, str]]) -> dict[str, Any]:
    inlines = [{"type": "TextRun", "text": text, **style} for text, style in told]
    return {"type": "RichTextBlock", "inlines": inlines}


def _slack(head: Head, news: News) -> Mapping[str, Any]:
    """Blocks of rich text, whose elements are taken as they are."""
    items, more = _shortened(news)
    title = _title(head, news)
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}
    ]
    for item in items:
        name, message, command = _words(item)
        parts = [
            _section({"type": "text", "text": name, "style": {"bold": True}}),
            _section({"type": "text", "text": message}),
        ]
        if command:
            code = {"type": "text", "text": command}
            parts.append({"type": "rich_text_preformatted", "elements": [code]})
        blocks.append({"type": "rich_text", "elements": parts})
    if more:
        blocks.append({"type": "rich_text", "elements": [_section({"type": "text", "text": more})]})
    # What a notification shows is read as markup, so it has our own words only.
    return {"text": _escaped(title), "blocks": blocks}


def _section(element: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [element]}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
