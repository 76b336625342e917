"""Explanations as a document: the keys of an item and the page for people."""

from __future__ import annotations

from msgspec.structs import replace

from batchdoctor.core.meaning.explanation import explain
from batchdoctor.core.meaning.kinds import ListedKind
from batchdoctor.core.meaning.listed import every_explanation
from batchdoctor.core.meaning.messages import known_messages
from batchdoctor.report.explanations import Explanations
from batchdoctor.report.head import Head
from batchdoctor.report.hyperlinks import without_links
from batchdoctor.report.table import write_table
from batchdoctor.report.terminal import Terminal
from tests.box import NOW

HEAD = Head("explain", None, NOW)
PLAIN = Terminal()


def page_of(*words: str, terminal: Terminal = PLAIN) -> str:
    found = (each for word in words for each in explain(word))
    return drawn(Explanations(HEAD, found), terminal)


def drawn(page: Explanations, terminal: Terminal) -> str:
    written: list[str] = []
    write_table(page.document(), written.append, terminal)
    return "".join(written)


def link(text: str, address: str) -> str:
    return f"\x1b]8;;{address}\x1b\\{text}\x1b]8;;\x1b\\"


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


def test_the_page_of_documentation_is_a_link_where_the_terminal_knows_of_links() -> None:
    address = "https://learn.microsoft.com/azure/batch/batch-pool-node-error-checking"
    plain = page_of("deallocated")
    assert page_of("deallocated", terminal=Terminal(links=True)) == plain.replace(
        address, link(address, address)
    )


def test_in_a_list_the_names_are_the_links_and_nothing_else_differs() -> None:
    def listed(terminal: Terminal) -> str:
        found = every_explanation(known_messages, [ListedKind.RESIZE])
        page = Explanations(HEAD, found, brief=True, kinds=[ListedKind.RESIZE])
        return drawn(page, terminal)

    plain, marked = listed(Terminal()), listed(Terminal(links=True))
    assert without_links(marked) == plain
    code = next(iter(explain("AllocationFailed")))
    assert link("AllocationFailed", str(code.page)) in marked


def test_an_address_that_somebody_else_wrote_brings_in_no_control_character() -> None:
    hostile = "https://example.org/\x1b\\\x1b]52;c;aGk=\x07"
    found = [replace(explain("deallocated")[0], page=hostile)]
    page = drawn(Explanations(HEAD, found), Terminal(links=True))
    assert "\x1b" not in page
    assert "\x07" not in page
