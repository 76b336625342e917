"""The fault matrix again, with every fault in three of ten exchanges; apart, to run beside it."""

from __future__ import annotations

import pytest

from batchdoctor.sandbox import FaultKind
from tests.cli.test_fault_matrix import wrong_answers


@pytest.mark.parametrize("kind", FaultKind)
def test_random_faults_change_no_answer_unseen(kind: FaultKind) -> None:
    assert wrong_answers(kind, "three in ten") == {}
