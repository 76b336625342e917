"""batchdoctor: says what is wrong in an Azure Batch account, and what to type next.

From Python: `connect()` opens an account, whose methods are the questions and changes of the
commands; `parse_events()` reads diagnostic event logs, `map_events()`, `reduce_events()` and
`answer_events()` share that among machines, `log_cost()` reckons node hours from them;
`compare_logs()` and `compare_bundles()` say what differs; `explain()` says what a code means.
Errors are those of `batchdoctor.errors`.

The rooms of the house, from the top (`.github/ARCHITECTURE.md` has the picture):

    cli      words of a command line -> one request -> an answer -> an exit status
    account  the same questions and changes as methods, typed values back
    work     what they do: reading, diagnosis, changes, files, logs
    report   an answer -> text: tables, json, jsonl, csv, tsv, ids
    events   bytes of diagnostic logs -> records
    service  the Batch service: account, requests, retries, changes made once
    core     what happened and what it means; no I/O, no clock
    sandbox  a Batch account in a box, for training and tests
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from batchdoctor.account import Account
    from batchdoctor.core.answer import Answer
    from batchdoctor.core.names import NodeName, TaskName
    from batchdoctor.offline import (
        answer_events,
        compare_bundles,
        compare_logs,
        explain,
        log_cost,
        map_events,
        parse_events,
        reduce_events,
    )
    from batchdoctor.opening import connect

__all__ = [
    "Account",
    "Answer",
    "NodeName",
    "TaskName",
    "__version__",
    "answer_events",
    "compare_bundles",
    "compare_logs",
    "connect",
    "explain",
    "log_cost",
    "map_events",
    "parse_events",
    "reduce_events",
]

# Loaded when they are asked for: importing the package itself costs next to nothing.
_HOMES = {
    "Account": "batchdoctor.account",
    "Answer": "batchdoctor.core.answer",
    "NodeName": "batchdoctor.core.names",
    "TaskName": "batchdoctor.core.names",
    "compare_bundles": "batchdoctor.offline",
    "compare_logs": "batchdoctor.offline",
    "connect": "batchdoctor.opening",
    "explain": "batchdoctor.offline",
    "answer_events": "batchdoctor.offline",
    "map_events": "batchdoctor.offline",
    "log_cost": "batchdoctor.offline",
    "parse_events": "batchdoctor.offline",
    "reduce_events": "batchdoctor.offline",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
