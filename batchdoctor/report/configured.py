"""Settings and profiles as documents: a row each, with where it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from batchdoctor.core.configured import (
    ProfileItem,
    ProfilesSummary,
    SettingItem,
    SettingsSummary,
)
from batchdoctor.core.text.wording import plural
from batchdoctor.report.document import Document, Ending
from batchdoctor.report.head import Head
from batchdoctor.report.page import Column, Tone


def settings_document(
    head: Head, settings: Sequence[SettingItem], summary: SettingsSummary
) -> Document[SettingItem]:
    """One item a setting."""
    told = f"commands ask {summary.endpoint}" if summary.endpoint else "no account is named"
    ending = Ending(
        summary=summary,
        problems=(),
        page=(),
        verdict=f"{plural(len(settings), 'setting')}; {told}.",
    )
    return Document(
        head=head,
        item_type=SettingItem,
        items=iter(settings),
        ending=lambda: ending,
        name_of=lambda item: item.setting,
        columns=(
            Column("SETTING", lambda item: item.setting),
            Column("VALUE", lambda item: item.value or "-"),
            Column("FROM", lambda item: item.origin, lead=False),
        ),
    )


def profiles_document(
    head: Head, profiles: Sequence[ProfileItem], file: str
) -> Document[ProfileItem]:
    """One item a profile."""
    told = f"{plural(len(profiles), 'profile')} in {file}"
    more = "batchdoctor triage --all-profiles" if profiles else "none is needed"
    ending = Ending(
        summary=ProfilesSummary(profiles=len(profiles), file=file),
        problems=(),
        page=(),
        verdict=f"{told}: {more}" if profiles else f"{told}; {more}.",
    )
    return Document(
        head=head,
        item_type=ProfileItem,
        items=iter(profiles),
        ending=lambda: ending,
        name_of=lambda item: item.profile,
        columns=(
            Column("PROFILE", lambda item: item.profile),
            Column("ENDPOINT", lambda item: item.endpoint or "-"),
            Column("AUTH", lambda item: item.auth or ("key" if item.key_file else "auto")),
            Column(
                "", _marks, tone_of=lambda word: Tone.WARN if "protected" in word else Tone.PLAIN
            ),
        ),
    )


def _marks(item: ProfileItem) -> str:
    marks = ["chosen"] * item.chosen + ["protected"] * item.protected
    return ", ".join(marks)
