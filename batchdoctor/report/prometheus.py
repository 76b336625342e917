"""Findings as a snapshot in Prometheus' text format, for the folder of a node exporter.

https://prometheus.io/docs/instrumenting/exposition_formats/ ; names and labels never change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from batchdoctor.core.findings.item import FindingItem, FindingsSummary
from batchdoctor.core.findings.kinds import KINDS
from batchdoctor.core.text.gate import shown
from batchdoctor.report.document import Document, Ending

_Labels = tuple[tuple[str, str], ...]
_Sample = tuple[_Labels, float]


def write_prometheus(document: Document[FindingItem], write: Callable[[str], object]) -> Ending:
    """Every kind of finding as a series, found or not, so that an alert never waits for one."""
    items = list(document.items)
    ending = document.ending()
    account = (("account", document.head.account or ""),)
    for line in _families(items, ending, account, document.head.generated_at.timestamp()):
        write(line + "\n")
    return ending


def _families(
    items: list[FindingItem], ending: Ending, account: _Labels, at: float
) -> Iterator[str]:
    kinds = Counter(item.kind for item in items)
    yield from _family(
        "findings",
        "Findings of a kind.",
        (
            ((*account, ("kind", kind.name), ("severity", kind.severity.value)), kinds[kind.name])
            for kind in KINDS.values()
        ),
    )
    yield from _family(
        "finding_objects",
        "Nodes, else tasks, else jobs that findings of a kind are about.",
        _objects(items, account).items(),
    )
    yield from _family(
        "check_whole",
        "Whether a check saw all that it looks at.",
        (((*account, ("check", each.check)), float(each.whole)) for each in ending.checked),
    )
    yield from _family(
        "complete",
        "Whether everything that was asked for could be read.",
        [(account, float(not ending.problems))],
    )
    if isinstance(ending.summary, FindingsSummary):
        summary = ending.summary
        for name, text, count in (
            ("pools", "Pools that were looked at.", summary.pools),
            ("jobs", "Jobs that were looked at.", summary.jobs),
            ("findings_accepted", "Findings that the configuration accepts.", summary.accepted),
        ):
            yield from _family(name, text, [(account, count)])
    yield from _family(
        "last_run_timestamp_seconds", "When this was written.", [(account, round(at, 3))]
    )


def _objects(items: Iterable[FindingItem], account: _Labels) -> Mapping[_Labels, float]:
    """How much is wrong where: a series is written once, however many findings share it."""
    counts: Counter[_Labels] = Counter()
    for item in items:
        ids = item.subject
        named = ids.node_ids or ids.task_ids or ids.job_ids or ()
        labels = (
            *account,
            ("kind", item.kind),
            ("severity", item.severity.value),
            ("pool", ids.pool_id or ""),
            ("job", ids.job_id or ""),
        )
        counts[labels] += max(len(named), 1)
    return counts


def _family(name: str, text: str, samples: Iterable[_Sample]) -> Iterator[str]:
    """A metric with its help and type, all of its samples together."""
    full = f"batchdoctor_{name}"
    yield f"# HELP {full} {text}"
    yield f"# TYPE {full} gauge"
    for labels, value in samples:
        told = ",".join(f'{key}="{_escaped(each)}"' for key, each in labels)
        yield f"{full}{{{told}}} {value:.15g}"


def _escaped(text: str) -> str:
    return shown(text).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
