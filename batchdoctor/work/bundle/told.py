"""Tells what is in a bundle, kind by kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from batchdoctor.core.bundle_item import BundlePart, BundleSummary, LeftOutItem
from batchdoctor.work.bundle.manifest import Manifest


def bundle_parts(manifest: Manifest) -> Iterator[BundlePart]:
    """One item for each kind of part, in the order in which they were taken."""
    kinds = dict.fromkeys(part.kind for part in manifest.parts)
    for kind in kinds:
        parts = [part for part in manifest.parts if part.kind == kind]
        yield BundlePart(
            kind=kind,
            parts=len(parts),
            documents=sum(part.count for part in parts),
            bytes=sum(part.bytes for part in parts),
            broken_off=sum(
                any(not sort.startswith("refused:") for sort in part.missing) for part in parts
            ),
        )


def bundle_summary(manifest: Manifest, path: Path) -> BundleSummary:
    """The bundle as a whole. Raises OSError where its file is gone."""
    return BundleSummary(
        path=str(path),
        account=manifest.account,
        taken_at=manifest.taken_at,
        version=manifest.version,
        complete=manifest.complete,
        bytes=path.stat().st_size,
        since=manifest.since,
        jobs=manifest.jobs,
        pools=manifest.pools,
        made_up_ids=manifest.made_up_ids,
        masked=manifest.masked,
        left_out=tuple(LeftOutItem(what=each.what, why=each.why) for each in manifest.left_out),
    )
