"""Prints what every reading command makes of every fault. Run: pytest tests/benchmarks -s -n0."""

from __future__ import annotations

from collections import Counter

from batchdoctor.sandbox import FaultKind
from tests.cli import test_fault_matrix as matrix


def test_the_fault_matrix_as_a_table() -> None:
    names = [*matrix.COMMANDS, *matrix.BYTES]
    counts: Counter[str] = Counter()
    print(
        "\nFAULT (first three / three in ten)".ljust(24), " ".join(f"{n[:16]:>17}" for n in names)
    )
    for kind in FaultKind:
        cells = []
        for name in names:
            words = [word_of(name, kind, mode) for mode in matrix.MODES]
            counts.update(words)
            cells.append("/".join(word[:6] for word in words))
        print(kind.value.ljust(24), " ".join(f"{cell:>17}" for cell in cells))
    print(", ".join(f"{count} {word}" for word, count in counts.most_common()))
    assert set(counts) <= {"same", "refused", "told", "incomplete"}


def word_of(name: str, kind: FaultKind, mode: str) -> str:
    if name in matrix.BYTES:
        return matrix.byte_verdict(name, matrix.BYTES[name], kind, mode)[0]
    return matrix.verdict(name, matrix.COMMANDS[name], kind, mode)[0]
