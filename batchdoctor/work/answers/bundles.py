"""A bundle of an account, made for a Python program."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from batchdoctor.core.answer import Answer
from batchdoctor.core.bundle_item import BundlePart
from batchdoctor.work.answers.asking import Asking, Since
from batchdoctor.work.bundle.making import make_bundle
from batchdoctor.work.bundle.told import bundle_parts, bundle_summary
from batchdoctor.work.bundle.wanted import Wanted


def bundle(
    asking: Asking,
    out: Path,
    jobs: Sequence[str],
    pools: Sequence[str],
    since: Since,
    logs: Sequence[str],
    *,
    force: bool,
) -> Answer[BundlePart]:
    """Take the account, or some jobs and pools of it, into a file."""
    reading, moment = asking.reading(), asking.moment(since)
    made_by = version("batchdoctor")
    wanted = Wanted(
        out=out,
        version=made_by,
        jobs=jobs,
        pools=pools,
        since=moment,
        logs=logs,
        force=force,
    )
    manifest = make_bundle(reading, asking.journal(), wanted)
    return asking.answer(reading, bundle_parts(manifest), bundle_summary(manifest, out))
