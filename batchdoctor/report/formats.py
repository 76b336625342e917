"""The output formats by name."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """Names of `-o/--output`."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    IDS = "ids"
    MARKDOWN = "markdown"
    PROMETHEUS = "prometheus"
    JUNIT = "junit"


# What only findings can be written in; every other command has the rest.
OF_FINDINGS = (Format.PROMETHEUS, Format.JUNIT)
UsualFormat = StrEnum(  # type: ignore[misc]  # the same names, of which typer makes its choices
    "UsualFormat", {each.name: each.value for each in Format if each not in OF_FINDINGS}
)


class NotifyFormat(StrEnum):
    """Names of `--notify-format`."""

    JSON = "json"
    TEAMS = "teams"
    SLACK = "slack"
