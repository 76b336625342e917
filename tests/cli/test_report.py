"""The report: written beside the answer, from the account or from a bundle, read in a browser."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.box import Box, Open
from tests.cli.test_agreement import events_of

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom")


@pytest.fixture(scope="module")
def browser() -> str:
    """A Chromium that draws a page. There may be none, or one that has no room to run in."""
    if BROWSER is None:
        pytest.skip("there is no Chromium here")
    argv = [BROWSER, *OPTIONS, "data:text/html,<p>drawn</p>"]
    tried = subprocess.run(argv, capture_output=True, text=True, timeout=100, check=False)
    if "<p>drawn</p>" not in tried.stdout:
        pytest.skip(f"Chromium does not run here: {tried.stderr[-200:]}")
    return BROWSER


# Reads the page in a frame of a width and writes down what is wider, and whether all was drawn.
PROBE = """<!DOCTYPE html><body><iframe id="f" src="{page}" style="width:{width}px;height:800px;
border:0"></iframe><pre id="out"></pre><script>
document.getElementById('f').onload = function () {{
  const page = this.contentDocument, root = page.documentElement;
  page.querySelectorAll('details').forEach(each => {{ each.open = true; }});
  document.getElementById('out').textContent = JSON.stringify({{
    inner: root.clientWidth, needed: root.scrollWidth,
    h1: page.querySelectorAll('h1').length, svg: page.querySelectorAll('svg[role=img]').length,
    cards: page.querySelectorAll('article').length, scripts: page.scripts.length,
    tables: page.querySelectorAll('figure + details table.matrix').length,
    named: [...page.querySelectorAll('svg[role=img]')].every(e => e.getAttribute('aria-label')),
  }});
}};
</script></body>"""


def looked_at(browser: str, page: Path, width: int) -> tuple[dict[str, int], str]:
    """What a real browser makes of a page at a width, and what it said on its console."""
    probe = page.with_name(f"probe-{width}.html")
    probe.write_text(PROBE.format(page=page.name, width=width))
    ran = subprocess.run(
        [
            *(browser, *OPTIONS),
            *("--allow-file-access-from-files", "--enable-logging=stderr", "--v=0"),
            *("--virtual-time-budget=4000", f"--user-data-dir={page.parent / 'profile'}"),
            f"file://{probe}",
        ],
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    out = re.search(r'<pre id="out">(.*?)</pre>', ran.stdout)
    assert out, ran.stdout[-400:]
    console = "\n".join(line for line in ran.stderr.splitlines() if "CONSOLE" in line)
    return json.loads(out[1]), console


@pytest.mark.parametrize("width", [360, 1280])
def test_the_loop_from_the_night_to_the_reader(
    open_box: Open, tmp_path: Path, browser: str, width: int
) -> None:
    """An incident, a bundle, the account is gone, the report of the bundle in a browser."""
    box = open_box("night-shift")
    bundle, page = str(tmp_path / "night.zip"), tmp_path / "night.html"
    assert box.run("bundle", "--out", bundle).status == 0
    live = box.run("triage")
    box.sandbox.stop()
    kept = box.run("triage", "--from", bundle, "--report", str(page))
    assert (kept.status, kept.output) == (live.status, live.output)
    told, console = looked_at(browser, page, width)
    findings = len(box.run("triage", "--from", bundle, "-o", "jsonl").jsonl())
    # A bar to scroll with takes some of the width.
    assert width - 20 <= told.pop("inner") == told.pop("needed") <= width
    assert told == {"h1": 1, "svg": 5, "tables": 3, "scripts": 0, "named": True, "cards": findings}
    assert console == ""


def pages_of(box: Box, tmp_path: Path) -> dict[str, str]:
    """The pages of each command that writes one."""
    log = tmp_path / "PT1H.json"
    log.write_text("".join(json.dumps(event) + "\n" for event in events_of(box)))
    commands = {
        "triage": ["triage"],
        "job": ["job", "diagnose", box.sandbox.store.jobs[0].id],
        "pool": ["pool", "diagnose", box.sandbox.store.pools[0].id],
        "log": ["events", "parse", str(log)],
        "timeline": ["timeline"],
    }
    pages = {}
    for name, words in commands.items():
        result = box.run(*words, "--report", str(tmp_path / f"{name}.html"))
        assert result.status == 0, result.stderr
        pages[name] = (tmp_path / f"{name}.html").read_text()
    return pages


def test_each_command_that_finds_something_writes_its_page(open_box: Open, tmp_path: Path) -> None:
    pages = pages_of(open_box("bad-node"), tmp_path)
    for name, html in pages.items():
        assert html.startswith("<!DOCTYPE html>\n<!-- batchdoctor report -->"), name
        assert html.count("<h1>") == 1
    assert "What ran, and what failed" in pages["triage"]
    assert "What ran, and what failed" in pages["log"]
    for name in ("triage", "job", "pool", "log"):
        assert "by message against node" in pages[name], name
        assert "by job against node" in pages[name], name
        assert "What happened from" in pages[name], name
    assert "What happened from" in pages["timeline"]


def test_a_page_of_ours_is_replaced_and_no_other_file(open_box: Open, tmp_path: Path) -> None:
    box, page = open_box("healthy"), tmp_path / "page.html"
    assert box.run("triage", "--report", str(page)).status == 0
    assert box.run("triage", "--report", str(page)).status == 0
    page.write_text("somebody's own")
    refused = box.run("triage", "--report", str(page))
    assert (refused.status, page.read_text()) == (2, "somebody's own")
    assert box.run("triage", "--report", str(tmp_path)).status == 2
