"""Opens an account for a Python program, by the same settings as the commands take."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from batchdoctor.account import Account
from batchdoctor.service.account import AccountOptions, resolve_account
from batchdoctor.service.client import Client
from batchdoctor.service.retry import RetryPolicy
from batchdoctor.work.answers.asking import Asking
from batchdoctor.work.configuration import read_profile
from batchdoctor.work.surroundings import Quiet


def connect(
    endpoint: str | None = None,
    *,
    name: str | None = None,
    key_file: str | Path | None = None,
    auth: str | None = None,
    profile: str | None = None,
    timeout: float = 60.0,
    environ: Mapping[str, str] | None = None,
    from_file: str | Path | None = None,
) -> Account:
    """Open the account that arguments, profile, environment and az's configuration name.

    With `from_file` answers come from a bundle, or from saved answers, at the time of those.

    Nothing is asked of the service yet. `timeout` is how long all retries of one request may take
    together, in seconds. Raises UsageError, AccessError where a key is needed and not there,
    and InputError for a file that is no bundle.
    """
    environment = os.environ if environ is None else environ
    if from_file is not None:
        return _recorded(Path(from_file), environment, timeout)
    options = AccountOptions(
        endpoint=endpoint,
        name=name,
        key_file=None if key_file is None else str(key_file),
        auth=auth,
        profile=read_profile(environment, profile),
    )
    account = resolve_account(options, environment)
    outside = Quiet()
    client = Client(account, retry=RetryPolicy(timeout, sleep=outside.sleep))
    return Account(Asking(client, outside, environment))


def _recorded(path: Path, environ: Mapping[str, str], timeout: float) -> Account:
    from batchdoctor.replay import Replay

    replay = Replay(path)
    outside = Quiet(now=lambda: replay.at)
    client = replay.client(RetryPolicy(timeout, sleep=outside.sleep))
    environ, logs = replay.environment(environ), replay.logs()
    return Account(Asking(client, outside, environ, str(path), logs, begins=replay.since))
