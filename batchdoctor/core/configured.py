"""Settings and profiles as items: what is set, and where that was found. Never a key."""

from __future__ import annotations

from batchdoctor.core.item import Item


class SettingItem(Item, frozen=True, kw_only=True):
    """One setting; `value` is None where nothing sets it, and `***` where it is a secret."""

    setting: str
    value: str | None
    origin: str


class SettingsSummary(Item, frozen=True, kw_only=True):
    """The account that the settings name, where they name one."""

    endpoint: str | None
    profile: str | None


class ProfileItem(Item, frozen=True, kw_only=True):
    """Settings of an account under a name; `chosen` is the one that a command would take now."""

    profile: str
    endpoint: str | None
    account: str | None
    auth: str | None
    key_file: str | None
    protected: bool
    chosen: bool


class ProfilesSummary(Item, frozen=True, kw_only=True):
    """How many profiles there are, and in which file."""

    profiles: int
    file: str
