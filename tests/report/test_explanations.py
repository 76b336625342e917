"""Explanations as a document: the keys of an item and the page for people."""

from __future__ import annotations

from batchdoctor.core.meaning.explanation import explain
from batchdoctor.report.explanations import Explanations
from batchdoctor.report.head import Head
from batchdoctor.report.table import write_table
from batchdoctor.report.terminal import Terminal
from tests.box import NOW


def page_of(*words: str) -> str:
    written: list[str] = []
    found = (each for word in words for each in explain(word))
    head = Head("explain", None, NOW)
    write_table(Explanations(head, found).document(), written.append, Terminal())
    return "".join(written)


def test_a_code_is_told_with_its_causes_and_what_to_do() -> None:
    head, *lines = page_of("blobnotfound").splitlines()
    assert head == "offline  2026-11-21 03:00 UTC"
    assert lines[0] == "BlobNotFound  (code of task, start task, job preparation task)"
    labels = [line.split()[0] for line in lines[1:] if line[:1].isalpha()]
    assert labels[:5] == ["means", "category", "because", "do", "again?"]
    assert lines[-1] == "Doing it again unchanged does not help."


def test_a_state_is_told_in_full() -> None:
    assert (
        page_of("deallocated")
        == """\
offline  2026-11-21 03:00 UTC
deallocated  (state of node)
means  The node was stopped by request; it costs no computing time and takes no
       tasks.
do     1. batchdoctor node start NODE --pool POOL

https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking

deallocated is a state of nodes.
"""
    )


def test_an_unknown_word_is_said_to_be_unknown_with_what_comes_near() -> None:
    assert (
        page_of("BlobAccesDenied").splitlines()[-1]
        == "BlobAccesDenied is not known. Did you mean BlobAccessDenied or FileUploadAccessDenied?"
    )
