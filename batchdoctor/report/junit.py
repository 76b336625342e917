"""Findings as a JUnit report: a case for each check and for each finding.

Written for the strictest schema in use, that of Ant's tasks, so that every reader takes it: times
without a zone, all attributes there, one result a case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape, quoteattr

from batchdoctor.core.checked import Checked
from batchdoctor.core.findings.item import FindingItem
from batchdoctor.core.findings.severity import Severity
from batchdoctor.core.text.gate import shown, shown_lines
from batchdoctor.report.document import Document, Ending

_FAILING = (Severity.ERROR, Severity.WARNING)


def write_junit(document: Document[FindingItem], write: Callable[[str], object]) -> Ending:
    """One suite; errors and warnings fail, notes pass, and what was not looked at is skipped."""
    items = list(document.items)
    ending = document.ending()
    for line in _suite(document, items, ending):
        write(line + "\n")
    return ending


def _suite(
    document: Document[FindingItem], items: list[FindingItem], ending: Ending
) -> Iterator[str]:
    head, checked = document.head, ending.checked
    told = {
        "id": "0",
        "package": "batchdoctor",
        "name": head.command,
        "hostname": head.account or "localhost",
        "timestamp": head.generated_at.strftime("%Y-%m-%dT%H:%M:%S"),
        "tests": str(len(checked) + len(items)),
        "failures": str(sum(item.severity in _FAILING for item in items)),
        "errors": "0",
        "skipped": str(sum(not each.whole for each in checked)),
        "time": "0",
    }
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<testsuites>"
    yield _tag("testsuite", told)
    yield "<properties>"
    yield _tag("property", {"name": "complete", "value": str(not ending.problems).lower()}, "/")
    yield "</properties>"
    for each in checked:
        yield from _check_case(each)
    names: Counter[str] = Counter()
    for item in items:
        name = f"{item.kind}: {_about(item)}"
        names[name] += 1
        # Readers take cases of one name for one case.
        yield from _finding_case(item, f"{name} ({names[name]})" if names[name] > 1 else name)
    yield f"<system-out>{_text(ending.verdict)}</system-out>"
    problems = "\n".join(f"{each.subject}: {each.message}" for each in ending.problems)
    yield f"<system-err>{_text(problems)}</system-err>"
    yield "</testsuite>"
    yield "</testsuites>"


def _check_case(each: Checked) -> Iterator[str]:
    case = {"classname": "batchdoctor.checks", "name": each.check, "time": "0"}
    if each.whole:
        yield _tag("testcase", case, "/")
        return
    yield _tag("testcase", case)
    yield _tag("skipped", {"message": each.problem or "not known"}, "/")
    yield "</testcase>"


def _finding_case(item: FindingItem, name: str) -> Iterator[str]:
    case = {"classname": "batchdoctor.findings", "name": name, "time": "0"}
    if item.severity not in _FAILING:
        yield _tag("testcase", case, "/")
        return
    yield _tag("testcase", case)
    failure = _tag("failure", {"type": item.severity.value, "message": item.message})
    body = _text("\n".join([*item.evidence, *item.advice]))
    yield f"{failure}{body}</failure>"
    yield "</testcase>"


def _about(item: FindingItem) -> str:
    """What a finding is about; the name stays the same as long as the same things are wrong."""
    ids = item.subject
    each = (ids.job_id, ids.pool_id, ids.node_id)
    return " ".join(name for name in each if name) or "account"


def _tag(name: str, attributes: dict[str, str], end: str = "") -> str:
    told = " ".join(f"{key}={quoteattr(shown(value))}" for key, value in attributes.items())
    return f"<{name} {told}{end}>"


def _text(text: str) -> str:
    return escape(shown_lines(text))
