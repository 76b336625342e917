"""The page of HTML: everything foreign stays text, nothing is fetched, colours can be read."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

import batchdoctor
from batchdoctor.core.findings.finding import Finding, Subject
from batchdoctor.core.findings.item import LookedAt
from batchdoctor.core.pictures.lanes import lanes_of
from batchdoctor.core.pictures.matrix import matrix_of
from batchdoctor.core.pictures.picture import Mark, Picture, picture_of
from batchdoctor.core.suspicion.begun import Share
from batchdoctor.core.suspicion.history import History, What
from batchdoctor.core.text.step import run
from batchdoctor.core.timeline.happening import Happening, HappeningKind
from batchdoctor.report.findings import Findings
from batchdoctor.report.head import Head
from batchdoctor.report.html_page import html_page

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=y> {{ 7*7 }} \x1b[31m&amp; ?sig=abcdef"
CSS = (Path(batchdoctor.__file__).parent / "report/templates/page.css").read_text()


def page(findings: list[Finding], picture: Picture | None = None) -> str:
    head = Head("triage", "acct.westeurope.batch.azure.com", NOW)
    answer = Findings(head, findings, [], LookedAt(1, 1), about=HOSTILE)
    return html_page(answer.document(), picture)


def hostile_finding(number: int = 0) -> Finding:
    return Finding(
        kind="tasks-failed",
        subject=Subject(pool_id=HOSTILE, job_ids=(f"{HOSTILE}{number}",)),
        message=HOSTILE,
        evidence=(HOSTILE,),
        advice=(run(f"batchdoctor task show {HOSTILE}", HOSTILE),),
    )


def hostile_picture() -> Picture | None:
    history = History()
    for number in range(50):
        what = What(f"{HOSTILE}{number % 3}", 0, failed=number % 2 == 0)
        history.add(HOSTILE, f"{HOSTILE}{number % 5}", what, NOW, NOW)
    picture = picture_of(history, [(HOSTILE, f"{HOSTILE}1")], [Mark(NOW, HOSTILE, is_onset=True)])
    return picture and replace(
        picture,
        by_message=matrix_of("message", {(HOSTILE, (HOSTILE, HOSTILE)): Share(3, 3)}),
        lanes=lanes_of(
            [
                Happening(
                    time=NOW,
                    kind=HappeningKind.TASK_FAILED,
                    what=HOSTILE,
                    job_id=f"{HOSTILE}{number}",
                    count=9,
                )
                for number in range(3)
            ]
        ),
    )


def test_foreign_text_stays_text_wherever_it_stands() -> None:
    html = page([hostile_finding()], hostile_picture())
    assert "<script" not in html
    assert "<img" not in html
    assert "onerror=y>" not in html.replace("onerror=y&gt;", "")
    assert "{{ 7*7 }}" in html
    assert "\x1b" not in html
    assert "sig=abcdef" not in html
    tags = " ".join(re.findall(r"<[a-z][^>]*>", html))
    assert re.findall(r'\b(?:src|href)="([^"]*)"', tags) == ["data:,"]


def test_of_thousands_of_nodes_the_worst_are_drawn_and_all_others_counted() -> None:
    history = History()
    for number in range(5000):
        what = What(f"job-{number % 150}", 0, failed=number % 3 == 0, code="FailureExitCode")
        history.add("pool", f"tvm-{number:05}", what, NOW, NOW)
    picture = picture_of(history)
    assert picture is not None
    assert picture.by_job is not None
    assert (len(picture.by_job.nodes), picture.by_job.nodes[-1]) == (31, "4,970 other nodes")
    assert (len(picture.by_job.columns), picture.by_job.columns[-1]) == (11, "140 other jobs")
    assert picture.by_job.failures == 1667
    assert sum(cell.runs for row in picture.by_job.cells for cell in row) == 5000
    html = page([], picture)
    assert len(html) < 200_000
    assert "4,970 other nodes" in html


def test_a_thousand_findings_are_less_than_a_megabyte() -> None:
    findings = [
        Finding(
            kind="job-failing",
            subject=Subject(job_ids=(f"render-2026112{number:04}",)),
            message="45 of 48 tasks failed (94%) on 7 nodes, so it is the job: exit code 1." * 2,
            evidence=("45 with exit code 1: book-001, book-006, book-010.",) * 2,
            advice=(run(f"batchdoctor task show --job render-2026112{number:04} --task t"),),
        )
        for number in range(1000)
    ]
    assert len(page(findings, hostile_picture()).encode()) < 1_000_000


# --- colours ---


def colours(scheme: str) -> dict[str, str]:
    dark = CSS[CSS.index("prefers-color-scheme: dark") :]
    source = dark if scheme == "dark" else CSS[: CSS.index("@media")]
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", source))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "quiet", "bad", "warn", "good"])
@pytest.mark.parametrize("paper", ["paper", "card"])
def test_every_text_can_be_read_on_every_ground(scheme: str, ink: str, paper: str) -> None:
    """WCAG 2.2, 1.4.3: https://www.w3.org/TR/WCAG22/#contrast-minimum ."""
    found = colours(scheme)
    assert contrast(found[ink], found[paper]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_went_well_and_what_failed_differ_without_colour_too(scheme: str) -> None:
    """WCAG 2.2, 1.4.11: https://www.w3.org/TR/WCAG22/#non-text-contrast ."""
    found = colours(scheme)
    for fill in ("well", "failed"):
        assert contrast(found[fill], found["paper"]) >= 3
