"""Folders, permissions and signals as each system has them."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from batchdoctor import machine

WINDOWS = {
    "USERPROFILE": "/users/kim",
    "APPDATA": "/users/kim/roaming",
    "LOCALAPPDATA": "/users/kim/local",
}
# Environment -> home, settings, memory, data; on Linux and macOS, and on Windows.
FOLDERS: dict[str, tuple[Mapping[str, str], bool, tuple[str | None, ...]]] = {
    "a home": (
        {"HOME": "/home/kim"},
        False,
        (
            "/home/kim",
            "/home/kim/.config",
            "/home/kim/.local/state",
            "/home/kim/.local/share",
        ),
    ),
    "no home": ({}, False, (None, None, None, None)),
    "an empty home": ({"HOME": ""}, False, (None, None, None, None)),
    "XDG": (
        {"HOME": "/h", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "XDG_DATA_HOME": "/d"},
        False,
        ("/h", "/c", "/s", "/d"),
    ),
    "relative XDG": (
        {"HOME": "/h", "XDG_CONFIG_HOME": "c", "XDG_STATE_HOME": ".", "XDG_DATA_HOME": "../d"},
        False,
        ("/h", "/h/.config", "/h/.local/state", "/h/.local/share"),
    ),
    "Windows": (
        WINDOWS,
        True,
        ("/users/kim", "/users/kim/roaming", "/users/kim/local", "/users/kim/local"),
    ),
    "Windows with the HOME of a shell": (
        {**WINDOWS, "HOME": "/c/msys"},
        True,
        ("/users/kim", "/users/kim/roaming", "/users/kim/local", "/users/kim/local"),
    ),
    "Windows with XDG": (
        {**WINDOWS, "XDG_STATE_HOME": "/s"},
        True,
        ("/users/kim", "/users/kim/roaming", "/s", "/users/kim/local"),
    ),
    "Windows with a home only": (
        {"USERPROFILE": "/users/kim"},
        True,
        (
            "/users/kim",
            "/users/kim/.config",
            "/users/kim/.local/state",
            "/users/kim/.local/share",
        ),
    ),
    "Linux below Windows": (
        {**WINDOWS, "HOME": "/home/kim"},
        False,
        (
            "/home/kim",
            "/home/kim/.config",
            "/home/kim/.local/state",
            "/home/kim/.local/share",
        ),
    ),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_folders_are_where_the_system_has_them(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environ, windows, expected = FOLDERS[name]
    monkeypatch.setattr(machine, "WINDOWS", windows)
    asked = (machine.home_folder, machine.config_home, machine.state_home, machine.data_home)
    found = tuple(ask(environ) for ask in asked)
    assert found == tuple(Path(each) if each else None for each in expected)


def test_a_file_of_the_users_is_for_nobody_else(tmp_path: Path) -> None:
    file = tmp_path / "mine"
    file.touch(mode=0o644)
    with file.open() as opened:
        machine.keep_to_owner(opened.fileno())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_where_there_are_no_permissions_nothing_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "fchmod")
    with (tmp_path / "mine").open("w") as opened:
        machine.keep_to_owner(opened.fileno())


def test_the_signals_are_those_that_the_system_has(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.ending_signals() == [signal.SIGTERM, signal.SIGHUP]
    monkeypatch.delattr(signal, "SIGHUP")
    assert machine.ending_signals() == [signal.SIGTERM]


def test_on_macos_no_process_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.can_fork()
    monkeypatch.setattr("sys.platform", "darwin")
    assert not machine.can_fork()


def test_a_stream_without_a_terminal_has_no_width() -> None:
    assert machine.columns_of(object()) is None
