"""The Kusto queries: what they ask, and that no name can break out of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchdoctor.events.kql import literal, query
from batchdoctor.events.selection import Selection

SHOWN = ["summary", "failures", "nodes", "unfinished", "timeline", "events"]
QUOTED = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\]|u[0-9a-f]{4}|U[0-9a-f]{8}))*"')


def test_a_selection_becomes_conditions() -> None:
    text = query(
        Selection(
            since=datetime(2026, 8, 1, tzinfo=UTC),
            until=datetime(2026, 8, 2, tzinfo=UTC),
            jobs=frozenset({"b", "a"}),
            pools=frozenset({"p"}),
            nodes=frozenset({"n"}),
        )
    )
    conditions = [line for line in text.splitlines() if line.startswith("| where")]
    assert conditions == [
        '| where ResourceProvider =~ "MICROSOFT.BATCH" and Category startswith "ServiceLog"',
        "| where TimeGenerated >= datetime(2026-08-01T00:00:00.000000Z)",
        "| where TimeGenerated < datetime(2026-08-02T00:00:00.000000Z)",
        '| where jobId in~ ("a", "b")',
        '| where poolId in~ ("p") or (OperationName startswith "Pool" and taskId in~ ("p"))',
        '| where nodeId in~ ("n")',
    ]


@pytest.mark.parametrize("show", SHOWN)
def test_brackets_and_quotes_of_every_query_are_balanced(show: str) -> None:
    text = QUOTED.sub("", query(Selection(jobs=frozenset({'"; drop (', "a\\"})), show))
    assert '"' not in text
    assert text.count("(") == text.count(")")
    # Only the ends of what is given a name, none of which a name of ours may bring along.
    assert text.count(";") == text.count("let ")


@pytest.mark.parametrize("show", SHOWN)
def test_every_column_used_is_one_that_may_be_missing(show: str) -> None:
    text = query(Selection(nodes=frozenset({"n"}), pools=frozenset({"p"})), show)
    bridged = set(re.findall(r'(\w+_[a-z]) = column_ifexists\("\1"', text))
    assert set(re.findall(r"\b\w+_[sdtbg]\b", text)) == bridged


def test_a_category_is_said_to_be_left_out() -> None:
    assert query(Selection(categories=frozenset({"node"}))).startswith("// Categories")


@given(st.text())
def test_any_name_is_one_literal(name: str) -> None:
    assert QUOTED.fullmatch(literal(name))
