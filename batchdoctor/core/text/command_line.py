"""Writes batchdoctor's own command lines, quoted so that they can be copied into a shell."""

from __future__ import annotations

import shlex


def command_line(*words: str, **options: str | None) -> str:
    """A command line of `words` and of the options that have a value: `job="a"` is `--job a`.

    A value with a dash in front is joined to its option, so that it is not taken for another one.
    """
    parts = [
        "batchdoctor",
        *(word if word.startswith("--") else shlex.quote(word) for word in words),
    ]
    for name, value in options.items():
        if value:
            option = f"--{name.replace('_', '-')}"
            quoted = shlex.quote(value)
            parts += [f"{option}={quoted}"] if value.startswith("-") else [option, quoted]
    return " ".join(parts)
