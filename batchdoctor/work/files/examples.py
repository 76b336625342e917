"""The words of one example of each group of failures: a few tasks, however many failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec.structs import replace

from batchdoctor.core.failures.failure import Failure, never_ran
from batchdoctor.prefetch import prefetched
from batchdoctor.work.files.said import LINES, Said, said_and_meant
from batchdoctor.work.reading.reading import Reading

_NOTHING = Said()


class ExampleWords(msgspec.Struct, frozen=True):
    """Reads the words of examples, at most of so many groups; what cannot be read is left out."""

    reading: Reading
    count: int = LINES
    most: int = 20

    def of(self, examples: Mapping[str, Failure]) -> dict[str, Said]:
        """What the example of each group said; nothing where its program never ran."""
        wanted = list(examples)[: self.most]

        def listing(key: str) -> Iterator[Said]:
            failure = examples[key]
            yield _NOTHING if never_ran(failure) else self._said(failure)

        return {
            key: said
            for key, found in prefetched(wanted, listing, lambda: self.reading.stopped)
            for said in found
        }

    def _said(self, failure: Failure) -> Said:
        """The lines asked for; a few more tell the cause better."""
        count = max(self.count, LINES)
        said = said_and_meant(self.reading, failure.job_id, failure.task_id, count)
        return said if said.lines is None else replace(said, lines=said.lines[-self.count :])
