"""Prints what every changing command makes of every fault; with `-s -n0` it is shown."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from tests.cli import test_change_matrix as matrix


@pytest.mark.timeout(600)
def test_the_matrix_of_changes_as_a_table() -> None:
    counts: Counter[str] = Counter()
    show(f"FAULT ({' / '.join(matrix.MODES)})", [])
    show("", list(matrix.COMMANDS))
    for kind in matrix.KINDS:
        cells = []
        for command in matrix.COMMANDS:
            words = [matrix.verdict(command, kind, mode)[0] for mode in matrix.MODES]
            counts.update(words)
            cells.append("/".join(sorted(set(words))))
        show(kind.value, cells)
    show(", ".join(f"{count} {word}" for word, count in counts.most_common()), [])
    assert set(counts) <= {"done", "refused", "unknown"}


def show(title: str, cells: list[str]) -> None:
    sys.stdout.write(f"{title:<20}" + "".join(f"{cell:>12}" for cell in cells) + "\n")
