"""Writes a page of HTML beside the answer: `--report FILE` of the commands that find something."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from batchdoctor.errors import UsageError
from batchdoctor.work.files.atomic_file import atomic_file
from batchdoctor.work.files.replaceable import refuse_what_is_no_file

if TYPE_CHECKING:
    from batchdoctor.core.pictures.picture import Picture
    from batchdoctor.report.document import Document

Report = Annotated[
    str | None,
    typer.Option("--report", help="Write a page of HTML to this file, too.", metavar="FILE"),
]


def write_report(path: str, document: Document[Any], picture: Picture | None) -> None:
    """Write the page of a document. A page of ours is replaced, no other file is.

    Raises UsageError for a file in the way, a place that cannot be written to, and where jinja2 is
    not installed.
    """
    try:
        from batchdoctor.report.html_page import MARKER, html_page
    except ModuleNotFoundError as missing:
        raise UsageError(
            f"--report needs {missing.name}, which is not installed.",
            hint="pip install 'batchdoctor[report]'",
        ) from missing
    target = Path(path)
    refuse_what_is_no_file(target)
    page = html_page(document, picture)
    try:
        if target.exists() and MARKER not in _beginning(target):
            raise UsageError(
                f"{target} is there already, is no page of batchdoctor's, and was left as it is.",
                hint="name another file with --report",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(target) as sink:
            sink.write(page.encode())
    except OSError as error:
        raise UsageError(f"{target} could not be written: {error.strerror}.") from error


def _beginning(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(200).decode("utf-8", "replace")
