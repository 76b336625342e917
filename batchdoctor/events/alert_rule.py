"""Writes the Bicep of an Azure Monitor rule that runs one of our Kusto queries and raises an alert.

https://learn.microsoft.com/azure/templates/microsoft.insights/2021-08-01/scheduledqueryrules
"""

from __future__ import annotations

import re
from datetime import timedelta

import msgspec

from batchdoctor.errors import UsageError
from batchdoctor.events.kql import query
from batchdoctor.events.selection import Selection

# What Azure Monitor takes, in minutes; the frequency ends at a day.
_MINUTES = (1, 5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360, 1440, 2880)
_DAY, _HOUR = 1440, 60
# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
_NAME = re.compile(r"[^*<>%{}&:\\?/#\x00-\x1f\x7f]{1,259}[^*<>%{}&:\\?/#\x00-\x1f\x7f .]|[\w-]")
_WHAT = {
    "failures": "attempts of tasks that failed",
    "nodes": "nodes that failed more often than the others of their pool",
    "unfinished": "tasks that were started and have not ended",
    "events": "events",
}


class AlertRule(msgspec.Struct, frozen=True, kw_only=True):
    """What the rule asks, how far back and how often, and from how many rows on it raises an alert.

    `show` is failures, nodes, unfinished or events; what else `--show` knows has a row also where
    nothing is wrong. Raises UsageError for what Azure Monitor does not take.
    """

    selection: Selection
    show: str
    name: str
    window: timedelta
    every: timedelta
    above: int
    severity: int

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise UsageError(
                f"{self.name!r} cannot be the name of a rule.",
                hint="--name takes up to 260 characters, none of *<>%{}&:\\?/#, no dot at the end",
            )
        if self.every > self.window:
            raise UsageError(
                "A rule that looks back less far than it pauses misses events.",
                hint="--window as long as --every, or longer",
            )


def duration_of(span: float, option: str, most: int = _MINUTES[-1]) -> timedelta:
    """A span in seconds as one that Azure Monitor takes. Raises UsageError."""
    taken = [each for each in _MINUTES if each <= most]
    if span / 60 not in taken:
        known = ", ".join(_written(each) for each in taken)
        raise UsageError(f"{option} takes one of the spans that Azure Monitor has.", hint=known)
    return timedelta(seconds=span)


def _written(minutes: int) -> str:
    if minutes % _DAY == 0:
        return f"{minutes // _DAY}d"
    return f"{minutes // _HOUR}h" if minutes % _HOUR == 0 else f"{minutes}m"


def bicep(rule: AlertRule) -> str:
    """The rule as a Bicep file, to be deployed with the ids of a workspace and of action groups."""
    what = _WHAT[rule.show]
    told = f"More than {rule.above} {what}" if rule.above else what[:1].upper() + what[1:]
    within = f"{told} within {_written(int(rule.window.total_seconds() / 60))}"
    return f"""\
// An alert on {what}: what `batchdoctor events parse --show {rule.show} --kql` asks.

@description('Id of the Log Analytics workspace that has the diagnostic logs of the Batch account.')
param workspaceId string

@description('Ids of the action groups to be told.')
param actionGroupIds array = []

param location string = resourceGroup().location

resource rule 'Microsoft.Insights/scheduledQueryRules@2021-08-01' = {{
  name: {_quoted(rule.name)}
  location: location
  kind: 'LogAlert'
  properties: {{
    displayName: {_quoted(rule.name)}
    description: {_quoted(f"{within}.")}
    severity: {rule.severity}
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: '{_iso(rule.every)}'
    windowSize: '{_iso(rule.window)}'
    criteria: {{
      allOf: [
        {{
          query: '''
{_verbatim(query(rule.selection, rule.show))}'''
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: {rule.above}
          failingPeriods: {{
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }}
        }}
      ]
    }}
    autoMitigate: true
    actions: {{
      actionGroups: actionGroupIds
    }}
  }}
}}

output ruleId string = rule.id
"""


def _verbatim(text: str) -> str:
    """A query between three quotes, where nothing is escaped: a quote stands in names only."""
    return text.replace("'", "\\u0027")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
    return f"'{escaped}'"


def _iso(span: timedelta) -> str:
    """A duration as the service writes them: `PT15M`, `PT1H`, `P1D`."""
    told = _written(int(span.total_seconds() / 60)).upper()
    return f"P{told}" if told.endswith("D") else f"PT{told}"
