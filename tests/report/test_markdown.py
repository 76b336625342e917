"""Markdown: what a renderer makes of it is what was meant, whatever ids and messages hold."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from markdown_it import MarkdownIt

from batchdoctor.report.markdown import code, fenced, text
from tests.box import Open

HOSTILE = [
    "a | b",
    "`code` ``two``",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "https://evil.example/a",
    "www.evil.example",
    "# heading",
    "- item",
    "* **bold** _it_ ~~no~~",
    "@somebody #12 !3",
    "$x^2$ &lt; \\| \\",
    "line\nbreak",
    "```\nfence",
    "1. one",
    "--- | ---",
]


def rendered(source: str) -> str:
    """As GitHub renders it: tables, strike-through, links that nothing marks."""
    renderer = MarkdownIt("gfm-like", {"linkify": False}).enable(["table", "strikethrough"])
    return str(renderer.render(source))


def words_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", markup))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_stays_text_in_a_paragraph_and_in_a_cell(hostile: str) -> None:
    shown = hostile.replace("\n", "\\n")
    markup = rendered(text(hostile))
    assert words_of(markup).strip() == shown.strip()
    assert set(re.findall(r"<(\w+)", markup)) <= {"p", "code"}
    table = rendered(f"| a | b |\n|---|---|\n| {text(hostile)} | last |\n")
    assert table.count("<td>") == 2
    assert "<td>last</td>" in table


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_in_a_code_span_or_fence_can_end_it(hostile: str) -> None:
    markup = rendered(code(hostile))
    assert (markup.count("<code>"), markup.count("<")) == (1, 4)
    block = rendered("\n".join([*fenced([hostile]), "", "after"]))
    assert block.count("<pre>") == 1
    assert block.endswith("<p>after</p>\n")


def test_a_document_has_its_rows_as_a_table_and_its_paragraphs_as_sections(
    open_box: Open,
) -> None:
    box = open_box("bad-job")
    failed = box.run("tasks", "failed", "--limit", "2", "-o", "markdown").stdout
    markup = rendered(failed)
    assert markup.split("</table>")[0].count("<tr>") == 3
    triaged = rendered(box.run("triage", "-o", "markdown").stdout)
    assert "<h4>ERROR job" in triaged
    told: Any = box.run("triage").stdout.splitlines()[-1]
    assert told in words_of(triaged)


@pytest.mark.parametrize(
    "command",
    ["nodes suspect", "explain 137", "auth check", "tasks failed --by code", "schema"],
)
def test_every_answer_has_a_form_in_markdown(open_box: Open, command: str) -> None:
    box = open_box("bad-node")
    result = box.run(*command.split(), "-o", "markdown")
    assert result.status == 0
    assert result.stdout.startswith("*")
    assert result.stdout.rstrip().endswith("**")
