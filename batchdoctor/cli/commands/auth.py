"""The noun `auth`: which account, as whom, and does it work?"""

from __future__ import annotations

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.noun import noun
from batchdoctor.errors import worst
from batchdoctor.report.auth_report import AuthReport
from batchdoctor.work.diagnosis.auth_checks import AuthChecks

app = noun("auth")


@command(app, "check", live=True)
def check(call: Call) -> int:
    """Which account, which credential, does it work, is the clock right?

    Example: batchdoctor auth check
    """
    with call.client() as client:
        account = client.account
        checks = AuthChecks(client)
        head = call.head(client)
        values = {"endpoint": account.endpoint, "name": account.name, "auth": checks.credential}
        settings = [
            (setting, f"{values[setting]} ({origin})" if setting in values else f"*** ({origin})")
            for setting, origin in account.origins.items()
        ]
        report = AuthReport(head, settings, checks.results(), lambda: checks.facts)
        call.write(report.document())
    return worst(checks.statuses)
