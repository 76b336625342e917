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
