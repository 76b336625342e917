"""Command lines that can be copied into a shell."""

from __future__ import annotations

import shlex

from batchdoctor.core.text.command_line import command_line


def test_words_and_options_are_quoted() -> None:
    line = command_line("tasks", "failed", "--by", "code", job="night's job")
    assert shlex.split(line) == [
        "batchdoctor",
        *["tasks", "failed", "--by", "code", "--job"],
        "night's job",
    ]


def test_a_value_with_a_dash_is_joined_to_its_option() -> None:
    assert command_line("pool", "diagnose", pool="-p") == "batchdoctor pool diagnose --pool=-p"


def test_options_without_a_value_are_left_out() -> None:
    assert command_line("tasks", "failed", job=None) == "batchdoctor tasks failed"
