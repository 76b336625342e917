"""`config show` and `config profiles`: which settings, from where; which accounts have names."""

from __future__ import annotations

from batchdoctor.cli.call import Call
from batchdoctor.cli.command import command
from batchdoctor.cli.noun import noun
from batchdoctor.core.configured import SettingsSummary
from batchdoctor.errors import BatchdoctorError, ExitCode
from batchdoctor.report.configured import profiles_document, settings_document
from batchdoctor.service.account import Account
from batchdoctor.work.configuration import read_profile, read_profiles
from batchdoctor.work.configured import profiles_told, settings_told

app = noun("config")


@command(app, "show", live=True)
def show(call: Call) -> int:
    """Every setting, and where it came from; a key is never shown. Asks no service.

    Example: batchdoctor config show --profile prod
    """
    environ = call.world.environ
    profile = read_profile(environ, call.shared.profile)
    account: Account | None = None
    refused: BatchdoctorError | None = None
    try:
        account = call.account()
    except BatchdoctorError as error:
        refused = error  # what else is set is worth seeing then, above all
    summary = SettingsSummary(endpoint=account.endpoint if account else None, profile=profile.name)
    told = list(settings_told(environ, profile, account))
    call.write(settings_document(call.head(), told, summary))
    if refused is not None:
        raise refused
    return ExitCode.OK


@command(app, "profiles")
def profiles(call: Call) -> int:
    """Which accounts have a name in the configuration file? Asks no service.

    Example: batchdoctor config profiles
    """
    environ = call.world.environ
    known = read_profiles(environ)
    chosen = read_profile(environ, None)
    told = list(profiles_told(known, chosen))
    call.write(profiles_document(call.head(), told, str(known.file)))
    return ExitCode.OK
