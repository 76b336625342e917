"""`triage --all-profiles`: every account that has a name in the configuration file, on one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from batchdoctor.cli.call import Call
from batchdoctor.core.checked import Span
from batchdoctor.core.findings.acceptance import Acceptance
from batchdoctor.core.findings.finding import Finding
from batchdoctor.core.findings.of_account import gravity, of_profile
from batchdoctor.core.problem import Problem, problem_of
from batchdoctor.core.text.wording import plural
from batchdoctor.errors import BatchdoctorError, ExitCode, UsageError
from batchdoctor.report.accounts import AccountsFindings, OneAccount
from batchdoctor.report.findings import Findings
from batchdoctor.report.formats import Format
from batchdoctor.work.configuration import read_profiles
from batchdoctor.work.diagnosis.judged import judge_account
from batchdoctor.work.reading.reading import Reading


class EveryAccount(msgspec.Struct):
    """The accounts of all profiles, asked one after the other."""

    call: Call
    since: datetime | None
    accepted: Sequence[Acceptance]
    ignored: Sequence[str]
    statuses: list[ExitCode] = msgspec.field(default_factory=list)
    problems: list[Problem] = msgspec.field(default_factory=list)

    def write(self, out: Path | None) -> list[Finding]:
        """Write what was found in all of them, and give it.

        Raises UsageError where no profile is, and the error of the first if none could be read.
        """
        names = self._names()
        now = self.call.world.now()
        first: BatchdoctorError | None = None
        accounts: list[OneAccount] = []
        for done, name in enumerate(names):
            self.call.world.progress(f"reading profile {name} ({done + 1} of {len(names)})")
            try:
                accounts.append(self._judged(name))
            except BatchdoctorError as error:
                first = first or error
                self.statuses.append(error.exit_code)
                self.problems.append(problem_of(f"profile {name}", error))
        if first is not None and not accounts:
            raise first
        accounts.sort(key=lambda account: gravity(account.found.findings))
        head = self.call.head(
            at=now,
            span=Span(self.since, now),
            source=plural(len(names), "profile"),
        )
        document = AccountsFindings(head, accounts, self.problems, len(names)).document()
        self.call.write(document, out)
        return [finding for account in accounts for finding in account.found.findings]

    def _names(self) -> list[str]:
        shared = self.call.shared
        given = (shared.profile, shared.account_endpoint, shared.account_name)
        if any((*given, shared.account_key_file, shared.auth, self.call.replay)):
            raise UsageError(
                "--all-profiles asks the accounts of all profiles, so no account can be named.",
                hint="leave out --all-profiles, or the options of the account",
            )
        if shared.output in {Format.PROMETHEUS, Format.JUNIT}:
            raise UsageError(
                f"{shared.output.value} tells of one account, and --all-profiles asks several.",
                hint=f"run triage -o {shared.output.value} once for each --profile",
            )
        profiles = read_profiles(self.call.world.environ)
        if not profiles.found:
            raise UsageError(
                f"There is no profile in {profiles.file}.",
                hint="add [profile.NAME] with endpoint = ... to that file",
            )
        return list(profiles.found)

    def _judged(self, profile: str) -> OneAccount:
        call = replace(self.call, shared=replace(self.call.shared, profile=profile))
        with call.client() as client:
            reading = Reading(call.world, client)
            judged = judge_account(
                reading,
                call.journal(client),
                self.since,
                accepted=self.accepted,
                ignored=self.ignored,
            )
            self.statuses.append(reading.status)
            self.problems += [
                replace(problem, subject=f"profile {profile}: {problem.subject}")
                for problem in reading.problems
            ]
            found = Findings(
                call.head(client, at=judged.at, span=judged.span),
                of_profile(judged.findings, profile),
                reading.problems,
                judged.looked_at,
                about=f"{plural(len(judged.pools), 'pool')} and {plural(len(judged.jobs), 'job')}",
                own=f"batchdoctor triage --profile {profile}",
                brief=not call.shared.verbose,
                checked=judged.checked,
            )
            return OneAccount(client.account.title, found)
