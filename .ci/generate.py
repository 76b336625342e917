"""Writes what stands in two places: completion scripts, the page for man, blocks of the README.

`python .ci/generate.py` writes, `python .ci/generate.py --check` compares and fails if they differ.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import typer.main

from batchdoctor import __version__
from batchdoctor.cli.app import whole_app
from batchdoctor.cli.completion.scripts import SHELLS
from batchdoctor.cli.completion.tree import CommandWords, tree_of
from batchdoctor.cli.help_pages import KEPT, WIDTH, file_of
from batchdoctor.cli.main import run
from batchdoctor.cli.manual.page import man_page
from batchdoctor.cli.world import World
from batchdoctor.core.findings.examined import looked_at_rows
from batchdoctor.errors import ExitCode
from batchdoctor.report.findings import rows_of_kinds

ROOT = Path(__file__).resolve().parents[1]
# What the README shows was seen at this moment, so that it is the same whenever it is written.
MOMENT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
# A sandbox takes any port that is free.
PORT = re.compile(r"127\.0\.0\.1:\d+")
BLOCK = re.compile(r"(<!-- generated: (?P<name>[^>]+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def main() -> int:
    """Write or compare every generated file; the exit status says whether all were right."""
    check = "--check" in sys.argv[1:]
    # Whoever writes them may have a terminal of another width.
    os.environ["COLUMNS"] = str(WIDTH)
    generated = dict(generated_files())
    stale = [path for path, text in generated.items() if not same_text(path, text)]
    for path in stale if not check else ():
        path.write_text(generated[path], encoding="utf-8")
    left = [path for path in KEPT.iterdir() if path not in generated]
    for path in left if not check else ():
        path.unlink()
    stale += left
    for path in stale:
        print(f"{'stale' if check else 'wrote'}: {path.relative_to(ROOT)}")
    return 1 if check and stale else 0


def same_text(path: Path, text: str) -> bool:
    """Whether a file holds `text` already."""
    return path.exists() and path.read_text(encoding="utf-8") == text


def generated_files() -> Iterator[tuple[Path, str]]:
    """Every generated file with the text it should have."""
    tree = tree_of(typer.main.get_command(whole_app()))
    for file_name, script in SHELLS.values():
        yield ROOT / "completions" / file_name, script(tree)
    yield ROOT / "batchdoctor/cli/manual/batchdoctor.1", man_page(tree, __version__)
    KEPT.mkdir(exist_ok=True)
    for command in tree.every():
        if command.path:
            # Asked for twice, a page is made, and not read.
            yield file_of(command.path), output_of([*command.path, "--help", "--help"])
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    yield readme, BLOCK.sub(lambda block: block[1] + content(block["name"], tree) + block[3], text)


def content(name: str, tree: CommandWords) -> str:
    """The text of one block of the README."""
    if name == "exit status":
        return exit_status_table()
    if name == "commands":
        return commands_table(tree)
    if name == "findings":
        return findings_table()
    if name == "looked at":
        return looked_at_table()
    return f"```\n$ {name}\n{output_of(name.split()[1:])}```\n"


def exit_status_table() -> str:
    """The exit statuses as a table."""
    rows = "".join(f"| {int(code)} | {code.meaning} |\n" for code in ExitCode)
    return f"| status | meaning |\n|---|---|\n{rows}"


def commands_table(tree: CommandWords) -> str:
    """Every command with what it answers or does."""
    rows = "".join(
        f"| `{' '.join(command.path)}` | {command.summary} |\n"
        for command in tree.every()
        if not command.children
    )
    return f"| command | what it answers or does |\n|---|---|\n{rows}"


def findings_table() -> str:
    """The kinds of findings as a table."""
    rows = "".join(
        f"| `{kind}` | {severity} | {text} |\n" for kind, severity, text in rows_of_kinds()
    )
    return f"| kind | severity | what it means |\n|---|---|---|\n{rows}"


def looked_at_table() -> str:
    """What triage looks at: every check, and what it has to see."""
    rows = "".join(f"| `{name}` | {sight} | {text} |\n" for name, sight, text in looked_at_rows())
    return f"| check | looks at | for |\n|---|---|---|\n{rows}"


def output_of(argv: list[str]) -> str:
    """What a command prints in a pipe 80 columns wide."""
    out = io.StringIO()
    world = World(io.StringIO(), out, io.StringIO(), {"COLUMNS": "80"}, lambda: MOMENT)
    run(argv, world)
    return PORT.sub("127.0.0.1:40000", out.getvalue())


if __name__ == "__main__":
    sys.exit(main())
