"""Links in a terminal: only where it knows of them, to plain addresses only, never in a pipe."""

from __future__ import annotations

import pytest

from batchdoctor.report.hyperlinks import knows_links, linked, without_links

ADDRESS = "https://learn.microsoft.com/azure/batch/error-handling"
LINK = f"\x1b]8;;{ADDRESS}\x1b\\page\x1b]8;;\x1b\\"


@pytest.mark.parametrize(
    ("environ", "knows"),
    [
        ({}, False),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, True),
        ({"TERM": "xterm-256color", "WT_SESSION": "b1f0"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "4800"}, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "9" * 5000}, False),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "220401"}, True),
        ({"TERM": "xterm-kitty"}, True),
        # In tmux it counts what tmux is; the variables of what is around it are still there.
        ({"TERM": "tmux-256color", "VTE_VERSION": "7600"}, False),
        ({"TERM": "screen-256color", "TERM_PROGRAM": "iTerm.app"}, False),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.3a"}, False),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "tmux", "TERM_PROGRAM_VERSION": "3.4"}, True),
        # Whoever asks for them or not is believed.
        ({"TERM": "xterm", "BATCHDOCTOR_LINKS": "1"}, True),
        ({"TERM": "xterm", "FORCE_HYPERLINK": "1"}, True),
        ({"TERM": "xterm-kitty", "BATCHDOCTOR_LINKS": "0"}, False),
        ({"TERM": "xterm-kitty", "BATCHDOCTOR_LINKS": "off", "FORCE_HYPERLINK": "1"}, False),
        ({"TERM": "xterm-kitty", "BATCHDOCTOR_LINKS": ""}, True),
        # Nobody who wants no colours wants these.
        ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "BATCHDOCTOR_LINKS": "1", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb", "BATCHDOCTOR_LINKS": "1"}, False),
    ],
)
def test_a_terminal_that_says_so_has_links(environ: dict[str, str], knows: bool) -> None:
    assert knows_links(environ, is_terminal=True) is knows
    assert knows_links(environ, is_terminal=False) is False


def test_text_leads_to_its_address_and_can_be_had_without() -> None:
    assert linked("page", ADDRESS) == LINK
    assert without_links(f"a {LINK} b {LINK}\n") == "a page b page\n"
    assert without_links("nothing \x1b[1mhere\x1b[0m") == "nothing \x1b[1mhere\x1b[0m"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "file:///etc/passwd",
        "javascript:alert(1)",
        f"{ADDRESS}\x1b\\\x1b]52;c;aGk=\x07",
        f"{ADDRESS}\x07",
        f"{ADDRESS} and more",
        f"{ADDRESS}\n",
        "https://пример.example/",
        "https://" + "a" * 5000,
    ],
)
def test_what_is_no_plain_address_of_the_web_is_never_a_link(address: str) -> None:
    assert linked("page", address) == "page"
