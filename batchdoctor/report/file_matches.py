"""What a search through files found, as a document: lines behind the task that wrote them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from batchdoctor.core.checked import Checked
from batchdoctor.core.file_match import FileMatch, MatchingFile, SearchSummary
from batchdoctor.core.problem import Problem
from batchdoctor.core.text.times import size_text
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Prefixed

Match = FileMatch | MatchingFile
# Between lines that do not follow each other, where lines around a match are shown.
_GAP = "--"


class FileMatches(msgspec.Struct):
    """The answer of `files grep`; `summary` is asked for once all matches have gone by."""

    head: Head
    matches: Iterator[Match]
    problems: Sequence[Problem]
    summary: Callable[[], SearchSummary]
    checked: Callable[[], Sequence[Checked]]
    context: int = 0
    _last: tuple[str, str, int] | None = None

    def document(self, item_type: type[Match]) -> Document[Match]:
        """Every match as an item; the format ids gives each task once."""
        return Document(
            head=self.head,
            item_type=item_type,
            items=self.matches,
            ending=self._ending,
            name_of=lambda item: item.name,
            lines_of=self._lines,
        )

    def _lines(self, item: Match) -> Iterator[Prefixed]:
        start = f"{item.name}:{item.file}"
        if isinstance(item, MatchingFile):
            yield Prefixed(start, "" if item.matches is None else f":{item.matches}")
            return
        first = item.line_number - len(item.before)
        if self.context and self._last not in {None, (item.name, item.file, first - 1)}:
            yield Prefixed(_GAP, "")
        for number, line in enumerate(item.before, first):
            yield Prefixed(f"{start}-{number}-", line)
        yield Prefixed(f"{start}:{item.line_number}:", item.line)
        for number, line in enumerate(item.after, item.line_number + 1):
            yield Prefixed(f"{start}-{number}-", line)
        self._last = (item.name, item.file, item.line_number + len(item.after))

    def _ending(self) -> Ending:
        found = self.summary()
        return Ending(
            summary=found,
            problems=self.problems,
            page=(),
            verdict=_verdict(found, complete=not self.problems),
            checked=self.checked(),
        )


def _verdict(found: SearchSummary, *, complete: bool) -> str:
    looked = (
        f"{plural(found.files, 'file')} of {plural(found.tasks, 'task')} searched, "
        f"{size_text(found.bytes)}"
    )
    so_far = "" if complete else "; not everything could be read"
    if not found.matching_files:
        return f"No match: {looked}{so_far}."
    where = f"{plural(found.matching_files, 'file')} of {plural(found.matching_tasks, 'task')}"
    return f"{plural(found.matches, 'line')} found in {where}: {looked}{so_far}."
