"""What headers say about a file, and whether two answers are about the same bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from batchdoctor.service.source import FileInfo

WRITTEN = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
FILE = FileInfo(size=100, last_modified=WRITTEN, etag='"1"')


@pytest.mark.parametrize(
    ("later", "another"),
    [
        (FILE, False),
        (replace(FILE, size=101), True),
        (replace(FILE, size=99), True),
        (replace(FILE, size=None), False),
        (replace(FILE, size=0), True),
        (replace(FILE, etag='"2"'), True),
        (replace(FILE, etag=None), False),
        (replace(FILE, last_modified=WRITTEN.replace(second=1)), True),
    ],
    ids=str,
)
def test_a_file_is_another_by_any_sign_that_both_answers_have(
    later: FileInfo, another: bool
) -> None:
    assert FILE.is_another_than(later) is another
    assert later.is_another_than(FILE) is another
