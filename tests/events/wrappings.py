"""Writes the same records in every envelope that logs are found in."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.events.corpus import Json

MEMBERS = ("executionInfo", "nodeInfo", "constraints", "multiInstanceSettings", "schedulingError")
TIMES = ("startTime", "endTime")


def lines(records: Iterable[Json]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def wrapper(records: Iterable[Json]) -> bytes:
    return json.dumps({"records": list(records)}).encode()


def halves(records: list[Json], between: bytes) -> bytes:
    middle = len(records) // 2
    return wrapper(records[:middle]) + between + wrapper(records[middle:])


def pretty(records: Iterable[Json]) -> bytes:
    return "\n".join(json.dumps(record, indent=4) for record in records).encode()


def encoded(records: Iterable[Json]) -> bytes:
    return lines({**record, "properties": json.dumps(record["properties"])} for record in records)


def flattened(body: Json, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Columns of one body, with the suffix of their type; whole numbers become doubles."""
    for name, value in body.items():
        if isinstance(value, dict):
            yield from flattened(value, f"{prefix}{name}_")
        elif isinstance(value, bool):
            yield f"{prefix}{name}_b", value
        elif isinstance(value, int):
            yield f"{prefix}{name}_d", float(value)
        elif isinstance(value, list):
            yield f"{prefix}{name}_s", json.dumps(value)
        elif value is not None:
            yield f"{prefix}{name}_{'t' if name in TIMES else 's'}", value


def row(record: Json) -> Json:
    return {
        "TenantId": record["Tenant"],
        "TimeGenerated": record["time"],
        "ResourceProvider": "MICROSOFT.BATCH",
        "Category": record["category"],
        "OperationName": record["operationName"],
        "ResourceId": record["resourceId"],
        "SourceSystem": "Azure",
        **dict(flattened(record["properties"])),
    }


def rows(records: Iterable[Json]) -> list[Json]:
    """Rows that all have the same columns, as a table has."""
    found = [row(record) for record in records]
    columns = dict.fromkeys(column for each in found for column in each)
    return [{column: each.get(column) for column in columns} for each in found]


def overflowing(records: Iterable[Json]) -> bytes:
    """Rows of a table without room for more columns."""
    return lines(
        {
            **{key: value for key, value in each.items() if not key.startswith("executionInfo_")},
            "AdditionalFields": {
                key: value for key, value in each.items() if key.startswith("executionInfo_")
            },
        }
        for each in map(row, records)
    )


def portal_csv(records: Iterable[Json]) -> bytes:
    table, out = rows(records), io.StringIO()
    writer = csv.DictWriter(out, list(table[0]))
    writer.writeheader()
    writer.writerows(table)
    return out.getvalue().encode("utf-8-sig")


def tables(records: Iterable[Json], indent: int | None = None) -> bytes:
    table = rows(records)
    columns = [{"name": name, "type": "string"} for name in table[0]]
    values = [list(each.values()) for each in table]
    document = {"tables": [{"name": "PrimaryResult", "columns": columns, "rows": values}]}
    return json.dumps(document, indent=indent).encode()


WRAPPINGS: dict[str, Callable[[list[Json]], bytes]] = {
    "lines": lines,
    "lines with carriage returns": lambda records: lines(records).replace(b"\n", b"\r\n"),
    "lines with a byte order mark": lambda records: b"\xef\xbb\xbf" + lines(records),
    "lines with blank ones between": lambda records: lines(records).replace(b"\n", b"\n\n"),
    "lines without a last end": lambda records: lines(records)[:-1],
    "one after the other": lambda records: lines(records).replace(b"\n", b""),
    "over several lines": pretty,
    "array": lambda records: json.dumps(records).encode(),
    "pretty array": lambda records: json.dumps(records, indent=2).encode(),
    "wrapper": wrapper,
    "pretty wrapper": lambda records: json.dumps({"records": records}, indent=1).encode(),
    "wrapper after other keys": lambda records: json.dumps({"n": 1, "records": records}).encode(),
    "two wrappers": lambda records: halves(records, b""),
    "two wrappers on lines": lambda records: halves(records, b"\n"),
    "wrappers on lines": lambda records: b"\n".join(wrapper([record]) for record in records),
    "array of wrappers": lambda records: b"[" + halves(records, b",") + b"]",
    "properties encoded": encoded,
    "rows on lines": lambda records: lines(rows(records)),
    "rows without empty columns": lambda records: lines(map(row, records)),
    "rows in an array": lambda records: json.dumps(rows(records)).encode(),
    "rows with additional fields": overflowing,
    "portal table": portal_csv,
    "tables": tables,
    "pretty tables": lambda records: tables(records, 2),
    "UTF-16": lambda records: lines(records).decode().encode("utf-16"),
    "UTF-16 without a mark": lambda records: lines(records).decode().encode("utf-16-le"),
    "UTF-16 the other way round": lambda records: (
        b"\xfe\xff" + lines(records).decode().encode("utf-16-be")
    ),
    "gzip": lambda records: gzip.compress(lines(records)),
    "gzip of a table": lambda records: gzip.compress(portal_csv(records)),
    "two gzip members": lambda records: (
        gzip.compress(lines(records[:50])) + gzip.compress(lines(records[50:]))
    ),
}
