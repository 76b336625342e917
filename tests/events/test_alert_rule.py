"""`events rule`: Bicep that a Bicep parser takes, and in it the query that `--kql` prints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycep import BicepParser

from batchdoctor.events.alert_rule import AlertRule, bicep
from batchdoctor.events.kql import query
from batchdoctor.events.selection import Selection
from tests.box import Run

PARSER = BicepParser()
SHOWN = ("failures", "nodes", "unfinished", "events")


def rule_of(selection: Selection, show: str = "failures", name: str = "batch-failures") -> str:
    return bicep(
        AlertRule(
            selection=selection,
            show=show,
            name=name,
            window=timedelta(minutes=15),
            every=timedelta(minutes=5),
            above=0,
            severity=2,
        )
    )


def query_of(text: str) -> str:
    """The query of a rule, as a Bicep parser reads it."""
    (criterion,) = properties_of(text)["config"]["properties"]["criteria"]["allOf"]
    return str(criterion["query"])


def properties_of(text: str) -> Any:
    parsed = PARSER.parse(text=text)
    return parsed["resources"]["rule"]


@pytest.mark.parametrize("show", SHOWN)
def test_a_parser_reads_the_rule_as_the_service_documents_it(show: str) -> None:
    selection = Selection(jobs=frozenset({"nightly"}))
    expected = query(selection, show).rstrip()
    parsed = PARSER.parse(text=rule_of(selection, show))
    assert set(parsed["parameters"]) == {"workspaceId", "actionGroupIds", "location"}
    rule = parsed["resources"]["rule"]
    assert (rule["type"], rule["api_version"]) == (
        "Microsoft.Insights/scheduledQueryRules",
        "2021-08-01",
    )
    config = rule["config"]
    told = config["properties"]
    (criterion,) = told["criteria"]["allOf"]
    assert criterion.pop("query").rstrip() == expected
    assert criterion == {
        "timeAggregation": "Count",
        "operator": "GreaterThan",
        "threshold": 0,
        "failingPeriods": {"numberOfEvaluationPeriods": 1, "minFailingPeriodsToAlert": 1},
    }
    assert (config["kind"], told["evaluationFrequency"], told["windowSize"]) == (
        *("LogAlert", "PT5M", "PT15M"),
    )
    assert set(told) == {
        *("displayName", "description", "severity", "enabled", "scopes", "evaluationFrequency"),
        *("windowSize", "criteria", "autoMitigate", "actions"),
    }


@pytest.mark.parametrize("show", SHOWN)
def test_it_asks_what_kql_asks(run_offline: Run, show: str) -> None:
    words = ("--job", "nightly", "--pool", "render", "--node", "tvm-1", "--show", show)
    rule = run_offline("events", "rule", *words)
    kql = run_offline("events", "parse", "--kql", *words)
    assert (rule.status, rule.stderr) == (0, "")
    assert query_of(rule.stdout).rstrip() == kql.stdout.rstrip()


def test_no_quote_stands_in_a_query_but_in_names() -> None:
    for show in SHOWN:
        assert "'" not in query(Selection(), show)


@settings(max_examples=15)
@given(st.text(max_size=40))
def test_no_name_of_a_job_ends_the_query(name: str) -> None:
    selection = Selection(jobs=frozenset({name}))
    expected = query(selection, "failures").replace("'", "\\u0027")
    assert query_of(rule_of(selection)).rstrip() == expected.rstrip()


@pytest.mark.parametrize("name", ["it's", "a ${b}", "a\\b"])
def test_odd_names_of_jobs_and_rules_are_parsed(name: str) -> None:
    rule = properties_of(rule_of(Selection(jobs=frozenset({name}))))
    assert rule["config"]["kind"] == "LogAlert"


def test_a_name_is_quoted() -> None:
    assert "  name: 'it\\'s late'\n" in rule_of(Selection(), name="it's late")


@pytest.mark.parametrize(
    ("words", "duration"),
    [("1m", "PT1M"), ("45m", "PT45M"), ("60m", "PT1H"), ("6h", "PT6H"), ("1d", "P1D")],
)
def test_spans_are_written_as_the_service_does(run_offline: Run, words: str, duration: str) -> None:
    told = run_offline("events", "rule", "--window", "2d", "--every", words).stdout
    assert f"evaluationFrequency: '{duration}'" in told
    assert "windowSize: 'P2D'" in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--window", "7m"), "--window takes one of the spans that Azure Monitor has"),
        (("--every", "2d", "--window", "2d"), "--every takes one of the spans"),
        (("--every", "1h"), "looks back less far than it pauses"),
        (("--name", "a/b"), "'a/b' cannot be the name of a rule"),
        (("--name", "ends."), "'ends.' cannot be the name of a rule"),
        (("--name", ""), "'' cannot be the name of a rule"),
        (("--show", "summary"), "is not one of"),
        (("--severity", "5"), "not in the range"),
        (("--above", "-1"), "not in the range"),
    ],
)
def test_what_the_service_does_not_take_is_wrong_usage(
    run_offline: Run, words: tuple[str, ...], sentence: str
) -> None:
    result = run_offline("events", "rule", *words)
    assert (result.status, result.stdout) == (2, "")
    assert sentence in result.stderr
