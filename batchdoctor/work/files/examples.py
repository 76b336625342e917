"""The words of one example of each group of failures: a few tasks, however many failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

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
            yield (
                _NOTHING
                if never_ran(failure)
                else said_and_meant(
                    self.reading, failure.job_id, failure.task_id, max(self.count, LINES)
                )
            )

        return {
            key: said
            for key, found in prefetched(wanted, listing, lambda: self.reading.stopped)
            for said in found
        }
