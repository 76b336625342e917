"""Prints what every reading command makes of every fault; with `-s -n0` it is shown."""

from __future__ import annotations

import sys
from collections import Counter

from batchdoctor.sandbox import FaultKind
from tests.cli import test_fault_matrix as matrix


def test_the_fault_matrix_as_a_table() -> None:
    names = [*matrix.COMMANDS, *matrix.BYTES]
    counts: Counter[str] = Counter()
    show("FAULT (first three / three in ten)", [name[:16] for name in names])
    for kind in FaultKind:
        cells = []
        for name in names:
            words = [word_of(name, kind, mode) for mode in matrix.MODES]
            counts.update(words)
            cells.append("/".join(word[:6] for word in words))
        show(kind.value, cells)
    show(", ".join(f"{count} {word}" for word, count in counts.most_common()), [])
    assert set(counts) <= {"same", "refused", "told", "incomplete"}


def show(title: str, cells: list[str]) -> None:
    sys.stdout.write(f"{title:<35}" + "".join(f"{cell:>18}" for cell in cells) + "\n")


def word_of(name: str, kind: FaultKind, mode: str) -> str:
    if name in matrix.BYTES:
        return matrix.byte_verdict(name, matrix.BYTES[name], kind, mode)[0]
    return matrix.verdict(name, matrix.COMMANDS[name], kind, mode)[0]
